"""What every ``VideoTextEncoder`` promises."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from dance_xai.protocols import VideoTextEncoder

PHRASES = ("ball", "jump rope", "gym", "a video of red ball")


@dataclass(frozen=True)
class Case:
    """How an encoder is made, and a setting that makes another of it."""

    make: Callable[..., VideoTextEncoder]
    other: dict[str, Any] = field(default_factory=dict)


def _hf(request: pytest.FixtureRequest, name: str) -> Case:
    folder = request.getfixturevalue(name)
    from dance_xai.adapters.hf_dual import HFDualEncoder
    from dance_xai.adapters.torch_device import Runtime

    return Case(lambda **how: HFDualEncoder.load(folder, runtime=Runtime("cpu"), **how), {"stride": 2})


def _planted(request: pytest.FixtureRequest) -> Case:
    from dance_xai.planted.standins.dual import PlantedDual

    return Case(PlantedDual)


CASES: dict[str, Callable[[pytest.FixtureRequest], Case]] = {
    "clip": lambda request: _hf(request, "clip_model"),
    "siglip2": lambda request: _hf(request, "siglip2"),
    "xclip": lambda request: _hf(request, "xclip"),
    "planted": _planted,
}


@pytest.fixture(scope="module", params=CASES)
def case(request: pytest.FixtureRequest) -> Case:
    return CASES[request.param](request)


@pytest.fixture(scope="module")
def encoder(case: Case) -> VideoTextEncoder:
    return case.make()


@pytest.fixture(scope="module")
def shown(encoder: VideoTextEncoder, clips) -> np.ndarray:
    """(3, T, ...) prepared frames."""
    rows = np.linspace(0, 7, encoder.sampling.frames).round().astype(int)
    return np.stack([np.stack([encoder.prepare(clip[row]) for row in rows]) for clip in clips])


@pytest.fixture(scope="module")
def videos(encoder: VideoTextEncoder, shown: np.ndarray) -> np.ndarray:
    return encoder.encode_video(shown)


@pytest.fixture(scope="module")
def texts(encoder: VideoTextEncoder) -> np.ndarray:
    return encoder.encode_text(PHRASES)


def test_it_is_a_dual_encoder_with_a_name(encoder: VideoTextEncoder):
    assert isinstance(encoder, VideoTextEncoder) and encoder.name and encoder.identity
    assert encoder.sampling.frames >= 1


def test_clips_and_phrases_lie_in_one_space(videos: np.ndarray, texts: np.ndarray):
    assert (len(videos), len(texts)) == (3, len(PHRASES)) and videos.shape[1:] == texts.shape[1:]
    for found in (videos, texts):
        assert found.dtype == np.float32 and np.isfinite(found).all()
        assert (np.linalg.norm(found, axis=1) > 0).all(), "cosine needs a direction"


def test_other_clips_and_other_phrases_lie_elsewhere(videos: np.ndarray, texts: np.ndarray):
    for found in (videos, texts):
        unit = found / np.linalg.norm(found, axis=1, keepdims=True)
        assert (unit @ unit.T)[~np.eye(len(unit), dtype=bool)].max() < 1 - 1e-7


def test_a_batch_is_one_by_one(encoder: VideoTextEncoder, shown: np.ndarray, videos: np.ndarray, texts: np.ndarray):
    alone = np.concatenate([encoder.encode_video(clip[None]) for clip in shown])
    np.testing.assert_allclose(alone, videos, atol=1e-4 * max(1, np.abs(videos).max()))
    read = np.concatenate([encoder.encode_text([phrase]) for phrase in PHRASES])
    np.testing.assert_allclose(read, texts, atol=1e-4 * max(1, np.abs(texts).max()))


def test_frames_of_any_size_become_one_size(encoder: VideoTextEncoder, shown: np.ndarray, pictures):
    before = {name: frame.copy() for name, frame in pictures.items()}
    for name, frame in pictures.items():
        small = encoder.prepare(frame)
        assert (small.shape, small.dtype) == (shown.shape[2:], shown.dtype), name
        assert np.isfinite(small).all()
        np.testing.assert_array_equal(frame, before[name])


def test_the_same_identity_exactly_when_all_is_the_same(case: Case, encoder: VideoTextEncoder, shown, videos, texts):
    again = case.make()
    assert again.identity == encoder.identity
    np.testing.assert_array_equal(again.encode_video(shown), videos)
    np.testing.assert_array_equal(again.encode_text(PHRASES), texts)
    if case.other:
        assert case.make(**case.other).identity != encoder.identity


def test_several_threads_get_what_one_gets(encoder: VideoTextEncoder, shown, videos, texts):
    with ThreadPoolExecutor(4) as pool:
        seen = [pool.submit(encoder.encode_video, shown.copy()) for _ in range(4)]
        read = [pool.submit(encoder.encode_text, PHRASES) for _ in range(4)]
        for video, text in zip(seen, read, strict=True):
            np.testing.assert_array_equal(video.result(), videos)
            np.testing.assert_array_equal(text.result(), texts)
