"""Pose → Measurement: angles and ratios, how the camera sees the body, and its posture.

Every signal is taken twice: in the image plane (pixels) and in the world (metres; x right, y down, z away).
Never in normalised coordinates: at 16:9 their angles are wrong by up to 31 degrees. All angles use atan2, which
keeps its precision near 0 and 180 degrees where acos loses it. Definitions follow the joint coordinate systems of the
ISB (Wu et al. 2002, J Biomech 35:543) reduced to what 33 landmarks can show; zero is the anatomical position:

    knee flexion        180 - angle(hip-knee, ankle-knee); 0 = straight (half-kneeling, in the picture: less the
                        slope that level lines have there)
    hip flexion         thigh against trunk in the sagittal plane; 0 = in line, + = knee in front, - = extension
    thigh inclination   0 = vertical, + = hip ahead of knee
    shin inclination    0 = vertical, + = knee ahead of ankle
                        (the four without a side: both legs, weighted by visibility)
    ankle dorsiflexion  shin against foot, which points from heel to toes; 0 = at a right angle, + = the knee comes over
                        the toes; it falls when the heel leaves the floor
    arm elevation       upper arm against trunk; 0 = hanging, 180 = overhead (plain: both arms, weighted by visibility)
    trunk lean          0 = upright, + = forwards
    side bend           0 = upright, + = towards the subject's right
    shin tilt           a shin tilted to the side (plain: the mean of both); 0 = upright, + = knee inwards, - = outwards
    knee drop           for lying on the back: shin tilt, plus 10 degrees for each trunk length that the knees are found
                        below the hips (in an inward drop the detector finds them too far down the shin)
    knee gap ratio      distance of the knees / distance of the ankles
    knee shift          mid-knee against mid-ankle, in ankle distances, + = towards the subject's right
    feet gap ratio      distance of the ankles / distance of the shoulders

Plain floats instead of arrays: for 33 points this is five times as quick as numpy, and it is the same on every machine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from math import atan2, degrees, sqrt
from operator import itemgetter
from typing import NamedTuple

from posecheck.posture import classified, is_on_back
from posecheck.records import Landmark, Measurement, Plain, Pose, Posture, Reading, Side, Signal, Vector, View

Points = list[Vector]  # in the image plane z is 0

EDGE_SHARE = 0.02  # a landmark this near to the picture's edge may be cut off
TINY = 1e-9
SLIDE_DEG = 10.0  # of knee drop for each trunk length that the knees are found below the hips
FROM_SIDE_DEG = 45.0  # a view that is turned by more is one from the side
# of a lying trunk's tilt in the picture: from 20 degrees beside the feet, raised, it is tilted by 22 to 32
TILT_SHARE = 0.67
STEEPEST, NEAR_TRUST = 0.36, 0.5  # of the floor: at most 20 degrees; see below
KNEE_REACH = 0.25  # in trunk lengths: a rear knee that seems further above or below the floor is not on it
FOOTROOM, MADE_UP = 0.16, 0.5  # feet this near to the lower edge, in extents, and less visible are made up
HIDDEN, CLEAR = 0.6, 0.85  # visibility: a leg below the one counts for nothing when the other is above the other

# shoulder, elbow, hip, knee, ankle, heel, toe by side
_SIDES = {Side.LEFT: (11, 13, 23, 25, 27, 29, 31), Side.RIGHT: (12, 14, 24, 26, 28, 30, 32)}
_BODY = (0, 11, 12, 23, 24, 25, 26, 27, 28)
# looked up for every frame: as attributes of the enumeration they take ten times as long
_TRUNK_LEAN, _SIDE_BEND = Signal.TRUNK_LEAN, Signal.SIDE_BEND
_of_body = itemgetter(*_BODY)
_NOTHING = frozenset[Landmark]()
_KNEES = frozenset({Landmark.LEFT_KNEE, Landmark.RIGHT_KNEE})
_HIPS = frozenset({Landmark.LEFT_HIP, Landmark.RIGHT_HIP})
_ANKLES = frozenset({Landmark.LEFT_ANKLE, Landmark.RIGHT_ANKLE})
_LYING = (Posture.SUPINE_KNEES_BENT, Posture.LYING)
_CUT_CANDIDATES = tuple(Landmark(i) for i in (0, 11, 12, 13, 14, 15, 16, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32))


def sub(a: Vector, b: Vector) -> Vector:
    return (a[0] - b[0], a[1] - b[1], a[2] - b[2])


def dot(a: Vector, b: Vector) -> float:
    ax, ay, az = a
    bx, by, bz = b
    return ax * bx + ay * by + az * bz


def cross(a: Vector, b: Vector) -> Vector:
    ax, ay, az = a
    bx, by, bz = b
    return (ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx)


def norm(a: Vector) -> float:
    x, y, z = a
    return sqrt(x * x + y * y + z * z)


def negative(a: Vector) -> Vector:
    return (-a[0], -a[1], -a[2])


def middle(a: Vector, b: Vector) -> Vector:
    return ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2, (a[2] + b[2]) / 2)


def apart(a: Vector, b: Vector) -> float:
    """The distance of two points."""
    ax, ay, az = a
    bx, by, bz = b
    x, y, z = ax - bx, ay - by, az - bz
    return sqrt(x * x + y * y + z * z)


def spine(points: Points) -> Vector:
    """From the middle of the hips to that of the shoulders."""
    (ax, ay, az), (bx, by, bz), (cx, cy, cz), (dx, dy, dz) = points[11], points[12], points[23], points[24]
    return ((ax + bx) / 2 - (cx + dx) / 2, (ay + by) / 2 - (cy + dy) / 2, (az + bz) / 2 - (cz + dz) / 2)


def angle_between(u: Vector, v: Vector) -> float:
    """Unsigned angle in degrees, 0 to 180, between two vectors (0 when one has no length)."""
    ux, uy, uz = u
    vx, vy, vz = v
    x, y, z = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
    return degrees(atan2(sqrt(x * x + y * y + z * z), ux * vx + uy * vy + uz * vz))


def _inclination(a: Vector, ahead: Vector) -> float:
    """How far a direction is from upright, in degrees, + towards `ahead`, which is level."""
    x, y, z = a
    fx, _, fz = ahead
    return degrees(atan2(x * fx + z * fz, -y))


def _flexion(thigh: Vector, shin: Vector, slope: float) -> float:
    """How far a knee is bent, in degrees, as it would be seen if the floor did not slope."""
    ux, uy, uz = thigh
    vx, vy, vz = shin
    if slope:
        uy, vy = uy - slope * ux, vy - slope * vx
    x, y, z = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
    return 180.0 - degrees(atan2(sqrt(x * x + y * y + z * z), -(ux * vx + uy * vy + uz * vz)))


def _angle_beyond_right(u: Vector, v: Vector) -> float:
    """How much less than 90 degrees is between two vectors, -90 to 90 (0 when one has no length)."""
    return degrees(atan2(dot(u, v), norm(cross(u, v))))


class Wanted(NamedTuple):
    """The signals to take in each plane. (Those of both legs are made of the legs' own, see `reading`.)"""

    image: frozenset[Signal] = frozenset(Signal)
    world: frozenset[Signal] = frozenset(Signal)


EVERYTHING = Wanted()


def measure(
    pose: Pose, known_front: Side | None = None, *, detected: bool = False, wanted: Wanted = EVERYTHING
) -> Measurement:
    """Measure one pose; nothing is remembered from pose to pose.

    Args:
        pose: landmarks in pixels and metres, or an absent pose.
        known_front: the body is known to be half-kneeling, with this leg in front; None: to be found out.
        detected: the points are the detector's, which are not quite the joints; else they are the joints.
        wanted: the signals to take; the others are left out.

    Returns:
        The wanted signals that can be had, in degrees or as ratios; an empty Measurement when nobody is seen.
    """
    plain = pose.plain
    if plain is None:
        return Measurement(pose.t)
    px, metres, seen = plain.px, plain.m, plain.visibility
    known = None if known_front is None else (Posture.HALF_KNEELING, known_front)
    posture, front = known or classified(plain)
    facing = _facing(px, metres, front, posture)
    view = _view(pose.size, plain, facing, posture)
    if view.cut and (view.cut >= _KNEES or view.cut & _HIPS):
        posture, front = Posture.UNKNOWN, None  # invented points: half a body has no posture
    slopes: dict[Side, float] = {}
    if front is not None and view.yaw_deg >= FROM_SIDE_DEG:
        px = joints(px, front, facing) if detected else px
        slopes = _slopes(px, front, facing)
    return Measurement(
        pose.t,
        view,
        posture,
        front,
        _signals(px, seen, _image_axes(px, facing, slopes), wanted.image),
        _signals(metres, seen, _world_axes(metres), wanted.world) if wanted.world else {},
    )


class _Axes:
    """Directions of the body in one plane: forwards and to the subject's right, both level (up is -y); the trunk, the
    trunk without its side bend, and the way the chest faces; how steeply a level line runs across the picture at each
    knee (y for each x)."""

    __slots__ = ("along", "front", "fwd", "right", "slopes", "trunk")

    def __init__(
        self,
        fwd: Vector,
        right: Vector,
        trunk: Vector,
        along: Vector,
        front: Vector,
        slopes: dict[Side, float] | None = None,
    ) -> None:
        self.fwd, self.right, self.trunk, self.along, self.front = fwd, right, trunk, along, front
        self.slopes = slopes or {}


_Taker = Callable[[Points, list[float], _Axes, frozenset[Signal], dict[Signal, Reading]], None]


def _unit(a: Vector) -> Vector:
    length = norm(a) or 1.0
    return (a[0] / length, a[1] / length, a[2] / length)


def joints(px: Points, front: Side, facing: int) -> Points:
    """The points of a half-kneeling body seen from the side, with hips and rear knee where the joints are.

    The detector puts a hip that is hidden behind the other too far ahead, on the belly's side, and a rear one the more
    so the longer its thigh looks; a near front hip on the crease above the joint, the more so the higher it seems to be
    above the foot. A far rear knee is found anywhere around the end of the shin; it is on the floor, where both feet
    are, at its usual place between them. What is found where was fitted to the projected joints of the tuning
    recordings, in trunk lengths. Mean errors of front knee, rear knee, rear thigh and trunk, each body by what the
    others show: 5.7, 5.8, 5.7, 3.5 degrees as detected, 3.3, 2.9, 3.1, 1.4 so; with what one seed shows, on the others:
    3.2, 2.5, 3.1, 1.4; the other way round: 3.6, 3.2, 3.4, 1.1.
    """
    trunk = norm(spine(px))
    _, _, hip, _, ankle, _, _ = _SIDES[front]
    _, _, rear_hip, rear_knee, rear_ankle, _, _ = _SIDES[front.other]
    found = list(px)

    def put(point: int, back: float, down: float = 0.0) -> None:
        x, y, z = px[point]
        found[point] = (x - facing * back, y + down, z)

    share = _share(px[rear_knee], px[rear_ankle], px[ankle])
    if near_side(facing) is front:
        drop = px[ankle][1] - (px[hip][1] + px[rear_hip][1]) / 2
        put(hip, 0.0, 0.27 * drop - 0.14 * trunk)
        below = px[rear_knee][1] - px[rear_ankle][1] - share * (px[ankle][1] - px[rear_ankle][1])
        if abs(below) < KNEE_REACH * trunk and not _foot_is_up(px, front):
            put(rear_knee, (0.66 * share - 0.32) * trunk, -0.87 * below)
        put(rear_hip, 0.64 * apart(px[rear_hip], found[rear_knee]) - 0.4 * trunk)
    else:
        put(hip, 0.14 * trunk)
        put(rear_hip, 0.22 * apart(px[rear_hip], px[rear_knee]) - (0.28 * share + 0.04) * trunk)
    return found


def _share(point: Vector, a: Vector, b: Vector) -> float:
    """How far across the picture a point is from a (0) to b (1)."""
    across = b[0] - a[0]
    return min(1.0, max(0.0, (point[0] - a[0]) / across)) if abs(across) > TINY else 0.5


def _slopes(px: Points, front: Side, facing: int) -> dict[Side, float]:
    """How steeply a level line, along the way the body faces, runs across the picture (y for each x) at each knee.

    A camera that looks down, and not quite from the side, shears the picture: what lies on the floor slopes, what is as
    high as the camera does not. The rear shin of a half-kneeling body lies on the floor and shows how much; the front
    thigh is about half as high as the camera. A near shin is misread by about as much as it slopes, so half of what it
    shows is taken (mean errors of front and rear knee on stills of seed 0: 4.1 and 5.3 degrees without, 3.7 and 3.1
    with; of seed 4: 3.9 and 4.5, 3.8 and 3.0).
    """
    if _foot_is_up(px, front):
        return {}
    _, _, _, knee, ankle, _, _ = _SIDES[front.other]
    dx, dy, _ = sub(px[ankle], px[knee])
    # steeper is no floor: a foot that is lifted, or misread
    slope = max(-STEEPEST, min(STEEPEST, dy / dx)) if abs(dx) > TINY else 0.0
    if near_side(facing) is not front:
        slope *= NEAR_TRUST
    return {front.other: slope, front: slope / 2}


def _foot_is_up(px: Points, front: Side) -> bool:
    """Whether the rear foot of a half-kneeling body is on a wall or a couch."""
    _, _, _, knee, ankle, _, _ = _SIDES[front.other]
    dx, dy, _ = sub(px[ankle], px[knee])
    return dy < -2 * STEEPEST * abs(dx)


def near_side(facing: int) -> Side:
    """The side of the subject that is nearer to a camera at its side."""
    return Side.LEFT if facing < 0 else Side.RIGHT


def _image_axes(px: Points, facing: int, slopes: dict[Side, float]) -> _Axes:
    trunk = _unit(spine(px))
    right = 1.0 if px[24][0] >= px[23][0] else -1.0
    # the trunk turned by 90 degrees towards the side that the subject faces
    ahead = (-trunk[1] * facing, trunk[0] * facing, 0.0)
    return _Axes((float(facing), 0.0, 0.0), (right, 0.0, 0.0), trunk, trunk, ahead, slopes)


def _world_axes(metres: Points) -> _Axes:
    lateral = _unit(sub(metres[24], metres[23]))
    trunk = _unit(spine(metres))
    bent = dot(trunk, lateral)
    along = _unit((trunk[0] - bent * lateral[0], trunk[1] - bent * lateral[1], trunk[2] - bent * lateral[2]))
    front = cross(along, lateral)
    fwd = _unit((front[0], 0.0, front[2]))
    right = _unit((lateral[0], 0.0, lateral[2]))
    return _Axes(fwd, right, trunk, along, front)


def _signals(points: Points, seen: list[float], axes: _Axes, wanted: frozenset[Signal]) -> dict[Signal, Reading]:
    """The wanted signals of one plane. Each is worked out only if it is wanted: a filter and a check follow each."""
    found: dict[Signal, Reading] = {}
    for take in _takers(wanted):
        take(points, seen, axes, wanted, found)
    return found


@lru_cache(maxsize=64)
def _takers(wanted: frozenset[Signal]) -> list[_Taker]:
    """What takes the wanted signals, and no more."""
    return [take for signals, take in _TAKERS if not wanted.isdisjoint(signals)]


def _take_legs(
    points: Points, seen: list[float], axes: _Axes, wanted: frozenset[Signal], found: dict[Signal, Reading]
) -> None:
    for side, (shoulder, _, hip, knee, ankle, heel, toe) in _SIDES.items():
        knee_flexion, hip_flexion, thigh_inclination, shin_inclination, dorsiflexion = _OF_LEG[side]
        (ax, ay, az), (bx, by, bz), (cx, cy, cz) = points[hip], points[knee], points[ankle]
        thigh, shin = (ax - bx, ay - by, az - bz), (bx - cx, by - cy, bz - cz)
        # compared in place: `min` takes thrice as long
        hip_seen, knee_seen, ankle_seen = seen[hip], seen[knee], seen[ankle]
        thigh_seen = hip_seen if hip_seen < knee_seen else knee_seen
        shin_seen = knee_seen if knee_seen < ankle_seen else ankle_seen
        if knee_flexion in wanted:
            bend = _flexion(thigh, shin, axes.slopes.get(side, 0.0))
            found[knee_flexion] = Reading(bend, thigh_seen if thigh_seen < shin_seen else shin_seen)
        if hip_flexion in wanted:
            value = degrees(atan2(-dot(thigh, axes.front), dot(thigh, axes.along)))
            found[hip_flexion] = Reading(value, min(thigh_seen, seen[shoulder]))
        if thigh_inclination in wanted:
            found[thigh_inclination] = Reading(_inclination(thigh, axes.fwd), thigh_seen)
        if shin_inclination in wanted:
            found[shin_inclination] = Reading(_inclination(shin, axes.fwd), shin_seen)
        if dorsiflexion in wanted:
            value = _angle_beyond_right(sub(points[toe], points[heel]), shin)
            found[dorsiflexion] = Reading(value, min(shin_seen, seen[heel], seen[toe]))


def _take_arms(
    points: Points, seen: list[float], axes: _Axes, wanted: frozenset[Signal], found: dict[Signal, Reading]
) -> None:
    hanging, arms = negative(axes.trunk), []
    for side, (shoulder, elbow, *_) in _SIDES.items():
        value = angle_between(sub(points[elbow], points[shoulder]), hanging)
        arm = Reading(value, min(seen[shoulder], seen[elbow]))
        arms.append(arm)
        if _OF_ARM[side] in wanted:
            found[_OF_ARM[side]] = arm
    if Signal.ARM_ELEVATION in wanted:
        left, right = arms
        weight = left.confidence + right.confidence
        both = (left.value * left.confidence + right.value * right.confidence) / weight if weight > TINY else left.value
        found[Signal.ARM_ELEVATION] = Reading(both, max(left.confidence, right.confidence))


def _take_trunk(
    _: Points, seen: list[float], axes: _Axes, wanted: frozenset[Signal], found: dict[Signal, Reading]
) -> None:
    trunk_seen = min(seen[11], seen[12], seen[23], seen[24])
    for signal, ahead in ((_TRUNK_LEAN, axes.fwd), (_SIDE_BEND, axes.right)):
        if signal in wanted:
            found[signal] = Reading(_inclination(axes.trunk, ahead), trunk_seen)


def _take_ratios(
    points: Points, seen: list[float], axes: _Axes, wanted: frozenset[Signal], found: dict[Signal, Reading]
) -> None:
    left_knee, right_knee, left_ankle, right_ankle = points[25:29]
    ankles = apart(left_ankle, right_ankle)
    if Signal.KNEE_GAP_RATIO in wanted and ankles > TINY:
        found[Signal.KNEE_GAP_RATIO] = Reading(apart(left_knee, right_knee) / ankles, min(seen[25:29]))
    if Signal.KNEE_SHIFT in wanted and ankles > TINY:
        shift = sub(middle(left_knee, right_knee), middle(left_ankle, right_ankle))
        found[Signal.KNEE_SHIFT] = Reading(dot(shift, axes.right) / ankles, min(seen[25:29]))
    shoulders = apart(points[11], points[12])
    if Signal.FEET_GAP_RATIO in wanted and shoulders > TINY:
        found[Signal.FEET_GAP_RATIO] = Reading(ankles / shoulders, min(seen[27], seen[28], seen[11], seen[12]))


def _take_tilts(
    points: Points, seen: list[float], axes: _Axes, wanted: frozenset[Signal], found: dict[Signal, Reading]
) -> None:
    left, right = _shin_tilt(points, seen, axes, Side.LEFT), _shin_tilt(points, seen, axes, Side.RIGHT)
    tilt = _both(left, right)
    found.update({signal: one for signal, one in zip(_OF_SHINS, (left, right, tilt), strict=True) if signal in wanted})
    if Signal.KNEE_DROP in wanted:
        down = (points[25][1] + points[26][1] - points[23][1] - points[24][1]) / 2
        # at most two trunk lengths: a trunk that points at the camera has none
        lost = SLIDE_DEG * max(-2.0, min(2.0, down / (norm(spine(points)) or 1.0)))
        found[Signal.KNEE_DROP] = Reading(tilt.value + lost, tilt.confidence)


def reading(found: Mapping[Signal, Reading], signal: Signal) -> Reading | None:
    """A signal of one plane; the ones that mean both legs are made of the legs' own: their mean, weighted by how well
    each leg is seen. None when it cannot be had."""
    legs = BOTH_LEGS.get(signal)
    if legs is None:
        return found.get(signal)
    left, right = found.get(legs[0]), found.get(legs[1])
    if left is None or right is None:
        return None
    weight = left.confidence + right.confidence
    share = right.confidence / weight if weight > TINY else 0.0
    apart = (right.value - left.value + 180.0) % 360.0 - 180.0  # 179 and -179 are two degrees apart
    value = left.value + share * apart
    if abs(value) > 180.0:
        value = (value + 180.0) % 360.0 - 180.0
    return Reading(value, max(left.confidence, right.confidence))


def _shin_tilt(points: Points, seen: list[float], axes: _Axes, side: Side) -> Reading:
    _, _, _, knee, ankle, _, _ = _SIDES[side]
    x, y, z = sub(points[knee], points[ankle])
    right_x, _, right_z = axes.right
    across = x * right_x + z * right_z
    tilt = degrees(atan2(across, norm((x - across * right_x, y, z - across * right_z))))
    return Reading(tilt if side is Side.LEFT else -tilt, min(seen[knee], seen[ankle]))


def _both(left: Reading, right: Reading) -> Reading:
    """The mean of both legs; of one alone when the other is hidden, as it is when it points at the camera."""
    better, worse = (left, right) if left.confidence >= right.confidence else (right, left)
    if worse.confidence < HIDDEN and better.confidence > CLEAR:
        return better
    return Reading((left.value + right.value) / 2, worse.confidence)


_OF_LEG = {
    side: tuple(
        Signal(f"{side}_{name}")
        for name in ("knee_flexion", "hip_flexion", "thigh_inclination", "shin_inclination", "ankle_dorsiflexion")
    )
    for side in Side
}
_OF_ARM = {side: Signal(f"{side}_arm_elevation") for side in Side}
_OF_SHINS = (Signal.LEFT_SHIN_TILT, Signal.RIGHT_SHIN_TILT, Signal.SHIN_TILT)
_TAKERS: tuple[tuple[frozenset[Signal], _Taker], ...] = (
    (frozenset(signal for side in Side for signal in _OF_LEG[side]), _take_legs),
    (frozenset({*_OF_ARM.values(), Signal.ARM_ELEVATION}), _take_arms),
    (frozenset({Signal.TRUNK_LEAN, Signal.SIDE_BEND}), _take_trunk),
    (frozenset({Signal.KNEE_GAP_RATIO, Signal.KNEE_SHIFT, Signal.FEET_GAP_RATIO}), _take_ratios),
    (frozenset({*_OF_SHINS, Signal.KNEE_DROP}), _take_tilts),
)
BOTH_LEGS = {
    Signal(name): (Signal(f"left_{name}"), Signal(f"right_{name}"))
    for name in ("knee_flexion", "hip_flexion", "thigh_inclination", "shin_inclination")
}


def _facing(px: Points, metres: Points, front: Side | None, posture: Posture) -> int:
    """The way the subject faces in the picture: -1 left, +1 right."""
    if posture in _LYING:
        # on the back the feet are ahead, face down the head is; who looks at the camera shows it by the nose no more
        feet = (px[23][0] + px[24][0]) - (px[11][0] + px[12][0])
        ahead = feet if is_on_back(metres) else -feet
    elif front is not None:
        _, _, _, knee, _, heel, toe = _SIDES[front]
        rear_knee = _SIDES[front.other][3]
        ahead = (px[toe][0] - px[heel][0]) + (px[knee][0] - px[rear_knee][0])
    else:
        ahead = px[0][0] - (px[7][0] + px[8][0]) / 2  # nose ahead of the ears
        if not ahead:
            ahead = -(metres[24][2] - metres[23][2])
    return 1 if ahead >= 0 else -1


def _view(size: tuple[int, int], plain: Plain, facing: int, posture: Posture) -> View:
    px, metres, seen = plain.px, plain.m, plain.visibility
    (left_x, _, left_z), (right_x, _, right_z) = metres[23], metres[24]
    xs, ys = _of_body(plain.xs), _of_body(plain.ys)
    extent = max(max(xs) - min(xs), max(ys) - min(ys))
    width, height = size
    cut = _cut(size, plain, extent)
    yaw = degrees(atan2(abs(right_z - left_z), abs(right_x - left_x)))
    up = spine(px)
    if posture in _LYING:
        # a lying body seen from the side lies across the picture, whatever its hips seem to do
        across, down, _ = up
        yaw = max(yaw, TILT_SHARE * degrees(atan2(abs(across), abs(down))))
    trunk = norm(up)
    look = trunk / max(apart(px[11], px[12]), TINY)
    shoulders, hips = px[12][0] - px[11][0], px[24][0] - px[23][0]
    rightness = (shoulders + hips) / ((abs(shoulders) + abs(hips)) or 1.0)
    headroom = px[0][1] / max(extent, TINY)
    share = extent / max(width, height, 1)
    inside = 1.0 - 2.0 * len(cut.intersection(_BODY)) / len(_BODY) if cut else 1.0
    sure = _confidence(share, trunk / max(extent, TINY), headroom, max(seen[25], seen[26]), inside)
    return View(yaw, facing, share, look, cut, rightness, headroom, sure)


def _cut(size: tuple[int, int], plain: Plain, extent: float) -> frozenset[Landmark]:
    """The landmarks that are cut off by the picture's edge.

    Feet below the edge are made up above it: hardly visible, and the lowest points of the body (0.15 extents from the
    edge and less where the feet were cut off; seen feet are clear, hidden ones, as those of a body that kneels towards
    the camera, 0.3 extents and more away).
    """
    width, height = size
    edge_x, edge_y = EDGE_SHARE * width, EDGE_SHARE * height
    xs, ys, seen = plain.xs, plain.ys, plain.visibility
    cut = _NOTHING
    if min(xs) < edge_x or max(xs) > width - edge_x or min(ys) < edge_y or max(ys) > height - edge_y:
        cut = frozenset(
            i for i in _CUT_CANDIDATES if not (edge_x <= xs[i] <= width - edge_x and edge_y <= ys[i] <= height - edge_y)
        )
    hardly = max(min(seen[25], seen[27]), min(seen[26], seen[28])) < MADE_UP
    if hardly and height - max(ys[25:33]) < FOOTROOM * extent:
        cut |= _ANKLES
    return cut


def _confidence(share: float, trunk: float, headroom: float, knees: float, inside: float) -> float:
    """How surely a body is one: the least of its size, shape and place, how well it is seen and how much is inside.

    Each is 0.5 where right bodies end: a share of the picture of 0.22 (right ones 0.25 to 0.5), a trunk of 0.2 or 0.6
    of the body's extent (0.27 to 0.55; what was found on cut off legs: 0.01 to 0.13 and 0.63 to 0.8), a nose 2 extents
    below the upper edge (1.7 at most; 2.3 to 4.8 on legs), the better knee seen at 0.6 (0.77 and more; 0.4 to 0.67
    where there was none).
    """
    size, stout, slim = (share - 0.14) / 0.16, (0.7 - trunk) / 0.2, (trunk - 0.1) / 0.2
    return max(0.0, min(1.0, size, stout, slim, 2.5 - headroom, (knees - 0.4) / 0.4, inside))


def why_unknown(measurement: Measurement) -> str | None:
    """Why the posture of a single picture is unknown, in words that say what would help; None when it is known."""
    if measurement.posture is not Posture.UNKNOWN:
        return None
    if measurement.view is None:
        return "Nobody was seen. The whole body must be in the picture, in enough light."
    if measurement.view.cut >= _KNEES:
        return "The legs are not in the picture. Show the whole body."
    if measurement.view.cut & _HIPS:
        return "The hips are at the edge of the picture. Show the whole body."
    return "The points found do not form a known position. Show the whole body from the side, head up."
