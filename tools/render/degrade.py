"""What a webcam does to a picture: lens distortion, blur, brightness, noise, its own compression."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .camera import Camera
from .plan import Plan

Picture = NDArray[np.uint8]
BANK = 8  # noise pictures made once; each is also used mirrored
MAINS_HZ = 1.7  # beat of a flickering lamp with the frame rate


class Degrader:
    """Applies a plan's degradations to one frame after the other, the same for the same seed."""

    def __init__(self, plan: Plan, camera: Camera) -> None:
        """Prepare the distortion's map and the noise."""
        self._plan = plan
        self._map = camera.barrel_map() if camera.barrel else None
        width, height = camera.size
        left, top, right, bottom = plan.crop
        self._rows = slice(_even(top * height), height - _even(bottom * height))
        self._columns = slice(_even(left * width), width - _even(right * width))
        self.size = (self._columns.stop - self._columns.start, self._rows.stop - self._rows.start)
        random = np.random.default_rng(plan.seed)
        shape = (self.size[1], self.size[0], 1)
        self._noise = [_noise(random, shape, plan.noise) for _ in range(BANK)] if plan.noise else []

    def __call__(self, picture: Picture, index: int, t: float) -> Picture:
        """Return the frame as the webcam would hand it over (height, width, 3)."""
        plan = self._plan
        if self._map or plan.blur or plan.jpeg:
            import cv2
        if self._map:
            picture = np.asarray(cv2.remap(picture, *self._map, cv2.INTER_LINEAR), np.uint8)
        picture = picture[self._rows, self._columns]
        if plan.blur:
            picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), plan.blur), np.uint8)
        gain = plan.exposure * (1 + plan.flicker * np.sin(2 * np.pi * MAINS_HZ * t))
        if gain != 1:
            picture = np.clip(picture * np.float32(gain), 0, 255).astype(np.uint8)
        if self._noise:
            noise = self._noise[index % BANK][:, :: 1 if index % 2 else -1]
            picture = np.clip(picture + noise, 0, 255).astype(np.uint8)
        if plan.jpeg:
            _, data = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, plan.jpeg])
            picture = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)[..., ::-1]
        return np.ascontiguousarray(picture)


def _even(pixels: float) -> int:
    """Round to an even number: the encoder wants even sizes."""
    return int(pixels / 2) * 2


def _noise(random: np.random.Generator, shape: tuple[int, int, int], sigma: float) -> NDArray[np.int16]:
    """Return noise that is half common to the three colours, half their own."""
    height, width, _ = shape
    own = random.normal(0, sigma, (height, width, 3)) * 0.7
    return np.asarray(np.round(own + random.normal(0, sigma, shape) * 0.7), np.int16)
