"""Poses of a whole video -> those of the part of it that is a clip."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dance_xai.data.container import is_there
from dance_xai.data.pose_files.clip_names import is_whole
from dance_xai.data.timeline import Timeline, make_timeline
from dance_xai.data.video import scan_video
from dance_xai.errors import DataError
from dance_xai.types import Clip, PoseTrack

LONGER = 1.1
ROUNDING = 2
"""Poses of a part of a video may be longer than the part by this factor, and by this many frames."""


def cut_to(track: PoseTrack, clip: Clip) -> PoseTrack:
    """The poses of a clip: the frames that are shown while it lasts, by the same rule as those of its video.

    Poses are of the whole video when they have its name, unless they are as long as the clip and end before it does.

    Args:
        track: Poses under the name of the clip or of its video.
        clip: With or without ``start`` and ``end``.

    Raises:
        DataError: Nobody knows how fast the frames are, the poses end before the clip begins, or poses under the name
            of the clip last longer than it.

    Source: ours.
    """
    if clip.start is None and clip.end is None:
        return replace(track, clip=clip.id)
    if not is_whole(track.clip, clip):
        _refuse_longer(track, clip)
        return replace(track, clip=clip.id)
    known = track if track.fps is not None else replace(track, fps=_rate(clip))
    if _is_part(known, clip):
        return replace(known, clip=clip.id)
    line = _timeline(known, clip)
    frames = slice(line.first, line.first + len(line.times))
    if not len(line):
        raise DataError(
            f"clip {clip.id!r}: expected poses of the whole video, got {len(track.xy)} frames that end before "
            f"{clip.start or 0:g} s; name poses of a part of a video after the clip"
        )
    return replace(
        known,
        clip=clip.id,
        xy=track.xy[frames],
        confidence=track.confidence[frames],
        present=track.present[frames],
        xyz=None if track.xyz is None else track.xyz[frames],
    )


def _timeline(track: PoseTrack, clip: Clip) -> Timeline:
    assert track.fps is not None
    return make_timeline(np.arange(len(track.xy)) / track.fps, start=clip.start, end=clip.end, stated=track.fps)


def _rate(clip: Clip) -> float:
    """Frames per second of the video of a clip."""
    if clip.path is None or not is_there(clip.path):
        raise DataError(
            f"clip {clip.id!r}: expected a frame rate to cut the poses of its video, got none; set data.poses.fps"
        )
    return scan_video(clip.path).timeline.fps


def _is_part(track: PoseTrack, clip: Clip) -> bool:
    if clip.end is None or track.fps is None:
        return False
    alike = abs(len(track.xy) - (clip.end - (clip.start or 0.0)) * track.fps) <= ROUNDING
    return alike and len(track.xy) < clip.end * track.fps - ROUNDING


def _refuse_longer(track: PoseTrack, clip: Clip) -> None:
    if clip.end is None or track.fps is None:
        return
    most = (clip.end - (clip.start or 0.0)) * track.fps
    if len(track.xy) > LONGER * most + ROUNDING:
        raise DataError(
            f"clip {clip.id!r}: expected poses of {most:.0f} frames, as long as the clip, got {len(track.xy)}; "
            f"name poses of a whole video after it"
        )
