"""Files, folders, patterns and addresses become recordings, each with a name of its own for its outputs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from posecheck.batch.inputs import find_recordings
from posecheck.errors import InputError


def touch(root: Path, *names: str) -> None:
    """Make small files."""
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")


def names(root: Path, *places: str, out: Path | None = None) -> list[str]:
    """The names of the recordings found."""
    return [r.name for r in find_recordings([str(root / p) for p in places], out).recordings]


def test_a_folder_gives_its_videos_and_tapes_deep_down_in_order(tmp_path: Path) -> None:
    """Names are relative to the folder that was given; other files, and hidden ones, are left out."""
    touch(tmp_path, "in/b.MP4", "in/a.jsonl.gz", "in/deep/er/c.mov", "in/notes.txt", "in/.x.mp4", "in/.cache/y.mp4")
    assert names(tmp_path, "in") == ["a", "b", "deep/er/c"]


def test_the_output_folder_inside_the_input_is_not_read(tmp_path: Path) -> None:
    """Our own annotated videos are no recordings."""
    touch(tmp_path, "in/a.mp4", "in/out/a.annotated.mp4")
    out = tmp_path / "in" / "out"
    assert names(tmp_path, "in", out=out) == names(tmp_path, "in/**/*.mp4", out=out) == ["a"]


def test_a_pattern_is_expanded_where_the_shell_has_not(tmp_path: Path) -> None:
    """Names are relative to the part before the first star."""
    touch(tmp_path, "in/mon/a.mp4", "in/tue/a.mp4", "in/tue/b.txt")
    assert names(tmp_path, "in/**/*.mp4") == ["mon/a", "tue/a"]
    assert names(tmp_path, "in/*") == ["mon/a", "tue/a"]


def test_two_recordings_of_one_name_get_different_outputs(tmp_path: Path) -> None:
    """The first keeps the name; the others get a hash of their place, the same in every run; case does not tell."""
    touch(tmp_path, "one/me.mp4", "two/me.mp4", "two/Me.mov")
    found = names(tmp_path, "one", "two")
    assert found[0] == "me"
    assert len({n.casefold() for n in found}) == 3
    assert all(n.casefold().startswith("me-") for n in found[1:])
    assert names(tmp_path, "one", "two") == found


def test_a_file_that_is_named_twice_is_judged_once(tmp_path: Path) -> None:
    """Also when it is named by itself and lies in a folder that is named; whatever its suffix."""
    touch(tmp_path, "in/a.mp4", "in/b.dat")
    assert names(tmp_path, "in/a.mp4", "in", "in/b.dat", "in/b.dat") == ["a", "b"]


def test_what_is_not_there_is_refused(tmp_path: Path) -> None:
    """A missing file, and a folder without a recording, are told before any work."""
    touch(tmp_path, "in/notes.txt")
    with pytest.raises(InputError, match="there is no file or folder"):
        find_recordings([str(tmp_path / "gone.mp4")])
    with pytest.raises(InputError, match="no video or tape in"):
        find_recordings([str(tmp_path / "in")])
    with pytest.raises(InputError, match="no tape in"):
        find_recordings([str(tmp_path / "in")], tapes_only=True)


def test_a_folder_that_cannot_be_read_is_told_and_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other recordings are found; when there are none, it is an error."""
    touch(tmp_path, "in/a.mp4", "in/locked/b.mp4")
    scan = os.scandir

    def refuse(path: Any) -> Any:
        if str(path).endswith("locked"):
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    found = find_recordings([str(tmp_path / "in")])
    assert [r.name for r in found.recordings] == ["a"]
    assert len(found.problems) == 1
    assert "locked: permission denied" in found.problems[0]
    with pytest.raises(InputError, match="permission denied"):
        find_recordings([str(tmp_path / "in" / "locked")])


def test_an_address_is_named_after_its_last_part() -> None:
    """Without what is asked of the server; nothing is fetched."""
    found = find_recordings(["https://example.invalid/clips/my%20film.mp4?key=1", "s3://bucket/b.jsonl.gz"])
    assert [r.name for r in found.recordings] == ["my film", "b"]


@pytest.mark.skipif(os.name == "nt", reason="needs links")
def test_a_circle_of_links_stops_no_search(tmp_path: Path) -> None:
    """It is found as a recording, and cannot be read; all others are found, too."""
    (tmp_path / "a.mp4").symlink_to(tmp_path / "b.mp4")
    (tmp_path / "b.mp4").symlink_to(tmp_path / "a.mp4")
    (tmp_path / "c.mp4").touch()
    found = find_recordings([str(tmp_path)], tmp_path / "out")
    assert str(tmp_path / "c.mp4") in {one.where for one in found.recordings}
    assert len(find_recordings([str(tmp_path / "*.mp4")], tmp_path / "out").recordings) == len(found.recordings)
