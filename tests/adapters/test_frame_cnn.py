"""EfficientNet-Lite0 on frames: what it is fed, how frames are pooled, and what real videos give."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.tiny_rtmpose import save

from dance_xai.adapters.frame_cnn import FrameCNN, pool_in_time
from dance_xai.data.video import read_frames, scan_video
from dance_xai.types import Sampling

pytest.importorskip("onnxruntime", reason="onnxruntime is not installed (extra onnx)")


def test_pooling_by_hand():
    table = np.array([[0.0, 1], [2, 1], [4, 1], [4, 1], [1, 1], [1, 7]])
    mean, spread = table.mean(axis=0), table.std(axis=0)
    thirds = [[1, 1], [4, 1], [1, 4]]
    expected = np.concatenate([mean, spread, np.subtract(thirds[1], thirds[0]), np.subtract(thirds[2], thirds[1])])
    np.testing.assert_allclose(pool_in_time(table), expected, rtol=1e-6)


@given(frames=st.integers(1, 40), seed=st.integers(0, 99))
def test_pooling_of_any_length(frames: int, seed: int):
    table = np.random.default_rng(seed).normal(size=(frames, 5))
    pooled = pool_in_time(table).reshape(4, 5)
    assert pooled.dtype == np.float32
    back = pool_in_time(table[::-1]).reshape(4, 5)
    np.testing.assert_allclose(back[:2], pooled[:2], atol=1e-6)  # neither mean nor spread knows the order
    if frames % 3 == 0:
        np.testing.assert_allclose(back[2:], -pooled[:1:-1], atol=1e-6)  # the changes run backwards


def test_frames_are_fed_as_it_was_trained(tmp_path: Path):
    """(RGB - 127) / 128, channels first, in that order."""
    pytest.importorskip("onnx", reason="onnx is not installed (extra test)")
    nodes = [("ReduceMean", "x", "feat", {"axes": [2, 3], "keepdims": 0})]
    path = save(tmp_path / "m.onnx", nodes, [("x", ["b", 3, 8, 8])], [("feat", ["b", 3])])
    backbone = FrameCNN(path, sampling=Sampling(2), device="cpu")
    frame = np.zeros((20, 30, 3), np.uint8) + np.array([255, 127, 0], np.uint8)
    clip = np.stack([backbone.prepare(frame)] * 2)[None]
    assert clip.shape == (1, 2, 8, 8, 3) and clip.dtype == np.uint8
    np.testing.assert_allclose(backbone.encode(clip)[0, :3], [1, 0, -127 / 128], atol=1e-6)
    np.testing.assert_allclose(backbone.encode(clip)[0, 3:], 0, atol=1e-6)


def test_two_videos_differ_more_than_two_halves_of_one(shared: Path):
    backbone = FrameCNN(shared / "models" / "efficientnet-lite0.onnx", sampling=Sampling(3), device="cpu")
    even, odd = [], []
    for name in ("a1_s1_t1", "a22_s5_t1", "a27_s8_t3"):
        video = scan_video(shared / "utd_mhad" / "videos" / f"{name}.mp4")
        frames = [frame for _, frame in read_frames(video, wanted=np.linspace(4, 38, 6).astype(int))]
        for half, kept in ((frames[::2], even), (frames[1::2], odd)):
            kept.append(np.stack([backbone.prepare(frame) for frame in half]))
    a, b = (backbone.encode(np.stack(halves))[:, :1280] for halves in (even, odd))
    assert a.shape == (3, 1280) and np.isfinite(a).all()
    away = np.linalg.norm(a[:, None] - b[None], axis=2)
    assert (away.argmin(axis=1) == np.arange(3)).all()
    assert away.diagonal().max() < away[~np.eye(3, dtype=bool)].min(), away
