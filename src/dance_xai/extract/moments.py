"""What a dual encoder sees at single moments of one clip, for explanations."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dance_xai.extract.eyes import VectorEye
from dance_xai.extract.settings import ExtractConfig
from dance_xai.extract.watch import open_clip, show
from dance_xai.features.sampling import sampled_points
from dance_xai.protocols import VideoTextEncoder
from dance_xai.types import Clip, FloatArray, IntArray, Sampling, VideoFacts

MOST = 16
"""Moments looked at, however long the clip; each costs as much as embedding a clip."""


@dataclass(frozen=True, eq=False)
class Moments:
    """A clip at P moments.

    Attributes:
        frame: (P,) rising, on the clip's grid.
        vectors: (P, E) what the encoder sees around each of them, any norm.
        video: What is known of the video.
    """

    frame: IntArray
    vectors: FloatArray
    video: VideoFacts


def see_moments(
    clip: Clip, encoder: VideoTextEncoder, config: ExtractConfig, *, most: int = MOST, threads: int = 1
) -> Moments:
    """Embed short segments of a clip, spread evenly over it.

    Around each moment the encoder is shown as many consecutive frames as it looks at in a clip, so that encoders that
    look across frames see what they are made for, and others the mean of a fraction of a second.

    Args:
        clip: With a video.
        encoder: A dual encoder.
        config: How the clip is decoded.
        most: Most moments, at least 1.
        threads: Of the decoder.

    Raises:
        DataError: The video cannot be read, or is damaged.

    Source: ours.
    """
    video = open_clip(clip, config)
    length, fps = len(video.timeline), video.timeline.fps
    frame = np.unique(sampled_points(Sampling(min(most, length)), length, fps))
    eye = VectorEye(segments(frame, encoder.sampling.frames, length), encoder.prepare, encoder.encode_video)
    show(video, [eye], threads)
    height, width = video.height_width
    return Moments(frame, eye.each_view(), VideoFacts(length, fps, width, height))


def segments(frame: IntArray, size: int, length: int) -> IntArray:
    """(P, T) consecutive frames around each moment, held at the ends of the clip."""
    around: IntArray = np.clip(frame[:, None] + np.arange(size) - size // 2, 0, length - 1)
    return around
