"""The pytest plugin: fixtures `posecheck_session`, `_pose` and `_tape`, and *.posecheck.toml files as tests.

    @pytest.mark.posecheck(tape="me-*.jsonl.gz")  # from the test's folder, or those of the ini `posecheck_tapes`
    def test_every_drop_counts(posecheck_tape, posecheck_session):
        session = posecheck_session("knee_drops")
        for pose in posecheck_tape:
            session.feed(pose)
        assert session.summary().complete

    def test_a_deep_knee(posecheck_pose):
        assert_angle(posecheck_pose("half_kneeling", front_knee_flexion=100), "front_knee_flexion", 100, within=5)

A recording with its expectation file (`posecheck expect`) is a test without a line of Python. `-m posecheck` chooses
these and the tests with the marker, `-m "not posecheck_video"` leaves out the ones that run the pose model.

Whoever does not use it pays for the import of this file alone: everything else is loaded where it is used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from posecheck.exercises import Exercise
    from posecheck.judging.session import Session
    from posecheck.records import Pose
    from posecheck.testing import Body, Camera

EXPECTATIONS = ".posecheck.toml"
_POSTURES = ("standing", "tall_kneeling", "half_kneeling", "floor_sitting", "shin_box", "supine", "lying")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the ini setting."""
    parser.addini("posecheck_tapes", "folders in which posecheck's tapes are looked for", type="paths", default=[])


def pytest_configure(config: pytest.Config) -> None:
    """Make the markers known, for --strict-markers."""
    config.addinivalue_line(
        "markers",
        "posecheck(tape=NAME): give the fixture `posecheck_tape` this tape; a list, or a pattern: a test for each.",
    )
    config.addinivalue_line("markers", "posecheck_video: judges a video with the pose model (seconds).")


# ---- fixtures


@pytest.fixture
def posecheck_session(request: pytest.FixtureRequest) -> Callable[[str | Path | Exercise], Session]:
    """Make a `Session`: `posecheck_session("knee_drops")`; a .toml file is looked for from the test's folder first."""

    def make(exercise: str | Path | Exercise) -> Session:
        from posecheck.exercises import Exercise, load_exercise
        from posecheck.judging.session import Session

        if isinstance(exercise, Exercise):
            return Session(exercise, request.node.name)
        beside = request.path.parent / exercise
        own = Path(exercise).suffix == ".toml" and beside.is_file()
        return Session(load_exercise(beside if own else exercise), request.node.name)

    return make


@pytest.fixture
def posecheck_pose() -> Callable[..., Pose]:
    """Make a pose: `posecheck_pose("half_kneeling", rear="left", hips_forward=15)`, or of a `Body`; see `make_pose`."""

    def make(
        body: Body | str = "standing",
        t: float = 0.0,
        camera: Camera | None = None,
        height_m: float = 1.7,
        **angles: Any,
    ) -> Pose:
        from posecheck import testing

        if isinstance(body, str):
            if body not in _POSTURES:
                raise ValueError(f"there is no posture {body!r}; known: {', '.join(_POSTURES)}")
            made: Body = getattr(testing, body)(**angles)
        elif angles:
            raise TypeError("angles go with the name of a posture; give them to the Body itself")
        else:
            made = body
        return testing.make_pose(made, t, camera or testing.SIDE_CAMERA, height_m)

    return make


@pytest.fixture
def posecheck_tape(request: pytest.FixtureRequest) -> list[Pose]:
    """The poses of the tape that the marker names: `@pytest.mark.posecheck(tape="me.jsonl.gz")`."""
    from posecheck.errors import PosecheckError
    from posecheck.testing import load_tape

    given: Path | str | None = getattr(request, "param", None)
    if given is None:
        pytest.fail('the fixture `posecheck_tape` needs @pytest.mark.posecheck(tape="NAME")', pytrace=False)
    if isinstance(given, str):
        pytest.fail(given, pytrace=False)
    try:
        return load_tape(given)
    except PosecheckError as error:
        pytest.fail(str(error), pytrace=False)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test once for each tape that its marker names."""
    if "posecheck_tape" not in metafunc.fixturenames:
        return
    marker = metafunc.definition.get_closest_marker("posecheck")
    named = marker.kwargs.get("tape") if marker else None
    if named is None:
        return  # another fixture of that name, or the fixture says what is missing
    folders = [metafunc.definition.path.parent, *metafunc.config.getini("posecheck_tapes")]
    found = list(_find([named] if isinstance(named, str | Path) else named, folders))
    ids = [one.name if isinstance(one, Path) else "missing" for one in found]
    metafunc.parametrize("posecheck_tape", found, indirect=True, ids=ids)


def _find(names: Iterable[str | Path], folders: list[Path]) -> Iterator[Path | str]:
    """The files of each name or pattern, in the first folder that has any; words on what to do where none has."""
    for name in names:
        if Path(name).is_absolute():
            yield Path(name)
            continue
        exact = ([folder / name] for folder in folders if (folder / name).is_file())
        matches = chain(exact, (sorted(folder.glob(str(name))) for folder in folders))
        places = ", ".join(dict.fromkeys(str(folder) for folder in folders))
        nothing = [f"no tape {name} in {places}: make one with `posecheck replay VIDEO --tape`, or set posecheck_tapes"]
        yield from next((files for files in matches if files), nothing)


# ---- expectation files


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """A *.posecheck.toml file is a test.

    Args:
        file_path: a file that pytest has found.
        parent: the folder's node, to which the test belongs.

    Returns:
        None for any other file.
    """
    if not file_path.name.endswith(EXPECTATIONS):
        return None
    collector: pytest.Collector = ExpectationFile.from_parent(parent, path=file_path)
    return collector


class ExpectationFile(pytest.File):
    """One expectation file: one test, named after its exercise."""

    def collect(self) -> Iterator[pytest.Item]:
        from posecheck.errors import PosecheckError
        from posecheck.expectation import is_tape, load_expectation

        try:
            wanted = load_expectation(self.path)
        except PosecheckError as error:
            raise self.CollectError(str(error)) from error
        name = Path(wanted.exercise).stem
        item: ExpectationItem = ExpectationItem.from_parent(self, name=name)
        item.add_marker("posecheck")
        if not is_tape(self.path.parent / wanted.recording):
            item.add_marker("posecheck_video")
        yield item


class ExpectationItem(pytest.Item):
    """The recording of an expectation file judged again, and compared."""

    def runtest(self) -> None:
        from posecheck.errors import PosecheckError
        from posecheck.expectation import run_expectation

        try:
            differs = run_expectation(self.path)
        except PosecheckError as error:
            raise UnexpectedReportError((str(error),)) from error
        if differs:
            raise UnexpectedReportError(differs)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """What differs, a line each, and no traceback: the fault is not in the code of the test."""
        if isinstance(excinfo.value, UnexpectedReportError):
            return "\n".join(excinfo.value.lines)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        return self.path, None, f"{self.path.name} as {self.name}"


class UnexpectedReportError(AssertionError):
    """A recording was judged otherwise than expected, or could not be judged."""

    def __init__(self, lines: tuple[str, ...]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines
