"""The jointed figure of the camera drawings, in metres: a person half-kneeling, and one lying on the back."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

Xy = tuple[float, float]
Xyz = tuple[float, float, float]


@dataclass(frozen=True)
class Part:
    """A limb between two balls, or a trunk between several: their centres (forward, left, up) and radii in metres."""

    centres: tuple[Xyz, ...]
    radii: tuple[float, ...]


TRUNK = (0.105, 0.105, 0.095, 0.095)  # radii at the hips and at the shoulders


def half_kneeling(bend_deg: float = 0.0) -> list[Part]:
    """Return a person of 1.72 m on the right knee, hips a little forward, arms up, bent by so much to the left."""
    turn = math.radians(bend_deg)
    pelvis = np.array([0.06, -0.03 if bend_deg else 0.0, 0.485])

    def bent(forward: float, left: float, up: float, share: float = 1.0) -> Xyz:
        """A point of the trunk, from where it is upright, in metres from the pelvis."""
        angle = turn * share
        return (
            float(pelvis[0] + forward),
            float(pelvis[1] + left * math.cos(angle) + up * math.sin(angle)),
            float(pelvis[2] - left * math.sin(angle) + up * math.cos(angle)),
        )

    hips = {1: bent(0, 0.1, 0, 0), -1: bent(0, -0.1, 0, 0)}
    parts = [
        Part((hips[1], (0.47, 0.13, 0.52)), (0.085, 0.06)),
        Part(((0.47, 0.13, 0.52), (0.44, 0.13, 0.09)), (0.06, 0.042)),
        Part(((0.42, 0.13, 0.045), (0.61, 0.15, 0.035)), (0.042, 0.03)),
        Part((hips[-1], (-0.05, -0.11, 0.07)), (0.085, 0.06)),
        Part(((-0.05, -0.11, 0.07), (-0.46, -0.11, 0.06)), (0.06, 0.042)),
        Part(((-0.46, -0.11, 0.06), (-0.62, -0.11, 0.035)), (0.04, 0.028)),
        Part((bent(0, 0.07, 0.02, 0), bent(0, -0.07, 0.02, 0), bent(0, 0.12, 0.46), bent(0, -0.12, 0.46)), TRUNK),
        Part((bent(0, 0, 0.5), bent(0.01, 0, 0.62)), (0.055, 0.05)),
        Part((bent(0.02, 0, 0.71), bent(0.02, 0, 0.75)), (0.095, 0.1)),
    ]
    for side in (1, -1):
        shoulder, elbow = bent(0, 0.175 * side, 0.49), bent(0.02, 0.2 * side, 0.79)
        parts += [
            Part((shoulder, elbow), (0.058, 0.044)),
            Part((elbow, bent(0.03, 0.15 * side, 1.2)), (0.044, 0.03)),
        ]
    return parts


def on_the_back() -> list[Part]:
    """Return a person on the back, feet flat and wide, both knees dropped inwards; forward is towards the head."""
    parts = [
        Part(((0.44, 0.07, 0.11), (0.44, -0.07, 0.11), (0.9, 0.12, 0.11), (0.9, -0.12, 0.11)), TRUNK),
        Part(((0.94, 0, 0.11), (1.06, 0, 0.12)), (0.055, 0.05)),
        Part(((1.15, 0, 0.12), (1.19, 0, 0.12)), (0.1, 0.095)),
    ]
    for side in (1, -1):
        hip, knee, ankle = (0.43, 0.1 * side, 0.11), (0.03, 0.075 * side, 0.42), (-0.18, 0.27 * side, 0.09)
        parts += [
            Part((hip, knee), (0.085, 0.06)),
            Part((knee, ankle), (0.06, 0.042)),
            Part(((-0.16, 0.27 * side, 0.045), (-0.35, 0.3 * side, 0.035)), (0.042, 0.032)),
            Part(((0.93, 0.175 * side, 0.1), (0.68, 0.32 * side, 0.06)), (0.058, 0.043)),
            Part(((0.68, 0.32 * side, 0.06), (0.37, 0.39 * side, 0.04)), (0.044, 0.03)),
        ]
    return parts


def turned(parts: Sequence[Part], forward: Xy) -> list[Part]:
    """Return the figure facing `forward` in the room, where x is away from the camera and y to the camera's left."""
    ahead, left = np.array([*forward, 0.0]), np.array([-forward[1], forward[0], 0.0])
    frame = np.stack([ahead, left, [0.0, 0.0, 1.0]])

    def place(point: Xyz) -> Xyz:
        x, y, z = (float(value) for value in np.array(point) @ frame)
        return x, y, z

    return [Part(tuple(place(centre) for centre in part.centres), part.radii) for part in parts]
