"""posecheck serve: history, reports and progress in the browser of this machine, read-only.

| module | what is in it |
|---|---|
| app | the pages by address, and what guards them |
| server | port, browser, Ctrl-C |
"""
