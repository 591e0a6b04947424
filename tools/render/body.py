"""A posable body: mesh, rig and skin weights from bodies/*.npz, forward kinematics, joints. numpy only.

A pose names global rotations (3x3, world) for some bones; bones that are not named follow their parent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from .errors import PlanError
from .rotate import Matrix, Vector

Side: TypeAlias = Literal["L", "R"]
Pose: TypeAlias = Mapping[str, Matrix]

FOLDER = Path(__file__).parent / "bodies"


def body_names() -> list[str]:
    """Return the names of the bodies that can be rendered."""
    return sorted(p.stem for p in FOLDER.glob("*.npz") if p.stem != "common")


@dataclass(frozen=True, slots=True)
class Limbs:
    """The joint centres of one side of the body, metres in the world."""

    shoulder: Vector
    elbow: Vector
    wrist: Vector
    hip: Vector
    knee: Vector
    ankle: Vector


@dataclass(frozen=True, slots=True)
class Joints:
    """The joint centres of both sides."""

    left: Limbs
    right: Limbs

    def side(self, side: Side) -> Limbs:
        """Return one side's joints."""
        return self.left if side == "L" else self.right


@dataclass(frozen=True, slots=True)
class Posed:
    """A posed skeleton: global rotations (bones, 3, 3) and bone heads (bones, 3), metres."""

    rotations: NDArray[np.float64]
    heads: NDArray[np.float64]

    def moved(self, turn: Matrix, shift: Vector) -> Posed:
        """Turn about the world's origin, then shift."""
        return Posed(turn @ self.rotations, self.heads @ turn.T + shift)


@dataclass(frozen=True)
class Body:
    """One person's rest shape and rig.

    Attributes:
        vertices: (n, 3) metres, rest pose, facing -y, feet on z = `floor`.
        faces: (m, 3) vertex indices.
        weights: (n, bones), rows add to 1.
        lips: (n,) 0 to 1.
        labels, parents, rest_heads: the rig.
    """

    name: str
    vertices: NDArray[np.float64]
    faces: NDArray[np.int64]
    weights: NDArray[np.float64]
    lips: NDArray[np.float64]
    labels: tuple[str, ...]
    parents: tuple[int, ...]
    rest_heads: NDArray[np.float64]

    @classmethod
    def load(cls, name: str) -> Body:
        """Load a body by its name.

        Raises:
            PlanError: there is no such body.
        """
        if name not in body_names():
            raise PlanError(f"body {name!r} does not exist; there are: {', '.join(body_names())}")
        with np.load(FOLDER / "common.npz") as common, np.load(FOLDER / f"{name}.npz") as own:
            steps = own["steps"].astype(float) / 65535
            return cls(
                name=name,
                vertices=own["low"] + steps * (own["high"] - own["low"]),
                faces=common["faces"].astype(np.int64),
                weights=_dense(common["bones"], common["weights"], len(common["labels"])),
                lips=common["lips"] / 255.0,
                labels=tuple(str(label) for label in common["labels"]),
                parents=tuple(int(p) for p in common["parents"]),
                rest_heads=own["heads"].astype(float),
            )

    @cached_property
    def index(self) -> dict[str, int]:
        """The row of each bone."""
        return {label: i for i, label in enumerate(self.labels)}

    def head(self, bone: str) -> Vector:
        """Return where a bone starts in the rest pose."""
        start: Vector = self.rest_heads[self.index[bone]]
        return start

    @cached_property
    def thigh_m(self) -> float:
        """Length of the thigh, hip to knee."""
        return float(np.linalg.norm(self.head("upperleg01.L") - self.head("lowerleg01.L")))

    @cached_property
    def shin_m(self) -> float:
        """Length of the shin, knee to ankle."""
        return float(np.linalg.norm(self.head("lowerleg01.L") - self.head("foot.L")))

    @cached_property
    def hip_half_m(self) -> float:
        """Half the distance between the hips."""
        return abs(float(self.head("upperleg01.L")[0]))

    @cached_property
    def ankle_height_m(self) -> float:
        """Height of the ankle above the sole."""
        return float(self.head("foot.L")[2] - self.vertices[:, 2].min())

    @cached_property
    def back_depth_m(self) -> float:
        """How far the back of the trunk lies behind the root bone: the root's height when lying on the back."""
        trunk = ["root", "pelvis.L", "pelvis.R", *(f"spine0{i}" for i in range(1, 6))]
        own = self.weight_of(*trunk) > 0.6
        return float(self.vertices[own, 1].max() - self.head("root")[1])

    def weight_of(self, *prefixes: str) -> NDArray[np.float64]:
        """Return each vertex's weight on all bones whose name starts with one of the prefixes."""
        columns = [i for i, label in enumerate(self.labels) if label.startswith(prefixes)]
        total: NDArray[np.float64] = self.weights[:, columns].sum(1)
        return total

    def posed(self, pose: Pose, root: Vector) -> Posed:
        """Forward kinematics: place every bone from the named global rotations and the root's position."""
        count = len(self.labels)
        rotations, heads = np.zeros((count, 3, 3)), np.zeros((count, 3))
        for i, label in enumerate(self.labels):
            parent = self.parents[i]
            if parent < 0:
                rotations[i], heads[i] = pose.get(label, np.eye(3)), root
                continue
            rotations[i] = pose[label] if label in pose else rotations[parent]
            heads[i] = heads[parent] + rotations[parent] @ (self.rest_heads[i] - self.rest_heads[parent])
        return Posed(rotations, heads)

    def bone_matrices(self, posed: Posed) -> NDArray[np.float64]:
        """Return (bones, 3, 4) matrices that take rest points to posed ones."""
        shift = posed.heads - np.einsum("bij,bj->bi", posed.rotations, self.rest_heads)
        matrices: NDArray[np.float64] = np.concatenate([posed.rotations, shift[:, :, None]], axis=2)
        return matrices

    def skin(self, posed: Posed) -> NDArray[np.float64]:
        """Return the posed vertices by linear blend skinning (the renderer does the same on the GPU)."""
        blend = (self.weights @ self.bone_matrices(posed).reshape(len(self.labels), 12)).reshape(-1, 3, 4)
        skinned: NDArray[np.float64] = np.einsum("nij,nj->ni", blend[:, :, :3], self.vertices) + blend[:, :, 3]
        return skinned

    def joints(self, posed: Posed) -> Joints:
        """Return the true joint centres: the heads of the rig's bones."""

        def limbs(side: Side) -> Limbs:
            bones = ("upperarm01", "lowerarm01", "wrist", "upperleg01", "lowerleg01", "foot")
            return Limbs(*(posed.heads[self.index[f"{bone}.{side}"]] for bone in bones))

        return Joints(limbs("L"), limbs("R"))


def _dense(bones: NDArray[Any], weights: NDArray[Any], count: int) -> NDArray[np.float64]:
    """Spread (n, k) bone indices and 16-bit weights over (n, count)."""
    dense = np.zeros((len(bones), count))
    np.add.at(dense, (np.arange(len(bones))[:, None], bones), weights / 65535.0)
    dense /= dense.sum(1, keepdims=True)
    return dense
