"""The OpenGL side: draws posed people in a room into a picture (moderngl on EGL; Mesa's llvmpipe needs no GPU)."""

# mypy: disable-error-code="import-not-found, import-untyped, unused-ignore"
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .body import Posed
from .camera import Camera
from .clothes import Dressed
from .errors import GraphicsError
from .looks import Room
from .scene import MAT_AREA, NO_MAT, Lighting, Solid, room_planes

SHADOW_SIZE = 1024
SAMPLES = 4
BONE_BYTES = 120 * 16  # of the shader's array
FLESH_M = 0.28  # no part of the body is further from a bone's head
_SHADERS = Path(__file__).parent / "shaders"
_SOLID_LAYOUT = ("3f 3f 3f 2f", "pos", "nrm", "col", "gloss")
_BONES = ("bones_a", "bones_b", "weights_a", "weights_b")
_PERSON_LAYOUT = ("3f 3f 3f 2f 4u1 4u1 4f 4f", "pos", "nrm", "col", "gloss", *_BONES)
_PERSON_SHADOW_LAYOUT = ("3f 32x 4u1 4u1 4f 4f", "pos", *_BONES)


def context() -> Any:
    """Make an OpenGL context without a window.

    Raises:
        GraphicsError: moderngl or EGL is missing.
    """
    try:
        import moderngl
    except ImportError as error:
        raise GraphicsError("moderngl is missing: pip install -e '.[render]' in a clone") from error
    try:
        settings: dict[str, Any] = {"backend": "egl"}
        return moderngl.create_context(standalone=True, require=330, **settings)
    except Exception as error:  # glcontext raises bare Exception
        raise GraphicsError(f"no OpenGL ({error}): install libegl1 and libgl1-mesa-dri") from error


@dataclass(frozen=True, slots=True)
class Present:
    """A person in one frame: which one, the skeleton, and its (bones, 3, 4) matrices."""

    index: int
    posed: Posed
    matrices: NDArray[np.float64]


class _Person:
    """A dressed body on the GPU."""

    def __init__(self, renderer: Renderer, dressed: Dressed) -> None:
        c = renderer.ctx
        count = len(dressed.points)
        packed = np.zeros(count, dtype=[("f", "f4", 11), ("b", "u1", 8), ("w", "f4", 8)])
        packed["f"] = np.concatenate([dressed.points, dressed.normals, dressed.colours, dressed.gloss], axis=1)
        packed["b"], packed["w"] = dressed.bones, dressed.weights
        vertices, faces = c.buffer(packed.tobytes()), c.buffer(dressed.faces.tobytes())
        self._closed = 3 * dressed.open_from
        self._open = dressed.faces.size - self._closed
        self._main = c.vertex_array(renderer.person, [(vertices, *_PERSON_LAYOUT)], faces, 4)
        self.shadow = c.vertex_array(renderer.person_shadow, [(vertices, *_PERSON_SHADOW_LAYOUT)], faces, 4)

    def render(self, c: Any) -> None:
        """Draw with the main program: the inside only of what is open."""
        c.enable(c.CULL_FACE)
        self._main.render(vertices=self._closed)
        c.disable(c.CULL_FACE)
        if self._open:
            self._main.render(vertices=self._open, first=self._closed)


class Renderer:
    """Draws frames of one scene; a context manager.

    Usage:
        with Renderer(camera, lighting, room, furniture) as renderer:
            renderer.add(dressed)
            picture = renderer.draw([Present(0, posed, body.bone_matrices(posed))])
    """

    def __init__(self, camera: Camera, lighting: Lighting, room: Room, furniture: Solid | None = None) -> None:
        """Set up programs, buffers and the picture of the empty room."""
        self.ctx = c = context()
        self.camera, self.lighting, self.room = camera, lighting, room
        self._people: list[_Person] = []
        size = camera.size
        self.person = self._program("person.vert", "lit.frag")
        self.person_shadow = self._program("person.vert", None)
        self._solid = self._program("solid.vert", "lit.frag")
        self._solid_shadow = self._program("solid.vert", None)
        self._empty = self._program("solid.vert", "room.frag")
        self._backdrop = self._program("solid.vert", "backdrop.frag")
        self._canvas = c.framebuffer(
            [c.renderbuffer(size, 4, samples=SAMPLES)], c.depth_renderbuffer(size, samples=SAMPLES)
        )
        self._result = c.framebuffer([c.renderbuffer(size, 4)])
        self._shadow_map = c.depth_texture((SHADOW_SIZE, SHADOW_SIZE))
        self._shadow_map.compare_func = "<="
        self._shadow = c.framebuffer(depth_attachment=self._shadow_map)
        c.enable(c.DEPTH_TEST)
        planes = [plane for plane in room_planes(room) if plane.faces_camera(camera)]
        self._planes = [self._array(self._backdrop, plane) for plane in planes]
        self._things = self._array(self._solid, furniture) if furniture else None
        self._things_shadow = self._array(self._solid_shadow, furniture) if furniture else None
        self._set_uniforms()
        self._bake([self._array(self._empty, plane) for plane in planes])
        self._without_people = self._draw([], (0, 0, *size))

    def __enter__(self) -> Renderer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.ctx.release()

    def add(self, dressed: Dressed) -> None:
        """Put a person into the scene; the first is number 0 of `draw`."""
        self._people.append(_Person(self, dressed))

    def draw(self, people: Sequence[Present]) -> NDArray[np.uint8]:
        """Draw one frame: only the part that people and their shadows touch, into the picture without people.

        Returns:
            The picture, (height, width, 3) RGB.
        """
        picture = self._without_people.copy()
        if people:
            x, y, width, height = area = self._area(np.concatenate([p.posed.heads for p in people]))
            rows = slice(picture.shape[0] - y - height, picture.shape[0] - y)
            picture[rows, x : x + width] = self._draw(people, area)
        return picture

    def _area(self, heads: NDArray[np.float64]) -> tuple[int, int, int, int]:
        """Return the part of the picture (x, y from below, width, height) with all bones, flesh and shadows."""
        light = self.lighting.to_light
        on_floor = heads - light * (heads[:, 2:] / light[2])
        points = np.concatenate([heads, on_floor])
        corners = [points + FLESH_M * (2 * np.array(c) - 1) for c in np.ndindex(2, 2, 2)]
        clip = np.concatenate(corners) @ self.camera.matrix[:, :3].T + self.camera.matrix[:, 3]
        size = np.array(self.camera.size)
        if clip[:, 3].min() < 0.1:  # somebody next to or behind the camera
            return (0, 0, int(size[0]), int(size[1]))
        pixels = (clip[:, :2] / clip[:, 3:] * 0.5 + 0.5) * size
        low = np.clip(np.floor(pixels.min(0)), 0, size - 1).astype(int)
        high = np.clip(np.ceil(pixels.max(0)), low + 1, size).astype(int)
        return (int(low[0]), int(low[1]), int(high[0] - low[0]), int(high[1] - low[1]))

    def _draw(self, people: Sequence[Present], area: tuple[int, int, int, int]) -> NDArray[np.uint8]:
        """Draw a part of the frame."""
        ready = [(self._people[p.index], p.matrices.astype("f4").tobytes().ljust(BONE_BYTES, b"\0")) for p in people]
        self._shadow.use()
        self._shadow.clear()
        if self._things_shadow:
            self._things_shadow.render()
        for person, matrices in ready:
            self.person_shadow["bones"].write(matrices)
            person.shadow.render()
        self._canvas.scissor = area
        self._canvas.use()
        self._canvas.clear()
        self._shadow_map.use(0)
        for person, matrices in ready:  # people first: what they hide need not be shaded
            self.person["bones"].write(matrices)
            person.render(self.ctx)
        if self._things:
            self._things.render()
        for plane in self._planes:
            plane.render()
        self.ctx.copy_framebuffer(self._result, self._canvas)
        data = np.frombuffer(self._result.read(viewport=area, components=3, alignment=1), np.uint8)
        return data.reshape(area[3], area[2], 3)[::-1]

    def _program(self, vertex: str, fragment: str | None) -> Any:
        def text(name: str) -> str:
            return (_SHADERS / name).read_text(encoding="utf-8")

        body = text("light.glsl") + text(fragment) if fragment else "#version 330\nvoid main() {}"
        return self.ctx.program(vertex_shader=text(vertex), fragment_shader=body)

    def _array(self, program: Any, solid: Solid) -> Any:
        buffer = self.ctx.buffer(solid.rows.tobytes())
        formats, names = [], []
        for kind, name in zip(_SOLID_LAYOUT[0].split(), _SOLID_LAYOUT[1:], strict=True):
            if name in program:
                formats.append(kind)
                names.append(name)
            else:  # the compiler left an unused input out
                formats.append(f"{4 * int(kind[0])}x")
        return self.ctx.vertex_array(program, [(buffer, " ".join(formats), *names)])

    def _set_uniforms(self) -> None:
        """Set what stays the same for the whole clip."""
        light, room = self.lighting, self.room
        view, shadow = (m.T.astype("f4").tobytes() for m in (self.camera.matrix, light.projection))
        values: dict[str, Any] = {
            "eye": tuple(self.camera.eye), "to_light": tuple(light.to_light), "light_colour": tuple(light.key),
            "sky": tuple(light.sky), "ground": tuple(light.ground), "exposure": light.exposure,
            "window_glow": light.window, "planks": float(room.planks), "decorated": float(room.decorated),
            "mat_colour": room.mat or (0.0, 0.0, 0.0), "mat_area": MAT_AREA if room.mat else NO_MAT,
            "shadow_map": 0, "room_lit": 1, "room_shadowed": 2,
        }  # fmt: skip
        for program in (self.person, self._solid, self._empty, self._backdrop):
            program["view_projection"].write(view)
            if "light_projection" in program:
                program["light_projection"].write(shadow)
            for name, value in values.items():
                if name in program:
                    program[name].value = value
        for program in (self.person_shadow, self._solid_shadow):
            program["view_projection"].write(shadow)

    def _bake(self, planes: list[Any]) -> None:
        """Draw the empty room twice, lit and in shadow; frames only mix the two."""
        for unit, key in ((1, 1.0), (2, 0.0)):
            texture = self.ctx.texture(self.camera.size, 4)
            target = self.ctx.framebuffer([texture])
            self._canvas.use()
            self._canvas.clear(0.02, 0.02, 0.02)
            self._empty["key"].value = key
            for plane in planes:
                plane.render()
            self.ctx.copy_framebuffer(target, self._canvas)
            texture.use(unit)
