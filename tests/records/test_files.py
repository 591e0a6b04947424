"""Output files: found unwritable before the work, written whole or not at all."""

from __future__ import annotations

import errno
import os
import re
import stat
from pathlib import Path

import pytest

from posecheck.errors import OutputError
from posecheck.records.files import (
    UnfinishedFile,
    atomic_write_text,
    check_writable,
    for_owner,
    make_folder,
    whole_file,
    writing,
)


def test_a_new_file_is_writable_and_none_is_left_behind(tmp_path: Path) -> None:
    """Checking a path that does not exist yet leaves the folder as it was."""
    check_writable(tmp_path / "report.json")
    assert list(tmp_path.iterdir()) == []


def test_an_existing_file_keeps_its_content(tmp_path: Path) -> None:
    """Checking a file that exists does not truncate it."""
    path = tmp_path / "report.json"
    path.write_text("old")
    check_writable(path)
    assert path.read_text() == "old"


def test_a_folder_is_refused(tmp_path: Path) -> None:
    """A folder cannot be an output file."""
    with pytest.raises(OutputError, match="is a folder"):
        check_writable(tmp_path)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    """The folder that is missing is named, so that the user can make it."""
    with pytest.raises(OutputError, match=r"no folder .*nowhere"):
        check_writable(tmp_path / "nowhere" / "report.json")


def test_a_file_as_folder_is_refused(tmp_path: Path) -> None:
    """A path that goes through a file is refused, as a missing folder is."""
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="there is no folder"):
        check_writable(tmp_path / "file" / "report.json")


def test_a_name_that_is_too_long_is_refused(tmp_path: Path) -> None:
    """A name that the file system does not take is found out before the work."""
    with pytest.raises(OutputError, match="too long"):
        check_writable(tmp_path / ("x" * 300))


def test_what_the_system_forbids_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system does not allow writing, the error says so; tests may run as root, so it is scripted."""

    def forbid(self: Path, *_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(self))

    monkeypatch.setattr(Path, "open", forbid)
    with pytest.raises(OutputError, match="permission denied; choose another place"):
        check_writable(tmp_path / "report.json")


@pytest.mark.skipif(not Path("/proc/version").exists(), reason="needs Linux's /proc")
def test_a_read_only_file_system_is_refused() -> None:
    """A folder that takes no files is found out even by root."""
    with pytest.raises(OutputError, match="cannot write /proc/report"):
        check_writable("/proc/report.json")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such device")
def test_the_null_device_is_writable() -> None:
    """A device is neither opened nor replaced by the check, and is written to directly."""
    check_writable("/dev/null")
    atomic_write_text("/dev/null", "text")
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_that_may_not_be_written_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipe is not opened to find out, as that would wait for its reader: its permissions are asked."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    check_writable(pipe)
    monkeypatch.setattr(os, "access", lambda path, mode: (path, mode) != (pipe, os.W_OK))  # tests may run as root
    with pytest.raises(OutputError, match="permission denied; choose another place"):
        check_writable(pipe)


def test_text_is_written_as_given(tmp_path: Path) -> None:
    """Unicode and line ends come back byte for byte, and no temporary file stays."""
    path = tmp_path / "report.csv"
    atomic_write_text(path, "92°\r\n")
    assert path.read_bytes() == "92°\r\n".encode()
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(not hasattr(os, "symlink") or os.name == "nt", reason="needs links and modes")
def test_links_and_modes_are_kept(tmp_path: Path) -> None:
    """Writing through a link replaces what it points to, with the mode it had."""
    real, link = tmp_path / "real", tmp_path / "link"
    real.write_text("old")
    real.chmod(0o640)
    link.symlink_to(real)
    atomic_write_text(link, "new")
    assert link.is_symlink()
    assert real.read_text() == "new"
    assert stat.S_IMODE(real.stat().st_mode) == 0o640


def test_a_full_disk_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the disk fills up while writing, the old file stays, no half file does, and the error says what to do."""
    path = tmp_path / "report.json"
    path.write_text("old")

    def fill_up(self: Path, _: bytes) -> int:
        with self.open("wb") as file:
            file.write(b"ha")
        raise OSError(errno.ENOSPC, "No space left on device", str(self))

    monkeypatch.setattr(Path, "write_bytes", fill_up)
    with pytest.raises(OutputError, match="no space left on device; free some space"):
        atomic_write_text(path, "new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.fixture
def _no_new_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Folders take no new files, and files that are there can be written; scripted, as tests may run as root."""
    real = os.open

    def only_existing(file: str | Path, flags: int, mode: int = 0o777) -> int:
        if flags & os.O_CREAT:
            raise PermissionError(errno.EACCES, "Permission denied", str(file))
        return real(file, flags, mode)

    monkeypatch.setattr(os, "open", only_existing)


@pytest.mark.usefixtures("_no_new_files")
def test_a_folder_without_new_files_is_written_in_place(tmp_path: Path) -> None:
    """A writable file in a folder that takes no new files is written directly, as the check promised."""
    path = tmp_path / "report.json"
    path.write_text("old")
    atomic_write_text(path, "new")
    assert path.read_text() == "new"


@pytest.mark.usefixtures("_no_new_files")
def test_a_folder_without_new_files_takes_no_new_file(tmp_path: Path) -> None:
    """Where there is nothing to write over, a folder that takes no new files is an error, and nothing is left in it."""
    with pytest.raises(OutputError, match=r"cannot write .*report\.json: permission denied"):
        atomic_write_text(tmp_path / "report.json", "new")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("_no_new_files")
def test_what_grows_does_so_in_its_place_in_a_folder_without_new_files(tmp_path: Path) -> None:
    """A tape or film is written over what is there, and stays whether or not it is whole; a new one is an error."""
    path = tmp_path / "me.jsonl"
    path.write_text("old")
    file = UnfinishedFile(path)
    file.part.write_text("new")
    file.keep()
    file.drop()
    assert path.read_text() == "new"
    with pytest.raises(OutputError, match=r"cannot write .*other\.jsonl: permission denied"):
        UnfinishedFile(tmp_path / "other.jsonl")


def test_what_grows_takes_its_place_when_it_is_whole(tmp_path: Path) -> None:
    """Until then what was there stays, and a part that was left by a crash is not written over."""
    path, left = tmp_path / "me.mp4", tmp_path / "me.unfinished-0a0a0a0a.mp4"
    path.write_text("old")
    left.write_text("left")
    file = UnfinishedFile(path)
    file.part.write_text("new")
    assert path.read_text() == "old"
    assert re.fullmatch(r"me\.unfinished-[0-9a-f]{8}\.mp4", file.part.name)
    file.keep()
    assert (path.read_text(), left.read_text()) == ("new", "left")
    dropped = UnfinishedFile(path)
    dropped.drop()
    assert sorted(tmp_path.iterdir()) == [path, left]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_what_is_made_is_the_owners_alone(tmp_path: Path) -> None:
    """Files have 0600 and folders 0700, whatever the mask; what others could read before they still can."""
    before = os.umask(0)
    try:
        place = tmp_path / "a" / "b"
        make_folder(place)
        make_folder(place)
        atomic_write_text(place / "report.json", "text")
        growing = UnfinishedFile(place / "me.jsonl.gz")
        growing.keep()
        with open(place / "log", "w", opener=for_owner):  # Path.open takes no opener
            pass
        (place / "shared").touch(0o644)
        atomic_write_text(place / "shared", "text")
        with whole_file(place / "shared", private=True) as part:
            part.write_text("text")
            assert stat.S_IMODE(part.stat().st_mode) == 0o600
    finally:
        os.umask(before)
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in (place, place.parent)} == {0o700}
    assert {stat.S_IMODE(file.stat().st_mode) for file in place.iterdir()} == {0o600}


def test_others_read_on_what_they_could_read(tmp_path: Path) -> None:
    """A file that its owner has opened to others stays so when it is written again."""
    path = tmp_path / "report.json"
    path.touch()
    path.chmod(0o644)
    mode = path.stat().st_mode
    atomic_write_text(path, "text")
    assert path.stat().st_mode == mode


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    """A file stands in its place, or above it."""
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="there is a file of that name; choose another place"):
        make_folder(tmp_path / "file")
    with pytest.raises(OutputError, match=r"cannot write .*under: not a directory"):
        make_folder(tmp_path / "file" / "under")


@pytest.mark.skipif(os.name == "nt", reason="needs links")
def test_a_part_never_goes_through_a_link(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even if somebody guessed its name and laid a link there, what the link points to stays as it is."""
    monkeypatch.setattr("secrets.token_hex", lambda count: "0" * 2 * count)
    aim = tmp_path / "aim"
    aim.write_text("mine")
    (tmp_path / f".report.json.{'0' * 16}.part").symlink_to(aim)
    (tmp_path / "me.unfinished-00000000.mp4").symlink_to(aim)
    with pytest.raises(OutputError, match="file exists"):
        atomic_write_text(tmp_path / "report.json", "text")
    with pytest.raises(OutputError, match="file exists"):
        UnfinishedFile(tmp_path / "me.mp4")
    assert aim.read_text() == "mine"


@pytest.mark.skipif(os.name == "nt", reason="needs links")
def test_a_circle_of_links_is_told(tmp_path: Path) -> None:
    """A name that leads nowhere can be neither checked nor written."""
    (tmp_path / "x").symlink_to(tmp_path / "y")
    (tmp_path / "y").symlink_to(tmp_path / "x")
    for place in (tmp_path / "x", tmp_path / "x" / "report.json"):
        with pytest.raises(OutputError, match="cannot write"):
            check_writable(place)
    with pytest.raises(OutputError, match="cannot write"):
        atomic_write_text(tmp_path / "x" / "report.json", "text")
    with pytest.raises(OutputError, match="cannot write"):
        UnfinishedFile(tmp_path / "x" / "me.mp4")


def test_other_errors_pass_through_writing(tmp_path: Path) -> None:
    """Only errors of the system become OutputError."""
    with pytest.raises(ValueError, match="mine"), writing(tmp_path / "x"):
        raise ValueError("mine")
