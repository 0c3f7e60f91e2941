"""What looks at a clip while it is decoded: each eye asks for some frames and ends with one result."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

import numpy as np

from dance_xai.data.video import LEAST_DECODED
from dance_xai.errors import DataError
from dance_xai.protocols import PoseEstimator
from dance_xai.types import FloatArray, IntArray, People, UInt8Array


class Eye(Protocol):
    """Sees the frames of one clip in order."""

    @property
    def wanted(self) -> IntArray:
        """Rising grid points."""
        ...

    def see(self, points: IntArray, frame: UInt8Array) -> None:
        """A frame (H, W, 3) that is on screen at some of the wanted points."""
        ...


class PeopleEye:
    """Finds the people in every frame, a few frames at a time.

    Args:
        estimator: Looks at single frames.
        length: Points of the clip's grid.
        batch: Frames per call.
        threads: Calls side by side, for estimators that use one thread each.
    """

    def __init__(self, estimator: PoseEstimator, length: int, *, batch: int = 8, threads: int = 1) -> None:
        self.wanted = np.arange(length)
        self._estimator, self._batch, self._threads = estimator, batch, threads
        self._points: list[IntArray] = []
        self._frames: list[UInt8Array] = []
        self._found: list[People] = []

    def see(self, points: IntArray, frame: UInt8Array) -> None:
        """Keep the frame until enough are there to look at together."""
        self._points.append(points)
        self._frames.append(frame)
        if len(self._frames) == self._batch * self._threads:
            self._look()

    def result(self) -> People:
        """Everybody, at every point of the grid; nobody at points whose frame could not be decoded."""
        if self._frames:
            self._look()
        return merge_people(self._found, self._estimator, len(self.wanted))

    def _look(self) -> None:
        share = -(-len(self._frames) // self._threads)
        parts = [slice(first, first + share) for first in range(0, len(self._frames), share)]
        self._found += _side_by_side(self._look_at, parts, self._threads)
        self._points, self._frames = [], []

    def _look_at(self, part: slice) -> People:
        points = self._points[part]
        return _spread(self._estimator.detect(self._frames[part]), points)


def _side_by_side(look: Callable[[slice], People], parts: Sequence[slice], threads: int) -> list[People]:
    if threads == 1:
        return [look(part) for part in parts]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(look, parts))


def _spread(people: People, points: Sequence[IntArray]) -> People:
    """From frames of a batch to points of the grid; a frame that stays on screen is repeated."""
    of_frame = [np.flatnonzero(people.frame == index) for index in range(len(points))]
    rows = [np.tile(row, len(at)) for row, at in zip(of_frame, points, strict=True)]
    frame = [np.repeat(at, len(row)) for row, at in zip(of_frame, points, strict=True)]
    order = np.concatenate([*rows, np.zeros(0, dtype=np.int64)]).astype(np.int64)
    return People(
        people.skeleton,
        people.frames,
        np.concatenate([*frame, np.zeros(0, dtype=np.int64)]).astype(np.int64),
        people.xy[order],
        people.confidence[order],
        people.score[order],
    )


def merge_people(parts: Sequence[People], estimator: PoseEstimator, frames: int) -> People:
    """People found in parts of a clip, in order, as one."""
    joints = len(estimator.skeleton.joints)
    return People(
        estimator.skeleton,
        frames,
        np.concatenate([np.zeros(0, dtype=np.int64), *(part.frame for part in parts)]),
        np.concatenate([np.zeros((0, joints, 2), dtype=np.float32), *(part.xy for part in parts)]),
        np.concatenate([np.zeros((0, joints), dtype=np.float32), *(part.confidence for part in parts)]),
        np.concatenate([np.zeros(0, dtype=np.float32), *(part.score for part in parts)]),
    )


class VectorEye:
    """Gathers the frames a network samples and encodes them, view by view.

    Args:
        points: (V, T) grid points that each of V views looks at, see ``sampled_points``.
        prepare: Makes a frame small while decoding goes on, so that memory stays bounded.
        encode: (V, T, ...) prepared frames -> (V, D).
    """

    def __init__(
        self, points: IntArray, prepare: Callable[[UInt8Array], np.ndarray], encode: Callable[[np.ndarray], FloatArray]
    ) -> None:
        self._points = points
        self.wanted = np.unique(points)
        self._prepare, self._encode = prepare, encode
        self._seen: dict[int, np.ndarray] = {}

    def see(self, points: IntArray, frame: UInt8Array) -> None:
        """Prepare the frame once for all its points that are wanted."""
        mine = points[np.isin(points, self.wanted)]
        if len(mine):
            self._seen |= dict.fromkeys(mine.tolist(), self._prepare(frame))

    def result(self) -> FloatArray:
        """(D,) float32, the mean over the views, which is the clip's vector.

        Raises:
            DataError: See ``each_view``.
        """
        vector: FloatArray = self.each_view().mean(axis=0)
        return vector

    def each_view(self) -> FloatArray:
        """(V, D) float32.

        A point whose frame could not be decoded takes the nearest one that could.

        Raises:
            DataError: Fewer than half of the frames could be decoded, or the network gives numbers that are not finite.
        """
        known = np.array(sorted(self._seen))
        if len(known) < max(1, LEAST_DECODED * len(self.wanted)):
            raise DataError(
                f"expected the {len(self.wanted)} frames a network looks at, got {len(known)} that can be decoded; "
                "it is damaged, export it again"
            )
        nearest = known[np.abs(self._points[..., None] - known).argmin(axis=-1)]
        clips = np.stack([np.stack([self._seen[int(point)] for point in view]) for view in nearest])
        vectors: FloatArray = np.asarray(self._encode(clips), dtype=np.float32)
        if not np.isfinite(vectors).all():
            raise DataError("expected finite features, got NaN or infinite ones; use dtype float32 or another model")
        return vectors
