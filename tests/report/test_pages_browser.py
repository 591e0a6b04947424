"""The pages in headless Chromium, as a person would use them: they open, fit, can be worked by keys, and ask nobody."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest

from posecheck.report.pages.progress import progress_page
from posecheck.report.pages.report import report_page
from posecheck.synthetic.history import made_up_progress
from posecheck.testing import ninety_ninety_set
from tests.judging.test_trace import traced
from tests.waiting import PATIENCE_S

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium (Debian: apt install chromium)"),
]
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)
Scheme = Literal["light", "dark"]
WIDTHS = (360, 800, 1280)
SCHEMES: tuple[Scheme, ...] = ("light", "dark")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both pages as files, a report where the link of the first set leads."""
    folder = tmp_path_factory.mktemp("pages")
    progress = made_up_progress()
    first = progress.sets[0].id
    (folder / "progress.html").write_text(progress_page(progress, report_link="report-{}.html".format), "utf-8")
    trace = traced(ninety_ninety_set(("right",), broken_s=1.5))
    (folder / f"report-{first}.html").write_text(report_page(trace), "utf-8")
    (folder / "report.html").write_text(report_page(trace), "utf-8")
    return folder


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium with a fresh profile of its own."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed (extra: dev)")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS), timeout=1000 * PATIENCE_S)
        try:
            yield browser
        finally:
            browser.close()


@dataclass(slots=True)
class Seen:
    """A page in the browser, with what it asked for and complained of."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    @property
    def elsewhere(self) -> list[str]:
        """What was asked of anything but the file itself."""
        return [url for url in self.requests if not url.startswith(("file:///", "data:"))]


@pytest.fixture
def seen(browser: Browser) -> Iterator[Seen]:
    """A fresh window that notes every request, console message and error."""
    context = browser.new_context()
    context.set_default_timeout(1000 * PATIENCE_S)
    found = Seen(context.new_page())
    found.page.on("request", lambda request: found.requests.append(request.url))
    found.page.on("console", lambda message: found.complaints.append(message.text))
    found.page.on("pageerror", lambda error: found.complaints.append(str(error)))
    yield found
    context.close()


@pytest.mark.parametrize("name", ["report.html", "progress.html"])
def test_a_page_fits_every_width_in_light_and_dark(seen: Seen, folder: Path, name: str) -> None:
    """At phone, tablet and desk width nothing sticks out, plots are seen, in both schemes, and nobody is asked."""
    page = seen.page
    backgrounds = set()
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        page.goto((folder / name).as_uri())
        backgrounds.add(page.evaluate("getComputedStyle(document.body).backgroundColor"))
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            boxes = [b for plot in page.locator("svg.plot").all() if (b := plot.bounding_box()) is not None]
            assert len(boxes) >= 8
            assert all(box["width"] >= 0.6 * min(width, 480) for box in boxes)
        line = page.locator("svg.plot path[stroke='var(--plot-main)']").first
        assert line.evaluate("e => getComputedStyle(e).stroke") not in ("none", "rgb(0, 0, 0)")
    assert len(backgrounds) == 2
    assert seen.elsewhere == []
    assert seen.complaints == []


@pytest.mark.parametrize("name", ["report.html", "progress.html"])
def test_everything_works_by_keyboard(seen: Seen, folder: Path, name: str) -> None:
    """Tab reaches the skip link first and then everything; Enter unfolds each table; every inner link has its place."""
    page = seen.page
    page.goto((folder / name).as_uri())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    assert page.evaluate("document.activeElement.getBoundingClientRect().left") >= 0
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    count = page.locator("summary").count()
    assert count >= 8
    for _ in range(400):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            break
        if page.evaluate("document.activeElement.tagName") == "SUMMARY":
            page.keyboard.press("Enter")
    assert page.locator("details[open]").count() == count
    for table in page.locator("details table").all():
        assert table.is_visible()
    assert seen.complaints == []


def test_links_lead_to_the_reports(seen: Seen, folder: Path) -> None:
    """A click on a set in the list opens its report."""
    page = seen.page
    page.goto((folder / "progress.html").as_uri())
    page.locator("table a").first.click()
    assert page.locator("h1").inner_text() == "90-90 hip-flexor stretch"
    assert seen.elsewhere == []
    assert seen.complaints == []


@pytest.mark.parametrize(
    ("name", "scheme"), [("report.html", "light"), ("report.html", "dark"), ("progress.html", "dark")]
)
def test_axe_finds_nothing(seen: Seen, folder: Path, name: str, scheme: Scheme) -> None:
    """The accessibility checker axe-core finds no violation, with everything unfolded, in light and dark."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed (extra: dev)")
    page = seen.page
    page.emulate_media(color_scheme=scheme)
    page.goto((folder / name).as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    found = axe.Axe().run(page).response
    assert [(v["impact"], v["id"], v["nodes"][0]["target"]) for v in found["violations"]] == []
    assert len(found["passes"]) > 15


def test_a_page_can_be_printed(seen: Seen, folder: Path) -> None:
    """On paper the page is white whatever the screen, with the wide timeline, without what only helps on screen."""
    page = seen.page
    page.emulate_media(color_scheme="dark", media="print")
    page.set_viewport_size({"width": 794, "height": 1123})
    page.goto((folder / "report.html").as_uri())
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert not page.locator("summary").first.is_visible()
    assert page.locator(".only-desk").is_visible()
    assert not page.locator(".only-phone").is_visible()
    assert page.pdf(format="A4").startswith(b"%PDF")
