"""Made-to-measure sets of varied plans: 'tuning' for choosing limits, 'final' for the figures that are published.

The two sets share no body, no camera and no plan. `python -m tools.render.variety tuning OUT_DIR` writes the plans.
Within a set: correct sessions from the recommended camera (± 20 degrees), sessions with faults, views that cannot be
judged, and hard surroundings. Amounts are solved for each body, so that every fault is clear and every correct hold
clearly correct.

`kneelings` is a third kind of set: short recordings of both knees in turn, from anywhere that is allowed, for the
question which leg is in front. Who draws one with a seed that was never used has recordings that chose nothing.
"""

from __future__ import annotations

import argparse
import itertools
import json
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Literal, TypeAlias

import numpy as np

from .angles import drop_angles, kneeling_angles
from .body import Body
from .clip import camera_of, pose_of
from .plan import Plan, parse, to_json
from .pose import Drop, Kneel, half_kneeling, knee_drop
from .timeline import FRONT_M, timeline

Split: TypeAlias = Literal["tuning", "final", "kneelings"]
Keys: TypeAlias = dict[str, Any]

BODIES: dict[Split, str] = {"tuning": "ABCDE", "final": "FGHIJ", "kneelings": "ABCDEFGHIJ"}
# Women of all ages, so that hair and clothes go with the body.
WOMEN = frozenset("BDEHI")
OLD = frozenset("CEG")
ROOMS: dict[Split, tuple[str, ...]] = {
    "tuning": ("home", "bedroom", "gym"),
    "final": ("studio", "green", "home"),
    "kneelings": ("home", "bedroom", "gym", "studio", "green", "home"),
}
FEET_M, KNEE_DEG = 0.30, 86.0
KNEELINGS_FPS = 8  # enough to tell the legs, and half the work
EDGE, MOST_DISTANT_M = 0.05, 3.4  # share of the picture kept clear
FACINGS = {"ninety_ninety": (90.0, 270.0), "ninety_ninety_side_bend": (0.0, 180.0), "knee_drops": (0.0,)}
NINETY, BEND, DROPS = FACINGS


def make_plans(seed: int, split: Split) -> tuple[Plan, ...]:
    """Return the plans of a set, the same for the same seed (which is part of the names unless 0), in mixed order.

    >>> [plan.name for plan in make_plans(0, "final")][:3]
    ['final_nn_F_good', 'final_sb_G_good', 'final_kd_H_good']
    """
    maker = _Maker(seed, split)
    kinds: list[Iterator[Keys]] = [maker.good(), maker.faulty(), maker.unjudgeable(), maker.hard()]
    turns: list[list[Keys]] = [list(kind) for kind in kinds]
    mixed: list[Keys] = []
    while any(turns):
        for turn, share in zip(turns, (3, 2, 1, 1), strict=True):
            mixed += turn[:share]
            del turn[:share]
    return tuple(parse(keys, keys["name"]) for keys in mixed)


def kneeling_plans(seed: int, count: int) -> tuple[Plan, ...]:
    """Return short recordings of half-kneeling, the left and the right knee once each, the same for the same seed.

    Two in three are seen from the side, the others are side bends from the front or behind. Half of the cameras are low
    (0.5 to 0.75 m), as one on a chair, half of the clothes loose, and bodies are those of both other sets. One in eight
    has a box before the front foot.
    """
    maker = _Maker(seed, "kneelings")
    return tuple(parse(keys, keys["name"]) for keys in islice(maker.kneelings(), count))


def solve(value: Callable[[float], float], wanted: float, low: float, high: float) -> float:
    """Return where a monotonic function takes a value, by halving; the nearer end when it never does."""
    rising = value(high) > value(low)
    for _ in range(30):
        middle = (low + high) / 2
        if (value(middle) < wanted) == rising:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def swivel_for(body: Body, relative_gap: float) -> float:
    """Return the swivel of both knees (+ = inwards, degrees) that makes the knee gap this share of its neutral."""

    def gap(swivel: float) -> float:
        return drop_angles(body.joints(knee_drop(body, Drop(swivel, swivel, FEET_M, KNEE_DEG))))["knee_gap_ratio"]

    neutral = gap(0.0)
    return solve(lambda swivel: gap(swivel) / neutral, relative_gap, -55.0, 40.0)


def front_for(body: Body, shift_m: float, knee_deg: float) -> float:
    """Return how much further ahead the front foot is when the front knee has this included angle."""

    def knee(front: float) -> float:
        pose = Kneel(0.0, 1.0, shift_m, 172.0, 0.0, body.thigh_m + FRONT_M + front, 2.0)
        return kneeling_angles(body.joints(half_kneeling(body, pose)), "L")["front_knee"]

    return solve(knee, knee_deg, -0.2, 0.4)


class _Maker:
    """Draws plans for one split; every draw comes from one generator, in a fixed order."""

    def __init__(self, seed: int, split: Split) -> None:
        self._prefix = f"{split}{seed or ''}"
        self._random = np.random.default_rng([seed, list(BODIES).index(split)])
        self._split = split
        self._bodies = {name: Body.load(name) for name in BODIES[split]}
        self._turn = 0

    # ---- the four kinds of clips

    def good(self) -> Iterator[Keys]:
        """Yield correct sessions: each exercise by three bodies."""
        names = BODIES[self._split]
        for i, name in enumerate((*names, *names[:4])):
            exercise = (NINETY, BEND, DROPS)[i % 3]
            yield self._clip(exercise, name, "good", self._correct(exercise, name))

    def faulty(self) -> Iterator[Keys]:
        """Yield sessions with one correct repetition and one with a fault (drops: several)."""
        names = list(BODIES[self._split])
        faults = list(self._faults())
        for i, (exercise, label, make) in enumerate(faults):
            name = names[(i * 2 + 1) % len(names)]
            right = self._correct(exercise, name)
            wrong = make(name)
            reps = [*right[: 2 if exercise == DROPS else 1], *wrong, *right[2:4]]
            if exercise != DROPS and i % 2:
                reps.reverse()
            yield self._clip(exercise, name, label, reps)

    def unjudgeable(self) -> Iterator[Keys]:
        """Yield short sessions from views that cannot support a verdict."""
        low, far = self._between(0.3, 0.5), self._between(4.4, 5.2)
        views: list[tuple[str, str, Keys]] = [
            (NINETY, "front_view", {"camera": [self._near(0, 12), self._between(0.8, 1.1), 2.7]}),
            (NINETY, "oblique", {"camera": [self._near(45, 6), self._between(0.8, 1.1), 2.7]}),
            (NINETY, "no_feet", {"crop": [0, 0, 0, self._between(0.30, 0.34)]}),
            (NINETY, "no_head", {"crop": [0, self._between(0.50, 0.56), 0, 0]}),
            (NINETY, "far_dark", {"camera": [self._near(90, 10), 1.0, far], "light": "dark", "noise": 9}),
            (BEND, "side_view", {"camera": [self._near(90, 12), self._between(0.8, 1.1), 2.7]}),
            (DROPS, "low_camera", {"camera": [self._near(0, 10), low, 2.3]}),
            (DROPS, "side_view", {"camera": [self._near(90, 12), self._between(1.3, 1.6), 2.2]}),
        ]
        names = BODIES[self._split]
        for i, (exercise, label, keys) in enumerate(views):
            name = names[(i + 2) % len(names)]
            reps = self._correct(exercise, name)
            reps = reps[:2] if exercise == DROPS else [{**reps[0], "hold": 8.0}]
            yield self._clip(exercise, name, f"view_{label}", reps, keys)

    def hard(self) -> Iterator[Keys]:
        """Yield correct sessions in difficult surroundings."""
        side = 1 if self._split == "tuning" else -1
        stool = {"kind": "box", "at": [0.36 * side, -0.45], "size": [0.2, 0.34, self._between(0.2, 0.26)]}
        passer = {"body": BODIES[self._split][0], "outfit": "black", "start": [-1.2, -2.2], "end": [-1.2, 2.4]}
        across = {"body": BODIES[self._split][4], "outfit": "red", "start": [-2.0, 1.6], "end": [2.0, 1.5]}
        lens = {"azimuth": self._near(90, 8), "height": 0.95, "distance": 2.3, "barrel": 0.22, "roll": self._near(0, 4)}
        cases: list[tuple[str, str, Keys]] = [
            (NINETY, "box_front", {"camera": [self._near(180 - 90 * side, 6), 1.0, 2.7], "furniture": [stool]}),
            (NINETY, "passer", {"camera": [self._near(90, 6), 1.0, 2.7],
                                "passers": [{**passer, "from_s": 12.0, "to_s": 19.0}]}),
            (BEND, "passer", {"camera": [self._near(0, 8), 1.0, 2.7],
                              "passers": [{**across, "from_s": 10.0, "to_s": 17.0}]}),
            (NINETY, "lens", {"camera": lens, "hfov": 78.0, "jpeg": 55, "crf": 30}),
            (NINETY, "window", {"light": "side"}),
            (BEND, "backlight", {"light": "back"}),
            (DROPS, "noisy", {"noise": 9.0, "light": "dim", "blur": 0.8, "crf": 32}),
        ]  # fmt: skip
        names = BODIES[self._split]
        for i, (exercise, label, keys) in enumerate(cases):
            name = names[(i + 1) % len(names)]
            reps = self._correct(exercise, name)
            yield self._clip(exercise, name, f"hard_{label}", reps[:4] if exercise == DROPS else reps[:1], keys)

    def kneelings(self) -> Iterator[Keys]:
        """Yield short recordings of half-kneeling without end; see `kneeling_plans`."""
        names = BODIES[self._split]
        for i in itertools.count():
            name, exercise = names[i % len(names)], BEND if i % 3 == 2 else NINETY
            reps = [{**rep, "hold": self._between(3.0, 5.0)} for rep in self._correct(exercise, name)]
            more: Keys = {"name": f"{self._prefix}_{i:03d}_{name}", "fps": KNEELINGS_FPS}
            keys = self._clip(exercise, name, "kneeling", reps, more)
            low = i % 2 == 0
            height = self._between(0.5, 0.75) if low else self._between(0.75, 1.3)
            azimuth = (float(self._random.choice(FACINGS[exercise])) + float(self._random.uniform(-28, 28))) % 360
            keys["camera"] = [round(azimuth, 1), height, self._between(2.4, 2.9)]
            keys["camera"] = self._step_back(parse({**keys, "camera": keys["camera"]}))
            keys["outfit"] = {**keys["outfit"], "fit": "loose" if i % 4 < 2 else "tight"}
            keys["light"] = str(self._random.choice(("day", "day", "dim", "side", "back")))
            if i % 8 == 5 and exercise == NINETY:
                side = 1 if azimuth < 180 else -1
                keys["furniture"] = [{"kind": "box", "at": [0.36 * side, -0.45], "size": [0.2, 0.34, 0.23]}]
            yield keys

    # ---- repetitions

    def _correct(self, exercise: str, name: str) -> list[Keys]:
        """Return two correct holds, one a side, or three drops in and three out."""
        if exercise == DROPS:
            inward = round(swivel_for(self._bodies[name], self._between(0.40, 0.52)), 1)
            outward = round(-swivel_for(self._bodies[name], self._between(1.6, 1.8)), 1)
            hold = self._between(2.3, 2.9)
            return [
                {"dir": d, "hold": hold, "amount": a, "move": self._between(1.1, 1.5)}
                for d, a in (("in", inward), ("out", outward)) * 3
            ]
        first = "LR"[int(self._random.integers(2))]
        more: Keys = {"shift": self._between(0.09, 0.125), "arm": round(self._between(160, 174))}
        if exercise == BEND:
            more = {"shift": self._between(0.05, 0.10), "lean": round(self._between(20, 29), 1)}
        hold = self._between(20.0, 21.0)
        return [{"side": side, "hold": hold, **more} for side in (first, "L" if first == "R" else "R")]

    def _faults(self) -> Iterator[tuple[str, str, Callable[[str], list[Keys]]]]:
        """Yield exercise, fault, and what makes its repetitions for a body."""

        def hold(exercise: str, **change: Any) -> Callable[[str], list[Keys]]:
            return lambda name: [{**self._correct(exercise, name)[1], **change}]

        def far(name: str) -> list[Keys]:
            rep = self._correct(NINETY, name)[1]
            front = round(front_for(self._bodies[name], rep["shift"], self._between(120, 126)), 3)
            return [{**rep, "front": front, "hold": 12.0}]

        def small(name: str) -> list[Keys]:
            inward = round(swivel_for(self._bodies[name], self._between(0.82, 0.88)), 1)
            outward = round(-swivel_for(self._bodies[name], self._between(1.08, 1.14)), 1)
            return [{"dir": "in", "hold": 2.5, "amount": inward}, {"dir": "out", "hold": 2.5, "amount": outward}]

        def short(name: str) -> list[Keys]:
            quick = {"hold": 0.1, "move": self._between(0.8, 0.95), "rest": 0.6}
            return [{**rep, **quick} for rep in self._correct(DROPS, name)[:2]]

        yield NINETY, "front_foot_far", far
        yield BEND, "bend_wrong_side", hold(BEND, lean=-self._between(20, 26), hold=12.0)
        yield DROPS, "drop_small", small
        yield NINETY, "arms_low", hold(NINETY, arm=round(self._between(70, 115)), hold=12.0)
        yield DROPS, "drop_short", short
        yield NINETY, "hips_not_forward", hold(NINETY, shift=self._between(0.0, 0.02), hold=12.0)
        yield DROPS, "one_side", lambda _: [{"dir": d, "hold": 2.5} for d in ("left", "right")]
        yield NINETY, "hold_short", hold(NINETY, hold=self._between(8, 12))
        yield BEND, "bend_small", hold(BEND, lean=self._between(3, 6), hold=12.0)
        yield NINETY, "hold_broken", hold(NINETY, hold=22.0, **{"break": [self._between(8, 10), 5.0]})
        yield BEND, "hold_short", hold(BEND, hold=self._between(8, 12))
        yield NINETY, "leaning_back", hold(NINETY, tilt=-round(self._between(34, 38)), hold=12.0)

    # ---- the rest of a plan

    def _clip(self, exercise: str, body: str, label: str, reps: list[Keys], more: Keys | None = None) -> Keys:
        """Return a whole plan: who, where, seen how; `more` overrides what was drawn."""
        short = {NINETY: "nn", BEND: "sb", DROPS: "kd"}[exercise]
        self._turn += 1
        keys: Keys = {
            "name": f"{self._prefix}_{short}_{body}_{label}",
            "exercise": exercise,
            "body": body,
            "outfit": self._outfit(body),
            "camera": self._camera(exercise),
            "light": ("day", "dim")[self._turn % 2],
            "room": str(self._random.choice(ROOMS[self._split])),
            "fps": 15 if exercise == DROPS else 12,
            "seed": int(self._random.integers(1, 10_000)),
            "noise": round(self._between(1.5, 4.0), 1),
            "crf": int(self._random.integers(22, 29)),
            "reps": reps,
        }
        if "camera" not in (more or {}):
            keys["camera"] = self._step_back(parse(keys))
        return {**keys, **(more or {})}

    def _step_back(self, plan: Plan) -> list[float]:
        """Move the camera away until hands and feet stay clear of the picture's edge in every hold."""
        body = self._bodies[plan.body]
        course = timeline(plan, body.thigh_m)
        poses = [pose_of(body, course.at(sum(span.hold_s) / 2)) for span in course.spans]
        joints = np.concatenate([posed.heads for posed in poses])
        hands = [2 * posed.heads[body.index[f"wrist.{s}"]] - posed.heads[body.index[f"lowerarm02.{s}"]]
                 for posed in poses for s in "LR"]  # fmt: skip
        points = np.concatenate([joints, hands])
        azimuth, height, distance = plan.camera.azimuth, plan.camera.height, plan.camera.distance
        while distance < MOST_DISTANT_M:
            view = camera_of(parse({**to_json(plan), "camera": [azimuth, height, distance]})).project(points)
            edge = np.array(plan.size) * EDGE
            if (view > edge).all() and (view < np.array(plan.size) - edge).all():
                break
            distance = round(distance + 0.05, 3)
        return [azimuth, height, distance]

    def _camera(self, exercise: str) -> list[float]:
        """Return a camera within the recommended range: ± 20 degrees, 0.7 to 1.2 m high, drops 1.4 to 2 m."""
        facing = float(self._random.choice(FACINGS[exercise]))
        azimuth = round((facing + float(self._random.uniform(-20, 20))) % 360, 1)
        if exercise == DROPS:
            return [azimuth, self._between(1.4, 2.0), self._between(1.55, 1.75)]
        return [azimuth, self._between(0.7, 1.2), self._between(2.5, 2.9)]

    def _outfit(self, body: str) -> Keys:
        """Return clothes, skin and hair that go with a body."""
        pick = self._random.choice
        hair = ("long", "bun", "ponytail", "short") if body in WOMEN else ("short", "short", "bald")
        grey, dark = [0.62, 0.60, 0.58], [0.09, 0.06, 0.05]
        skins = {"D": ("brown", "dark"), "F": ("brown", "dark"), "I": ("olive", "light"), "J": ("olive", "tan")}
        outfit: Keys = {
            "base": str(pick(("blue", "red", "black", "shorts", "tank", "summer", "baggy"))),
            "fit": str(pick(("tight", "tight", "loose"))),
            "hair": str(pick(hair)),
            "skin": str(pick(skins.get(body, ("porcelain", "light", "olive")))),
        }
        outfit["hair_colour"] = grey if body in OLD else dark if body in skins else [0.25, 0.16, 0.09]
        return outfit

    def _between(self, low: float, high: float) -> float:
        return round(float(self._random.uniform(low, high)), 3)

    def _near(self, azimuth: float, spread: float) -> float:
        return round(azimuth + float(self._random.uniform(-spread, spread)), 1)


def main() -> None:
    """Write a set's plans as JSON files, numbered in their order, and order.txt."""
    parser = argparse.ArgumentParser(prog="python -m tools.render.variety", description=__doc__)
    parser.add_argument("split", choices=("tuning", "final"), help="for `kneelings` see benchmarks.kneelings")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)
    plans = make_plans(args.seed, args.split)
    for plan in plans:
        text = json.dumps(to_json(plan), indent=1) + "\n"
        (args.folder / f"{plan.name}.plan.json").write_text(text, encoding="utf-8")
    (args.folder / "order.txt").write_text("".join(f"{plan.name}.plan.json\n" for plan in plans), encoding="utf-8")


if __name__ == "__main__":
    main()
