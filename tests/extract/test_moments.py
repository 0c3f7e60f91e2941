from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dance_xai.errors import DataError
from dance_xai.extract.moments import see_moments, segments
from dance_xai.extract.settings import ExtractConfig
from dance_xai.types import Clip, Sampling, VideoFacts


class Reader:
    """A dual encoder whose vector is the numbers of the frames it was shown."""

    name = identity = "reader"

    def __init__(self, frames: int) -> None:
        self.sampling = Sampling(frames)

    def prepare(self, frame: np.ndarray) -> np.ndarray:
        return np.array(round(float(frame[:, -3:].mean()) / 8))

    def encode_video(self, clips: np.ndarray) -> np.ndarray:
        assert clips.shape[1:] == (self.sampling.frames,)
        return clips.astype(np.float32)

    def encode_text(self, texts):
        raise AssertionError("nobody asked for phrases")


@pytest.fixture(scope="module")
def clip(tmp_path_factory, write_video, numbered_frames) -> Clip:
    return Clip("v", path=write_video(tmp_path_factory.mktemp("moments") / "v.mp4", numbered_frames(30)))


@pytest.mark.parametrize(("frames", "most"), [(1, 16), (4, 5), (8, 3), (5, 1)])
def test_each_moment_is_shown_with_the_frames_around_it(clip, frames, most):
    moments = see_moments(clip, Reader(frames), ExtractConfig(), most=most)
    assert moments.video == VideoFacts(30, 25.0, 64, 48)
    assert len(moments.frame) == most and (np.diff(moments.frame) > 0).all()
    for point, shown in zip(moments.frame, moments.vectors, strict=True):
        around = [min(max(point - frames // 2 + step, 0), 29) for step in range(frames)]
        assert shown.tolist() == around


def test_a_short_clip_has_as_many_moments_as_frames(clip):
    moments = see_moments(replace(clip, start=0.0, end=0.2), Reader(3), ExtractConfig())
    assert moments.frame.tolist() == list(range(len(moments.frame))) and len(moments.frame) <= 6


def test_segments_are_held_at_the_ends():
    assert segments(np.array([0, 4]), 4, 5).tolist() == [[0, 0, 0, 1], [2, 3, 4, 4]]


def test_a_video_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(DataError, match=r"no\.mp4"):
        see_moments(Clip("v", path=tmp_path / "no.mp4"), Reader(2), ExtractConfig())
