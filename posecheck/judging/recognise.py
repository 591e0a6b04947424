"""Which exercise a recording shows: a vote over its frames by posture and view."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from posecheck.errors import NoPersonError, PosecheckError
from posecheck.exercises import exercise_names, load_exercise
from posecheck.exercises.format import Exercise
from posecheck.measure import measure
from posecheck.records import Pose

SAMPLES = 60  # a guess: so many frames, spread over the recording, are looked at


def recognise(poses: Iterable[Pose]) -> Exercise:
    """The measured exercise whose posture and view most of the poses show.

    The other built-in ones are not looked among: several start standing, or on the back, and would be taken for each
    other.

    Raises:
        NoPersonError: nobody was seen.
        PosecheckError: no exercise fits.
    """
    exercises = [load_exercise(name) for name in exercise_names()]
    votes: Counter[str] = Counter()
    seen = False
    for pose in poses:
        seen = seen or pose.present
        measurement = measure(pose)
        for exercise in exercises:
            low, high = exercise.view.yaw_enter
            if measurement.view and measurement.posture is exercise.posture and low <= measurement.view.yaw_deg <= high:
                votes[exercise.name] += 1
    if not seen:
        raise NoPersonError("nobody was seen in the recording: check that it shows the whole body, in enough light")
    if not votes:
        known = ", ".join(exercise_names())
        raise PosecheckError(
            f"no exercise was recognised among {known}: name it with --exercise (posecheck exercises lists all)"
        )
    # the same votes give the same exercise: ties by name
    return load_exercise(max(sorted(votes), key=votes.__getitem__))
