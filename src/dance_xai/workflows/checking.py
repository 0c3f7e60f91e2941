"""Every clip probed before a fit: what is wrong with it, and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dance_xai.config import Config
from dance_xai.data.dataset import read_tracks
from dance_xai.data.manifest import read_clips
from dance_xai.data.video import Video, read_frames, scan_video
from dance_xai.errors import DataError
from dance_xai.extract.clips import Progress, reason_of
from dance_xai.extract.keep import ClipKeep
from dance_xai.extract.loading import load_poses
from dance_xai.extract.settings import ExtractConfig
from dance_xai.extract.watch import open_clip
from dance_xai.motion.tracking import main_rows
from dance_xai.protocols import PoseEstimator
from dance_xai.types import Clip, IntArray, PoseTrack

LOOKS = 5
"""Frames in which people are looked for."""

LAST = 1.0
"""Seconds at the end that are decoded."""

UNLIKE = 0.1
"""Poses and video of a clip may differ in length by this share."""


@dataclass(frozen=True)
class Problem:
    """What is wrong with a clip.

    Attributes:
        clip: Its id.
        what: What was expected and found.
        advice: What to do.
    """

    clip: str
    what: str
    advice: str


@dataclass(frozen=True)
class Check:
    """The result of probing a data set.

    Attributes:
        clips: How many clips were probed.
        classes: How many classes they have.
        problems: What is wrong, clip by clip, in the order of the clips.
    """

    clips: int
    classes: int
    problems: tuple[Problem, ...]

    @property
    def bad(self) -> int:
        """Clips with a problem."""
        return len({problem.clip for problem in self.problems})


def check_data(config: Config, root: Path, *, workers: int = 1, progress: Progress | None = None) -> Check:
    """Probe every clip: its label, its video, its poses, people in it, and copies of it in the other split.

    A video is opened, its first frame and its last second are decoded. Nothing is written.

    Raises:
        DanceError: The list of clips itself cannot be read, or a model cannot be loaded.
    """
    manifest = read_clips(config.data.clips, root)
    wanted = config.extract
    poses = None if wanted.poses is None else load_poses(wanted.poses, wanted, root)
    tracks = {track.clip: track for track in read_tracks(config.data.poses, root, manifest.ids, main_rows)}
    given = None if config.data.poses is None else tracks
    problems = [Problem(drop.item, drop.reason, "see data.clips") for drop in manifest.drops]
    with ThreadPoolExecutor(workers) as pool:
        found = pool.map(lambda clip: list(_probe(clip, wanted, poses, given)), manifest.clips)
        for done, each in enumerate(found, start=1):
            problems += each
            if progress:
                progress(done, len(manifest.clips))
    return Check(len(manifest.clips), len(manifest.classes), (*problems, *_copies(manifest.clips)))


def _probe(
    clip: Clip, config: ExtractConfig, poses: PoseEstimator | None, tracks: dict[str, PoseTrack] | None
) -> Iterator[Problem]:
    video = None
    if clip.path is not None or config.looks_at_videos:
        try:
            video = open_clip(clip, config)
            _decode_ends(clip, video, config)
            if poses is not None and not _somebody(video, poses):
                yield Problem(clip.id, f"nobody found in {LOOKS} frames", "look at it, or leave the clip out")
        except DataError as error:
            yield _problem(clip, reason_of(clip, error))
    if tracks is not None:
        yield from _poses_of(clip, tracks.get(clip.id), video)


def _problem(clip: Clip, text: str) -> Problem:
    what, _, advice = text.rpartition("; ")
    return Problem(clip.id, what or text, advice if what else "")


def _decode_ends(clip: Clip, video: Video, config: ExtractConfig) -> None:
    """Decode the first frame and the last second."""
    _decode(video, np.zeros(1, dtype=np.int64))
    end = (clip.start or 0.0) + video.timeline.seconds
    tail = scan_video(video.path, start=max(0.0, end - LAST), end=clip.end, fps=config.fps, max_side=config.max_side)
    _decode(tail, np.arange(len(tail.timeline)))


def _decode(video: Video, wanted: IntArray) -> None:
    for _ in read_frames(video, wanted=wanted, threads=1):
        pass


def _somebody(video: Video, poses: PoseEstimator) -> bool:
    wanted = np.unique(np.linspace(0, len(video.timeline) - 1, LOOKS).round().astype(np.int64))
    return any(len(poses.detect([frame]).score) for _, frame in read_frames(video, wanted=wanted, threads=1))


def _poses_of(clip: Clip, track: PoseTrack | None, video: Video | None) -> Iterator[Problem]:
    if track is None:
        yield Problem(clip.id, "expected poses, got none in data.poses", "add them, or leave the clip out")
    elif not track.present.any():
        yield Problem(clip.id, "expected somebody in the poses, got nobody in any frame", "estimate them again")
    elif video is not None and abs(len(track.xy) - len(video.timeline)) > 1 + UNLIKE * len(video.timeline):
        yield Problem(
            clip.id,
            f"expected poses of {len(video.timeline)} frames, as the video has, got {len(track.xy)}",
            "check that poses and video belong together, and extract.fps",
        )


def _copies(clips: Sequence[Clip]) -> Iterator[Problem]:
    """Test clips whose file and span is also a train clip: whatever is measured on them is worth nothing."""
    keep = ClipKeep(None)
    train: dict[tuple[str, float | None, float | None], str] = {}
    for clip in sorted(clips, key=lambda clip: clip.split != "train"):
        if clip.path is None or not clip.path.is_file():
            continue
        try:
            content = (keep.content(clip.path), clip.start, clip.end)
        except DataError:
            continue
        if clip.split == "train":
            train.setdefault(content, clip.id)
        elif content in train:
            yield Problem(clip.id, f"the same video as the train clip {train[content]}", "remove one of them")
