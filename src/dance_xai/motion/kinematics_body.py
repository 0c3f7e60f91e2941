"""One person's movement through a clip: body units, seconds, a fixed rate, and the part in which the body moves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from dance_xai.errors import DataError
from dance_xai.motion.body import stature
from dance_xai.motion.fill import fill_gaps
from dance_xai.motion.stack import PoseStack, stack_tracks
from dance_xai.types import BoolArray, FloatArray, PoseTrack, Skeleton

PARTS = ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
JOINTS = ("head", *(f"{side}_{part}" for part in PARTS for side in ("left", "right")))
"""The 13 joints that all usual skeletons share; a head that is not tracked is taken to be at the nose."""

POINTS = (*JOINTS, "root")
"""The joints around the root, and the path of the root itself."""

ROOTS = (("left_hip", "right_hip"), ("left_shoulder", "right_shoulder"))
RATE = 30.0  # poses per second
SMOOTHING = 0.067  # seconds; trackers jitter faster than people move
LONGEST_GAP = 0.3  # seconds over which a joint is filled in time
JITTER = 0.1  # statures per second; a joint slower than this rests
QUIET_SHARE = 0.03  # of all motion done, before and after the active part
SHORTEST = 10  # poses of an active part, if the clip is that long


@dataclass(frozen=True, eq=False)
class Movement:
    """Poses of one person at ``RATE`` per second, T of them.

    Attributes:
        points: (T, P, d) of ``POINTS``: joints in stature units around the root of their own pose, and the root around
            its mean over the clip.
        known: (T, P) True where the joint was measured or a short gap was filled. Elsewhere ``points`` means nothing.
        start: First pose of the active part.
        stop: One past its last pose.
    """

    points: FloatArray
    known: BoolArray
    start: int
    stop: int

    @property
    def active(self) -> slice:
        return slice(self.start, self.stop)

    @cached_property
    def velocity(self) -> FloatArray:
        """(T, P, d) statures per second."""
        if len(self.points) < 2:
            return np.zeros_like(self.points)
        return np.asarray(np.gradient(self.points, axis=0) * RATE)

    @cached_property
    def speed(self) -> FloatArray:
        """(T, P) statures per second, 0 where unknown."""
        return np.asarray(np.linalg.norm(self.velocity, axis=2) * self.known)


def nothing_seen(dimensions: int) -> Movement:
    """A movement of nobody: one pose without any known joint."""
    shape = (1, len(POINTS))
    return Movement(np.zeros((*shape, dimensions)), np.zeros(shape, dtype=np.bool_), 0, 1)


def movement_of(track: PoseTrack, *, use_3d: bool, fps: float | None = None) -> Movement:
    """Bring one track to body units and seconds.

    Args:
        track: Of any skeleton that names its joints like ``JOINTS``; joints it lacks are never known.
        use_3d: Take ``track.xyz``, else ``track.xy``.
        fps: Frames per second where the track states none.

    Returns:
        The movement; that of nobody when nobody is present or too little is seen to tell the size of the body.

    Raises:
        DataError: No frame rate, or no 3D positions where they are asked for.

    Source: ours.
    """
    dimensions = 3 if use_3d else 2
    if not (track.present & (track.confidence > 0).any(axis=1)).any():
        return nothing_seen(dimensions)
    rate = _frame_rate(track, fps)
    stack = _stack(track, use_3d)
    size = float(stature(stack)[0])
    if not size > 0:
        return nothing_seen(dimensions)
    points, known = _around_root(*_joints(stack, max(1, round(LONGEST_GAP * rate))))
    if not known.any():
        return nothing_seen(dimensions)
    points, known = _at_rate(points / size, known, rate)
    return Movement(points, known, *_active_part(points, known))


def at_times(values: FloatArray, times: FloatArray) -> FloatArray:
    """Values between rows, linearly: (T, ...) at (n,) times in 0..T-1 -> (n, ...)."""
    low = np.floor(times).astype(np.int64)
    high = np.minimum(low + 1, len(values) - 1)
    share = (times - low).reshape(-1, *[1] * (values.ndim - 1))
    return np.asarray(values[low] * (1 - share) + values[high] * share)


def _frame_rate(track: PoseTrack, fps: float | None) -> float:
    rate = track.fps if track.fps is not None else fps
    if rate is None or not 0 < rate < np.inf:
        raise DataError(
            f"poses of clip {track.clip!r}: expected frames per second above 0 for speeds, got {rate}; state the frame "
            "rate of the poses or give the backbone one to assume"
        )
    return float(rate)


def _stack(track: PoseTrack, use_3d: bool) -> PoseStack:
    """The track as a stack of one clip, (F, K, d); what is not finite was not seen."""
    place = track.xyz if use_3d else track.xy
    if place is None:
        raise DataError(
            f"poses of clip {track.clip!r}: expected 3D positions (xyz), got none; read them with the poses or use 2D"
        )
    stack = stack_tracks([replace(track, xy=place)], [track.clip])
    return replace(stack, seen=stack.seen & np.isfinite(stack.xy).all(axis=2))


def _joints(stack: PoseStack, longest_gap: int) -> tuple[FloatArray, BoolArray]:
    """(F, 13, d) of ``JOINTS`` bridged over every gap, and (F, 13) where that can be trusted."""
    bridged = fill_gaps(stack, max_gap=len(stack.xy))
    trusted = fill_gaps(stack, max_gap=longest_gap).seen
    points = np.zeros((len(stack.xy), len(JOINTS), stack.xy.shape[2]))
    known = np.zeros(points.shape[:2], dtype=np.bool_)
    for place, column in enumerate(_columns(stack.skeleton)):
        if column is not None:
            points[:, place], known[:, place] = bridged.xy[:, column], trusted[:, column]
    return points, known


def _columns(skeleton: Skeleton) -> list[int | None]:
    names = ["nose" if name == "head" and name not in skeleton.joints else name for name in JOINTS]
    return [skeleton.joints.index(name) if name in skeleton.joints else None for name in names]


def _around_root(points: FloatArray, known: BoolArray) -> tuple[FloatArray, BoolArray]:
    """(F, P, d): joints around the middle of the hips, or of the shoulders where these are seen far more often."""
    pairs = [[JOINTS.index(name) for name in pair] for pair in ROOTS]
    often = [known[:, pair].all(axis=1).mean() for pair in pairs]
    pair = pairs[0] if often[0] >= 0.5 * often[1] else pairs[1]
    root = points[:, pair].mean(axis=1, keepdims=True)
    root_known: BoolArray = np.asarray(known[:, pair].all(axis=1))[:, None]
    middle = (root * root_known[..., None]).sum(axis=0) / max(int(root_known.sum()), 1)
    known = np.concatenate([known & root_known, root_known], axis=1)
    return np.concatenate([points - root, root - middle], axis=1), known


def _at_rate(points: FloatArray, known: BoolArray, fps: float) -> tuple[FloatArray, BoolArray]:
    """Resample to ``RATE`` and smooth."""
    from scipy.ndimage import gaussian_filter1d

    last = len(points) - 1
    times = np.minimum(np.arange(int(last / fps * RATE + 1e-6) + 1) * (fps / RATE), last)
    smooth = gaussian_filter1d(at_times(points, times), SMOOTHING * RATE, axis=0, mode="nearest")
    return smooth, at_times(known.astype(np.float64), times) > 1 - 1e-9


def _active_part(points: FloatArray, known: BoolArray) -> tuple[int, int]:
    """First and last-plus-one pose of the part in which all but a little of the motion is done."""
    whole = (0, len(points))
    if len(points) <= SHORTEST:
        return whole
    step = np.linalg.norm(np.diff(points[:, :-1] + points[:, -1:], axis=0), axis=2)
    both = known[1:, :-1] & known[:-1, :-1]
    moved = (np.maximum(step - JITTER / RATE, 0) * both).sum(axis=1) / np.maximum(both.sum(axis=1), 1)
    done = np.cumsum(moved)
    if done[-1] < 1e-6:
        return whole
    start, stop = np.searchsorted(done / done[-1], [QUIET_SHARE, 1 - QUIET_SHARE]) + np.array([1, 2])
    missing = max(0, SHORTEST - (stop - start))
    start = min(max(0, start - missing // 2), len(points) - SHORTEST)
    return int(start), int(max(stop, start + SHORTEST))
