"""Pages: the report of one set and the progress of months, each one HTML document that loads nothing from anywhere.

| module | what is in it |
|---|---|
| report, report_plots | `Trace` → the report of a set |
| progress, progress_plots | `Progress` → the progress page |
| plots | scales, ticks and marks → inline SVG in the page's colours |
| figures, pictures | the body at a moment: a stick figure, or a photograph with faces blurred |
| wording | signals, limits and verdicts in plain words |
| html | templates, the one style sheet, the Content-Security-Policy |
"""
