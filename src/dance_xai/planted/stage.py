"""How much clips differ, and what is acted when."""

from __future__ import annotations

from dataclasses import dataclass

from dance_xai.planted.camera import FRAMES
from dance_xai.types import FloatArray, IntArray


@dataclass(frozen=True)
class Span:
    """When a motion is truly seen: frames ``start`` to ``stop``, without the last."""

    motion: str
    start: int
    stop: int


@dataclass(frozen=True)
class Stage:
    """How much people, cameras and pose estimates differ between clips.

    Attributes:
        azimuth: Degrees, lowest and highest; 0 is the front, 90 the person's left.
        elevation: Degrees above the horizon, lowest and highest.
        speed: Slowest and fastest, 1 is the usual speed.
        jitter: Standard deviation of a joint's position, share of the person's height.
        occluded: Share of clips where a limb is hidden for a while.
        missed: Share of single joints that are not found.
        absent: Share of clips where nobody is found for some frames.
        fps: Frame rates to choose from.
        frames: Frame sizes to choose from, height and width.
    """

    azimuth: tuple[float, float] = (15.0, 65.0)
    elevation: tuple[float, float] = (-3.0, 12.0)
    speed: tuple[float, float] = (0.85, 1.2)
    jitter: float = 0.006
    occluded: float = 0.25
    missed: float = 0.005
    absent: float = 0.2
    fps: tuple[float, ...] = (24.0, 25.0, 30.0)
    frames: tuple[tuple[int, int], ...] = FRAMES


@dataclass(frozen=True, eq=False)
class Script:
    """Segments (S,) and clips (N,): which motion, where, how often, how fast."""

    motion: IntArray
    clip: IntArray
    start: IntArray
    frames: IntArray
    repeats: IntArray
    lengths: IntArray
    fps: FloatArray
