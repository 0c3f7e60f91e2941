"""What every ``VideoBackbone`` promises."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from dance_xai.protocols import VideoBackbone
from dance_xai.types import Sampling


@dataclass(frozen=True)
class Case:
    """How a backbone is made, and a setting that makes another of it."""

    make: Callable[..., VideoBackbone]
    other: dict[str, Any] = field(default_factory=dict)


def _hf(request: pytest.FixtureRequest, name: str) -> Case:
    folder = request.getfixturevalue(name)
    from dance_xai.adapters.hf_backbone import HFBackbone
    from dance_xai.adapters.torch_device import Runtime

    return Case(lambda **how: HFBackbone.load(folder, runtime=Runtime("cpu"), **how), {"stride": 2})


def _cnn(request: pytest.FixtureRequest) -> Case:
    pytest.importorskip("onnxruntime", reason="onnxruntime is not installed (extra onnx)")
    from dance_xai.adapters.frame_cnn import FrameCNN

    path = request.getfixturevalue("shared") / "models" / "efficientnet-lite0.onnx"

    def make(views: int = 1) -> VideoBackbone:
        return FrameCNN(path, sampling=Sampling(4, views=views), device="cpu")

    return Case(make, {"views": 2})


def _planted(request: pytest.FixtureRequest) -> Case:
    from dance_xai.planted.standins.backbone import PlantedBackbone

    return Case(PlantedBackbone)


CASES: dict[str, Callable[[pytest.FixtureRequest], Case]] = {
    "videomae": lambda request: _hf(request, "videomae"),
    "vjepa2": lambda request: _hf(request, "vjepa2"),
    "frame_cnn": _cnn,
    "planted": _planted,
}


@pytest.fixture(scope="module", params=CASES)
def case(request: pytest.FixtureRequest) -> Case:
    return CASES[request.param](request)


@pytest.fixture(scope="module")
def backbone(case: Case) -> VideoBackbone:
    return case.make()


def prepared(backbone: VideoBackbone, clip: list[np.ndarray]) -> np.ndarray:
    rows = np.linspace(0, len(clip) - 1, backbone.sampling.frames).round().astype(int)
    return np.stack([backbone.prepare(clip[row]) for row in rows])


@pytest.fixture(scope="module")
def shown(backbone: VideoBackbone, clips) -> np.ndarray:
    return np.stack([prepared(backbone, clip) for clip in clips])


@pytest.fixture(scope="module")
def features(backbone: VideoBackbone, shown: np.ndarray) -> np.ndarray:
    return backbone.encode(shown)


def test_it_is_a_backbone_with_a_name(backbone: VideoBackbone):
    assert isinstance(backbone, VideoBackbone) and backbone.name and backbone.identity
    assert backbone.sampling.frames >= 1


def test_finite_vectors_of_one_width(features: np.ndarray):
    assert features.ndim == 2 and len(features) == 3 and features.shape[1] > 1
    assert features.dtype == np.float32 and np.isfinite(features).all()


def test_other_videos_have_other_features(features: np.ndarray):
    for a, b in ((0, 1), (1, 2), (0, 2)):
        assert np.abs(features[a] - features[b]).max() > 1e-3


def test_a_batch_is_one_by_one(backbone: VideoBackbone, shown: np.ndarray, features: np.ndarray):
    alone = np.concatenate([backbone.encode(clip[None]) for clip in shown])
    np.testing.assert_allclose(alone, features, atol=1e-4 * max(1, np.abs(features).max()))


def test_frames_of_any_size_become_one_size(backbone: VideoBackbone, shown: np.ndarray, pictures):
    before = {name: frame.copy() for name, frame in pictures.items()}
    made = {name: backbone.prepare(frame) for name, frame in pictures.items()}
    for name, small in made.items():
        assert (small.shape, small.dtype) == (shown.shape[2:], shown.dtype), name
        assert np.isfinite(small).all()
        np.testing.assert_array_equal(pictures[name], before[name])
    still = np.stack([np.stack([made["grey"]] * backbone.sampling.frames)])
    assert np.isfinite(backbone.encode(still)).all()


def test_the_same_identity_exactly_when_all_is_the_same(case: Case, backbone: VideoBackbone, shown, features):
    again = case.make()
    assert again.identity == backbone.identity
    np.testing.assert_array_equal(again.encode(shown), features)
    if case.other:
        assert case.make(**case.other).identity != backbone.identity


def test_several_threads_get_what_one_gets(backbone: VideoBackbone, shown: np.ndarray, features: np.ndarray):
    with ThreadPoolExecutor(4) as pool:
        for found in pool.map(backbone.encode, [shown.copy() for _ in range(4)]):
            np.testing.assert_array_equal(found, features)


def test_clips_are_not_changed(backbone: VideoBackbone, shown: np.ndarray):
    before = shown.copy()
    backbone.encode(shown)
    np.testing.assert_array_equal(shown, before)
