"""A recording of a foreign file → poses: who, when, in which picture, and what the source lacks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from posecheck.errors import FormatError, NoPersonError, PoseError, UsageError
from posecheck.records import LANDMARKS_OF, Floats, Lacks, Landmark, Pose, Side
from posecheck.sources.lifting import Lifting, scale_of
from posecheck.sources.records import Axes, Person, Recording, SourceFrame, SourceOptions
from posecheck.sources.skeletons import put_in_place

BEST = "best"
# the picture that is made for markers in space: a body of 1.7 m fills 0.6 of it, and raised arms stay in it; a guess
MADE_PICTURE_PX, MADE_PICTURE_M = 1000, 2.8
_SHOULDERS = [leg.shoulder for leg in LANDMARKS_OF.values()]
_HIPS = [LANDMARKS_OF[Side.LEFT].hip, LANDMARKS_OF[Side.RIGHT].hip]


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file.

    `lacks`: what its source never tells; each pose has it. `notes`: how it was read, a sentence each.
    """

    format: str
    poses: tuple[Pose, ...]
    size: tuple[int, int]
    lacks: Lacks
    notes: tuple[str, ...]


def imported(path: Path, name: str, recording: Recording, options: SourceOptions) -> Imported:
    """Turn a recording into poses.

    Args:
        path: the file, for errors.
        name: of its format.
        recording: what the file has.
        options: what the user says about it.

    Raises:
        UsageError: something has to be said about it, or does not go with it.
        NoPersonError: nobody is seen in it.
        FormatError: its times do not rise, or a pose in it cannot be one.
    """
    chosen = [(frame, _chosen(frame, path, options.person)) for frame in recording.frames]
    people = [person for _, person in chosen if person is not None]
    if not people:
        raise NoPersonError(f"nobody is seen in {path}: there is nothing to import")
    depth = any(person.xyz is not None for person in people)
    picture = any(person.px is not None for person in people)
    _check(path, recording, options, depth=depth, picture=picture)
    size = (options.size or recording.size or (0, 0)) if picture else (MADE_PICTURE_PX, MADE_PICTURE_PX)
    lacks = Lacks(not depth, _never_found(people))
    times = _times(path, [frame for frame, _ in chosen], options.fps)
    made = list(_poses(recording, options, [person for _, person in chosen], times, size))
    lost = sum(person is not None and not pose for (_, person), pose in zip(chosen, made, strict=True))
    notes = list(recording.notes)
    if lost:
        notes.append(f"{lost} frames have no shoulder, no hip or no depth: nobody is seen in them")
    if not picture:
        notes.append("there is no picture: one was made as a camera far away would take it, along the third axis")
    try:
        poses = tuple(
            replace(pose, lacks=lacks) if pose else Pose.absent(t, size) for pose, t in zip(made, times, strict=True)
        )
    except PoseError as error:
        raise FormatError(f"{path}: {error}") from error
    if not any(pose.present for pose in poses):
        raise NoPersonError(f"no frame of {path} has a shoulder and a hip: there is nothing to import")
    return Imported(name, poses, size, lacks, tuple(notes))


def _chosen(frame: SourceFrame, path: Path, wanted: str | None) -> Person | None:
    people = frame.people
    if wanted is None:
        if len(people) > 1:
            raise UsageError(
                f"{path} has {len(people)} people in frame {frame.number}: say which one, with --person best for the "
                "surest of each frame, or --person and the id in the file, or the place in the frame, 0 the first"
            )
        return people[0] if people else None
    if wanted == BEST:
        return max(people, key=lambda person: float(person.visibility.mean()), default=None)
    if any(person.identity is not None for person in people):
        return next((person for person in people if person.identity == wanted), None)
    place = int(wanted) if wanted.isdecimal() else None
    if place is None:
        raise UsageError(f"{path} does not name its people: say --person best, or a place in the frame, 0 the first")
    return people[place] if place < len(people) else None


def _check(path: Path, recording: Recording, options: SourceOptions, *, depth: bool, picture: bool) -> None:
    """What has to be said about the file, and what must not."""
    if picture and options.size is None and recording.size is None:
        raise UsageError(f"{path} does not say how large its picture was: give it with --size, as 1280x720")
    if picture and options.size and recording.size and options.size != recording.size:
        raise UsageError(f"--size does not go with {path}, whose picture is {recording.size[0]}x{recording.size[1]}")
    if not picture and options.size:
        raise UsageError(f"{path} has no picture: leave --size out")
    if not depth and options.view is None:
        raise UsageError(
            f"{path} has no depth: say from where the camera saw the body, --view side or --view front (or behind)"
        )
    if depth and options.view is not None:
        raise UsageError(f"{path} has depth, which tells from where the body was seen: leave --view out")
    if not depth and (options.unit or options.axes):
        raise UsageError(f"{path} has no depth: leave --unit and --axes out")
    if depth and recording.unit is None and options.unit is None:
        raise UsageError(f"{path} does not say in which unit its 3-D points are: give it with --unit m, cm or mm")
    if options.unit and recording.unit and options.unit is not recording.unit:
        raise UsageError(f"--unit does not go with {path}, whose 3-D points are in {recording.unit}")
    if depth and recording.axes is None and options.axes is None:
        raise UsageError(
            f"{path} does not say how its axes run: give those that go right, down and away from the camera with "
            "--axes, for example --axes x,-y,-z when y is up and z comes towards it"
        )
    if options.axes and recording.axes and options.axes != recording.axes:
        raise UsageError(f"--axes does not go with {path}, whose axes are known: leave it out")


def _never_found(people: list[Person]) -> frozenset[Landmark]:
    found = np.zeros(len(Landmark), dtype=bool)
    for person in people:
        for points in (person.px, person.xyz):
            if points is not None:
                found |= ~np.isnan(points).any(axis=1)
    return frozenset(Landmark(i) for i in np.flatnonzero(~found).tolist())


def _times(path: Path, frames: list[SourceFrame], fps: float | None) -> list[float]:
    told = [frame.t for frame in frames]
    if all(t is None for t in told):
        if fps is None:
            raise UsageError(f"{path} has no times: give the frames a second with --fps")
        times = [(frame.number - frames[0].number) / fps for frame in frames]
    else:
        if fps is not None:
            raise UsageError(f"{path} has times of its own: leave --fps out")
        if None in told:
            raise FormatError(f"{path}: frame {told.index(None)} has no time, and others have")
        times = [t for t in told if t is not None]
    for index in range(1, len(times)):
        if times[index] <= times[index - 1]:
            raise FormatError(
                f"{path}: time must rise from frame to frame, {times[index]:g} s follows {times[index - 1]:g} s"
            )
    return times


def _poses(
    recording: Recording,
    options: SourceOptions,
    people: list[Person | None],
    times: list[float],
    size: tuple[int, int],
) -> Iterator[Pose | None]:
    """The pose of each frame; None where nobody is seen."""
    unit, axes = recording.unit or options.unit, recording.axes or options.axes
    metres = unit.metres if unit is not None else 1.0
    whole = [None if one is None else _whole(one) for one in people]
    bodies = [one.px for one in whole if one is not None and one.px is not None]
    lifting = None
    if options.view is not None:
        lifting = Lifting(options.view, scale_of(bodies, size))
    for one, t in zip(whole, times, strict=True):
        if one is None:
            yield None
            continue
        px, points = one.px, None
        if lifting is not None and px is not None:
            points = lifting.lift(px)
        elif one.xyz is not None:
            points = _in_metres(one.xyz, axes or Axes(), metres, centred=recording.centred)
            px = _pictured(points) if px is None else px
        if px is None or points is None:
            yield None
            continue
        yield _pose(t, size, px, points, one.visibility)


def _pose(t: float, size: tuple[int, int], px: Floats, points: Floats, visibility: Floats) -> Pose:
    try:
        return Pose(t, size, px, points, visibility)
    except PoseError as error:
        raise FormatError(f"at {t:g} s: {error}") from error


def _whole(person: Person) -> Person | None:
    """A person with all points in their places; None without a shoulder or a hip."""
    points = [one for one in (person.px, person.xyz) if one is not None]
    found = np.logical_and.reduce([~np.isnan(one).any(axis=1) for one in points])
    if not (found[_SHOULDERS].any() and found[_HIPS].any()):
        return None
    if found.all():
        return person
    placed = [
        None if one is None else put_in_place(np.where(found[:, None], one, np.nan)) for one in (person.px, person.xyz)
    ]
    return Person(placed[0], placed[1], np.where(found, person.visibility, 0.0), person.identity)


def _in_metres(xyz: Floats, axes: Axes, metres: float, *, centred: bool) -> Floats:
    """Points x right, y down, z away from the camera, about the mid-hip."""
    if centred and axes == Axes() and metres == 1.0:
        return xyz  # as they are, to the last bit
    points: Floats = xyz[:, list(axes.order)] * np.array(axes.signs) * metres
    about_hips: Floats = points - points[_HIPS].mean(axis=0)
    return about_hips


def _pictured(points: Floats) -> Floats:
    px: Floats = points[:, :2] * (MADE_PICTURE_PX / MADE_PICTURE_M) + MADE_PICTURE_PX / 2
    return px
