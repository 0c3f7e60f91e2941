"""RTMPose through the real rtmlib, on networks small enough to be written down: what they see decides what they say."""

from __future__ import annotations

import socket
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.tiny_rtmpose import BOX, SIDE, detector, frame, pose

from dance_xai.adapters import rtmpose, weights
from dance_xai.adapters.registry import MODELS
from dance_xai.adapters.rtmpose import RTMPose, load_rtmpose
from dance_xai.data.skeletons import COCO_17
from dance_xai.errors import ArtifactError, DanceError, MissingExtraError
from dance_xai.protocols import PoseEstimator

pytest.importorskip("onnx")
pytest.importorskip("rtmlib", exc_type=ImportError)


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    def refuse(*_, **__):
        raise AssertionError("the network was used")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.fixture
def estimator(tmp_path):
    return RTMPose(detector(tmp_path / "det.onnx"), pose(tmp_path / "pose.onnx"), COCO_17, device="cpu")


def test_joints_are_where_they_are_in_the_frame(estimator):
    """The detector answers to blue alone and the pose network to red: each sees the order it was trained on."""
    people = estimator.detect([frame(red=[(60, 50)], blue=[(5, 5)]), frame(red=[(70, 30)], blue=[(5, 5)], light=204)])
    assert isinstance(estimator, PoseEstimator)
    assert (people.skeleton, people.frames, people.frame.tolist()) == (COCO_17, 2, [0, 1])
    assert (
        people.xy.shape == (2, 17, 2) and people.xy.dtype == people.confidence.dtype == people.score.dtype == np.float32
    )
    for found, spot in zip(people.xy, [(60, 50), (70, 30)], strict=True):
        np.testing.assert_allclose(found, np.tile(spot, (17, 1)), atol=4)  # the spot is 7 pixels wide
    np.testing.assert_allclose(people.score, [1, 0.8], atol=1e-3)
    np.testing.assert_allclose(people.confidence, [[1] * 17, [0.8] * 17], atol=0.02)


@pytest.mark.parametrize("size", [(64, 64), (128, 256), (300, 100)])
def test_frames_of_any_shape(estimator, size):
    """The box lies in the letterboxed input, so in the frame it is larger by the same factor on both sides."""
    zoom = max(size) / SIDE
    spot = (round(20 * zoom), round(25 * zoom))
    people = estimator.detect([frame(red=[spot], blue=[(4, 4)], size=size)])
    np.testing.assert_allclose(people.xy[0, 0], spot, atol=4 + zoom)


def test_nobody_detected_is_nobody(estimator):
    """rtmlib itself takes the whole frame for a person when there is no box."""
    empty = estimator.detect([frame(red=[(60, 50)])] * 2)
    assert (empty.frames, len(empty.frame), empty.xy.shape, empty.confidence.shape) == (2, 0, (0, 17, 2), (0, 17))
    mixed = estimator.detect([frame(red=[(60, 50)]), frame(red=[(60, 50)], blue=[(5, 5)]), frame()])
    assert (mixed.frames, mixed.frame.tolist()) == (3, [1])
    assert estimator.detect([]).frames == 0


def test_weak_broken_and_other_boxes_are_left_out(tmp_path):
    boxes = (BOX, (0, 0, 30, 30), (9, 9, 9, 30), (float("nan"), 0, 9, 9), (4, 4, 44, 60))
    finder = detector(tmp_path / "d.onnx", boxes, (0.9, 0.2, 0.9, 0.9, 0.8), labels=(0, 0, 0, 0, 56))
    made = pose(tmp_path / "p.onnx")
    seen = frame(red=[(60, 50)], blue=[(5, 5)])
    np.testing.assert_allclose(RTMPose(finder, made, COCO_17).detect([seen]).score, [0.9], atol=1e-3)
    np.testing.assert_allclose(RTMPose(finder, made, COCO_17, least=0.1).detect([seen]).score, [0.9, 0.2], atol=1e-3)


def test_rtmdet_sees_normalised_frames(tmp_path):
    finder = detector(tmp_path / "d.onnx", mean=103.53, std=57.375)
    seen = [frame(red=[(60, 50)], blue=[(5, 5)]), frame(red=[(60, 50)])]
    people = RTMPose(finder, pose(tmp_path / "p.onnx"), COCO_17, family="rtmdet").detect(seen)
    assert people.frame.tolist() == [0]
    np.testing.assert_allclose(people.score, [1], atol=1e-3)


def test_the_identity_is_of_content_and_settings(tmp_path):
    (tmp_path / "copy").mkdir()
    one, other = detector(tmp_path / "d.onnx"), detector(tmp_path / "e.onnx", factors=(0.7,))
    same, made = detector(tmp_path / "copy" / "d.onnx"), pose(tmp_path / "p.onnx")
    first = RTMPose(one, made, COCO_17).identity
    assert RTMPose(same, made, COCO_17).identity == first
    changed = [
        RTMPose(other, made, COCO_17),
        RTMPose(one, made, COCO_17, least=0.4),
        RTMPose(one, made, COCO_17, family="rtmdet"),
    ]
    assert len({first, *(each.identity for each in changed)}) == 4


def test_nothing_is_printed(estimator, capsys):
    estimator.detect([frame()])
    assert capsys.readouterr() == ("", "")


def test_other_files_are_refused_in_one_line(tmp_path):
    finder, made = detector(tmp_path / "d.onnx"), pose(tmp_path / "p.onnx")
    cases = [
        (tmp_path / "none.onnx", made, r"none.onnx: expected an ONNX model, found nothing"),
        (finder, tmp_path / "none.onnx", r"none.onnx: expected an ONNX model, found nothing"),
        (made, made, r"p.onnx: expected a person detector with NMS inside"),
        (finder, finder, r"d.onnx: expected an RTMPose of 17 joints"),
        (finder, pose(tmp_path / "26.onnx", joints=26), r"26.onnx: expected an RTMPose of 17 joints.*got \[\(26, 96\)"),
    ]
    for first, second, message in cases:
        with pytest.raises(ArtifactError, match=message) as caught:
            RTMPose(first, second, COCO_17)
        assert "\n" not in str(caught.value)


def test_names_bring_their_detectors(tmp_path, monkeypatch):
    made = {
        name: detector(tmp_path / MODELS[name].file, factors=(f,))
        for name, f in [("yolox-tiny", 1), ("rtmdet-nano", 0.9)]
    }
    made["rtmpose-s"] = pose(tmp_path / MODELS["rtmpose-s"].file)
    for name, path in made.items():
        monkeypatch.setitem(MODELS, name, replace(MODELS[name], sha256=weights.identity(path)))
    monkeypatch.setenv("DANCE_MODELS", str(tmp_path))
    for name, finder, family in [
        ("rtmpose-s", "yolox-tiny", "yolox"),
        ("rtmdet-nano+rtmpose-s", "rtmdet-nano", "rtmdet"),
        (f"{made['rtmdet-nano'].name}+rtmpose-s", "rtmdet-nano", "yolox"),
    ]:
        direct = RTMPose(made[finder], made["rtmpose-s"], COCO_17, family=family)
        assert load_rtmpose(name, COCO_17, root=tmp_path).identity == direct.identity
    for name in ("pose.onnx", "movenet-lightning"):
        with pytest.raises(DanceError, match=r"expected rtmpose-s, rtmpose-m or DETECTOR\+POSE"):
            load_rtmpose(name, COCO_17)


def test_a_system_library_that_is_missing_is_named(monkeypatch):
    def fail(*_):
        raise ImportError("libGL.so.1: cannot open shared object file")

    monkeypatch.setattr(rtmpose, "require", fail)
    with pytest.raises(MissingExtraError, match=r"libGL.so.1.*opencv-python-headless"):
        RTMPose(Path("d"), Path("p"), COCO_17)
