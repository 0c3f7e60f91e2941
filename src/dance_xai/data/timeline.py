"""When the frames of a clip are shown: an even grid in time, also for videos of variable frame rate."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dance_xai.types import FloatArray, IntArray

STEADY = 0.5
"""Frame intervals within this share of their median count as steady: the rest is rounding of time stamps."""

LONGEST_PAUSE = 600.0
"""Seconds; time stamps that stand further apart are broken, and the frames are counted instead."""


@dataclass(frozen=True, eq=False)
class Timeline:
    """T points in time, ``1 / fps`` seconds apart, and the frame of the file that is on screen at each.

    Attributes:
        fps: Grid points per second, a float.
        times: (S,) seconds from the first frame of the clip at which the S frames of the file are shown, rising.
        source: (T,) index into ``times`` of the frame on screen, not falling.
        first: Position of the clip's first frame among those of the file.
    """

    fps: float
    times: FloatArray
    source: IntArray
    first: int = 0

    def __len__(self) -> int:
        return len(self.source)

    @property
    def seconds(self) -> float:
        """Length of the clip."""
        return len(self.source) / self.fps


def frame_rate(times: FloatArray, stated: float | None = None) -> float:
    """Frames per second of time stamps.

    Steady time stamps give their mean rate, so that rounding to milliseconds does not matter; others the rate of the
    usual interval, so that a freeze or a dropped frame does not slow the grid down.

    Args:
        times: (S,) rising seconds.
        stated: What the file states, for fewer than two frames.

    Source: ours.
    """
    steps = np.diff(times)
    if not len(steps):
        return float(stated or 1.0)
    usual = float(np.median(steps))
    steady = bool((np.abs(steps - usual) <= STEADY * usual).all())
    return round(1.0 / float(steps.mean() if steady else usual), 9)


def make_timeline(
    times: FloatArray,
    *,
    start: float | None = None,
    end: float | None = None,
    fps: float | None = None,
    stated: float | None = None,
) -> Timeline:
    """Lay an even grid over the frames of a clip.

    Args:
        times: (S,) rising seconds of all frames of the file.
        start: Seconds from the first frame where the clip begins.
        end: Seconds from the first frame where it ends; the frame on screen then is not part of it.
        fps: Grid points per second; the frame rate of the file by default.
        stated: Frame rate the file states, used for a single frame and for broken time stamps.

    Returns:
        A timeline; empty when the file has no frame between ``start`` and ``end``.

    Source: ours.
    """
    shown = times - times[0] if len(times) else times
    rate = frame_rate(shown, stated)
    if np.diff(shown).max(initial=0.0) > LONGEST_PAUSE:
        rate = float(stated or 25.0)
        shown = np.arange(len(shown)) / rate
    low, high = start or 0.0, np.inf if end is None else end
    near = 0.5 / rate  # a cut between two frames belongs to the nearer one
    inside = (shown > low - near) & (shown < high - near)
    kept = shown[inside]
    if not len(kept):
        return Timeline(fps or rate, kept, np.zeros(0, dtype=np.int64))
    kept = kept - kept[0]
    grid = fps or rate
    count = round(float(kept[-1] + 1.0 / rate) * grid)
    points = np.arange(max(count, 1)) / grid
    middles = (kept[1:] + kept[:-1]) / 2
    return Timeline(grid, kept, np.searchsorted(middles, points, side="left").astype(np.int64), int(inside.argmax()))
