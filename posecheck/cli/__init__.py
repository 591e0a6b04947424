"""The command line: a module for each family of commands, and what they share.

| module | what is in it |
|---|---|
| app | the program: demo, replay, judge, check, doctor, models; the one place that turns errors into exit codes |
| *_commands, *_command | the others: of live sets, pages, the history, exercises, many recordings, tests, tables |
| doctor | what `posecheck doctor` looks at |
| judge_with_progress | judging to the end or to Ctrl-C, with a progress bar |
| save_to_history | what `--save` does |
| options | options and words that several commands have in common |
"""
