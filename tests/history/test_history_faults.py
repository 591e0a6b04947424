"""What can happen to the history: kill -9, full disks, folders that are closed, damage, two processes at once."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from posecheck.errors import InputError, OutputError
from posecheck.history import opening
from posecheck.history.opening import DamagedError, look_after
from posecheck.history.records import KeptSet
from posecheck.history.store import History, open_history
from posecheck.live.history_writer import BackgroundHistory
from tests.history.history_child import so_far
from tests.waiting import PATIENCE_S, ending, until

pytestmark = pytest.mark.system

ROOT = Path(__file__).resolve().parents[2]
KILLED = 100
needs_posix = pytest.mark.skipif(os.name != "posix", reason="signals, users and permissions are those of POSIX")


def child(*call: str) -> subprocess.Popen[str]:
    """A process of history_child."""
    command = [sys.executable, "-W", "error", "-m", "tests.history.history_child", *call]
    piped = subprocess.PIPE
    return subprocess.Popen(command, cwd=ROOT, stdin=piped, stdout=piped, stderr=piped, text=True)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a history can be."""
    return tmp_path / "folder" / "history.db"


def filled(path: Path, sets: int = 3) -> Path:
    """A history with so many sets of two holds each."""
    with open_history(path, write=True) as history:
        history.put(*(so_far(f"old {number}", 2) for number in range(sets)))
    return path


# ---- crashes


@pytest.fixture
def quick_folder(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory where there is one: kill -9 takes nothing from the system's cache, so it is as good."""
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(prefix="posecheck-test-", dir=memory) as folder:
        yield Path(folder)


@needs_posix
def test_kill_9_in_the_middle_of_writing(quick_folder: Path) -> None:
    """Killed 100 times while it writes: the database is sound, and every hold that was said to be kept is there."""
    path = quick_folder / "history.db"
    with ending(child("kill", str(path), str(KILLED))) as process:
        out, err = process.communicate()
    assert process.returncode == 0, err
    rounds = [tuple(map(int, line.split())) for line in out.splitlines()]
    assert len(rounds) == KILLED
    assert all(0 < said <= there <= said + 1 and whole for said, there, whole in rounds)
    assert len({said for said, _, _ in rounds}) > 1  # not always at the same point
    with open_history(path, write=True) as history:
        assert history.said is None
        assert history.count() == KILLED
    assert [f.name for f in path.parent.glob("*.db")] == ["history.db"]


# ---- two at once


def test_two_processes_at_once(path: Path) -> None:
    """Two that make the same new history and write to it at once lose nothing, while a third reads."""
    seen = 0

    def over() -> bool:
        nonlocal seen
        ended = all(writer.poll() is not None for writer in writers)
        if path.exists():
            with open_history(path) as history:
                seen = max(seen, len(history.figures()))
        return ended

    with ExitStack() as opened:
        writers = [opened.enter_context(ending(child("write", str(path), seed))) for seed in ("one", "two")]
        until(over, "the end of both")
        for writer in writers:
            _, err = writer.communicate()
            assert writer.returncode == 0, err
    with open_history(path, write=True) as history:
        assert history.said is None
        assert history.uids() == {f"{seed} {number}" for seed in ("one", "two") for number in range(30)}
        assert {len(history.get(i).summary.repetitions) for i in history.ids()} == {3}
    assert seen == 60


def test_four_processes_save_one_recording(path: Path) -> None:
    """Four that make the same new history and save the same recording at once keep it once; one says that it is new."""
    with ExitStack() as opened:
        savers = [opened.enter_context(ending(child("save", str(path)))) for _ in range(4)]
        for saver in savers:
            assert saver.stdout is not None
            assert saver.stdout.readline() == "ready\n"
        for saver in savers:
            assert saver.stdin is not None
            saver.stdin.write("\n")
            saver.stdin.flush()
        answers = [saver.communicate() for saver in savers]
    assert sorted(out for out, _ in answers) == ["False\n"] * 3 + ["True\n"], answers
    with open_history(path) as history:
        assert history.count() == 1


def test_a_lock_blocks_neither_readers_nor_a_live_set(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While another program holds the lock, reading goes on, a live set is not delayed, and is written after it."""
    monkeypatch.setattr(opening, "BUSY_S", 3600.0)  # whoever waits for the lock waits for the end of this test
    filled(path)
    writing = threading.Event()
    put = History.put

    def noted(history: History, *sets: KeptSet) -> tuple[int, ...]:
        writing.set()
        return put(history, *sets)

    monkeypatch.setattr(History, "put", noted)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with open_history(path) as history:
            assert history.count() == 3
        background = BackgroundHistory(path)
        background.put(so_far("new", 1))
        assert writing.wait(PATIENCE_S)
        background.put(so_far("new", 2))
        with open_history(path) as history:
            assert history.count() == 3
        other.execute("COMMIT")
    until(lambda: not background._waiting, "the writing")
    background.close()
    assert background.trouble is None
    with open_history(path) as history:
        assert history.get(history.newest() or 0).summary.source == "camera 0"
        assert "new" in history.uids()


def test_a_lock_that_stays_is_told(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A history that stays locked ends the waiting with words, and what was there before is unharmed."""
    monkeypatch.setattr(opening, "BUSY_S", 0.2)
    filled(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with open_history(path, write=True) as history, pytest.raises(OutputError, match="locked"):
            history.put(so_far("new", 1))
        background = BackgroundHistory(path)
        background.put(so_far("new", 1))
        background.close()
        assert background.trouble is not None
        assert "locked" in background.trouble
    with open_history(path) as history:
        assert history.count() == 3


# ---- full disks


def test_a_full_database_keeps_what_was_there(path: Path) -> None:
    """When no page more can be had the error says that the disk is full, and every set of before is whole."""
    filled(path)
    with open_history(path, write=True) as history:
        (pages,) = history._db.execute("PRAGMA page_count").fetchone()
        history._db.execute(f"PRAGMA max_page_count = {pages + 2}")
        with pytest.raises(OutputError, match="the disk is full; free some space"):
            history.put(*(so_far(f"new {number}", 3) for number in range(50)))
        assert history.count() == 3
    with open_history(path, write=True) as history:
        assert history.put(so_far("new", 1)) == (4,)


@needs_posix
def test_a_full_disk(tmp_path: Path) -> None:
    """On a disk of 1.5 MB that fills, what was kept stays readable, and the error is one of ours, in words."""
    small = tmp_path / "small"
    small.mkdir()
    script = (
        f'mount -t tmpfs -o size=1500k none "{small}" && "$1" -m tests.history.history_child fill "{small}/history.db"'
    )
    call = ["unshare", "-Urm", "sh", "-c", script, "sh", sys.executable]
    if shutil.which("unshare") is None:
        pytest.skip("there is no unshare: a small disk cannot be made without being root")
    found = subprocess.run(call, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    if "unshare" in found.stderr or "mount" in found.stderr:
        pytest.skip(f"this system lets nobody make a small disk: {found.stderr.strip()}")
    assert found.returncode == 0, found.stderr
    said, there, words = found.stdout.splitlines()
    assert int(said) == int(there) > 10
    assert "disk is full" in words or "disk I/O" in words


@needs_posix
def test_a_disk_that_has_room_again(path: Path) -> None:
    """A live set that could not be written for a while is written, whole, when it can be."""
    import resource

    filled(path)
    background = BackgroundHistory(path, retry_s=0.05)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, before[1]))
    try:
        background.put(so_far("new", 1))
        until(lambda: background.trouble is not None)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    background.put(so_far("new", 2))
    until(lambda: background.trouble is None)
    background.close()
    with open_history(path) as history:
        assert history.get(4) == so_far("new", 2)


# ---- folders and files that cannot be written, or read


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user can get to (pytest's are closed to others)."""
    folder = Path(tempfile.mkdtemp(prefix="posecheck-test-"))
    folder.chmod(0o755)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


@pytest.fixture
def no_root() -> Iterator[None]:
    """Permissions hold: root, whom they do not hold back, becomes nobody for the test."""
    if os.name != "posix" or os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@needs_posix
@pytest.mark.usefixtures("no_root")
def test_a_folder_that_cannot_be_written(open_folder: Path) -> None:
    """Nothing can be kept there, in words that name it and say what to do; a live set is told the same."""
    folder = open_folder / "closed"
    if os.geteuid() == 65534:
        os.seteuid(0)
        folder.mkdir(mode=0o555)
        os.seteuid(65534)
    else:
        folder.mkdir(mode=0o555)
    with pytest.raises(OutputError, match=r"cannot write .*closed.*allow writing"):
        open_history(folder / "history.db", write=True)
    background = BackgroundHistory(folder / "history.db")
    background.put(so_far("new", 1))
    background.close()
    assert background.trouble is not None
    assert "permission denied" in background.trouble
    with open_history(folder / "history.db") as history:
        assert history.count() == 0


@needs_posix
def test_a_history_in_a_read_only_folder_can_be_read(open_folder: Path, request: pytest.FixtureRequest) -> None:
    """On a write-protected disk the sets are shown, and a change is refused in words."""
    path = filled(open_folder / "history.db")
    for file in (*open_folder.iterdir(), open_folder):
        file.chmod(0o555 if file.is_dir() else 0o444)
    request.getfixturevalue("no_root")
    assert look_after(path) is None
    with open_history(path) as history:
        assert history.count() == 3
        assert history.get(1) == so_far("old 0", 2)
    with pytest.raises(OutputError, match="allow writing there"):
        open_history(path, write=True)


@needs_posix
def test_a_history_of_somebody_else(open_folder: Path, request: pytest.FixtureRequest) -> None:
    """A history that only another user may read is told as that."""
    path = filled(open_folder / "history.db")
    request.getfixturevalue("no_root")
    if os.geteuid() == path.stat().st_uid:
        pytest.skip("only root can make a file that belongs to somebody else")
    with pytest.raises(InputError, match="permission denied"):
        open_history(path)


# ---- damage


def damage(path: Path, where: str) -> None:
    """Spoil a database that nobody has open."""
    data = bytearray(path.read_bytes())
    if where == "beginning":
        data[:100] = b"\x00garbage" * 12 + b"full"
    elif where == "middle":
        for page in range(2, len(data) // 4096):
            data[page * 4096 : page * 4096 + 600] = os.urandom(600)
    else:
        del data[len(data) // 3 :]
    path.write_bytes(data)


def read_all(path: Path) -> None:
    """Read every set."""
    with open_history(path) as history:
        for number in history.ids():
            history.get(number)


@pytest.mark.parametrize("where", ["beginning", "middle", "end"])
def test_a_damaged_history_is_set_aside(path: Path, where: str) -> None:
    """It is renamed, byte for byte as it was, a new one is begun, and the user is told where the old one is."""
    damage(filled(path), where)
    spoiled = path.read_bytes()
    with pytest.raises(DamagedError, match="is damaged"):
        read_all(path)
    with open_history(path, write=True) as history:
        assert history.said is not None
        assert "is damaged" in history.said
        assert history.count() == 0
        history.put(so_far("new", 1))
    (aside,) = path.parent.glob("history-damaged-*.db")
    assert str(aside) in history.said
    assert aside.read_bytes() == spoiled


def test_damaged_plots_are_told(path: Path) -> None:
    """When only the plots of a set are damaged its report says so, and all else can be read."""
    filled(path)
    with closing(sqlite3.connect(path)) as db:
        db.execute("UPDATE traces SET zlib_json = x'0102' WHERE set_id = 2")
        db.commit()
    with open_history(path) as history:
        with pytest.raises(DamagedError, match="the plots of a set"):
            history.trace(2)
        assert len(history.figures()) == 3
        assert history.get(2, trace=False).uid == "old 1"


def test_every_damaged_history_is_kept(path: Path) -> None:
    """Damaged twice within a second, both are there: what was set aside is never overwritten."""
    contents = []
    for _ in range(2):
        damage(filled(path), "beginning")
        contents.append(path.read_bytes())
        assert look_after(path) is not None
    assert sorted(f.read_bytes() for f in path.parent.glob("history-damaged-*.db")) == sorted(contents)


def test_damage_during_a_live_set(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that proves damaged while a set goes on is set aside, and the set, whole, is in the new one."""
    filled(path)
    background = BackgroundHistory(path, retry_s=0.05)
    background.put(so_far("new", 1))
    until(lambda: not background._waiting)
    real = History.put

    def spoiled(history: History, *_sets: KeptSet) -> tuple[int, ...]:
        monkeypatch.setattr(History, "put", real)
        history.close()
        damage(path, "middle")
        raise DamagedError(path, "found while writing")

    monkeypatch.setattr(History, "put", spoiled)
    background.put(so_far("new", 2))
    until(lambda: background.trouble is None and background.said is not None)
    background.close()
    assert "set aside" in (background.said or "")
    with open_history(path) as history:
        assert history.get(1) == so_far("new", 2)
    assert len(list(path.parent.glob("history-damaged-*.db"))) == 1


def test_two_that_find_the_damage_at_once(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who finds damage that another process has just set aside keeps the new history instead of renaming it."""
    damage(filled(path), "beginning")
    real = opening._open

    def meanwhile(where: Path, thorough: bool) -> object:
        monkeypatch.setattr(opening, "_open", real)
        try:
            return real(where, thorough)
        except DamagedError:
            filled(path)  # the other process: sets it aside, and keeps three sets
            raise

    monkeypatch.setattr(opening, "_open", meanwhile)
    with open_history(path, write=True) as history:
        assert history.said is None
        assert history.count() == 3
    assert len(list(path.parent.glob("history-damaged-*.db"))) == 1
