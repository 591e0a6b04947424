"""Makes docs/report.png and docs/progress.png for README: the pages as Chromium shows them.

    python -m tools.docs_pages [CHROMIUM]

The report is that of the faulty sample; the progress is that of a month of made-up sets.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import ViewportSize, sync_playwright

from posecheck.detect.models import load_model
from posecheck.records.folders import data_dir
from posecheck.report.pages.pictures import pictures_of
from posecheck.report.pages.progress import progress_page
from posecheck.report.pages.report import report_page, told_reasons
from posecheck.run import Outputs, VideoRun
from posecheck.synthetic.history import made_up_progress

DOCS = Path(__file__).parents[1] / "docs"
SIZE = ViewportSize(width=960, height=1240)


def report() -> str:
    """The report of the faulty sample."""
    video = data_dir("samples") / "ninety_ninety_faulty.mp4"
    with VideoRun(video, "ninety_ninety", load_model(), Outputs()) as run:
        run.keep_trace()
        for _ in run.steps():
            pass
        trace = run.trace()
    assert trace is not None
    return report_page(trace, pictures=pictures_of(video, trace, told_reasons(trace)))


def main() -> None:
    """Write both pictures."""
    chromium = sys.argv[1] if len(sys.argv) > 1 else shutil.which("chromium")
    pages = {"progress": progress_page(made_up_progress(), report_link="#{}".format), "report": report()}
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for name, text in pages.items():
            file = Path(folder) / f"{name}.html"
            file.write_text(text, "utf-8")
            page = browser.new_page(viewport=SIZE, color_scheme="light")
            page.goto(file.as_uri())
            page.screenshot(path=DOCS / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    main()
