"""What was done, kept on this machine: a database of sets, and the figures of months.

| module | what is in it |
|---|---|
| progress | kept sets → `Progress`: trends with their repeat error, weeks, sides against each other, streaks |
"""
