"""The signals an exercise may use: what each is, its zero and its sign, and from where it can be trusted.

`angles.py` has the formulas. `docs/signals.md` is made from this table, and
`exercises/validation.py` holds an exercise to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from posecheck.measure.uncertainty import FRONT_NEARER, KNEELING_NEARER, errors_of, measured_exercises
from posecheck.records import Signal

Interval = tuple[float, float]

ROLES = ("front", "rear")
SIDE_ROLES = ("working", "other")  # where the groups are sides: the group's own arm or leg, and the other one
BY_SIDE = (
    "knee_flexion",
    "hip_flexion",
    "thigh_inclination",
    "shin_inclination",
    "arm_elevation",
    "shin_tilt",
    "ankle_dorsiflexion",
)
BEND_TO_FRONT = "bend_to_front"  # the side bend, + = towards the front leg's side
# + = towards the side of the group
TO_WORKING = {"side_bend_to_working": Signal.SIDE_BEND.value, "knee_shift_to_working": Signal.KNEE_SHIFT.value}
SIGNAL_NAMES = (
    *(s.value for s in Signal),
    *(f"{role}_{name}" for role in (*ROLES, *SIDE_ROLES) for name in BY_SIDE),
    BEND_TO_FRONT,
    *TO_WORKING,
)
PLANES = ("image", "world")

_SAGITTAL = {"image": (45.0, 90.0), "world": (30.0, 90.0)}
_FRONTAL = {"image": (0.0, 35.0), "world": (0.0, 35.0)}
_FROM_THE_FEET = {"image": (0.0, 45.0), "world": (0.0, 45.0)}
_ANYWHERE = {"image": (0.0, 90.0), "world": (0.0, 90.0)}


@dataclass(frozen=True, slots=True)
class About:
    """One kind of signal, in plain words.

    `possible`: the values that it can have. `trusted_yaw`: for each plane, the view yaw in degrees (0 front or back, 90
    side) in which it can be trusted.
    """

    kind: str
    title: str
    what: str
    zero: str
    sign: str
    unit: str
    body_plane: str
    possible: Interval
    trusted_yaw: dict[str, Interval]
    note: str

    @property
    def names(self) -> tuple[str, ...]:
        """The names by which an exercise may call it."""
        return tuple(name for name in SIGNAL_NAMES if kind_of(name) == self.kind)


def kind_of(name: str) -> str:
    """The kind of a signal by one of its names: "rear_knee_flexion" → "knee_flexion"."""
    side, _, rest = name.partition("_")
    if name == BEND_TO_FRONT:
        return Signal.SIDE_BEND.value
    if name in TO_WORKING:
        return TO_WORKING[name]
    return rest if side in (*ROLES, *SIDE_ROLES, "left", "right") else name


def about(name: str) -> About:
    """What is known of a signal, by one of its names."""
    return _TABLE[kind_of(name)]


def all_kinds() -> tuple[About, ...]:
    """Every kind of signal, in the order of the page."""
    return tuple(_TABLE.values())


def is_ratio(name: str, relative: str | None = None) -> bool:
    """Whether the values of a signal have no unit; else they are degrees.

    Args:
        name: one of its names; what is no signal, as a condition on the posture, is no ratio either.
        relative: how an exercise takes it: "difference" or "ratio" to the person's own zero, or None.
    """
    known = _TABLE.get(kind_of(name))
    return relative == "ratio" or (known is not None and known.unit == "ratio")


def needs_front_leg(name: str) -> bool:
    """Whether the name means something only while one leg is known to be in front."""
    return name == BEND_TO_FRONT or name.partition("_")[0] in ROLES


def needs_working_side(name: str) -> bool:
    """Whether the name means something only where the groups are sides."""
    return name in TO_WORKING or name.partition("_")[0] in SIDE_ROLES


@cache
def measured_errors(name: str) -> tuple[tuple[str, str, float], ...]:
    """± of a signal where it was measured: (exercise, name it has there, degrees), in the exercise's own view.

    For a name with a side, and for one without, the errors of the whole kind are given.
    """
    found = []
    for exercise in measured_exercises():
        worst: dict[str, float] = {}
        for nearer in (None, KNEELING_NEARER, FRONT_NEARER):
            for known, error in errors_of(exercise, nearer).items():
                worst[known] = max(error, worst.get(known, 0.0))
        named = [name] if name in worst else [known for known in worst if kind_of(known) == kind_of(name)]
        found += [(exercise, known, worst[known]) for known in named]
    return tuple(found)


_LEGS = "From the front a leg that points at the camera is misread by 57 to 78° in the picture."
_ALL = (
    About(
        "knee_flexion",
        "Knee flexion",
        "How far a knee is bent: the shin against the thigh; the plain name means both, weighted by how well each is "
        "seen.",
        "the straight leg",
        "+ the more it is bent; never below 0",
        "degrees",
        "sagittal",
        (0, 180),
        _SAGITTAL,
        _LEGS + " The slope that the floor has in the picture is taken out while half-kneeling.",
    ),
    About(
        "hip_flexion",
        "Hip flexion",
        "The thigh against the trunk; the plain name means both thighs, weighted by how well each is seen.",
        "thigh and trunk in line",
        "+ the knee is ahead of the trunk, − behind it (extension)",
        "degrees",
        "sagittal",
        (-180, 180),
        _SAGITTAL,
        "In the world plane extension is lost: a difference of 22° in the picture was 15° there. No exercise of the "
        "three that were measured judges it, so its error is not known; upright the thigh inclination tells the same "
        "more reliably, lying this one is the one to take.",
    ),
    About(
        "thigh_inclination",
        "Thigh inclination",
        "The thigh against the vertical; the plain name means both thighs, weighted by how well each is seen.",
        "an upright thigh, the hip above the knee",
        "+ the hip is ahead of the knee, − behind it",
        "degrees",
        "sagittal",
        (-180, 180),
        _SAGITTAL,
        "The best witness of hips that glide forward. " + _LEGS,
    ),
    About(
        "shin_inclination",
        "Shin inclination",
        "The shin against the vertical; the plain name means both shins, weighted by how well each is seen.",
        "an upright shin, the knee above the ankle",
        "+ the knee is ahead of the ankle, − behind it",
        "degrees",
        "sagittal",
        (-180, 180),
        _SAGITTAL,
        _LEGS,
    ),
    About(
        "ankle_dorsiflexion",
        "Ankle dorsiflexion",
        "The shin against the foot, which points from the heel to the toes.",
        "the shin at a right angle to the foot",
        "+ the knee comes over the toes, − the toes are pointed; it falls when the heel leaves the floor",
        "degrees",
        "sagittal",
        (-90, 90),
        _SAGITTAL,
        "Heel and toes are close together and hard to find: expect it to be off by more than the shin inclination, "
        "which says the same while the foot is flat.",
    ),
    About(
        "arm_elevation",
        "Arm elevation",
        "The upper arm against the trunk; the plain name means both arms, weighted by how well each is seen.",
        "the hanging arm",
        "+ the higher it is raised, 180 overhead; never below 0",
        "degrees",
        "sagittal or frontal",
        (0, 180),
        _ANYWHERE,
        "An arm overhead is seen from everywhere. A half raised one must not point at the camera: raised forwards "
        "it is seen from the side, raised sideways from the front.",
    ),
    About(
        "trunk_lean",
        "Trunk lean",
        "The trunk, from mid-hip to mid-shoulder, against the vertical.",
        "upright",
        "+ leaning forwards, − leaning back; lying on the back −90, face down +90",
        "degrees",
        "sagittal",
        (-180, 180),
        _SAGITTAL,
        "From the front a lean towards the camera cannot be seen.",
    ),
    About(
        "side_bend",
        "Side bend",
        "The trunk, from mid-hip to mid-shoulder, to the side of the vertical.",
        "upright",
        "+ towards the person's right; `bend_to_front`: + towards the side of the front leg; `side_bend_to_working`: + "
        "towards the side of the group",
        "degrees",
        "frontal",
        (-180, 180),
        _FRONTAL,
        "From the side it cannot be seen.",
    ),
    About(
        "shin_tilt",
        "Shin tilt",
        "A shin tilted to the side; the plain name means both, their mean.",
        "an upright shin",
        "+ the knee inwards, − outwards",
        "degrees",
        "frontal",
        (-90, 90),
        _FROM_THE_FEET,
        "Lying: only from a raised camera at the feet (5 to 10° off; from a low one 20 to 50°).",
    ),
    About(
        "knee_drop",
        "Knee drop",
        "For lying on the back: the shin tilt, plus 10° for each trunk length that the knees are found below the hips.",
        "upright shins, the knees as high in the picture as the hips",
        "+ knees inwards, − knees outwards",
        "degrees",
        "frontal",
        (-110, 110),
        _FROM_THE_FEET,
        "Only from a raised camera at the feet. Take it as the difference to the person's own baseline.",
    ),
    About(
        "knee_gap_ratio",
        "Knee gap",
        "The distance of the knees divided by the distance of the ankles.",
        "knees that touch; 1 is as wide as the ankles",
        "+ the further the knees are apart; never below 0",
        "ratio",
        "frontal",
        (0, float("inf")),
        _FROM_THE_FEET,
        "0.05 to 0.12 off from a raised camera at the feet. A full inward drop reads 0.52 to 1.01 of the person's own "
        "neutral, depending on the body: the knee drop is the better signal.",
    ),
    About(
        "knee_shift",
        "Knee shift",
        "Both knees to one side: the middle of the knees against the middle of the ankles, in ankle distances.",
        "the knees in the middle",
        "+ towards the person's right; `knee_shift_to_working`: + towards the side of the group",
        "ratio",
        "frontal",
        (float("-inf"), float("inf")),
        _FROM_THE_FEET,
        "Take it as the difference to the person's own baseline.",
    ),
    About(
        "feet_gap_ratio",
        "Feet gap",
        "The distance of the ankles divided by the distance of the shoulders.",
        "feet that touch; 1 is as wide as the shoulders",
        "+ the further the feet are apart; never below 0",
        "ratio",
        "frontal",
        (0, float("inf")),
        _FROM_THE_FEET,
        "From the side the shoulders look narrow, and the ratio grows without reason.",
    ),
    About(
        "stride_ratio",
        "Stride",
        "How far one ankle is ahead of the other, divided by the length of the trunk.",
        "feet side by side",
        "+ the further they are apart, whichever is in front; never below 0",
        "ratio",
        "sagittal",
        (0, float("inf")),
        _SAGITTAL,
        "Feet side by side read up to 0.5 where the camera is not quite at the side; a split stance 1 and more.",
    ),
    About(
        "hip_height_ratio",
        "Hip height",
        "How high the hips are above the lower ankle, divided by the length of the longer leg.",
        "hips at the height of the ankle; 1 is standing on a straight leg",
        "+ the higher; below 0 with the hips below the feet",
        "ratio",
        "sagittal",
        (float("-inf"), float("inf")),
        _SAGITTAL,
        "Bending one knee alone does not lower the hips: this tells a squat from a knee that is lifted.",
    ),
)
_TABLE = {one.kind: one for one in _ALL}
