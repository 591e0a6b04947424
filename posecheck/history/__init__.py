"""What was done, kept on this machine: a database of sets, and the figures of months.

    >>> from posecheck.history.opening import history_path                      # doctest: +SKIP
    >>> from posecheck.history.store import open_history                        # doctest: +SKIP
    >>> with open_history(history_path()) as history:                           # doctest: +SKIP
    ...     progress = progress_of(history.figures(), today)

| module | what is in it |
|---|---|
| records | what is kept of a set |
| medians | `Trace` → what is kept: of each hold the medians of its signals |
| keeper | a live routine → kept sets, while it goes on, in a thread of its own |
| schema, opening | the tables; made, migrated, set aside, refused |
| store | `History`: sets in and out |
| progress | kept sets → `Progress`: trends with their repeat error, weeks, sides against each other, streaks |
| view | `Progress` → the terminal |
| exchange | export and import |
"""
