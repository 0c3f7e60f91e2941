from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dance_xai.errors import DataError
from dance_xai.extract.keep import ClipKeep
from dance_xai.extract.moments import MomentsEye, moments_key, see_moments, segments
from dance_xai.extract.settings import ExtractConfig, SamplingConfig
from dance_xai.extract.watch import open_clip, show
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


def test_moments_come_out_of_a_pass_that_others_look_at_too(clip):
    video, encoder = open_clip(clip, ExtractConfig()), Reader(4)
    eyes = [MomentsEye(video, encoder, most) for most in (3, 16)]
    show(video, eyes, 1)
    for eye, most in zip(eyes, (3, 16), strict=True):
        alone = see_moments(clip, encoder, ExtractConfig(), most=most)
        assert (eye.moments().frame == alone.frame).all() and (eye.moments().vectors == alone.vectors).all()


def test_moments_are_kept_by_everything_that_changes_them(clip, tmp_path, write_video, numbered_frames):
    config, keep = ExtractConfig(encoder="clip"), ClipKeep(tmp_path)
    same = moments_key(replace(clip, id="other", label="x"), config, {"clip": "1", "poses": "2"}, keep)
    assert same == moments_key(clip, config, {"clip": "1"}, keep)
    others = {
        moments_key(clip, config, {"clip": "2"}, keep),
        moments_key(clip, replace(config, encoder="siglip"), {"clip": "1"}, keep),
        moments_key(clip, replace(config, sampling=SamplingConfig(frames=4)), {"clip": "1"}, keep),
        moments_key(clip, replace(config, dtype="float16"), {"clip": "1"}, keep),
        moments_key(clip, replace(config, fps=5.0), {"clip": "1"}, keep),
        moments_key(replace(clip, end=0.5), config, {"clip": "1"}, keep),
        moments_key(Clip("v", path=write_video(tmp_path / "v.mp4", numbered_frames(29))), config, {"clip": "1"}, keep),
    }
    assert len(others | {same}) == 8
