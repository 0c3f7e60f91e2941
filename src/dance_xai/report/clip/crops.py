"""The square of a frame in which a motion is seen, and the skeleton inside it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dance_xai.report.poses import drawable
from dance_xai.types import BoolArray, FloatArray, IntArray, PoseTrack, Skeleton, UInt8Array, WindowMatch

MARGIN = 1.3
"""The square is this much larger than the body."""

LEAST = 0.2
"""Of the height of the frame; smaller squares show nothing but blocks."""


@dataclass(frozen=True, eq=False)
class Square:
    """A window of a clip and the square of the frame around the body in it.

    Attributes:
        start: First frame.
        stop: One past the last.
        left: In heights of the frame, from its left edge.
        top: In heights of the frame.
        side: In heights of the frame.
        mirrored: Left and right are swapped in what is cut out.
    """

    start: int
    stop: int
    left: float
    top: float
    side: float
    mirrored: bool

    def frames(self, most: int) -> IntArray:
        """At most so many frames spread evenly over the window."""
        count = min(most, self.stop - self.start)
        return np.rint(np.linspace(self.start, self.stop - 1, count)).astype(np.int64)

    def pixels(self, height: int) -> int:
        """Its side in a frame of so many pixels from top to bottom."""
        return max(1, round(self.side * height))

    def cut(self, picture: UInt8Array, side: int) -> UInt8Array:
        """(side, side, 3) part of an (H, W, 3) frame; black beyond its edges."""
        height = len(picture)
        size, left, top = self.pixels(height), round(self.left * height), round(self.top * height)
        inside = picture[max(0, top) : max(0, top + size), max(0, left) : max(0, left + size)]
        if inside.shape[:2] != (size, size):
            before = min(max(0, -top), size), min(max(0, -left), size)
            rest = [(low, size - low - length) for low, length in zip(before, inside.shape[:2], strict=True)]
            inside = np.pad(inside, [*rest, (0, 0)])
        tile = inside if size == side else _resized(inside, side)
        return tile[:, ::-1] if self.mirrored else tile

    def place(self, track: PoseTrack) -> tuple[FloatArray, BoolArray]:
        """(T', K, 2) poses of the window in sides of the square from its top left corner, and (T', K) seen."""
        assert track.height_width is not None
        rows = slice(self.start, self.stop)
        xy = (track.xy[rows] / track.height_width[0] - (self.left, self.top)) / self.side
        seen = drawable(track)[rows]
        return _turned(xy, seen, track.skeleton) if self.mirrored else (xy, seen)


def square_of(track: PoseTrack, match: WindowMatch) -> Square | None:
    """The square around a body during a window; None where nobody is drawn or the size of the frame is not known."""
    rows = slice(match.start, match.stop)
    points = track.xy[rows][drawable(track)[rows]]
    if track.height_width is None or not len(points):
        return None
    height, width = track.height_width
    low, high = np.quantile(points, 0.01, axis=0) / height, np.quantile(points, 0.99, axis=0) / height
    side = min(max(LEAST, MARGIN * float((high - low).max())), max(1.0, width / height))
    left, top = (
        _inside(centre, side, edge) for centre, edge in zip((low + high) / 2, (width / height, 1.0), strict=True)
    )
    return Square(match.start, match.stop, left, top, side, match.mirrored)


def _resized(picture: UInt8Array, side: int) -> UInt8Array:
    from PIL import Image

    return np.asarray(Image.fromarray(np.ascontiguousarray(picture)).resize((side, side)))


def _inside(centre: float, side: float, edge: float) -> float:
    """Where the square begins along one axis: inside the frame where it fits, else centred on it."""
    return (edge - side) / 2 if side > edge else min(max(0.0, float(centre) - side / 2), edge - side)


def _turned(xy: FloatArray, seen: BoolArray, skeleton: Skeleton) -> tuple[FloatArray, BoolArray]:
    order = skeleton.mirror
    turned = xy[:, order].copy()
    turned[..., 0] = 1 - turned[..., 0]
    return turned, seen[:, order]
