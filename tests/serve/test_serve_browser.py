"""posecheck serve in headless Chromium: every page under its policy, by mouse and keyboard, asking nobody else."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from posecheck.report.pages.history import SETS_A_PAGE
from tests.report.test_pages_browser import CHROMIUM, SCHEMES, WIDTHS, Scheme, Seen, browser, seen
from tests.serve.test_serve import COUNT, Site, site
from tests.waiting import until

if TYPE_CHECKING:
    from playwright.sync_api import Browser

__all__ = ["browser", "seen", "site"]  # fixtures
pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium (Debian: apt install chromium)"),
]


def nobody_else(seen: Seen, site: Site) -> bool:
    """Whether nothing was asked of anybody but this server, and the browser did not complain."""
    hosts = {urlsplit(url).netloc for url in seen.requests if not url.startswith("data:")}
    return hosts == {f"127.0.0.1:{site.port}"} and seen.complaints == []


def test_from_page_to_page(seen: Seen, site: Site) -> None:
    """The list, older sets, a report, the progress page and back, by clicks: all open, in the same window."""
    page = seen.page
    page.goto(site.address)
    assert page.locator("h1").inner_text() == "Your history"
    assert page.locator("tbody tr").count() == SETS_A_PAGE
    page.get_by_role("link", name="Older sets").click()
    assert page.locator("tbody tr").count() == COUNT - SETS_A_PAGE
    page.get_by_role("link", name="Newer sets").click()
    page.locator("tbody a").first.click()
    assert page.locator("h1").inner_text() == "90-90 hip-flexor stretch"
    assert page.locator("svg.plot").count() > 5
    page.get_by_role("link", name="Progress").click()
    assert page.locator("svg.plot").count() > 5
    page.get_by_role("link", name="History").click()
    assert page.locator("h1").inner_text() == "Your history"
    assert page.evaluate("localStorage.length + sessionStorage.length + document.cookie.length") == 0
    assert nobody_else(seen, site)


@pytest.mark.parametrize("path", ["", "progress", f"set/{COUNT}", "set/1"])
def test_the_policy_lets_the_style_act(seen: Seen, site: Site, path: str) -> None:
    """Under the strict policy each page has its colours, light and dark, and fits a phone and a desk."""
    page = seen.page
    colours = set()
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        page.goto(site.address + path)
        colours.add(page.evaluate("getComputedStyle(document.body).backgroundColor"))
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert len(colours) == 2
    # of a page with status 404 Chromium says so: that is no fault of the page
    seen.complaints[:] = [text for text in seen.complaints if "404" not in text]
    assert nobody_else(seen, site)


def test_scripts_do_not_run(seen: Seen, site: Site) -> None:
    """A script that got into a page, whatever the way, would not run: the policy stops it, and the browser says so."""
    page = seen.page
    page.goto(site.address)
    page.evaluate(
        "() => { const s = document.createElement('script'); s.textContent = 'window.ran = 1'; document.body.append(s);"
        " const i = document.createElement('img'); i.src = 'https://evil.example/x.png'; document.body.append(i); }"
    )

    def refused() -> int:
        assert page.evaluate("window.ran") is None  # which also lets complaints come
        return sum("Content Security Policy" in text for text in seen.complaints)

    until(lambda: refused() >= 2, "two complaints")


def test_the_list_by_keyboard(seen: Seen, site: Site) -> None:
    """Tab comes to the skip link, the pages and the first set, and Enter opens its report."""
    page = seen.page
    page.goto(site.address)
    names = []
    for _ in range(5):
        page.keyboard.press("Tab")
        names.append(page.evaluate("document.activeElement.textContent.trim().slice(0, 20)"))
    assert names[:3] == ["Skip to the content", "History", "Progress"]
    page.keyboard.press("Enter")
    page.wait_for_url("**/set/*")
    assert page.locator("h1").inner_text() == "90-90 hip-flexor stretch"


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("path", ["", "set/999"])
def test_axe_finds_nothing_in_the_list(browser: Browser, site: Site, path: str, scheme: Scheme) -> None:
    """The accessibility checker axe-core finds no violation in the list and in a page that only says something."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed (extra: dev)")
    context = browser.new_context(color_scheme=scheme, bypass_csp=True)  # axe is a script
    try:
        page = context.new_page()
        page.goto(site.address + path)
        found = axe.Axe().run(page).response
    finally:
        context.close()
    assert [(v["impact"], v["id"], v["nodes"][0]["target"]) for v in found["violations"]] == []
    assert len(found["passes"]) > 10
