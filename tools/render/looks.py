"""How people, rooms and light look: named values that a plan can choose from. sRGB colours, 0 to 1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Colour: TypeAlias = tuple[float, float, float]
Fit: TypeAlias = Literal["tight", "loose"]
Legs: TypeAlias = Literal["long", "shorts"]
Sleeves: TypeAlias = Literal["none", "short", "long"]
Hair: TypeAlias = Literal["bald", "short", "long", "bun", "ponytail"]


@dataclass(frozen=True, slots=True)
class Look:
    """What a person wears and their colours; `shoes` None is barefoot."""

    shirt: Colour
    trousers: Colour
    shoes: Colour | None
    hair_colour: Colour
    skin: Colour
    legs: Legs = "long"
    sleeves: Sleeves = "short"
    fit: Fit = "tight"
    hair: Hair = "short"


@dataclass(frozen=True, slots=True)
class Room:
    """Colours and furnishing of the room; `size_m` is half its width. `mat` None leaves the floor bare."""

    wall: Colour
    floor: Colour
    mat: Colour | None
    planks: bool = True
    decorated: bool = True
    size_m: float = 2.6


@dataclass(frozen=True, slots=True)
class Light:
    """A key light, light from all around, and the exposure.

    Attributes:
        key, ambient: strength.
        exposure: of the camera.
        window: how brightly the windows glow.
        bearing_deg: None for the usual lamp ahead of the subject, else the key light's bearing from the camera's own
            position, seen from above (90 = from the camera's right, 180 = from behind the subject).
        rise: height of the key light over its horizontal distance.
        warm: 0 = white, 1 = a warm lamp.
    """

    key: float
    ambient: float
    exposure: float
    window: float = 0.0
    bearing_deg: float | None = None
    rise: float = 0.8
    warm: float = 0.0


OUTFITS: dict[str, Look] = {
    "blue": Look((0.30, 0.40, 0.56), (0.16, 0.17, 0.20), (0.75, 0.75, 0.77), (0.14, 0.09, 0.06), (0.80, 0.60, 0.49)),
    "red": Look((0.58, 0.22, 0.22), (0.42, 0.44, 0.47), None, (0.30, 0.19, 0.10), (0.86, 0.67, 0.57)),
    "black": Look((0.07, 0.07, 0.08), (0.06, 0.06, 0.07), (0.08, 0.08, 0.09), (0.05, 0.04, 0.04), (0.42, 0.27, 0.20)),
    "shorts": Look((0.80, 0.80, 0.78), (0.10, 0.22, 0.32), (0.85, 0.85, 0.85), (0.45, 0.43, 0.40), (0.83, 0.63, 0.52),
                   legs="shorts"),
    "baggy": Look((0.52, 0.53, 0.50), (0.24, 0.25, 0.30), (0.82, 0.80, 0.76), (0.20, 0.13, 0.08), (0.82, 0.62, 0.50),
                  sleeves="long", fit="loose"),
    "tank": Look((0.18, 0.46, 0.44), (0.12, 0.12, 0.14), None, (0.10, 0.07, 0.05), (0.70, 0.50, 0.38),
                 sleeves="none", hair="ponytail"),
    "pyjamas": Look((0.72, 0.62, 0.70), (0.66, 0.58, 0.68), None, (0.62, 0.60, 0.58), (0.87, 0.70, 0.61),
                    sleeves="long", fit="loose", hair="bun"),
    "summer": Look((0.86, 0.72, 0.30), (0.40, 0.36, 0.30), (0.30, 0.28, 0.26), (0.08, 0.06, 0.05), (0.55, 0.37, 0.27),
                   legs="shorts", fit="loose"),
}  # fmt: skip

SKINS: dict[str, Colour] = {
    "porcelain": (0.90, 0.75, 0.68),
    "light": (0.84, 0.65, 0.54),
    "olive": (0.74, 0.56, 0.42),
    "tan": (0.64, 0.45, 0.33),
    "brown": (0.48, 0.32, 0.23),
    "dark": (0.33, 0.21, 0.15),
}

ROOMS: dict[str, Room] = {
    "home": Room((0.78, 0.77, 0.73), (0.62, 0.47, 0.33), (0.30, 0.42, 0.40)),
    "studio": Room((0.86, 0.86, 0.87), (0.72, 0.70, 0.67), (0.55, 0.32, 0.48), planks=False, decorated=False),
    "bedroom": Room((0.66, 0.72, 0.77), (0.45, 0.42, 0.40), None, planks=False),
    "green": Room((0.55, 0.64, 0.54), (0.36, 0.25, 0.17), (0.20, 0.22, 0.26)),
    "dark": Room((0.20, 0.20, 0.22), (0.16, 0.14, 0.13), (0.10, 0.11, 0.14), planks=False, decorated=False),
    "gym": Room((0.52, 0.36, 0.30), (0.24, 0.25, 0.27), (0.16, 0.30, 0.52), planks=False, size_m=3.4),
}

LIGHTS: dict[str, Light] = {
    "day": Light(2.1, 0.62, 0.85, window=0.2),
    "dim": Light(0.9, 0.18, 0.62, warm=0.6),
    "dark": Light(0.45, 0.09, 0.55, warm=0.8),
    "side": Light(2.3, 0.28, 0.9, window=0.5, bearing_deg=-80.0, rise=0.5),
    "back": Light(2.0, 0.30, 0.8, window=2.5, bearing_deg=165.0, rise=0.6),
}
