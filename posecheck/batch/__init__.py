"""Many recordings: judged on all cores, or on a cluster, with one report each and one table of all.

| module | what is in it |
|---|---|
| run_batch | a batch from beginning to end |
| inputs, remote_files | finds the recordings: files, folders, addresses |
| settings | what is the same for all recordings |
| dispatcher, work_items | hands recordings to the workers and counts what comes back |
| pools, cluster, memory | the workers: processes of this machine, or of others |
| recording_job | judges one recording in a worker |
| annotated_video | the annotated video of a recording |
| long_recording, pieces | cuts a long recording into pieces, for several workers |
| output_folder, manifests | writes outputs whole, and notes down what is done |
| tables | one table of all recordings |
"""
