"""report.png and progress.png: the pages as Chromium shows them.

The report is that of the faulty sample; the progress is that of a month of made-up sets.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from posecheck.detect.models import Model
from posecheck.records.folders import data_dir
from posecheck.report.pages.pictures import pictures_of
from posecheck.report.pages.progress import progress_page
from posecheck.report.pages.report import report_page, told_reasons
from posecheck.run import Outputs, VideoRun
from posecheck.synthetic.history import made_up_progress

WIDTH, HEIGHT = 960, 1240


def report(model: Model) -> str:
    """The report of the faulty sample, as HTML."""
    video = data_dir("samples") / "ninety_ninety_faulty.mp4"
    with VideoRun(video, "ninety_ninety", model, Outputs()) as run:
        run.keep_trace()
        for _ in run.steps():
            pass
        trace = run.trace()
    assert trace is not None
    return report_page(trace, pictures=pictures_of(video, trace, told_reasons(trace)))


def page_pictures(model: Model) -> dict[str, bytes]:
    """The PNG files by name.

    Raises:
        SystemExit: there is no Chromium.
    """
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        raise SystemExit("there is no Chromium: install it, or leave these out (--only overview camera live)")
    pages = {"progress": progress_page(made_up_progress(), report_link="#{}".format), "report": report(model)}
    made: dict[str, bytes] = {}
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for name, text in pages.items():
            file = Path(folder) / f"{name}.html"
            file.write_text(text, "utf-8")
            page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light")
            page.goto(file.as_uri())
            made[name] = page.screenshot()
        browser.close()
    return made
