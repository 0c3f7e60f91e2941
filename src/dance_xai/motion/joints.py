"""Joints that nobody ever saw are left out: there is nothing to learn of them, and nothing to draw."""

from __future__ import annotations

import numpy as np

from dance_xai.errors import DataError
from dance_xai.motion.stack import PoseStack
from dance_xai.types import Drop, IntArray, Skeleton

MOST = 0.5
"""Share of the joints that may be unseen; with more it is another skeleton, or there is no body to describe."""


def seen_skeleton(stack: PoseStack, frames: IntArray) -> Skeleton:
    """The skeleton with the joints that are seen in some of the frames.

    Args:
        stack: N clips.
        frames: (f,) frames that are learnt from.

    Returns:
        That of the stack, where every joint is seen.

    Raises:
        DataError: There are no frames, or most joints are seen in none of them.

    Source: ours.
    """
    joints = stack.skeleton.joints
    if not len(frames):
        raise DataError("poses: expected poses of train clips, got none of any; check the clip ids and the split")
    unseen = [joints[joint] for joint in np.flatnonzero(~stack.seen[frames].any(axis=0))]
    if len(unseen) > MOST * len(joints):
        raise DataError(
            f"poses: expected most of the {len(joints)} joints of {stack.skeleton.name} to be seen in train clips, "
            f"got no {', '.join(unseen)}; check skeleton, or set data.poses.convert_to"
        )
    return stack.skeleton.only([name for name in joints if name not in unseen]) if unseen else stack.skeleton


def unseen_drops(whole: Skeleton, known: Skeleton) -> tuple[Drop, ...]:
    """The joints left out, with one reason that names them all."""
    unseen = [name for name in whole.joints if name not in known.joints]
    reason = f"not seen in any train clip: {', '.join(unseen)}"
    return tuple(Drop("joints", name, reason) for name in unseen)
