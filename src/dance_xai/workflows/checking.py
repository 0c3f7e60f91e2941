"""Every clip probed before a fit: what is wrong with it, and what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dance_xai.config import Config
from dance_xai.data.image_folder import is_folder, list_images
from dance_xai.data.manifest import read_clips
from dance_xai.data.pose_source import pose_reason, read_tracks
from dance_xai.data.video import Video, read_frames
from dance_xai.errors import DataError
from dance_xai.extract.clips import Progress, reason_of
from dance_xai.extract.extractor import some_videos
from dance_xai.extract.keep import ClipKeep
from dance_xai.extract.loading import load_parts
from dance_xai.extract.settings import ExtractConfig
from dance_xai.extract.watch import open_clip
from dance_xai.motion.tracking import main_rows
from dance_xai.protocols import PoseEstimator
from dance_xai.types import Clip, Drop, PoseTrack

PROBES = 20
"""Frames of a clip that must be there, spread over it; as in a fit, half of them may be lost."""

LOOKS = 5
"""Of these, frames in which people are looked for."""

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
        problems: What is wrong, in the order of the clips.
        drops: Clips that the list itself leaves out.
    """

    clips: int
    classes: int
    problems: tuple[Problem, ...]
    drops: tuple[Drop, ...] = ()

    @property
    def bad(self) -> int:
        """Clips with a problem."""
        return len({problem.clip for problem in self.problems})


def check_data(config: Config, root: Path, *, workers: int = 1, progress: Progress | None = None) -> Check:
    """Probe every clip: its label, its video, its poses, people in it, and copies of it in the other split.

    A video is decoded once, without networks but for people in a few frames. Videos that a fit does not look at are
    probed where there are any. Nothing is written.

    Raises:
        DanceError: The list of clips or a file of many clips cannot be read, or a model cannot be loaded.

    Source: ours.
    """
    manifest = read_clips(config.data.clips, root)
    poses = load_parts(config.extract, root).poses
    broken: dict[str, DataError] = {}
    tracks = read_tracks(config.data.poses, root, manifest.clips, main_rows, broken.setdefault)
    given = None if config.data.poses is None else {track.clip: track for track in tracks}
    look = config.extract.looks_at_videos or some_videos(manifest.clips)
    probe = _Probe(config.extract, poses, look, given, broken)
    copies, problems = _copies(manifest.clips), list[Problem]()
    with ThreadPoolExecutor(workers) as pool:
        found = pool.map(lambda clip: list(probe(clip)), manifest.clips)
        for done, (clip, each) in enumerate(zip(manifest.clips, found, strict=True), start=1):
            problems += [*each, *copies.get(clip.id, [])]
            if progress:
                progress(done, len(manifest.clips))
    return Check(len(manifest.clips), len(manifest.classes), tuple(problems), manifest.drops)


@dataclass(frozen=True, eq=False)
class _Probe:
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
        video = None
        if self.look and (clip.path is not None or self.config.looks_at_videos):
            try:
                video = open_clip(clip, self.config)
                if not self._somebody(video):
                    yield Problem(clip.id, f"nobody found in {LOOKS} frames", "look at it, or leave the clip out")
            except DataError as error:
                yield _problem(clip, reason_of(clip, error))
        if clip.id in self.broken:
            yield _problem(clip, pose_reason(self.broken[clip.id]))
        elif self.tracks is not None:
            yield from _poses_of(clip, self.tracks.get(clip.id), video)

    def _somebody(self, video: Video) -> bool:
        """Decode the clip, and look for people in a few frames, if clips without any are left out."""
        wanted = np.unique(np.linspace(0, len(video.timeline) - 1, PROBES).round().astype(np.int64))
        found = self.poses is None or self.config.nobody == "keep"
        for number, (_, frame) in enumerate(read_frames(video, wanted=wanted, threads=1)):
            if not found and self.poses is not None and number % (PROBES // LOOKS) == 0:
                found = len(self.poses.detect([frame]).score) > 0
        return found


def _problem(clip: Clip, text: str) -> Problem:
    what, _, advice = text.rpartition("; ")
    return Problem(clip.id, what or text, advice if what else "")


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


def _copies(clips: Sequence[Clip]) -> dict[str, list[Problem]]:
    """Test clips whose video and span is also a train clip: whatever is measured on them is worth nothing."""
    bulk = {clip.path: _bulk(clip.path) for clip in clips if clip.path is not None}
    common = Counter(bulk[clip.path] for clip in clips if clip.path is not None)
    keep, found = ClipKeep(None), dict[str, list[Problem]]()
    train: dict[tuple[str, float | None, float | None], str] = {}
    for clip in sorted(clips, key=lambda clip: clip.split != "train"):
        if clip.path is None or common[bulk[clip.path]] < 2:
            continue
        try:
            content = (keep.content(clip.path), clip.start, clip.end)
        except DataError:
            continue
        if clip.split == "train":
            train.setdefault(content, clip.id)
        elif content in train:
            what = f"the same video as the train clip {train[content]}"
            found[clip.id] = [Problem(clip.id, what, "remove one of them")]
    return found


def _bulk(path: Path) -> tuple[int, int]:
    """Number and bytes of the files of a video: unlike videos mostly differ in them, so that few need be read."""
    try:
        files = list_images(path) if is_folder(path) else (path,)
        return len(files), sum(file.stat().st_size for file in files)
    except (OSError, DataError):
        return 0, 0
