"""What a dual encoder sees at single moments of one clip, for explanations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from dance_xai._version import __version__
from dance_xai.artifacts import fingerprint
from dance_xai.data.video import Video
from dance_xai.extract.eyes import VectorEye
from dance_xai.extract.keep import ClipKeep
from dance_xai.extract.settings import ExtractConfig
from dance_xai.extract.watch import open_clip, show
from dance_xai.features.sampling import sampled_points
from dance_xai.protocols import VideoTextEncoder
from dance_xai.types import Clip, FloatArray, IntArray, Sampling, VideoFacts

MOST = 16
"""Moments looked at, however long the clip; each costs as much as embedding a clip."""

VERSION = 1
"""Raise when the same clip and encoder give other moments: what was kept is then made again."""


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


class MomentsEye(VectorEye):
    """Shows an encoder short segments of a clip, spread evenly over it, while the clip is decoded.

    Around each moment the encoder is shown as many consecutive frames as it looks at in a clip, so that encoders that
    look across frames see what they are made for, and others the mean of a fraction of a second.

    Args:
        video: The clip.
        encoder: A dual encoder.
        most: Most moments, at least 1.

    Source: ours.
    """

    def __init__(self, video: Video, encoder: VideoTextEncoder, most: int = MOST) -> None:
        length, fps = len(video.timeline), video.timeline.fps
        self._frame = np.unique(sampled_points(Sampling(min(most, length)), length, fps))
        self._facts = VideoFacts(length, fps, video.height_width[1], video.height_width[0])
        super().__init__(segments(self._frame, encoder.sampling.frames, length), encoder.prepare, encoder.encode_video)

    def moments(self) -> Moments:
        """What was seen.

        Raises:
            DataError: See ``each_view``.
        """
        return Moments(self._frame, self.each_view(), self._facts)


def see_moments(
    clip: Clip, encoder: VideoTextEncoder, config: ExtractConfig, *, most: int = MOST, threads: int = 1
) -> Moments:
    """Look at a clip for its moments alone; see ``MomentsEye``.

    Args:
        clip: With a video.
        encoder: A dual encoder.
        config: How the clip is decoded.
        most: Most moments, at least 1.
        threads: Of the decoder.

    Raises:
        DataError: The video cannot be read, or is damaged.
    """
    video = open_clip(clip, config)
    eye = MomentsEye(video, encoder, most)
    show(video, [eye], threads)
    return eye.moments()


def moments_key(clip: Clip, config: ExtractConfig, models: Mapping[str, str], keep: ClipKeep) -> str:
    """What moments are kept by, found without loading the encoder.

    Args:
        clip: With a video.
        config: How the clip is looked at; ``encoder`` names the dual encoder.
        models: SHA-256 of model files by name.
        keep: Where they are kept.

    Raises:
        DataError: The video cannot be read.
    """
    encoder = config.encoder or ""
    made_with = (encoder, models.get(encoder), config.sampling, config.device, config.dtype)
    return keep.key(clip, config, fingerprint("moments", __version__, VERSION, MOST, made_with))


def segments(frame: IntArray, size: int, length: int) -> IntArray:
    """(P, T) consecutive frames around each moment, held at the ends of the clip."""
    around: IntArray = np.clip(frame[:, None] + np.arange(size) - size // 2, 0, length - 1)
    return around
