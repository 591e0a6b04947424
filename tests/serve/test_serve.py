"""posecheck serve as a browser, and as somebody who should not get in, sees it: on a real port, with real requests."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote, urljoin, urlsplit

import pytest

from posecheck.errors import UsageError
from posecheck.history.store import open_history
from posecheck.report.pages.history import SETS_A_PAGE
from posecheck.serve import server
from posecheck.synthetic.history import kept, made_up_sets
from tests.history.test_history import judged_set
from tests.waiting import PATIENCE_S, ending

ROOT = Path(__file__).resolve().parents[2]
COUNT = 60  # sets, so that the list has two pages


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    text: str


@dataclass(frozen=True, slots=True)
class Site:
    """A running server: where it is, and its history."""

    address: str
    path: Path

    @property
    def port(self) -> int:
        return urlsplit(self.address).port or 0

    @property
    def top(self) -> str:
        """/TOKEN/"""
        return urlsplit(self.address).path

    def get(self, path: str, method: str = "GET", host: str | None = None, **headers: str) -> Answer:
        """Ask for a path just as it is written, without a client's tidying."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)) as connection:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            connection.putheader("Host", host if host is not None else f"127.0.0.1:{self.port}")
            for name, value in headers.items():
                connection.putheader(name.replace("_", "-"), value)
            connection.endheaders()
            answer = connection.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, found, answer.read().decode("utf-8"))


@contextmanager
def served(path: Path) -> Iterator[Site]:
    """A server of this history, in a thread."""
    token, app = server.application(path)
    with server.listening(0) as listener:
        running = server.server_of(app)
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            yield Site(f"http://127.0.0.1:{listener.getsockname()[1]}/{token}/", path)
        finally:
            running.should_exit = True
            thread.join()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server of a history of some weeks: set 1 has no plots, the last one has."""
    path = tmp_path_factory.mktemp("serve") / "history.db"
    with open_history(path, write=True) as history:
        history.put(*map(kept, made_up_sets(40)[: COUNT - 1]))
        history.put(judged_set("ninety_ninety", low_arms=True))
    with served(path) as found:
        yield found


class Page(HTMLParser):
    """What a browser would do with a page: links, and whatever would load or run something."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.scripts: list[str] = []
        self.loads: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in ("script", "iframe", "object", "embed", "form") or any(name.startswith("on") for name in given):
            self.scripts.append(tag)
        if tag == "a":
            self.links.append(given.get("href") or "")
        loaded = given.get("src") or (given.get("href") if tag == "link" else None)
        if loaded and not loaded.startswith("data:"):
            self.loads.append(loaded)


# ---- what is shown


def test_every_link_leads_to_a_page(site: Site) -> None:
    """From the first page on every link, followed to the end, leads to a page here; none holds the token."""
    seen: set[str] = set()
    waiting = [site.top]
    while waiting:
        path = waiting.pop()
        answer = site.get(path)
        assert answer.status in (200, 404), path
        assert answer.status == 200 or "only the verdict is kept" in answer.text
        page = Page(answer.text)
        token = site.top.strip("/")
        assert token not in answer.text
        for link in page.links:
            target = urlsplit(urljoin(f"http://127.0.0.1:{site.port}{path}", link))
            assert target.netloc == f"127.0.0.1:{site.port}", link
            where = target.path + (f"?{target.query}" if target.query else "")
            # reports of the made-up sets are alike: a few are enough
            if where not in seen and ("/set/" not in where or re.search(r"/set/(1|2|60)$", where)):
                seen.add(where)
                waiting.append(where)
    ends = {path.removeprefix(site.top) for path in seen}
    assert {"", "progress", "set/1", "set/60", "?page=2"} <= ends


def test_the_list_has_every_set(site: Site) -> None:
    """The pages of the list together have every set once, newest first."""
    pages = [site.get(site.top).text, site.get(f"{site.top}?page=2").text]
    numbers = [int(n) for text in pages for n in re.findall(r'href="set/(\d+)"', text)]
    assert len(re.findall(r'href="set/', pages[0])) == SETS_A_PAGE
    assert sorted(numbers) == list(range(1, COUNT + 1))
    assert "Sets 51 to 60 of 60" in pages[1]


def test_the_report_is_that_of_the_set(site: Site) -> None:
    """A set's page says what was done in it, and when."""
    text = site.get(f"{site.top}set/{COUNT}").text
    assert "90-90 hip-flexor stretch" in text
    assert "25 November 2026, 07:30" in text


def test_what_is_not_there_is_told(site: Site) -> None:
    """A set that is not there has a page that says so, and leads back."""
    answer = site.get(f"{site.top}set/999")
    assert answer.status == 404
    assert "there is no set 999" in answer.text
    assert "../" in Page(answer.text).links


def test_a_set_that_is_added_meanwhile_is_shown(site: Site) -> None:
    """The pages are those of the history as it is now, and looking at them changes nothing in it."""
    before = site.path.read_bytes()
    assert "of 60" in site.get(site.top).text
    site.get(f"{site.top}progress")
    assert site.path.read_bytes() == before
    with open_history(site.path, write=True) as history:
        (number,) = history.put(judged_set())
        try:
            assert "of 61" in site.get(site.top).text
        finally:
            history.delete([number])


def test_a_damaged_history_is_told(tmp_path: Path) -> None:
    """Damage that shows while it is served makes a page that says so, and the file is not touched."""
    path = tmp_path / "history.db"
    path.write_bytes(b"no database" * 1000)
    with served(path) as site:
        for page in ("", "progress", "set/1"):
            answer = site.get(site.top + page)
            assert answer.status == 500
            assert "is damaged" in answer.text
            assert Page(answer.text).links
    assert path.read_bytes() == b"no database" * 1000


# ---- what a browser may do with it


@pytest.mark.parametrize("page", ["", "progress", "set/60", "set/999", "nonsense"])
def test_no_page_runs_or_loads_anything(site: Site, page: str) -> None:
    """Each page forbids scripts and everything from elsewhere, has none itself, and may not be framed or kept."""
    answer = site.get(site.top + page)
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert "script-src" not in policy
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert policy["frame-ancestors"] == "'none'"
    wanted = {"x-content-type-options": "nosniff", "referrer-policy": "no-referrer", "cache-control": "no-store"}
    assert wanted.items() <= answer.headers.items()
    assert not [name for name in answer.headers if name.startswith("access-control")]
    assert not {"set-cookie", "server"} & answer.headers.keys()
    found = Page(answer.text)
    assert (found.scripts, found.loads) == ([], [])
    assert "style=" not in answer.text  # the policy would not let it act


# ---- who does not get in


@pytest.mark.parametrize("path", ["/", "", "/x/", "/progress", "/set/1", "//", "/favicon.ico", "/robots.txt", "/%00/"])
def test_without_the_token_nothing_is_found(site: Site, path: str) -> None:
    """Whoever does not know the token gets the same answer whatever is asked for."""
    answer = site.get(path or "/")
    assert (answer.status, answer.text) == (404, "Not found. Open the address that posecheck serve printed.\n")


def test_a_token_that_is_nearly_right(site: Site) -> None:
    """One letter more, less or changed, or in capitals, is as good as none; a new run has another token."""
    token = site.top.strip("/")
    for wrong in (token[:-1], f"{token}a", token.swapcase(), f"{token[:-1]}é", f"{token}%20"):
        assert site.get(quote(f"/{wrong}/", safe="/%")).status == 404
    assert len(token) >= 32
    assert server.application(site.path)[0] != token


@pytest.mark.parametrize(
    "path",
    [
        "../../etc/passwd",
        "%2e%2e/%2e%2e/etc/passwd",
        "..%2f..%2fetc%2fpasswd",
        "set/../../../etc/passwd",
        "set/%2e%2e%2f1",
        "set/1/../../history.db",
        "history.db",
        "set/-1",
        "set/1.0",
        "set/1%00",
        "set/99999999999999999999999",
        "?page=0",
        "?page=-1",
        "?page=x",
        "?page=99999999999999999999",
        "?page=٣",
        "set/1;DROP TABLE sets",
        "templates/base.html",
    ],
)
def test_no_path_leads_out(site: Site, path: str) -> None:
    """Paths that climb, numbers that are none, and files by name are not found; the history stays as it is."""
    answer = site.get(quote(site.top + path, safe="/%?=;"))
    assert answer.status in (400, 404)
    assert "root:" not in answer.text
    with open_history(site.path) as history:
        assert history.count() == COUNT


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "", "192.168.0.1"])
def test_a_name_that_was_bent_to_this_machine(site: Site, host: str) -> None:
    """Under any other name than this machine's own (DNS rebinding) nothing is told."""
    answer = site.get(site.top, host=host)
    assert answer.status == 400
    assert "set/" not in answer.text


def test_localhost_is_this_machine(site: Site) -> None:
    """The address works as localhost, too."""
    assert site.get(site.top, host=f"localhost:{site.port}").status == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_only_reading(site: Site, method: str) -> None:
    """Nothing but GET and HEAD is done, and no other site is let in by a preflight request (CORS)."""
    answer = site.get(site.top, method, Origin="https://evil.example", Access_Control_Request_Method="GET")
    assert answer.status == 405
    assert answer.headers["allow"] == "GET, HEAD"
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_head_is_get_without_the_page(site: Site) -> None:
    """HEAD tells the length of the page and sends none."""
    answer = site.get(site.top, "HEAD")
    assert (answer.status, answer.text) == (200, "")
    assert int(answer.headers["content-length"]) > 1000


# ---- the command


def test_the_port_is_taken() -> None:
    """A port that somebody listens on is told by number."""
    with (
        server.listening(0) as taken,
        pytest.raises(UsageError, match=r"cannot listen on port \d+: .*give another --port"),
    ):
        server.listening(taken.getsockname()[1])


def test_only_this_machine_is_listened_to(site: Site) -> None:
    """On this machine's other addresses nobody answers."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
        probe.settimeout(5)
        assert probe.connect_ex(("127.0.0.2", site.port)) != 0


@pytest.mark.skipif(os.name != "posix", reason="signals are those of POSIX")
@pytest.mark.system
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_the_command_until_ctrl_c(tmp_path: Path, name: str) -> None:
    """`posecheck serve` prints the address, shows an empty history without making one, and ends with Ctrl-C."""
    path = tmp_path / "none.db"
    call = [sys.executable, "-W", "error", "-m", "posecheck", "serve", "--no-browser", "--db", str(path)]
    with ending(subprocess.Popen(call, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)) as process:
        assert process.stdout is not None
        address = process.stdout.readline().split()[-1]
        assert "Ctrl-C ends it" in process.stdout.readline()
        assert "Nothing is kept yet" in Site(address, path).get(urlsplit(address).path).text
        process.send_signal(getattr(signal, name))
        _, err = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, err) == (0, "")
    assert not path.exists()
