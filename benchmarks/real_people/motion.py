"""Recorded motion of people, judged: counts, done right and wrong on purpose, from the side and from anywhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from benchmarks.real_people.cameras import (
    Viewpoint,
    random_viewpoints,
    seen_from,
    trembling,
    whole_in_picture,
)
from benchmarks.real_people.figures import COUNTS, Advance, Figure, Score
from benchmarks.real_people.uiprmd import Recorded
from posecheck.exercises import load_exercise
from posecheck.judging.session import Session
from posecheck.records import Pose, Repetition, Summary

# movement, exercise, where its camera stands: 0 in front, 90 at the right side
SETS = {"m01": ("squat", 90.0), "m05": ("sit_to_stand", 90.0), "m03": ("split_squat", 90.0), "m07": ("arm_raise", 0.0)}
ASKED = ((3.6, 1.0), (4.2, 0.8), (3.2, 1.3))  # distance and height in metres; one that cuts nothing off is enough
NEVER = {"ninety_ninety": 90.0, "side_bend": 0.0, "knee_drops": 0.0}  # exercises that nobody of UI-PRMD does
NEAR_DEG = 20.0  # from the camera that is recommended: "as asked", as for rendered recordings
ON = "recorded motion of people: squat, sit to stand, split squat, arm raise"


@dataclass(slots=True)
class _Sums:
    """What is added up over the sets."""

    sets: int = 0
    exact: int = 0
    off_by_one: int = 0
    done: int = 0
    counted: int = 0
    wrong_done: int = 0
    wrong_counted: int = 0
    wrong_cued: int = 0
    tried: int = 0  # motions that are none of the three exercises, judged as each of them
    false: int = 0
    lines: list[str] = field(default_factory=list)


def score_motion(sets: Iterable[Recorded], advance: Advance) -> Score:
    """Each set by cameras that stand as asked, without noise: what judging and counting alone come to.

    Args:
        sets: from `read_motion`.
        advance: called after each set.
    """
    sums = _Sums()
    for one in sets:
        if one.movement in SETS:
            _judge_asked(one, sums)
        if one.right:
            _judge_never(one, sums)
        advance(f"{one.person} {one.movement}")
    closing = (
        f"exact {sums.exact}/{sums.sets} sets (off by one at most {sums.off_by_one}), {sums.counted} of {sums.done} "
        f"repetitions, {sums.wrong_counted} done wrong on purpose counted, {sums.false} false"
    )
    figures = (
        Figure(COUNTS, ON, "sets with all counts exact", sums.exact, sums.sets),
        Figure(COUNTS, "the same motion", "counts off by one at most", sums.off_by_one, sums.sets),
        Figure(COUNTS, "the same motion", "repetitions counted", sums.counted, sums.done),
        Figure(
            COUNTS, "squat and sit to stand, done wrong on purpose", "refused or cued", sums.wrong_cued, sums.wrong_done
        ),
        Figure(
            COUNTS, "ten movements, judged as each of the three exercises", "something counted", sums.false, sums.tried
        ),
    )
    return Score("uiprmd", figures, tuple(sums.lines), closing)


def _judge_asked(one: Recorded, sums: _Sums) -> None:
    exercise, yaw = SETS[one.movement]
    tried = [judged(seen_from(one.motion, one.fps, Viewpoint(yaw, *at, aims=False)), exercise) for at in ASKED]
    summary = max(tried, key=lambda verdict: len(done_in(verdict)))
    good = done_in(summary)
    if not one.right:
        sums.wrong_counted += len(good)
        if exercise != "arm_raise" and one.movement != "m03":  # what is wrong with those two is not in their limits
            sums.wrong_done += one.repetitions
            sums.wrong_cued += min(one.repetitions, max(0, one.repetitions - _uncued(summary)))
        return
    sums.sets, sums.done, sums.counted = sums.sets + 1, sums.done + one.repetitions, sums.counted + len(good)
    is_exact = len(good) == one.repetitions == len(summary.repetitions)
    sums.exact += is_exact
    sums.off_by_one += abs(len(good) - one.repetitions) <= 1
    if not is_exact:
        refused = [r.reason for r in summary.repetitions if r not in good]
        spans = [f"{s.reason} {s.end_s - s.start_s:.1f} s" for s in summary.not_judged]
        told = f"{len(good)} of {one.repetitions}; refused {refused}; not judged {spans[:4]}"
        sums.lines.append(f"{one.person} {one.movement} {exercise}: {told}")


def _judge_never(one: Recorded, sums: _Sums) -> None:
    for exercise, yaw in NEVER.items():
        verdict = judged(seen_from(one.motion, one.fps, Viewpoint(yaw, *ASKED[0], aims=False)), exercise)
        sums.tried += 1
        if any(verdict.counts.values()):
            sums.false += 1
            sums.lines.append(f"{one.person} {one.movement}: counted as {exercise}")


def _uncued(summary: Summary) -> int:
    """Repetitions that were counted, and nothing said meanwhile."""
    return sum(not any(c.start_s <= r.end_s and c.end_s >= r.start_s for c in summary.cues) for r in done_in(summary))


def score_cameras(sets: Iterable[Recorded], advance: Advance, each: int = 3, seed: int = 1) -> Score:
    """Each set done right by cameras that stand anywhere, with the noise of a detector.

    Where the camera is as the exercise asks, within 20 degrees, and the whole body is in the picture, the count must be
    exact. Elsewhere it must be exact, or most of the set must not be judged, with the reason.

    Args:
        sets: from `read_motion`.
        advance: called after each set.
        each: cameras for each set.
        seed: of the cameras and the noise.
    """
    asked = asked_exact = asked_near = elsewhere = fair = 0
    lines: list[str] = []
    for number, one in enumerate(s for s in sets if s.right and s.movement in SETS):
        exercise, yaw = SETS[one.movement]
        for place, viewpoint in enumerate(random_viewpoints(each, seed + number)):
            exact_poses = seen_from(one.motion, one.fps, viewpoint)
            verdict = judged(trembling(exact_poses, seed * 1000 + number * 10 + place), exercise)
            found = len(done_in(verdict))
            told = verdict.judged_s < verdict.duration_s / 2 and bool(verdict.not_judged)
            where = _as_asked(viewpoint, yaw, whole_in_picture(exact_poses))
            if where:
                asked, asked_exact = asked + 1, asked_exact + (found == one.repetitions)
                asked_near += abs(found - one.repetitions) <= 1
            else:
                elsewhere, fair = elsewhere + 1, fair + (found == one.repetitions or (told and found == 0))
            if found != one.repetitions and (where or not (told and found == 0)):
                place_words = (
                    f"yaw {viewpoint.yaw_deg:.0f}, {viewpoint.distance_m:.1f} m, {viewpoint.height_m:.1f} m high"
                )
                kind = "as asked" if where else "elsewhere"
                lines.append(
                    f"{one.person} {one.movement} {exercise} ({place_words}, {kind}): {found} of {one.repetitions}; "
                    f"judged {verdict.judged_s:.0f} of {verdict.duration_s:.0f} s"
                )
        advance(f"{one.person} {one.movement}")
    closing = (
        f"cameras anywhere, with noise: as asked exact {asked_exact}/{asked} sets (off by one at most {asked_near}); "
        f"elsewhere exact or not judged, and told why {fair}/{elsewhere}"
    )
    on = "the same motion with a detector's noise, cameras anywhere"
    figures = (
        Figure(COUNTS, f"{on}: as asked", "sets with all counts exact", asked_exact, asked),
        Figure(COUNTS, f"{on}: as asked", "counts off by one at most", asked_near, asked),
        Figure(COUNTS, f"{on}: elsewhere", "exact, or not judged and told why", fair, elsewhere),
    )
    return Score("uiprmd cameras", figures, tuple(lines), closing)


def _as_asked(viewpoint: Viewpoint, yaw_deg: float, whole: bool) -> bool:
    """Whether a camera stands as the exercise asks: near its direction, with the whole body in the picture."""
    return whole and abs(viewpoint.yaw_deg - yaw_deg) <= NEAR_DEG


def judged(poses: Sequence[Pose], exercise: str) -> Summary:
    """The verdict on poses as one exercise.

    Args:
        poses: in order of time.
        exercise: its name.
    """
    session = Session(load_exercise(exercise))
    for pose in poses:
        session.feed(pose)
    return session.summary()


def done_in(summary: Summary) -> list[Repetition]:
    """The repetitions that were counted, or would have been but for the goal's cap."""
    return [r for r in summary.repetitions if r.counted or r.reason == "extra"]
