"""Many recordings: judged on all cores, or on a cluster, with one report each and one table of all.

    inputs → engine ⇄ pools, cluster → job → marks → tables

`inputs` finds the recordings, the `engine` hands them to a pool of workers, a `job` judges one of them in a worker and
leaves a mark when its outputs are whole, and `tables` puts all marks and reports into one table.
"""
