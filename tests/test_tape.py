"""Landmark recordings: bit for bit, in flat memory, and honest about damage."""

from __future__ import annotations

import errno
import gzip
import json
import re
import tracemalloc
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import IO

import numpy as np
import pytest

from posecheck.errors import FormatError, InputError, OutputError
from posecheck.records import Lacks, Landmark, Pose
from posecheck.records.landmark_rounding import Steps, in_steps
from posecheck.tape import TapeHeader, TapeWriter, read_tape

DATA = Path(__file__).parent / "data"
NO_STEPS = b'{"schema":2,"posecheck":"0","model":"","model_sha256":"","source":"","size":[1,1],"steps":[0,1,1]}\n'
HEADER = TapeHeader("0.1.0", "full", "4eaa", "dehnen ü.mp4", (640, 480))


def some_poses(count: int, size: tuple[int, int] = (640, 480)) -> Iterator[Pose]:
    """Made-up poses with full-length floats; every fifth frame shows nobody."""
    random = np.random.default_rng(1)
    for index in range(count):
        t = index / 29.97
        if index % 5 == 4:
            yield Pose.absent(t, size)
        else:
            yield Pose(
                t, size, random.normal(300, 200, (33, 2)), random.normal(0, 1, (33, 3)), random.uniform(0, 1, 33)
            )


def write(path: Path, poses: Iterator[Pose]) -> Path:
    with TapeWriter(path, HEADER) as tape:
        for pose in poses:
            tape.write(pose)
    return path


@pytest.fixture(params=["tape.jsonl", "tape.jsonl.gz"])
def tape_path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Where to write a tape, plain and compressed."""
    path: Path = tmp_path / request.param
    return path


def test_a_tape_reads_back_bit_for_bit(tape_path: Path) -> None:
    """Header, times, coordinates and absences come back equal to the last bit, without a warning."""
    write(tape_path, some_poses(250))
    with read_tape(tape_path) as tape:
        assert tape.header == HEADER
        assert list(tape) == list(some_poses(250))
        assert tape.warning is None


def in_whole_steps(poses: Iterator[Pose]) -> Iterator[Pose]:
    """The poses as the detector would hand them on."""
    for pose in poses:
        if pose.points_px is None or pose.points_m is None or pose.visibility is None:
            yield pose
            continue
        steps = Steps.of(pose.size)
        yield replace(
            pose,
            points_px=in_steps(pose.points_px, steps.px),
            points_m=in_steps(pose.points_m, steps.m),
            visibility=in_steps(pose.visibility, steps.visibility),
        )


def bits(poses: Iterable[Pose]) -> list[bytes]:
    """Every coordinate to the last bit, in the order in memory, with the sign of a zero."""
    return [a.tobytes() for p in poses for a in (p.points_px, p.points_m, p.visibility) if a is not None]


def test_the_detectors_poses_are_kept_as_differences(tape_path: Path) -> None:
    """Poses in whole steps read back bit for bit, also between absences and poses that are not in steps."""
    exact, other = list(in_whole_steps(some_poses(30))), list(some_poses(30))
    mixed = [other[i] if i % 7 == 3 else exact[i] for i in range(30)]
    write(tape_path, iter(mixed))
    with read_tape(tape_path) as tape:
        poses = list(tape)
    assert poses == mixed
    assert bits(poses) == bits(mixed)
    data = tape_path.read_bytes()
    text = gzip.decompress(data) if tape_path.suffix == ".gz" else data
    kinds = ["d" if b'"d"' in line else "p" if b'"p"' in line else "" for line in text.splitlines()[1:]]
    assert kinds == ["" if i % 5 == 4 else "p" if i % 7 == 3 else "d" for i in range(30)]


def test_arrays_lie_in_memory_as_the_detectors_do(tmp_path: Path) -> None:
    """Sums over an array depend on how it lies in memory, to the last bit."""
    path = write(tmp_path / "a.jsonl", in_whole_steps(some_poses(2)))
    for pose in read_tape(path):
        assert pose.points_px is not None
        assert pose.points_m is not None
        assert pose.points_px.flags.c_contiguous
        assert pose.points_m.flags.c_contiguous


@pytest.mark.parametrize("odd", [-0.0, 1e-9, 100.0])
def test_a_number_that_is_not_in_steps_is_kept(tmp_path: Path, odd: float) -> None:
    """A zero with a minus sign, and numbers between the steps, are written in full; large ones come back, too."""
    pose = next(in_whole_steps(some_poses(1)))
    assert pose.points_px is not None
    assert pose.points_m is not None
    metres, px = pose.points_m.copy(), pose.points_px.copy()
    metres[5, 1], px[5, 1] = odd, 1e9 - abs(odd)
    pose = replace(pose, points_px=px, points_m=metres)
    assert bits(read_tape(write(tmp_path / "a.jsonl", iter([pose])))) == bits([pose])


def test_an_hour_takes_little(tmp_path: Path) -> None:
    """A recorded tape, in the steps of today's detector, takes less than 12 MB an hour at 15 frames a second."""
    with read_tape(DATA / "swapped_legs.jsonl.gz") as tape:
        poses = list(in_whole_steps(iter(tape)))
    size = write(tmp_path / "a.jsonl.gz", iter(poses)).stat().st_size
    assert size / (poses[-1].t - poses[0].t) * 3600 < 12e6


def test_a_tape_of_schema_1_is_read(tmp_path: Path) -> None:
    """A tape without differences, as posecheck 0.1.0 first wrote it, gives header and poses."""
    path = tmp_path / "old.jsonl"
    pose = next(some_poses(1))
    assert pose.points_px is not None
    assert pose.points_m is not None
    assert pose.visibility is not None
    header = {
        "schema": 1,
        "posecheck": "0.1.0",
        "model": "full",
        "model_sha256": "4eaa",
        "source": "a",
        "size": [640, 480],
    }
    arrays = (pose.points_px, pose.points_m, pose.visibility)
    line = {"t": 0.0, **{key: array.ravel().tolist() for key, array in zip("pmv", arrays, strict=True)}}
    path.write_text(f'{json.dumps(header)}\n{json.dumps(line)}\n{{"t":0.5}}\n', "utf-8")
    with read_tape(path) as tape:
        assert tape.header == TapeHeader("0.1.0", "full", "4eaa", "a", (640, 480), schema=1)
        assert list(tape) == [pose, Pose.absent(0.5, (640, 480))]


def test_only_a_gz_name_is_compressed(tmp_path: Path) -> None:
    """A tape named .gz is a gzip file, another one is text."""
    assert write(tmp_path / "a.gz", some_poses(1)).read_bytes()[:2] == b"\x1f\x8b"
    assert write(tmp_path / "a.jsonl", some_poses(1)).read_bytes()[:1] == b"{"


def test_a_compressed_tape_is_read_whatever_its_name(tmp_path: Path) -> None:
    """A renamed compressed tape is told by its content."""
    path = write(tmp_path / "a.gz", some_poses(3)).rename(tmp_path / "a.jsonl")
    assert len(list(read_tape(path))) == 3


def test_arrays_have_their_shapes(tmp_path: Path) -> None:
    """Points are (33, 2) and (33, 3), visibility is (33,), all of float64."""
    pose = next(iter(read_tape(write(tmp_path / "a.jsonl", some_poses(1)))))
    assert pose.points_px is not None
    assert pose.points_m is not None
    assert pose.visibility is not None
    assert [a.shape for a in (pose.points_px, pose.points_m, pose.visibility)] == [(33, 2), (33, 3), (33,)]
    assert {a.dtype for a in (pose.points_px, pose.points_m, pose.visibility)} == {np.dtype(np.float64)}


def test_a_pose_of_another_size_keeps_it(tape_path: Path) -> None:
    """A picture that differs in size from the header's is recorded with its own."""
    write(tape_path, some_poses(6, size=(1080, 1920)))
    assert list(read_tape(tape_path)) == list(some_poses(6, size=(1080, 1920)))


def test_a_cut_off_tape_is_read_up_to_the_cut(tmp_path: Path) -> None:
    """What was written before a crash is read; a warning tells that more was meant to come."""
    path = write(tmp_path / "a.jsonl", some_poses(10))
    data = path.read_bytes()
    path.write_bytes(data[: len(data) - len(data.splitlines(keepends=True)[-1]) - 50])  # the last is a short absence
    tape = read_tape(path)
    assert list(tape) == list(some_poses(10))[:8]
    assert tape.warning is not None
    assert "cut off" in tape.warning


def test_a_tape_without_its_last_line_end_is_whole(tmp_path: Path) -> None:
    """A last line that is complete but for its line end is a pose, not a cut."""
    path = write(tmp_path / "a.jsonl", some_poses(4))
    path.write_bytes(path.read_bytes()[:-1])
    tape = read_tape(path)
    assert list(tape) == list(some_poses(4))
    assert tape.warning is None


@pytest.mark.parametrize("share", [0.5, 0.9, 0.999])
def test_a_cut_off_compressed_tape_is_read_up_to_the_cut(tmp_path: Path, share: float) -> None:
    """A gzip stream without its end gives what can be unpacked, and a warning."""
    path = write(tmp_path / "a.gz", some_poses(300))
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    tape = read_tape(path)
    poses = list(tape)
    assert 300 * share * 0.8 < len(poses) <= 300
    assert poses == list(some_poses(300))[: len(poses)]
    assert tape.warning is not None


def test_what_was_written_before_a_crash_can_be_read(tape_path: Path) -> None:
    """The writer flushes as it goes, so a tape that was never closed holds nearly everything, beside its place."""
    old = write(tape_path, some_poses(3)).read_bytes()
    writer = TapeWriter(tape_path, HEADER)
    for pose in some_poses(250):
        writer.write(pose)
    before, after = tape_path.name.split(".", 1)
    assert re.fullmatch(rf"{before}\.unfinished-[0-9a-f]{{8}}\.{re.escape(after)}", writer.part.name)
    assert len(list(read_tape(writer.part))) >= 200
    assert tape_path.read_bytes() == old
    writer.close()
    assert len(list(read_tape(tape_path))) == 250
    assert not writer.part.exists()


def test_what_was_there_stays_until_a_tape_is_whole(tmp_path: Path) -> None:
    """Nobody was found before an error, or the disk is full: the old tape stays. Else it has what came before."""
    path = tmp_path / "me.jsonl"
    old = write(path, some_poses(3)).read_bytes()
    for poses, error in ((0, ZeroDivisionError()), (1, OSError(errno.ENOSPC, "No space left on device"))):
        with pytest.raises((ZeroDivisionError, OutputError)):
            write_and_raise(path, poses, error)
        assert path.read_bytes() == old
    with pytest.raises(ZeroDivisionError):
        write_and_raise(path, 5, ZeroDivisionError())
    assert len(list(read_tape(path))) == 5
    assert list(tmp_path.iterdir()) == [path]


def write_and_raise(path: Path, count: int, error: Exception) -> None:
    """Write poses, then raise; an OSError is that of the last pose's writing."""
    with TapeWriter(path, HEADER) as tape:
        for pose in some_poses(count):
            if isinstance(error, OSError):
                tape._file = FullDisk(tape._file, error)  # type: ignore[assignment]
            tape.write(pose)
        raise error


class FullDisk:
    """A file on which nothing more can be written."""

    def __init__(self, file: IO[bytes], error: OSError) -> None:
        self._file, self._error = file, error

    def write(self, _data: bytes) -> None:
        raise self._error

    def close(self) -> None:
        self._file.close()


def test_an_unfinished_tape_of_before_is_not_written_over(tmp_path: Path) -> None:
    """What a crash has left stays where it is: the next one that grows has a name of its own."""
    crashed = TapeWriter(tmp_path / "me.jsonl.gz", HEADER).part
    left = crashed.read_bytes()
    with TapeWriter(tmp_path / "me.jsonl.gz", HEADER) as tape:
        assert tape.part != crashed
    assert crashed.read_bytes() == left


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("[640,480]", "[1e999,480]", r"line 1\.size\.1: .*allowed: numbers"),
        ("[640,480]", "[70000,480]", "is not a tape"),
        ("[640,480]", "[-1,480]", "is not a tape"),
        ('"size"', f'"x":{"[" * 50 + "]" * 50},"size"', r"line 1\.x\.1.*up to 32 deep"),
        ('"size"', f'"x":{"[" * 40_000},"size"', "line 1: it is not valid JSON"),
        ("{", "[", "is not a tape"),
    ],
)
def test_a_header_beyond_all_bounds_is_refused(tmp_path: Path, old: str, new: str, words: str) -> None:
    """With the place and what is allowed, where it is the beginning of a tape at all."""
    path = write(tmp_path / "t.jsonl", some_poses(3))
    path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")
    with pytest.raises(FormatError, match=words):
        read_tape(path)


def test_a_tape_ends_at_its_last_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A small compressed file may hold lines without end: behind the most that are read it is told."""
    path = write(tmp_path / "t.jsonl.gz", some_poses(9))
    monkeypatch.setattr("posecheck.tape._MOST_LINES", 6)
    with read_tape(path) as tape:
        assert len(list(tape)) == 5
        assert tape.warning == "t.jsonl.gz has more than 6 lines; read up to there"


def damaged(path: Path, number: int, line: str) -> Path:
    lines = write(path, some_poses(10)).read_text("utf-8").splitlines()
    lines[number - 1] = line
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


STEPS = '{"t": 0.07, "d": [%s]}'
FULL = '{"t": 0.07, "p": [%s], "m": [%s], "v": [%s]}'


@pytest.mark.parametrize(
    "line",
    [
        "",
        "{",
        "[]",
        "\x00\x00",
        "{}",
        '{"t": null}',
        '{"t": NaN}',
        '{"t": 0.07, "p": [1]}',
        FULL % ("1", "1", "1"),
        FULL % (",".join("1" * 66), ",".join("1" * 99), ",".join(["NaN"] + ["1"] * 32)),
        FULL % (",".join("1" * 66), ",".join(["Infinity", "-Infinity"] + ["1"] * 97), ",".join("1" * 33)),
        FULL % (",".join(["null"] + ["1"] * 65), ",".join("1" * 99), ",".join("1" * 33)),
        FULL % (",".join(["[]"] + ["1"] * 65), ",".join("1" * 99), ",".join("1" * 33)),
        FULL % (",".join(["1" * 400] + ["1"] * 65), ",".join("1" * 99), ",".join("1" * 33)),
        '{"t": 0.07, "d": 5}',
        '{"t": 0.07, "d": [1]}',
        STEPS % ",".join(["0.5"] * 198),
        STEPS % ",".join(['"1"'] + ["1"] * 197),
        STEPS % ",".join(["1" * 30] + ["1"] * 197),
        STEPS % ",".join(["[1]"] + ["1"] * 197),
    ],
)
def test_a_damaged_line_is_named(tmp_path: Path, line: str) -> None:
    """A line in the middle that is no pose, or holds no finite numbers, ends the reading with its number."""
    with pytest.raises(InputError, match=r"line 4 is damaged"):
        list(read_tape(damaged(tmp_path / "a.jsonl", 4, line)))


def test_poses_out_of_order_are_refused(tmp_path: Path) -> None:
    """Time must rise strictly, else a hold could last too long."""
    with pytest.raises(InputError, match=r"line 4 is out of order: 0\.03"):
        list(read_tape(damaged(tmp_path / "a.jsonl", 4, '{"t": 0.033}')))


def test_a_damaged_compressed_tape_is_refused(tmp_path: Path) -> None:
    """Bytes changed in the middle of a gzip stream are an error, not a cut."""
    path = write(tmp_path / "a.gz", some_poses(300))
    data = bytearray(path.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 200] = b"\xff" * 200
    path.write_bytes(data)
    with pytest.raises(InputError, match="line"):
        list(read_tape(path))


def test_another_schema_is_refused(tmp_path: Path) -> None:
    """A tape of a later posecheck is refused with both numbers."""
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"schema": 4}) + "\n")
    with pytest.raises(InputError, match="schema 4, this posecheck reads up to schema 3"):
        read_tape(path)


@pytest.mark.parametrize(
    "content",
    [
        b"hello\n",
        b"[1]\n",
        b"{}\n",
        b"\xff\xfe\n",
        b"x" * 3_000_000,
        b'{"schema":1,"size":[1]}\n',
        b'{"schema":1,"size":[1,1],"posecheck":1,"model":"","model_sha256":"","source":""}\n',
        NO_STEPS,
    ],
)
def test_what_is_no_tape_is_refused(tmp_path: Path, content: bytes) -> None:
    """Text, other JSON, bytes and a file without line ends are told to be no tapes."""
    path = tmp_path / "a.jsonl"
    path.write_bytes(content)
    with pytest.raises(InputError, match="is not a tape"):
        read_tape(path)


def test_missing_empty_and_folder_are_refused(tmp_path: Path) -> None:
    """Each has its own one-line error."""
    (tmp_path / "empty").touch()
    (tmp_path / "empty.gz").write_bytes(gzip.compress(b"")[:12])
    for name, text in [("none", "no file"), ("empty", "is empty"), ("empty.gz", "is empty"), (".", "is a folder")]:
        with pytest.raises(InputError, match=text):
            read_tape(tmp_path / name)


def test_a_tape_that_cannot_be_made_is_an_output_error(tmp_path: Path) -> None:
    """A missing folder is an OutputError."""
    with pytest.raises(OutputError, match="cannot write"):
        TapeWriter(tmp_path / "nowhere" / "a.jsonl", HEADER)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux's /dev/full")
def test_a_full_disk_is_an_output_error() -> None:
    """A disk that fills up while writing is an OutputError that says what to do."""
    with pytest.raises(OutputError, match="free some space"):
        write(Path("/dev/full"), some_poses(500))


def test_a_writer_whose_user_raises_closes_its_file(tmp_path: Path) -> None:
    """When the loop around it fails, what was written is on the disk."""
    path = tmp_path / "a.jsonl"

    def fail_after(count: int) -> Iterator[Pose]:
        yield from some_poses(count)
        raise KeyError

    with pytest.raises(KeyError):
        write(path, fail_after(1))
    assert len(list(read_tape(path))) == 1


def test_reading_takes_flat_memory(tmp_path: Path) -> None:
    """Memory while reading does not grow with the length of the tape."""
    peaks = []
    for count in (200, 3000):
        path = write(tmp_path / f"{count}.jsonl", some_poses(count))
        tracemalloc.start()
        for _ in read_tape(path):
            pass
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + 100_000


def test_keys_keep_their_place_between_the_poses(tape_path: Path) -> None:
    """What was pressed in a live routine reads back in its order; who asks for poses alone gets them alone."""
    first, second = some_poses(2)
    header = replace(HEADER, routine="daily", strict=True)
    with TapeWriter(tape_path, header, durable=True) as tape:
        tape.write_key("mute")
        tape.write(first)
        tape.write_key("pause")
        tape.write(second)
    with read_tape(tape_path) as tape:
        assert tape.header == header
        assert list(tape.items()) == ["mute", first, "pause", second]
    with read_tape(tape_path) as tape:
        assert list(tape) == [first, second]


def test_a_durable_tape_is_on_the_disk_while_it_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each second of a durable tape is handed to the disk, not only to the system; one that is not durable is not."""
    synced: list[int] = []
    monkeypatch.setattr("posecheck.tape.os.fsync", synced.append)
    for durable, times in ((False, 0), (True, 4)):
        with TapeWriter(tmp_path / "t.jsonl", HEADER, durable=durable) as tape:
            for pose in some_poses(100):  # 3.3 s
                tape.write(pose)
        assert len(synced) == times


def test_a_name_that_is_no_text_is_spelled_out(tape_path: Path) -> None:
    """A file's name may hold bytes that are no text: they are spelled out, and the tape can be written and read."""
    with TapeWriter(tape_path, replace(HEADER, source="me \udcff ü.mp4")) as tape:
        tape.write(Pose.absent(0.0))
    with read_tape(tape_path) as tape:
        assert tape.header.source == r"me \udcff ü.mp4"
        assert len(list(tape)) == 1


def test_a_header_that_cannot_be_written_leaves_no_open_file(tmp_path: Path) -> None:
    """A header that is no JSON raises, and the file is closed: an open one would be a warning."""
    with pytest.raises(TypeError):
        TapeWriter(tmp_path / "t.jsonl", replace(HEADER, model=object()))  # type: ignore[arg-type]


def test_a_name_that_no_file_can_have_is_refused() -> None:
    """What the system does not even look for is an error in its words, and no traceback."""
    with pytest.raises(InputError, match="cannot read"):
        read_tape("x" * 300)


# ---- what the source of the poses lacks


def test_what_a_source_lacks_is_kept(tape_path: Path) -> None:
    """A tape of a source without depth and heels says so, in its header and in each pose that is read."""
    lacks = Lacks(depth=True, landmarks=frozenset({Landmark.LEFT_HEEL, Landmark.RIGHT_HEEL}))
    with TapeWriter(tape_path, replace(HEADER, lacks=lacks)) as writer:
        for pose in some_poses(3):
            writer.write(replace(pose, lacks=lacks))
    with read_tape(tape_path) as tape:
        assert tape.header == replace(HEADER, schema=3, lacks=lacks)
        assert list(tape) == [replace(pose, lacks=lacks) for pose in some_poses(3)]


@pytest.mark.parametrize("lacks", [None, ["wings"], [1]])
def test_what_nothing_can_lack_is_no_tape(tmp_path: Path, lacks: object) -> None:
    """A header whose `lacks` is missing, or no list of landmarks, is refused."""
    path = tmp_path / "a.jsonl"
    header = {"posecheck": "0", "model": "", "model_sha256": "", "source": "", "size": [1, 1], "steps": [1, 1, 1]}
    path.write_text(json.dumps({"schema": 3, **header, **({} if lacks is None else {"lacks": lacks})}) + "\n")
    with pytest.raises(InputError, match="is not a tape"):
        read_tape(path)
