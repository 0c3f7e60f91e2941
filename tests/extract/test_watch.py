"""One pass over a clip."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dance_xai.data import video as video_module
from dance_xai.errors import DataError
from dance_xai.extract import watch as watch_module
from dance_xai.extract.eyes import VectorEye
from dance_xai.extract.parts import Parts
from dance_xai.extract.settings import ExtractConfig
from dance_xai.extract.watch import open_clip, watch
from dance_xai.features.sampling import sampled_points
from dance_xai.types import Clip, Sampling

CONFIG = ExtractConfig()


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("batch", [1, 7, 64])
def test_everybody_sees_the_frames_asked_for(threads: int, batch: int, parts: Parts, clip: Clip):
    seen = watch(open_clip(clip, CONFIG), parts, batch=batch, threads=threads)
    assert (seen.fps, seen.length, seen.height_width) == (25, 20, (48, 64))
    assert seen.people is not None and seen.people.frames == 20
    numbers = [n for n in range(20) if n % 3 != 2]
    np.testing.assert_array_equal(seen.people.frame, numbers)
    np.testing.assert_array_equal(seen.people.xy[:, 0, 0], numbers)
    np.testing.assert_array_equal(seen.vectors["numbers-1"], [2, 7, 12, 17])
    np.testing.assert_array_equal(seen.vectors["dual-1"], np.array([7, 9, 11, 13]) + 100)


def test_a_clip_is_decoded_once_for_all(parts: Parts, clip: Clip, monkeypatch):
    passes = []
    real = video_module.read_frames
    monkeypatch.setattr(watch_module, "read_frames", lambda *a, **k: passes.append(1) or real(*a, **k))
    watch(open_clip(clip, CONFIG), parts)
    assert passes == [1]


def test_networks_prepare_their_own_frames_only(parts: Parts, clip: Clip):
    watch(open_clip(clip, CONFIG), replace(parts, poses=None))
    assert parts.backbones[0].shown == [2, 7, 12, 17]


def test_views_are_averaged(parts: Parts, clip: Clip):
    parts.backbones[0].sampling = Sampling(4, views=2)
    seen = watch(open_clip(clip, CONFIG), parts)
    np.testing.assert_allclose(seen.vectors["numbers-1"], np.array([[1, 6, 11, 16], [3, 8, 13, 18]]).mean(axis=0))


def test_a_frame_that_stays_on_screen_shows_the_same_people(parts: Parts, tmp_path: Path, write_video, numbered_frames):
    path = write_video(tmp_path / "v.mkv", numbered_frames(5), times=[0.0, 0.1, 0.4, 0.5, 0.6])
    seen = watch(open_clip(Clip("v", path=path), CONFIG), parts)
    assert seen.people is not None
    np.testing.assert_array_equal(seen.people.frame, [0, 1, 2, 5, 6])  # nobody in frame 2, on screen at 3 and 4
    np.testing.assert_array_equal(seen.people.xy[:, 0, 0], [0, 1, 1, 3, 4])
    assert parts.poses is not None and sum(parts.poses.calls) == 5


def test_nobody_at_all_is_nobody(parts: Parts, tmp_path: Path, write_video, numbered_frames):
    frames = [numbered_frames(3)[2]] * 6
    seen = watch(open_clip(Clip("v", path=write_video(tmp_path / "v.mp4", frames)), CONFIG), parts)
    assert seen.people is not None
    assert (len(seen.people.frame), seen.people.xy.shape, seen.people.frames) == (0, (0, 17, 2), 6)


def test_a_frame_that_was_lost_is_replaced_by_the_nearest():
    points = sampled_points(Sampling(4), 8, 25)
    eye = VectorEye(points, lambda frame: frame[0, 0, :1].astype(np.float32), lambda clips: clips[..., 0])
    with pytest.raises(DataError, match="expected the 4 frames a network looks at, got 0 that can be decoded"):
        eye.result()
    for point in (1, 7):
        eye.see(np.array([point]), np.full((2, 2, 3), 10 * point, dtype=np.uint8))
    np.testing.assert_array_equal(eye.result(), [10, 10, 70, 70])


def test_features_that_are_not_finite_are_refused():
    eye = VectorEye(np.array([[2]]), lambda frame: frame[0, 0], lambda clips: np.full((1, 3), np.nan))
    eye.see(np.array([2]), np.zeros((2, 2, 3), dtype=np.uint8))
    with pytest.raises(DataError, match="expected finite features"):
        eye.result()


def test_a_single_frame_is_no_clip(tmp_path: Path, write_video, numbered_frames):
    clip = Clip("v", path=write_video(tmp_path / "v.mp4", numbered_frames(1)))
    with pytest.raises(DataError, match="got a single frame"):
        open_clip(clip, CONFIG)
