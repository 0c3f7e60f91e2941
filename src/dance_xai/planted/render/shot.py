"""All it takes to draw one clip, as plain arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dance_xai.planted.camera import Cameras, drift
from dance_xai.planted.render.plate import ZOOM
from dance_xai.types import FloatArray


@dataclass(frozen=True)
class Beat:
    """A motion as it was acted: frames ``start`` to ``stop``, without the last, ``repeats`` times over."""

    motion: str
    start: int
    stop: int
    repeats: int


@dataclass(frozen=True, eq=False)
class Shot:
    """One clip before it is drawn.

    Attributes:
        clip: Clip id.
        joints: (T, 17, 3) metres.
        height: Stature of the person, metres.
        camera: One camera.
        seconds: (T,) time since the clip began.
        fps: Frames per second.
        beats: The motions in order.
        scene: A name of ``rule.SCENES``.
        objects: Names of ``rule.OBJECTS``.
        away: (T,) pixels by which the picture is moved sideways while the camera still searches the person.
        seed: Of the looks of person, things and place.
    """

    clip: str
    joints: FloatArray
    height: float
    camera: Cameras
    seconds: FloatArray
    fps: float
    beats: tuple[Beat, ...]
    scene: str
    objects: tuple[str, ...]
    away: FloatArray
    seed: tuple[int, int]

    @property
    def height_width(self) -> tuple[int, int]:
        """Frame size in pixels."""
        height, width = self.camera.height_width[0]
        return int(height), int(width)

    @property
    def offset(self) -> FloatArray:
        """(T, 2) pixels by which the picture is moved, in steps of half a pixel."""
        moved = drift(self.seconds, self.camera) + np.stack([self.away, 0 * self.away], axis=1)
        return np.asarray(np.round(moved * ZOOM) / ZOOM)

    def rng(self, what: int) -> np.random.Generator:
        """The chance of one aspect of the clip, so that one more draw for a thing changes no place."""
        return np.random.default_rng((*self.seed, what))
