"""What every ``PoseEstimator`` promises."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from tests.suited import performance

from dance_xai.data.skeletons import COCO_17
from dance_xai.protocols import PoseEstimator
from dance_xai.types import People


@dataclass(frozen=True)
class Case:
    """An estimator: how it is made, what to show it, and whether it was trained (a random network sees anything)."""

    make: Callable[..., PoseEstimator]
    frames: Sequence[np.ndarray]
    other: dict[str, float]
    trained: bool = True


def _movenet(request: pytest.FixtureRequest, kind: str) -> Case:
    pytest.importorskip("onnxruntime", reason="onnxruntime is not installed (extra onnx)")
    from dance_xai.adapters.movenet import MoveNet
    from dance_xai.data.video import read_frames, scan_video

    shared = request.getfixturevalue("shared")
    video = scan_video(shared / "utd_mhad" / "videos" / "a1_s1_t1.mp4")
    frames = [frame for _, frame in read_frames(video, wanted=np.array([0, 20, 40]))]
    path = shared / "models" / f"movenet-{kind}.onnx"
    return Case(lambda **how: MoveNet(path, COCO_17, device="cpu", **how), frames, {"least": 0.3})


def _hf(request: pytest.FixtureRequest) -> Case:
    from dance_xai.adapters.hf_pose import HFPose
    from dance_xai.adapters.torch_device import Runtime

    pose, finder = request.getfixturevalue("vitpose"), request.getfixturevalue("rtdetr")
    frames = list(np.random.default_rng(3).integers(0, 256, size=(3, 60, 90, 3), dtype=np.uint8))

    def make(least: float = 0.0) -> PoseEstimator:
        return HFPose.load(pose, finder, COCO_17, least=least, runtime=Runtime("cpu", batch_size=1))

    return Case(make, frames, {"least": 0.5}, trained=False)


def _rtmpose(request: pytest.FixtureRequest) -> Case:
    pytest.importorskip("onnx", reason="onnx is not installed (extra test)")
    pytest.importorskip("rtmlib", reason="rtmlib is not installed (extra rtmpose)", exc_type=ImportError)
    from tests.tiny_rtmpose import detector, frame, pose

    from dance_xai.adapters.rtmpose import RTMPose

    folder: Path = request.getfixturevalue("tmp_path_factory").mktemp("rtmpose")
    files = detector(folder / "d.onnx"), pose(folder / "p.onnx")
    spots = [[(60, 50)], [(70, 30)], [(55, 44)]]
    frames = [frame(red=red, blue=[(5, 5)]) for red in spots]
    return Case(lambda **how: RTMPose(*files, COCO_17, device="cpu", **how), frames, {"least": 0.4})


def _planted(request: pytest.FixtureRequest) -> Case:
    from dance_xai.planted.standins.pose import PlantedPose

    return Case(PlantedPose, performance("kick", 24)[::8], {})


CASES: dict[str, Callable[[pytest.FixtureRequest], Case]] = {
    "movenet-multipose": lambda request: _movenet(request, "multipose"),
    "movenet-lightning": lambda request: _movenet(request, "lightning"),
    "hf": _hf,
    "rtmpose": _rtmpose,
    "planted": _planted,
}


@pytest.fixture(scope="module", params=CASES)
def case(request: pytest.FixtureRequest) -> Case:
    return CASES[request.param](request)


@pytest.fixture(scope="module")
def estimator(case: Case) -> PoseEstimator:
    return case.make()


@pytest.fixture(scope="module")
def people(case: Case, estimator: PoseEstimator) -> People:
    return estimator.detect(case.frames)


def _same(a: People, b: People, atol: float = 0.0) -> None:
    np.testing.assert_array_equal(a.frame, b.frame)
    for name in ("xy", "confidence", "score"):
        np.testing.assert_allclose(getattr(a, name), getattr(b, name), atol=atol, rtol=0)


def _check_form(people: People, count: int) -> None:
    found = len(people.frame)
    assert people.skeleton == COCO_17 and people.frames == count
    assert people.xy.shape == (found, 17, 2) and people.confidence.shape == (found, 17)
    assert people.frame.shape == people.score.shape == (found,)
    assert people.xy.dtype == people.confidence.dtype == people.score.dtype == np.float32
    assert np.issubdtype(people.frame.dtype, np.integer)
    assert (np.diff(people.frame) >= 0).all() and np.isin(people.frame, np.arange(count)).all()
    assert np.isfinite(people.xy[people.confidence > 0]).all()
    for sure in (people.confidence, people.score):
        assert ((sure >= 0) & (sure <= 1)).all()


def test_it_is_a_pose_estimator_with_a_name(case: Case, estimator: PoseEstimator):
    assert isinstance(estimator, PoseEstimator) and estimator.name and estimator.identity
    assert estimator.skeleton == COCO_17


def test_form_of_what_is_found(case: Case, people: People):
    _check_form(people, len(case.frames))
    assert len(people.frame), "somebody is in these frames"


def test_a_batch_is_frame_by_frame(case: Case, estimator: PoseEstimator, people: People):
    for number, frame in enumerate(case.frames):
        alone, mine = estimator.detect([frame]), people.frame == number
        together = People(
            COCO_17, 1, people.frame[mine] - number, people.xy[mine], people.confidence[mine], people.score[mine]
        )
        _check_form(alone, 1)
        _same(alone, together, atol=1e-3)


def test_no_frames_are_no_people(estimator: PoseEstimator):
    people = estimator.detect([])
    _check_form(people, 0)


def test_a_frame_without_anybody_invents_nobody(case: Case, estimator: PoseEstimator):
    if not case.trained:
        pytest.skip("a network of random weights sees people in the dark")
    for light in (0, 40):
        people = estimator.detect([np.full((128, 128, 3), light, np.uint8)])
        _check_form(people, 1)
        assert len(people.frame) == 0


def test_pixels_are_those_of_the_frame(case: Case, estimator: PoseEstimator):
    """The same picture twice as large: the same joints at twice the place."""
    if not case.trained:
        pytest.skip("a network of random weights follows every grey level")
    frame = case.frames[0]
    small, large = (estimator.detect([each]) for each in (frame, frame.repeat(2, axis=0).repeat(2, axis=1)))
    best = [int(found.score.argmax()) for found in (small, large)]
    sure = (small.confidence[best[0]] > 0.3) & (large.confidence[best[1]] > 0.3)
    away = np.linalg.norm(2 * small.xy[best[0]] - large.xy[best[1]], axis=1)[sure]
    assert sure.sum() >= 6 and np.median(away) < 0.04 * max(frame.shape), away


def test_the_same_identity_exactly_when_all_is_the_same(case: Case, estimator: PoseEstimator, people: People):
    again = case.make()
    assert again.identity == estimator.identity
    _same(again.detect(case.frames), people)
    if case.other:
        assert case.make(**case.other).identity != estimator.identity


def test_several_threads_get_what_one_gets(case: Case, estimator: PoseEstimator, people: People):
    with ThreadPoolExecutor(4) as pool:
        for found in pool.map(estimator.detect, [case.frames] * 4):
            _same(found, people)


def test_frames_are_read_only(case: Case, estimator: PoseEstimator, people: People):
    """Decoded images cannot be written to, and others look at the same frame."""
    frames = [frame.copy() for frame in case.frames]
    for frame in frames:
        frame.setflags(write=False)
    _same(estimator.detect(frames), people)
    assert all(np.array_equal(a, b) for a, b in zip(frames, case.frames, strict=True))


def test_frames_of_any_size(estimator: PoseEstimator, pictures):
    for frame in pictures.values():
        _check_form(estimator.detect([frame, frame]), 2)
