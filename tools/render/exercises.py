"""Plans of the exercises that were never recorded, from the bodies of `posecheck.synthetic.exercises`.

python -m tools.render.exercises squat --groups squats,squats --wrong "too shallow" > squat.json
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from typing import Any

from posecheck.synthetic.exercises import MADE, made_stations

# azimuth, height, distance; the point looked at
STANDING_SIDE, STANDING_FRONT = ((90, 1.0, 2.8), (0, 0, 0.9)), ((0, 1.0, 2.8), (0, 0, 1.0))
LYING_SIDE, FEET = ((90, 0.9, 2.6), (0, 0.05, 0.3)), ((0, 1.8, 1.6), (0, -0.05, 0.22))
LOW_FRONT = ((0, 0.8, 2.3), (0, 0, 0.45))
SEEN = {
    "single_knee_to_chest": LYING_SIDE,
    "active_knee_extension": LYING_SIDE,
    "bridge": LYING_SIDE,
    "bridge_repetitions": LYING_SIDE,
    "childs_pose": ((90, 0.9, 2.1), (0, 0, 0.3)),
    "bent_knee_fall_out": FEET,
    "windshield_wipers": FEET,
    "seated_butterfly": LOW_FRONT,
    "standing_side_bend": STANDING_FRONT,
    "arm_raise": STANDING_FRONT,
}


def plan_of(name: str, groups: list[str] | None, wrong: str | None, /, **change: Any) -> dict[str, Any]:
    """The plan of a made-to-order motion; `change` are keys of the plan."""
    camera, at = SEEN.get(name, STANDING_SIDE)
    reps = []
    for move, stay, body in made_stations(name, groups=groups, wrong=wrong):
        angles = {key: value for key, value in dataclasses.asdict(body).items() if value}
        reps.append({"move": move, "stay": stay, "angles": angles})
    plan = {"name": name, "exercise": "free", "body": "D", "outfit": "blue", "camera": list(camera), "at": list(at)}
    return {**plan, "reps": reps, **change}


def main() -> None:
    """Print one plan."""
    parser = argparse.ArgumentParser(prog="python -m tools.render.exercises", description=__doc__)
    parser.add_argument("name", choices=sorted(MADE))
    parser.add_argument("--groups", help="the group of each repetition, with commas; none: the whole goal")
    parser.add_argument("--wrong", help="a typical fault of the exercise")
    parser.add_argument("--change", default="{}", help="other keys of the plan, as JSON")
    args = parser.parse_args()
    groups = args.groups.split(",") if args.groups else None
    json.dump(plan_of(args.name, groups, args.wrong, **json.loads(args.change)), sys.stdout)


if __name__ == "__main__":
    main()
