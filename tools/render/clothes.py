"""Dressing a body: skin colours, garments as offset copies of regions of the skin, hair. All in the rest pose.

The garments get the smoothed shape and the equally smoothed bone weights of the skin below, so that skinning alone
moves them: a frame costs no mesh work on the CPU.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .body import Body
from .looks import Colour, Look
from .mesh import Faces, Neighbours, Points, Shape, curtain, ellipsoid, lumps, normals, rim, straight_rim

Mask = NDArray[np.bool_]
BONES_A_VERTEX = 8
HEM_ROUNDS = 8
SKIN, CLOTH, HAIR, SHOE = (0.08, 18.0), (0.015, 12.0), (0.10, 30.0), (0.05, 14.0)  # specular strength, exponent


@dataclass(frozen=True, slots=True)
class Garment:
    """How a region becomes a garment: distance from the skin, smoothing, how open its hems are."""

    offset_m: float
    rounds: int
    hem: float
    low_hem: float = 0.0  # of a shirt's lower end, which hangs over the trousers
    flare_m: float = 0.0


TIGHT = {"shirt": Garment(0.016, 14, 0.35, low_hem=1.0), "trousers": Garment(0.010, 7, 0.35)}
LOOSE = {"shirt": Garment(0.026, 16, 0.9, 1.0, 0.028), "trousers": Garment(0.018, 10, 0.9, 0.0, 0.022)}
ALWAYS = {"hair": Garment(0.016, 3, 0.10), "shoes": Garment(0.007, 3, 0.35)}
SKIN_RINGS = 2  # of skin still drawn inside the border of what is covered


@dataclass(frozen=True, slots=True)
class Dressed:
    """A mesh ready for the GPU, rest pose.

    Attributes:
        points, normals, colours: (n, 3) float32.
        gloss: (n, 2) specular strength and exponent.
        bones, weights: (n, 8).
        faces: (m, 3) int32; those from `open_from` on may be seen from inside, the others are only drawn from outside.
    """

    points: NDArray[np.float32]
    normals: NDArray[np.float32]
    colours: NDArray[np.float32]
    gloss: NDArray[np.float32]
    bones: NDArray[np.uint8]
    weights: NDArray[np.float32]
    faces: NDArray[np.int32]
    open_from: int


@dataclass(frozen=True, slots=True)
class _Part:
    points: Points
    normals: Points
    colours: Points
    gloss: tuple[float, float]
    weights: Points  # dense (n, bones)
    faces: Faces
    open: bool = False


def dress(body: Body, look: Look) -> Dressed:
    """Return a body's mesh with clothes and hair."""
    near = Neighbours(body.faces, len(body.vertices))
    masks = regions(body, look)
    kinds = {**(LOOSE if look.fit == "loose" else TIGHT), **ALWAYS}
    colours = {"shirt": look.shirt, "trousers": look.trousers, "hair": look.hair_colour, "shoes": look.shoes}
    skin_and_rig = np.concatenate([body.vertices, body.weights], axis=1)
    smooth = near.smooth(skin_and_rig, {kinds[name].rounds for name in masks})
    covered = np.zeros(len(body.vertices), bool)
    parts = []
    for name, mask in masks.items():
        colour = colours[name]
        assert colour is not None
        gloss = {"hair": HAIR, "shoes": SHOE}.get(name, CLOTH)
        parts.append(_garment(body, smooth[kinds[name].rounds], mask, kinds[name], colour, gloss))
        covered |= mask
    hidden = near.shrink(covered, SKIN_RINGS)
    skin_normals = normals(body.vertices, body.faces)
    shown = body.faces[~hidden[body.faces].all(1)]
    skin = _Part(body.vertices, skin_normals, _skin_colours(body, look), SKIN, body.weights, shown)
    return _join([skin, *parts, *_loose_hair(body, look)])


def regions(body: Body, look: Look) -> dict[str, Mask]:
    """Return which vertices each garment and the hair cover."""
    v = body.vertices
    arm = body.weight_of("upperarm", "lowerarm", "wrist")
    leg = body.weight_of("upperleg", "lowerleg", "foot", "pelvis")
    head = body.weight_of("head", "neck", "eye")
    trunk = body.weight_of("spine", "clavicle", "shoulder", "root")
    hip_z, knee_z, ankle_z = (body.head(f"{bone}.L")[2] for bone in ("upperleg01", "lowerleg01", "foot"))
    on_torso = (trunk + arm + leg > 0.5) & (v[:, 2] > hip_z - 0.02) & (head < 0.35) & (v[:, 2] < body.head("neck01")[2])
    shirt = on_torso & ~((arm > 0.5) & (_along_arm(body) > {"none": 0.10, "short": 0.62, "long": 1.93}[look.sleeves]))
    if look.sleeves != "long":
        shirt &= body.weight_of("lowerarm", "wrist") < 0.3
    cut = knee_z + 0.10 if look.legs == "shorts" else ankle_z + 0.05
    waist = body.weight_of("root", "spine05")
    masks = {
        "shirt": shirt & (body.weight_of("wrist") < 0.3),
        "trousers": (leg + waist > 0.5) & (v[:, 2] < hip_z + 0.15) & (v[:, 2] > cut) & (arm < 0.3),
    }
    if look.hair != "bald":
        masks["hair"] = _scalp(body)
    if look.shoes is not None:
        masks["shoes"] = v[:, 2] < ankle_z + 0.025
    return masks


def _along_arm(body: Body) -> NDArray[np.float64]:
    """Return how far down the arm each vertex is: 0 shoulder, 1 elbow, 2 wrist."""
    mirrored = np.where(body.vertices[:, :1] < 0, body.vertices * [-1, 1, 1], body.vertices)
    shoulder, elbow, wrist = (body.head(f"{bone}.L") for bone in ("upperarm01", "lowerarm01", "wrist"))
    upper, lower = elbow - shoulder, wrist - elbow
    first = (mirrored - shoulder) @ upper / (upper @ upper)
    second = (mirrored - elbow) @ lower / (lower @ lower)
    return np.where(second > 0, np.maximum(first, 1 + second), first)


def _scalp(body: Body) -> Mask:
    """Return the hairy part of the head: above a line from the forehead over the ears to the nape."""
    v = body.vertices
    on_head = body.weight_of("head", "eye", "neck01", "neck02", "neck03") > 0.5
    eye_z = body.head("eye.L")[2]
    slice_y = v[on_head & (abs(v[:, 2] - eye_z) < 0.01)][:, 1]
    back = (v[:, 1] - slice_y.min()) / np.ptp(slice_y)
    rise = np.array([0.075, 0.07, 0.055, 0.005, -0.005, -0.07, -0.09])
    line = np.interp(back, [-0.2, 0.1, 0.25, 0.42, 0.6, 0.75, 1.2], eye_z + rise)
    ears = (abs(v[:, 0]) > 0.072) & (abs(back - 0.5) < 0.15) & (v[:, 2] < eye_z + 0.03)
    hairy: Mask = on_head & (v[:, 2] > line) & ~ears
    return hairy


def _garment(
    body: Body, smooth: Points, mask: Mask, kind: Garment, colour: Colour, gloss: tuple[float, float]
) -> _Part:
    """Lift a region off the skin: smoothed, offset, flared towards its lower end, never below the skin.

    Args:
        body: who wears it.
        smooth: (n, 3 + bones) smoothed vertices and bone weights.
        mask: the region.
        kind, colour, gloss: of the garment.
    """
    rows = np.flatnonzero(mask)
    new = np.full(len(mask), -1)
    new[rows] = np.arange(len(rows))
    faces = new[body.faces[mask[body.faces].all(1)]]
    weights = straight_rim(smooth[rows, 3:], faces, HEM_ROUNDS)
    out = normals(smooth[:, :3], body.faces)[rows]
    height = body.vertices[rows, 2]
    low = np.clip((height.max() - height) / np.ptp(height), 0, 1)
    border = np.ones(len(rows))
    edge = rim(faces)
    border[edge] = np.select(
        [height[edge] > body.head("neck01")[2] - 0.10, height[edge] < body.head("upperleg01.L")[2] + 0.06],
        [min(kind.hem, 0.35), max(kind.hem, kind.low_hem)],
        kind.hem,
    )
    offset = (kind.offset_m + kind.flare_m * low**2) * border
    lifted = straight_rim(smooth[rows, :3] + out * offset[:, None], faces, HEM_ROUNDS)
    depth = ((lifted - body.vertices[rows]) * out).sum(1)
    lifted += out * np.maximum(0.5 * kind.offset_m * border + 0.001 - depth, 0)[:, None]
    shade = 1 + 0.06 * lumps(lifted, 0.05)[:, None]
    colours = np.array(colour) * shade
    return _Part(lifted, _wrinkled(lifted, faces, kind), colours, gloss, weights, faces, open=kind.flare_m > 0)


def _wrinkled(points: Points, faces: Faces, kind: Garment) -> Points:
    """Return normals with folds: those of a copy whose surface waves by a millimetre or two."""
    plain = normals(points, faces)
    wave = lumps(points * [1, 1, 0.6], 0.07, seed=1) + 0.5 * lumps(points, 0.03, seed=2)
    height = 0.0015 + 0.08 * kind.flare_m
    return normals(points + plain * (height * wave)[:, None], faces)


def _skin_colours(body: Body, look: Look) -> Points:
    """Return the skin's colour with lips, eyes and brows."""
    v = body.vertices
    colour = np.array(look.skin) * (1 + 0.03 * lumps(v, 0.08)[:, None])
    on_head = body.weight_of("head", "eye") > 0.5
    lips = 0.75 * (body.lips * on_head)[:, None]
    colour = colour * (1 - lips) + np.array(look.skin) * [0.80, 0.52, 0.55] * lips
    for bone in ("eye.L", "eye.R"):
        own = body.weight_of(bone) > 0.5
        towards = v - v[own].mean(0)
        ahead = -towards[:, 1] / np.maximum(np.linalg.norm(towards, axis=1), 1e-6)
        colour[own] = (0.9, 0.9, 0.88)
        colour[own & (ahead > 0.86)] = (0.22, 0.14, 0.09)
        colour[own & (ahead > 0.96)] = (0.03, 0.03, 0.03)
        offset = v - body.head(bone)
        brow = on_head & ~own & (abs(offset[:, 0]) < 0.024) & (offset[:, 2] > 0.017) & (offset[:, 2] < 0.027)
        brow &= offset[:, 1] < 0
        colour[brow] = colour[brow] * 0.3 + np.array(look.hair_colour) * 0.7
    return colour


def _loose_hair(body: Body, look: Look) -> list[_Part]:
    """Return hair that is more than a cap: a bun, a ponytail, or long hair down to the shoulders."""
    scalp = body.vertices[_scalp(body)]
    top, back = scalp[:, 2].max(), scalp[:, 1].max()
    middle_y = (scalp[:, 1].min() + back) / 2
    eye_z = body.head("eye.L")[2]
    shapes: list[Shape] = []
    if look.hair == "bun":
        shapes.append(ellipsoid(np.array([0, back - 0.005, eye_z + 0.07]), np.array([0.042, 0.040, 0.040])))
    elif look.hair == "ponytail":
        shapes.append(ellipsoid(np.array([0, back + 0.012, eye_z + 0.045]), np.array([0.026, 0.034, 0.028])))
        shapes.append(ellipsoid(np.array([0, back + 0.030, eye_z - 0.065]), np.array([0.027, 0.024, 0.13])))
    elif look.hair == "long":
        half = float(abs(scalp[:, 0]).max())
        shapes.append(_long_hair(middle_y, back, half, top - 0.05, float(body.head("neck01")[2]) - 0.03))
    rows = [body.index["head"]]
    parts = []
    for shape in shapes:
        weights = np.zeros((len(shape.points), len(body.labels)))
        weights[:, rows] = 1.0
        strands = 1 + 0.25 * lumps(shape.points * [1, 1, 0.05], 0.008, seed=3)[:, None]
        colours = np.clip(np.array(look.hair_colour) * strands, 0, 1)
        out = normals(shape.points, shape.faces)
        parts.append(_Part(shape.points, out, colours, HAIR, weights, shape.faces, open=True))
    return parts


def _long_hair(middle_y: float, back: float, half: float, top_z: float, end_z: float) -> Shape:
    """Return a sheet round the back of the head, from one temple to the other, wider towards its end."""
    around = np.deg2rad(np.linspace(-95, 95, 25))
    rows = []
    for share in np.linspace(0, 1, 12):
        wide = half + 0.012 + 0.020 * share
        deep = (back - middle_y) + 0.010 - 0.015 * share
        z = np.full_like(around, top_z + (end_z - top_z) * share)
        rows.append(np.stack([wide * np.sin(around), middle_y + deep * np.cos(around), z], axis=1))
    return curtain(np.array(rows))


def _join(parts: list[_Part]) -> Dressed:
    """Put all parts into one mesh, closed ones first, with the strongest eight bones of each vertex."""
    parts = sorted(parts, key=lambda p: p.open)
    starts = np.cumsum([0, *(len(p.points) for p in parts)])
    faces = np.concatenate([p.faces + start for p, start in zip(parts, starts, strict=False)])
    dense = np.concatenate([p.weights for p in parts])
    order = np.argsort(-dense, axis=1)[:, :BONES_A_VERTEX]
    weights = np.take_along_axis(dense, order, 1)
    weights /= weights.sum(1, keepdims=True)
    return Dressed(
        points=np.concatenate([p.points for p in parts]).astype(np.float32),
        normals=np.concatenate([p.normals for p in parts]).astype(np.float32),
        colours=np.concatenate([np.clip(p.colours, 0, 1) for p in parts]).astype(np.float32),
        gloss=np.concatenate([np.tile(p.gloss, (len(p.points), 1)) for p in parts]).astype(np.float32),
        bones=order.astype(np.uint8),
        weights=weights.astype(np.float32),
        faces=faces.astype(np.int32),
        open_from=sum(len(p.faces) for p in parts if not p.open),
    )
