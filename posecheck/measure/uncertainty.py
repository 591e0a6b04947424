"""How far a shown angle may be off: ± of each judged signal in its exercise's own view, from the side by nearer leg.

The figures are the 95th percentile of measured minus true over the tuning recordings of the accuracy card, in
uncertainty.toml beside this file; `benchmarks/accuracy.py --uncertainty` writes it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from posecheck.records import Measurement, Side
from posecheck.records.geometry import near_side

FILE = Path(__file__).with_suffix(".toml")
COARSE = 5.0  # an angle known no better than this is shown in steps of it


KNEELING_NEARER, FRONT_NEARER = "kneeling_leg_nearer", "front_leg_nearer"  # what hides what, from the side


@cache
def _figures() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


@cache
def measured_exercises() -> tuple[str, ...]:
    """Names of the exercises whose errors were measured on recordings, sorted."""
    return tuple(sorted(name for name, errors in _figures().items() if isinstance(errors, dict)))


@cache
def errors_of(exercise: str, nearer: str | None = None) -> Mapping[str, float]:
    """± of each signal of an exercise, in degrees, by the name the exercise uses; empty when it was not measured.

    Args:
        exercise: its name.
        nearer: KNEELING_NEARER or FRONT_NEARER where the exercise is seen from the side, else None.
    """
    data = _figures().get(exercise, {})
    return {name: float(x) for name, x in data.get(nearer, data).items() if isinstance(x, float)}


def nearer_leg(measurement: Measurement, front: Side | None) -> str | None:
    """Which leg of a half-kneeling body is nearer to a camera at its side.

    Args:
        measurement: its view says which way the body faces.
        front: the side of the front leg; None when it is not known.

    Returns:
        FRONT_NEARER or KNEELING_NEARER; None without a front leg or a view.
    """
    if front is None or measurement.view is None:
        return None
    near = near_side(measurement.view.facing)
    return FRONT_NEARER if near is front else KNEELING_NEARER


def angle_text(degrees: float, error: float | None) -> str:
    """An angle with its ±, rounded to what is known of it.

    Args:
        degrees: the angle.
        error: its uncertainty in degrees; None when it is not known, and then no ± is shown. When it is COARSE
            or more, the angle is rounded to steps of COARSE.

    Example:
        >>> angle_text(92.3, 3.6), angle_text(92.3, 8.2), angle_text(-0.2, None)
        ('92° ±4', '90° ±8', '0°')
    """
    step = COARSE if error is not None and error >= COARSE else 1.0
    shown = f"{round(degrees / step) * step + 0.0:.0f}°"
    return shown if error is None else f"{shown} ±{error:.0f}"
