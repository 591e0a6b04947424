"""Renders a plan: NAME.mp4 and NAME.truth.json."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import angles, truth
from .body import Body, Posed
from .camera import Camera
from .clothes import dress
from .degrade import Degrader
from .errors import RenderError
from .free import Free, free, free_angles
from .gl import Present, Renderer
from .looks import LIGHTS
from .plan import Passer, Plan
from .pose import Drop, half_kneeling, knee_drop, standing
from .rotate import rotation
from .scene import furniture, lighting
from .timeline import Moment, Timeline, timeline

STEP_HZ = 0.9  # of a walking passer: full strides a second
WIDE_SHADOWS_M, NEAR_SHADOWS_M = 2.4, 1.5
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Files:
    """What was written."""

    video: Path
    truth: Path
    frames: int


def camera_of(plan: Plan) -> Camera:
    """Return the plan's camera."""
    keys = plan.camera
    target = plan.at or ((0.0, -0.05, 0.22) if plan.drops else (0.0, -0.05, 0.82))
    return Camera(
        keys.azimuth, keys.height, keys.distance, target, keys.tilt, keys.roll, plan.hfov, keys.barrel, plan.size
    )


def pose_of(body: Body, moment: Moment) -> Posed:
    """Return the skeleton of a moment."""
    pose = moment.pose
    if isinstance(pose, Free):
        return free(body, pose)
    return knee_drop(body, pose) if isinstance(pose, Drop) else half_kneeling(body, pose)


def sample_of(body: Body, moment: Moment, posed: Posed, t: float) -> truth.Sample:
    """Return the true angles of a moment; with both knees on the floor the right one stands for the rear one."""
    joints = body.joints(posed)
    if isinstance(moment.pose, Free):
        return truth.Sample(t, None, free_angles(joints))
    if isinstance(moment.pose, Drop):
        return truth.Sample(t, None, angles.drop_angles(joints))
    return truth.Sample(t, moment.rear, angles.kneeling_angles(joints, moment.rear or "R"))


def samples(plan: Plan, body: Body, course: Timeline) -> list[truth.Sample]:
    """Return the truth of every frame, without drawing anything."""
    result = []
    for i in range(int(course.duration_s * plan.fps)):
        moment = course.at(i / plan.fps)
        result.append(sample_of(body, moment, pose_of(body, moment), i / plan.fps))
    return result


def plan_truth(plan: Plan) -> dict[str, Any]:
    """Return the content of a plan's truth file, without drawing anything."""
    body = Body.load(plan.body)
    course = timeline(plan, body.thigh_m)
    return truth.document(plan, samples(plan, body, course), course.spans)


def walk(body: Body, passer: Passer, t: float) -> Posed | None:
    """Return where a second person is at a time, None while away."""
    if not passer.from_s <= t <= passer.to_s:
        return None
    start = np.array([*passer.start, 0.0])
    if passer.end is None:
        heading = np.degrees(np.arctan2(-start[0], start[1])) if passer.heading is None else passer.heading
        return standing(body).moved(rotation((0, 0, 1), float(heading)), start)
    way = np.array([*passer.end, 0.0]) - start
    share = (t - passer.from_s) / max(passer.to_s - passer.from_s, 1e-6)
    heading = np.degrees(np.arctan2(way[0], -way[1]))
    stride = float(np.sin(2 * np.pi * STEP_HZ * (t - passer.from_s)))
    return standing(body, stride).moved(rotation((0, 0, 1), float(heading)), start + way * share)


def frames(plan: Plan, only: range | list[int] | None = None) -> Iterator[tuple[NDArray[np.uint8], truth.Sample]]:
    """Yield each picture, RGB (height, width, 3), with its truth.

    Args:
        plan: what to render.
        only: the indices of the frames wanted, all by default.

    Raises:
        GraphicsError: there is no OpenGL.
    """
    body = Body.load(plan.body)
    course = timeline(plan, body.thigh_m)
    camera = camera_of(plan)
    others = [Body.load(p.body) for p in plan.passers]
    reach = WIDE_SHADOWS_M if plan.passers or plan.furniture else NEAR_SHADOWS_M
    light = lighting(LIGHTS[plan.light], camera, plan.drops, reach)
    degrade = Degrader(plan, camera)
    with Renderer(camera, light, plan.room.room(), furniture(plan.furniture)) as renderer:
        renderer.add(dress(body, plan.outfit.look()))
        for passer, other in zip(plan.passers, others, strict=True):
            renderer.add(dress(other, passer.outfit.look()))
        for i in only if only is not None else range(int(course.duration_s * plan.fps)):
            t = i / plan.fps
            moment = course.at(t)
            posed = pose_of(body, moment)
            people = [Present(0, posed, body.bone_matrices(posed))]
            for index, (passer, other) in enumerate(zip(plan.passers, others, strict=True), start=1):
                there = walk(other, passer, t)
                if there is not None:
                    people.append(Present(index, there, other.bone_matrices(there)))
            yield degrade(renderer.draw(people), i, t), sample_of(body, moment, posed, t)


def render(plan: Plan, folder: Path, progress: Progress | None = None) -> Files:
    """Render a plan into a folder; the files appear only when they are complete.

    Args:
        plan: what to render.
        folder: made if need be.
        progress: called with (frames done, frames in all) after each frame.

    Raises:
        GraphicsError: there is no OpenGL.
        RenderError: the files cannot be written.
    """
    try:
        return _render(plan, folder, progress)
    except OSError as error:  # PyAV's file errors are OSErrors too
        raise RenderError(f"{plan.name}: cannot write into {folder} ({error})") from error


def _render(plan: Plan, folder: Path, progress: Progress | None) -> Files:
    folder.mkdir(parents=True, exist_ok=True)
    video, notes = folder / f"{plan.name}.mp4", folder / f"{plan.name}.truth.json"
    course = timeline(plan, Body.load(plan.body).thigh_m)
    total = int(course.duration_s * plan.fps)
    seen = []
    size = Degrader(plan, camera_of(plan)).size
    part = folder / f".{plan.name}.part.mp4"
    try:
        with _encoder(part, size, plan) as write:
            for picture, sample in frames(plan):
                write(picture)
                seen.append(sample)
                if progress:
                    progress(len(seen), total)
        part.replace(video)
    finally:
        part.unlink(missing_ok=True)
    notes.write_text(json.dumps(truth.document(plan, seen, course.spans)) + "\n", encoding="utf-8")
    return Files(video, notes, len(seen))


@contextmanager
def _encoder(path: Path, size: tuple[int, int], plan: Plan) -> Iterator[Callable[[NDArray[np.uint8]], None]]:
    """Open an H.264 file; what is handed over is appended."""
    import av

    with av.open(str(path), "w", options={"movflags": "faststart"}) as container:
        stream = container.add_stream("libx264", rate=Fraction(plan.fps).limit_denominator(1001))
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        stream.options = {"preset": "veryfast", "crf": str(plan.crf), "threads": "1"}

        def write(picture: NDArray[np.uint8]) -> None:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))

        yield write
        container.mux(stream.encode())
