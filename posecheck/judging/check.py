"""Measurement → Check: judges one frame against an exercise. No state: what must be remembered comes in as Context."""

from __future__ import annotations

from functools import cache, lru_cache

from posecheck.exercises.format import BEND_TO_FRONT, ROLES, Exercise, Fault, Limit
from posecheck.measure.angles import reading
from posecheck.records import Check, Context, Landmark, Measurement, Posture, Reading, Side, Signal, View, Zone

VISIBLE = 0.4  # a needed landmark below this cannot be judged ...
VISIBLE_AGAIN = 0.6  # ... until it is back at this
SURELY_BEHIND = 0.3  # lateral_orientation: judging that has begun goes on up to this
SLOWER = 0.75  # of the frame rate asked for: judging that has begun goes on down to this
# where the head is cut off a small body is made up under the edge: nose 0.2 extents from it at the median, else 0.63
# and more, as raised arms need the room
HEADROOM = 0.3
SMALLEST_BODY = 0.22  # head to feet, of the picture's longer side: below, the points are too coarse (confidence 0.5)
# who lies is longer than who kneels (0.33 and more from the feet, 0.48 and more from the side): legs without a head, on
# their own, look like a small one on the floor (0.27 and 0.31 at most, for 15 s in two recordings)
SMALLEST_LYING = 0.33
UNSURE, UNSURE_AGAIN = 0.4, 0.5  # confidence of the view: below the one nothing is judged, until it is at the other

NO_PERSON, WRONG_VIEW, HIDDEN, CUT_OFF, TOO_FAR, TOO_SLOW = (
    "no_person",
    "view",
    "hidden",
    "cut_off",
    "too_far",
    "frame_rate",
)
_HELP = {
    NO_PERSON: "I can't see you. Step into the picture.",
    TOO_FAR: "Show your whole body, at most 3 m from the camera.",
    TOO_SLOW: "The picture comes too slowly to judge. Close other programs, or record at 15 frames a second or more.",
}
# MediaPipe finds people by the face, which it finds more easily while they are upright
_HELP_LYING = {NO_PERSON: "Show your face to the camera first, then lie down."}
_LYING = (Posture.SUPINE_KNEES_BENT, Posture.LYING)
_TALLER = (Posture.STANDING, Posture.TALL_KNEELING)  # on the way down the head may still be out of the picture
_ANY_HEADROOM = (*_LYING, Posture.STANDING)  # exercises that need no room above the head
_INF = float("inf")
_PARTS = {
    "legs": {Landmark.LEFT_KNEE, Landmark.RIGHT_KNEE},
    "feet": {Landmark.LEFT_ANKLE, Landmark.RIGHT_ANKLE},
    "head": {Landmark.NOSE},
    "hips": {Landmark.LEFT_HIP, Landmark.RIGHT_HIP},
    "shoulders": {Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER},
}
_BODY_WORDS = {
    "hip": "hips",
    "knee": "knees",
    "ankle": "feet",
    "heel": "feet",
    "foot_index": "feet",
    "shoulder": "shoulders",
    "elbow": "arms",
    "wrist": "hands",
}


def groups_at_work(exercise: Exercise, context: Context) -> tuple[str, ...]:
    """The groups that a repetition could now belong to: the rear leg's side, or every side or direction.

    Args:
        exercise: names the groups and what tells them apart.
        context: its front leg decides when the rear leg does.

    Returns:
        No group when the rear leg decides and the front leg is not known.
    """
    if exercise.groups_by == "rear_leg":
        return () if context.front is None else (context.front.other.value,)
    return exercise.groups


@cache
def signal_of(name: str, front: Side | None) -> tuple[Signal, float] | None:
    """The signal behind the name an exercise uses, and its sign.

    Args:
        name: "front_knee_flexion", for example; "front_" or "rear_" stands for the side of that leg.
        front: the side of the front leg; None when it is not known.

    Returns:
        The signal and 1 or -1; None when the name needs a front leg and there is none.

    Raises:
        ValueError: there is no such signal.
    """
    role, _, rest = name.partition("_")
    if role not in ROLES and name != BEND_TO_FRONT:
        return Signal(name), 1.0
    if front is None:
        return None
    if name == BEND_TO_FRONT:
        return Signal.SIDE_BEND, 1.0 if front is Side.RIGHT else -1.0
    return Signal(f"{front if role == 'front' else front.other}_{rest}"), 1.0


Place = tuple[str, Signal, float]  # of a reading: plane, signal, and the sign that an exercise gives it


def _place(name: str, plane: str, front: Side | None) -> Place | None:
    named = signal_of(name, front)
    return None if named is None else (plane, *named)


def _read(measurement: Measurement, place: Place | None) -> Reading | None:
    if place is None:
        return None
    plane, signal, sign = place
    one = reading(measurement.image if plane == "image" else measurement.world, signal)
    return one if one is None or sign > 0 else Reading(-one.value, one.confidence)


def reading_of(measurement: Measurement, name: str, plane: str, front: Side | None) -> Reading | None:
    """The reading of a signal by the name an exercise uses.

    Args:
        measurement: the readings of the frame.
        name: the signal; "front_" or "rear_" before it stands for the side of that leg.
        plane: "image", or "world" for the landmarks in space.
        front: the side of the front leg; None when it is not known.

    Returns:
        The reading; None when it cannot be had. A bend towards the front leg is the side bend with a sign.
    """
    return _read(measurement, _place(name, plane, front))


def value_of(measurement: Measurement, part: Limit | Fault, context: Context) -> float | None:
    """The value a limit or fault is compared with: the reading, or its difference or ratio to the baseline.

    Args:
        measurement: the readings of the frame.
        part: the limit or fault; it names the signal and what it is relative to.
        context: its baselines and its front leg are used.

    Returns:
        Degrees for most signals, a plain number for a ratio; None when the signal is not seen well enough or its
        baseline
        is not known.
    """
    reading = reading_of(measurement, part.signal, part.plane, context.front)
    return _compared(reading, part.relative, (part.signal, part.plane), context)


def _compared(
    reading: Reading | None, relative: str | None, base_of: tuple[str, str], context: Context
) -> float | None:
    if reading is None or reading.confidence < VISIBLE:
        return None
    if relative is None:
        return reading.value
    base = context.baselines.get(base_of)
    if base is None:
        return None
    if relative == "difference":
        return reading.value - base
    return reading.value / base if base else None


class _Rules:
    """The limits and faults of an exercise as plain numbers, with the places of their readings and values in a frame.

    Several look at the same signal: so each reading and value is worked out once a frame.
    """

    def __init__(self, exercise: Exercise) -> None:
        limits, faults = exercise.limits, exercise.faults
        parts: list[Limit | Fault] = [*limits, *faults]
        self.readings = list(dict.fromkeys((part.signal, part.plane) for part in parts))
        self._places = {front: [_place(*one, front) for one in self.readings] for front in (None, *Side)}
        self.values = list(dict.fromkeys((self._reading(part), part.relative) for part in parts))
        self.setups = [(self._reading(one), *one.setup) for one in limits if one.setup]
        self.needed = [(one.group, self._reading(one), one.signal) for one in limits if one.enter]
        self.holds = {
            group: [
                (self._value(one), *one.enter, *one.exit)
                for one in limits
                if one.enter and one.exit and one.group in (None, group)
            ]
            for group in exercise.groups
        }
        self.attempts = {
            group: [(self._value(one), *one.attempt) for one in limits if one.attempt and one.group in (None, group)]
            for group in exercise.groups
        }
        self.faults = [
            (
                one.name,
                self._value(one),
                one.group,
                one.magnitude,
                -_INF if one.below is None else one.below,
                _INF if one.above is None else one.above,
            )
            for one in faults
        ]

    def taken(self, measurement: Measurement, front: Side | None) -> list[Reading | None]:
        """The readings, as `reading_of` has them; their places are known beforehand."""
        return [_read(measurement, place) for place in self._places[front]]

    def _reading(self, part: Limit | Fault) -> int:
        return self.readings.index((part.signal, part.plane))

    def _value(self, part: Limit | Fault) -> int:
        return self.values.index((self._reading(part), part.relative))


@lru_cache(maxsize=64)
def _rules_of(exercise: Exercise) -> _Rules:
    return _Rules(exercise)


def check(measurement: Measurement, exercise: Exercise, context: Context) -> Check:
    """Judge one frame.

    Args:
        measurement: the (smoothed) signals of the frame.
        exercise: what is judged.
        context: what earlier frames have settled.

    Returns:
        The verdict on this frame alone; `judged` is False, with a reason, when no verdict is possible.
    """
    t, view = measurement.t, measurement.view
    if view is None:
        return Check(t, False, NO_PERSON)
    slowest = exercise.view.min_fps * (SLOWER if context.judged else 1.0)
    if context.fps is not None and context.fps < slowest:
        return Check(t, False, TOO_SLOW)
    in_posture = measurement.posture in exercise.postures
    if not exercise.view.behind and view.lateral_orientation > (SURELY_BEHIND if context.judged else 0.0):
        return Check(t, False, WRONG_VIEW)
    if exercise.posture not in _ANY_HEADROOM and measurement.posture not in _TALLER and view.headroom < HEADROOM:
        # the head may be there, but not the room for the hands above it
        part = "head" if Landmark.NOSE in view.cut else "head and hands"
        return Check(t, False, f"{CUT_OFF}:{part}", in_posture=in_posture)
    if not in_posture:
        unseen = _unseen(view, measurement.posture, exercise)
        return Check(t, False, unseen) if unseen else Check(t, True)
    rules = _rules_of(exercise)
    readings = rules.taken(measurement, context.front)
    reason = _not_judgeable(readings, rules, view, exercise, context)
    if reason:
        return Check(t, False, reason, in_posture=True)
    values = [_compared(readings[i], relative, rules.readings[i], context) for i, relative in rules.values]
    groups = groups_at_work(exercise, context)
    # a group that is not tried cannot be done wrong; the side of the rear leg is at work as long as it is known
    at_work = groups if exercise.groups_by == "rear_leg" else (context.group,)
    return Check(
        t,
        True,
        None,
        in_posture=True,
        ready=bool(groups) and _ready(readings, rules),
        zones={group: _zone(values, rules, group) for group in groups},
        faults=_faults(values, rules, at_work),
    )


def help_for(reason: str, exercise: Exercise) -> str:
    """What to tell a person who cannot be judged.

    Args:
        reason: why not, as in `Check.reason`; the parts of the body follow after a colon.
        exercise: its view and its posture choose the words.
    """
    if reason == WRONG_VIEW:
        return exercise.view.cue
    kind, _, part = reason.partition(":")
    if kind == HIDDEN:
        return f"I can't see your {part} well. Make sure nothing covers them, and that there is light."
    if kind == CUT_OFF:
        return f"Step back a little, I can't see your {part}."
    if exercise.posture in _LYING and kind in _HELP_LYING:
        return _HELP_LYING[kind]
    return _HELP[kind]


def _ready(readings: list[Reading | None], rules: _Rules) -> bool:
    for at, low, high in rules.setups:
        reading = readings[at]
        if reading is None or not low <= reading.value <= high:
            return False
    return True


def _zone(values: list[float | None], rules: _Rules, group: str) -> Zone:
    zone = Zone.ENTER
    for at, enter_low, enter_high, exit_low, exit_high in rules.holds[group]:
        value = values[at]
        if value is None or not exit_low <= value <= exit_high:
            break
        if not enter_low <= value <= enter_high:
            zone = Zone.KEEP
    else:
        return zone
    for at, low, high in rules.attempts[group]:
        value = values[at]
        if value is not None and low <= value <= high:
            return Zone.TRY
    return Zone.OUT


def _faults(values: list[float | None], rules: _Rules, at_work: tuple[str | None, ...]) -> tuple[str, ...]:
    found = []
    for name, at, group, magnitude, below, above in rules.faults:
        value = values[at]
        if value is None or (group is not None and group not in at_work):
            continue
        if magnitude:
            value = abs(value)
        if value < below or value > above:
            found.append(name)
    return tuple(found)


def _not_judgeable(
    readings: list[Reading | None], rules: _Rules, view: View, exercise: Exercise, context: Context
) -> str | None:
    asked, judged = exercise.view, context.judged
    low, high = asked.yaw_exit if judged else asked.yaw_enter
    if not low <= view.yaw_deg <= high:
        return WRONG_VIEW
    trunk = asked.trunk_exit if judged else asked.trunk_enter
    if trunk and not trunk[0] <= view.trunk_to_shoulder_ratio <= trunk[1]:
        return WRONG_VIEW
    if Landmark.NOSE in view.cut:
        return f"{CUT_OFF}:head"  # half a body is reported whole, and is wrong
    least = VISIBLE if judged else VISIBLE_AGAIN
    if view.cut:
        for name in asked.landmarks:
            if not view.cut.isdisjoint(_both_sides(name)):
                return f"{CUT_OFF}:{_BODY_WORDS.get(name, name)}"
    for group, at, signal in rules.needed:
        reading = readings[at]
        if reading is not None and reading.confidence < least:
            if exercise.groups_by == "side" and group not in (None, context.group):
                continue  # the arm or leg that rests may be hidden
            return f"{HIDDEN}:{_hidden_part(signal)}"
    return TOO_FAR if _is_unsure(view, exercise, UNSURE if judged else UNSURE_AGAIN) else None


def _is_unsure(view: View, exercise: Exercise, least: float) -> bool:
    return view.confidence < least and not exercise.view.folded


@cache
def _both_sides(name: str) -> frozenset[Landmark]:
    return frozenset(Landmark[f"{side}_{name.upper()}"] for side in ("LEFT", "RIGHT"))


def _hidden_part(signal: str) -> str:
    if "arm" in signal:
        return "arms"
    return "shoulders and hips" if signal in ("trunk_lean", "side_bend", BEND_TO_FRONT) else "legs"


def _unseen(view: View, posture: Posture, exercise: Exercise) -> str | None:
    """Why the posture may be misread: what of the body is out of the picture, or that it may not be a whole body."""
    for part, landmarks in _PARTS.items():
        # who stands may walk into the picture, or be about to come down
        if landmarks <= view.cut or (landmarks & view.cut and posture is not Posture.STANDING):
            return f"{CUT_OFF}:{part}"
    short = posture in _LYING and view.body_size_fraction < SMALLEST_LYING
    return TOO_FAR if short or _is_unsure(view, exercise, UNSURE_AGAIN) else None
