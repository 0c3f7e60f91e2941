"""Key frames: where in a clip to look for motions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from dance_xai.motion.stack import PoseStack
from dance_xai.types import FloatArray, IntArray


def body_motion(body: PoseStack) -> FloatArray:
    """Mean speed of the joints seen in two consecutive frames.

    Args:
        body: Poses in body units, centred per frame.

    Returns:
        (F,) body units per frame; 0 in the first frame of a clip and where nothing can be compared.

    Source: ours.
    """
    both = body.seen[1:] & body.seen[:-1]
    speed = np.linalg.norm(np.diff(body.xy, axis=0), axis=2)
    motion = np.zeros(len(body.xy))
    motion[1:] = (speed * both).sum(axis=1) / np.maximum(both.sum(axis=1), 1)
    motion[body.offset[:-1][body.lengths > 0]] = 0
    return motion


def motion_key_frames(body: PoseStack, per_clip: int) -> tuple[IntArray, IntArray]:
    """Key frames at equal steps of the motion done so far: many where the body moves, few where it rests.

    Returns:
        Clip rows and frames within the clip, ``per_clip`` each for every clip with frames.

    Source: ours.
    """
    done = np.cumsum(body_motion(body) + 1e-9)  # strictly rising, also in a clip at rest
    clips = np.flatnonzero(body.lengths > 0)
    first, last = body.offset[clips], body.offset[clips + 1] - 1
    share = (np.arange(per_clip) + 0.5) / per_clip
    goal = done[first][:, None] + (done[last] - done[first])[:, None] * share
    frame = np.clip(np.searchsorted(done, goal), first[:, None], last[:, None])
    return np.repeat(clips, per_clip), (frame - first[:, None]).ravel()


def uniform_key_frames(body: PoseStack, per_clip: int) -> tuple[IntArray, IntArray]:
    """Key frames at equal steps of time; returns clip rows and frames within the clip."""
    clips = np.flatnonzero(body.lengths > 0)
    share = (np.arange(per_clip) + 0.5) / per_clip
    return np.repeat(clips, per_clip), (body.lengths[clips][:, None] * share).astype(np.int64).ravel()


def given_key_frames(
    body: PoseStack, frames: Mapping[str, Sequence[int] | IntArray], per_clip: int | None = None
) -> tuple[IntArray, IntArray]:
    """Key frames from a list per clip id, at most ``per_clip`` spread evenly over the list (paper, section 4).

    Frames beyond the end of the clip are ignored.
    """
    clip: list[int] = []
    frame: list[int] = []
    for row, name in enumerate(body.clips):
        inside = [int(value) for value in frames.get(name, ()) if 0 <= value < body.lengths[row]]
        if per_clip is not None and len(inside) > per_clip:
            inside = [inside[index] for index in np.linspace(0, len(inside) - 1, per_clip).round().astype(int)]
        clip += [row] * len(inside)
        frame += inside
    return np.array(clip, dtype=np.int64), np.array(frame, dtype=np.int64)


def every_key_frame(body: PoseStack, stride: int) -> tuple[IntArray, IntArray]:
    """A key frame every ``stride`` frames, for a sliding window over the whole clip."""
    count = (body.lengths + stride - 1) // stride
    clip = np.repeat(np.arange(len(body.clips)), count)
    index = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    return clip, index * stride
