"""People in clips: skeletons, poses over time, windows of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from dance_xai.types.clips import Drop
from dance_xai.types.names import BoolArray, FloatArray, IntArray


@dataclass(frozen=True)
class Skeleton:
    """Joints by name, bones between them, and which joints mirror each other.

    Attributes:
        name: For example ``penn_13``.
        joints: K joint names.
        bones: Pairs of joint names.
        pairs: (left, right) pairs of joint names.
    """

    name: str
    joints: tuple[str, ...]
    bones: tuple[tuple[str, str], ...]
    pairs: tuple[tuple[str, str], ...]

    def index(self, *names: str) -> IntArray:
        """Positions of the named joints; names the skeleton lacks are left out."""
        return np.array([self.joints.index(name) for name in names if name in self.joints], dtype=np.int64)

    def only(self, names: Collection[str]) -> Skeleton:
        """The named joints of this skeleton, in its order, with the bones and pairs between them; under its name."""
        joints = tuple(name for name in self.joints if name in names)
        bones, pairs = (
            tuple((a, b) for a, b in each if a in names and b in names) for each in (self.bones, self.pairs)
        )
        return Skeleton(self.name, joints, bones, pairs)

    @property
    def bone_index(self) -> IntArray:
        """(B, 2) joint positions of each bone."""
        return np.array([[self.joints.index(a), self.joints.index(b)] for a, b in self.bones], dtype=np.int64)

    @property
    def mirror(self) -> IntArray:
        """(K,) permutation of joints that swaps left and right."""
        order = np.arange(len(self.joints))
        for left, right in self.pairs:
            a, b = self.joints.index(left), self.joints.index(right)
            order[[a, b]] = order[[b, a]]
        return order


@dataclass(frozen=True, eq=False)
class PoseTrack:
    """The poses of one person through one clip. Absence is representable, never invented.

    Attributes:
        clip: Clip id.
        skeleton: The named joints.
        xy: (T, K, 2) pixels, x to the right, y down.
        confidence: (T, K) in 0..1; 0 means the joint was not seen and its xy means nothing.
        present: (T,) False where nobody was found.
        fps: Frames per second, or None when the source does not say.
        height_width: Frame size in pixels, or None.
        xyz: (T, K, 3) metres, x to the right as seen, y down, z away from the camera; None when the source is flat.
            Where a joint was not seen it means nothing.
    """

    clip: str
    skeleton: Skeleton
    xy: FloatArray
    confidence: FloatArray
    present: BoolArray
    fps: float | None = None
    height_width: tuple[int, int] | None = None
    xyz: FloatArray | None = None


@dataclass(frozen=True, eq=False)
class People:
    """Everybody found in the T frames of one clip, frame after frame; P detections in all, possibly none.

    Attributes:
        skeleton: The named joints.
        frames: T, frames looked at.
        frame: (P,) frame of each detection, not falling.
        xy: (P, K, 2) pixels, x to the right, y down.
        confidence: (P, K) in 0..1.
        score: (P,) in 0..1, how sure the estimator is that this is a person.
    """

    skeleton: Skeleton
    frames: int
    frame: IntArray
    xy: FloatArray
    confidence: FloatArray
    score: FloatArray


@dataclass(frozen=True, eq=False)
class PoseWindows:
    """Normalised pose windows cut from clips, L rows spread evenly from ``start`` to ``stop``.

    Attributes:
        skeleton: The named joints.
        clip: (W,) row of the clip each window was cut from.
        start: (W,) first frame in the clip.
        stop: (W,) one past the last frame.
        poses: (W, L, K, 2) body units (1 is the person's stature), window-centred, x right, y down.
        seen: (W, L, K) True where the joint was measured or filled between measurements.
        drops: Windows and clips left out, with reasons.
    """

    skeleton: Skeleton
    clip: IntArray
    start: IntArray
    stop: IntArray
    poses: FloatArray
    seen: BoolArray
    drops: tuple[Drop, ...] = ()

    def __len__(self) -> int:
        return len(self.clip)


@dataclass(frozen=True, eq=False)
class Prototype:
    """The pose window nearest to the centre of a motion concept.

    Attributes:
        clip: Clip id it was cut from.
        start: First frame in that clip.
        stop: One past its last frame.
        poses: (L, K, 2) body units, y down.
        seen: (L, K) True where the joint is known.
    """

    clip: str
    start: int
    stop: int
    poses: FloatArray
    seen: BoolArray
