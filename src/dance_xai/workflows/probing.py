"""One clip probed: its video from the first frame to the last, its poses, and copies of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dance_xai.data.container import is_there
from dance_xai.data.image_folder import is_folder, list_images
from dance_xai.data.pose_source import pose_reason
from dance_xai.data.video import Video, read_frames
from dance_xai.errors import DataError
from dance_xai.extract.clips import reason_of
from dance_xai.extract.keep import ClipKeep
from dance_xai.extract.settings import ExtractConfig
from dance_xai.extract.watch import open_clip
from dance_xai.protocols import PoseEstimator
from dance_xai.types import Clip, PoseTrack

PROBES = 20
"""Frames of a clip that are made into pictures, spread over it; as in a fit, half of them may be lost."""

LOOKS = 5
"""Of these, frames in which people are looked for."""

UNLIKE = 0.1
"""Poses and video of a clip, or its span and its video, may differ in length by this share."""


@dataclass(frozen=True)
class Problem:
    """What is wrong with a clip.

    Attributes:
        clip: Its id, or where it stands in its list when the list does not say as it should.
        what: What was expected and found.
        advice: What to do.
        left_out: Whether a fit leaves it out for that.
    """

    clip: str
    what: str
    advice: str
    left_out: bool = True


@dataclass(frozen=True, eq=False)
class Probe:
    """Finds the problems of one clip.

    Attributes:
        config: How videos are looked at.
        poses: Finds people in frames, if anybody does.
        look: Whether videos are probed.
        tracks: Poses from files by clip, None without such files.
        broken: Clips whose pose file cannot be read.
    """

    config: ExtractConfig
    poses: PoseEstimator | None
    look: bool
    tracks: dict[str, PoseTrack] | None
    broken: dict[str, DataError]

    def __call__(self, clip: Clip) -> Iterator[Problem]:
        video, matters = None, self.config.looks_at_videos
        if self.look and (clip.path is not None or matters):
            try:
                video = open_clip(clip, self.config)
                yield from self._frames(clip, video)
                yield from _end_of(clip, video)
            except DataError as error:
                yield problem(clip.id, f"{reason_of(clip, error)}{_place(clip)}", left_out=matters)
        if clip.id in self.broken:
            yield problem(clip.id, pose_reason(self.broken[clip.id]))
        elif self.tracks is not None:
            yield from self._poses(clip, self.tracks.get(clip.id), video)

    def _frames(self, clip: Clip, video: Video) -> Iterator[Problem]:
        """Decode the clip to its end, and look for people in a few frames, if clips without any are left out."""
        wanted = np.unique(np.linspace(0, len(video.timeline) - 1, PROBES).round().astype(np.int64))
        found, lost = self.poses is None or self.config.nobody == "keep", list[int]()
        for number, (_, frame) in enumerate(read_frames(video, wanted=wanted, threads=1, lost=lost)):
            if not found and self.poses is not None and number % (PROBES // LOOKS) == 0:
                found = len(self.poses.detect([frame]).score) > 0
        if lost:
            what = f"expected {len(video.timeline)} frames, got {len(lost)} that cannot be decoded"
            yield Problem(clip.id, f"{what}{_where(lost, video)}", "copy or export it again", left_out=False)
        if not found:
            yield Problem(
                clip.id, f"nobody found in {LOOKS} frames", "look at it, or leave the clip out", left_out=False
            )

    def _poses(self, clip: Clip, track: PoseTrack | None, video: Video | None) -> Iterator[Problem]:
        needed = self.config.nobody == "drop" and "kinematics" in self.config.features
        if track is None:
            what, advice = "expected poses, got none in data.poses", "add them, or leave the clip out"
            yield Problem(clip.id, what, advice, left_out=needed)
        elif not track.present.any():
            what = "expected somebody in the poses, got nobody in any frame"
            yield Problem(clip.id, what, "estimate them again", left_out=needed)
        elif video is not None:
            timeline = video.timeline
            frames = len(timeline) if self.config.fps is None else len(timeline.times)
            if abs(len(track.xy) - frames) > 1 + UNLIKE * frames:
                what = f"expected poses of {frames} frames, as the video has, got {len(track.xy)}"
                yield Problem(clip.id, what, "check that poses and video belong together", left_out=False)


def problem(clip: str, text: str, *, left_out: bool = True) -> Problem:
    """The problem that an error tells of, its advice behind the last semicolon."""
    what, _, advice = text.rpartition("; ")
    return Problem(clip, what or text, advice if what else "", left_out)


def _place(clip: Clip) -> str:
    """Where a video was looked for that is not there."""
    return "" if clip.path is None or is_there(clip.path) else f": {clip.path}"


def _where(lost: Sequence[int], video: Video) -> str:
    """Which end of a clip is lost as a whole, if any."""
    length, second = len(video.timeline), max(1, round(video.timeline.fps))
    ends = {
        "the first second": range(min(second, length)),
        "the last second": range(max(length - second, 0), length),
    }
    gone = [name for name, points in ends.items() if set(points) <= set(lost)]
    return f", {' and '.join(gone)} among them" if gone else ""


def _end_of(clip: Clip, video: Video) -> Iterator[Problem]:
    """A clip that ends long before its list says."""
    begin, held = clip.start or 0.0, video.timeline.seconds
    if clip.end is not None and held < (1 - UNLIKE) * (clip.end - begin) - 1 / video.timeline.fps:
        what = f"expected a video of {clip.end:g} s at least, as its end says, got one of {begin + held:.2f} s"
        yield Problem(clip.id, what, "correct the end", left_out=False)


def copies_among(clips: Sequence[Clip]) -> dict[str, list[Problem]]:
    """Clips whose video and span another one has: of another class, or test clips of a train clip, worth nothing."""
    bulk = {clip.path: _bulk(clip.path) for clip in clips if clip.path is not None}
    common = Counter(bulk[clip.path] for clip in clips if clip.path is not None)
    keep, found = ClipKeep(None), dict[str, list[Problem]]()
    first: dict[tuple[str, float | None, float | None], Clip] = {}
    for clip in sorted(clips, key=lambda clip: clip.split != "train"):
        if clip.path is None or common[bulk[clip.path]] < 2:
            continue
        try:
            content = (keep.content(clip.path), clip.start, clip.end)
        except DataError:
            continue
        if first.setdefault(content, clip) is not clip:
            found[clip.id] = _copies(clip, first[content])
    return found


def _copies(clip: Clip, first: Clip) -> list[Problem]:
    """What is wrong with a clip whose video was met before; within one split and class nothing is."""
    what = f"the same video as the {f'{first.split} clip' if first.split else 'clip'} {first.id}"
    if clip.label != first.label:
        said = f"{what}, labelled {first.label!r} there and {clip.label!r} here"
        return [Problem(clip.id, said, "keep the one with the right label", left_out=False)]
    return [] if clip.split == first.split else [Problem(clip.id, what, "remove one of them", left_out=False)]


def _bulk(path: Path) -> tuple[int, int]:
    """Number and bytes of the files of a video: unlike videos mostly differ in them, so that few need be read."""
    try:
        files = list_images(path) if is_folder(path) else (path,)
        return len(files), sum(file.stat().st_size for file in files)
    except (OSError, DataError):
        return 0, 0
