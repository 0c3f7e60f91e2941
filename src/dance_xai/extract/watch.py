"""One clip, decoded once, for all who look at it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dance_xai.data.video import Video, read_frames, scan_video
from dance_xai.errors import DataError
from dance_xai.extract.eyes import Eye, PeopleEye, VectorEye
from dance_xai.extract.parts import Parts
from dance_xai.extract.settings import ExtractConfig
from dance_xai.features.sampling import sampled_points
from dance_xai.types import Clip, FloatArray, IntArray, People


@dataclass(frozen=True, eq=False)
class Sight:
    """What was seen in one clip.

    Attributes:
        fps: Points of the clip's grid per second.
        length: Points of the grid.
        height_width: Frame size in pixels.
        people: Everybody in every frame; None when nobody asked.
        vectors: (D,) per network, by its identity.
        lost: (n,) rising points of the grid whose frame cannot be decoded; empty also when nobody looked at frames.
    """

    fps: float
    length: int
    height_width: tuple[int, int]
    people: People | None
    vectors: dict[str, FloatArray]
    lost: IntArray


def open_clip(clip: Clip, config: ExtractConfig) -> Video:
    """Open the video of a clip.

    Raises:
        DataError: It has none, or cannot be read.
    """
    if clip.path is None:
        raise DataError(f"clip {clip.id!r}: expected a video file, got none; add a column with paths to data.clips")
    video = scan_video(Path(clip.path), start=clip.start, end=clip.end, fps=config.fps, max_side=config.max_side)
    if len(video.timeline) < 2:
        raise DataError(f"{clip.path}: expected a video, got a single frame; leave it out, as nothing moves in it")
    return video


def watch(video: Video, parts: Parts, *, batch: int = 8, threads: int = 1, others: Sequence[Eye] = ()) -> Sight:
    """Decode a clip once and let every part look at it.

    Args:
        video: The clip.
        parts: The networks that are asked.
        batch: Frames per call of the pose estimator.
        threads: Of the decoder and of the pose estimator.
        others: Who else looks at the frames.

    Raises:
        DataError: Damaged, or a network fails on it.
    """
    length, fps = len(video.timeline), video.timeline.fps
    people = None if parts.poses is None else PeopleEye(parts.poses, length, batch=batch, threads=threads)
    vectors = {
        name: VectorEye(sampled_points(network.sampling, length, fps), network.prepare, network.encode)
        for name, network in parts.networks.items()
    }
    eyes: list[Eye] = [*vectors.values(), *others]
    lost = show(video, eyes if people is None else [people, *eyes], threads)
    return Sight(
        fps,
        length,
        video.height_width,
        people.result() if people else None,
        {name: eye.result() for name, eye in vectors.items()},
        lost,
    )


def show(video: Video, eyes: Sequence[Eye], threads: int) -> IntArray:
    """Run the frames that somebody wants past all eyes.

    Returns:
        (n,) grid points of the clip, wanted or not, whose frame cannot be decoded; empty without eyes.
    """
    lost: list[int] = []
    if eyes:
        wanted = np.unique(np.concatenate([eye.wanted for eye in eyes]))
        for points, frame in read_frames(video, wanted=wanted, threads=threads, lost=lost):
            for eye in eyes:
                eye.see(points, frame)
    return np.array(lost, dtype=np.int64)
