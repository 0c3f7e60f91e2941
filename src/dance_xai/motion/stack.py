"""Many pose tracks as one pair of long arrays, so that everything after is vectorised over all frames."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from dance_xai.errors import DataError
from dance_xai.types import BoolArray, FloatArray, IntArray, PoseTrack, Skeleton


@dataclass(frozen=True, eq=False)
class PoseStack:
    """The frames of N clips, one after the other (F frames in all).

    Attributes:
        skeleton: The named joints.
        clips: N clip ids.
        offset: (N + 1,) first frame of each clip; a clip without poses has no frames.
        xy: (F, K, 2) positions.
        seen: (F, K) True where the joint is known.
        fps: (N,) frames per second, NaN where unknown.
    """

    skeleton: Skeleton
    clips: tuple[str, ...]
    offset: IntArray
    xy: FloatArray
    seen: BoolArray
    fps: FloatArray

    @property
    def lengths(self) -> IntArray:
        """(N,) frames per clip."""
        return np.diff(self.offset)

    @property
    def clip_of_frame(self) -> IntArray:
        """(F,) row of the clip each frame belongs to."""
        return np.repeat(np.arange(len(self.clips)), self.lengths)


def keep_joints(stack: PoseStack, skeleton: Skeleton) -> PoseStack:
    """The joints of a skeleton that is the same with some left out.

    Raises:
        DataError: It is another one.
    """
    if skeleton == stack.skeleton:
        return stack
    if skeleton != stack.skeleton.only(skeleton.joints):
        raise DataError(
            f"poses: expected skeleton {skeleton.name!r}, got {stack.skeleton.name!r}; convert the poses first"
        )
    columns = stack.skeleton.index(*skeleton.joints)
    return replace(stack, skeleton=skeleton, xy=stack.xy[:, columns], seen=stack.seen[:, columns])


def stack_tracks(tracks: Sequence[PoseTrack], ids: Sequence[str], *, min_confidence: float = 0.0) -> PoseStack:
    """Stack the tracks of the given clips, in the order of ``ids``.

    Args:
        tracks: One track per clip at most, all with the same skeleton; clips not in ``ids`` are ignored.
        ids: N clip ids; a clip without a track gets no frames.
        min_confidence: A joint counts as seen when its confidence is above this and the frame has somebody in it.

    Raises:
        DataError: No tracks, two tracks for one clip, or different skeletons.

    Source: ours.
    """
    by_clip = {track.clip: track for track in tracks}
    if len(by_clip) != len(tracks):
        raise DataError(
            f"poses: expected one track per clip, got {len(tracks)} tracks of {len(by_clip)} clips; merge them"
        )
    chosen = [by_clip.get(clip) for clip in ids]
    known = [track for track in chosen if track is not None]
    if not known:
        raise DataError(f"poses: expected poses of at least one of {len(ids)} clips, got none; check the clip ids")
    skeleton = known[0].skeleton
    if other := next((track for track in known if track.skeleton != skeleton), None):
        raise DataError(
            f"poses: expected skeleton {skeleton.name!r} for every clip, got {other.skeleton.name!r} "
            f"for clip {other.clip!r}; convert the poses to one skeleton"
        )
    lengths = [0 if track is None else len(track.xy) for track in chosen]
    return PoseStack(
        skeleton=skeleton,
        clips=tuple(ids),
        offset=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        xy=np.concatenate([track.xy for track in known]).astype(np.float32),
        seen=np.concatenate([(track.confidence > min_confidence) & track.present[:, None] for track in known]),
        fps=np.array([np.nan if track is None or track.fps is None else track.fps for track in chosen]),
    )
