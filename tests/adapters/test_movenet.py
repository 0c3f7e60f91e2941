"""MoveNet on real people whose joints are known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dance_xai.adapters.movenet import MoveNet
from dance_xai.data.skeletons import COCO_17
from dance_xai.data.video import read_frames, scan_video

pytest.importorskip("onnxruntime", reason="onnxruntime is not installed (extra onnx)")

CLIPS = ("a1_s1_t1", "a7_s2_t2", "a22_s5_t1", "a27_s8_t3")
LIMBS = [
    f"{side}_{part}" for part in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle") for side in ("left", "right")
]
KINECT = (
    "head shoulder_center spine hip_center left_shoulder left_elbow left_wrist left_hand right_shoulder right_elbow "
    "right_wrist right_hand left_hip left_knee left_ankle left_foot right_hip right_knee right_ankle right_foot"
).split()


def mirrored(joint: str) -> str:
    """The sensor names the sides as in a mirror."""
    side, _, part = joint.partition("_")
    return f"{'right' if side == 'left' else 'left'}_{part}"


@pytest.fixture(scope="module")
def scenes(shared: Path) -> list[tuple[np.ndarray, dict[str, np.ndarray]]]:
    """Frames, three of each clip, and the true places of the joints in pixels."""
    data = np.load(shared / "utd_mhad" / "skeletons.npz")
    first = dict(zip(data["names"], np.cumsum(data["lengths"]) - data["lengths"], strict=True))
    length = dict(zip(data["names"], data["lengths"], strict=True))
    found = []
    for clip in CLIPS:
        video = scan_video(shared / "utd_mhad" / "videos" / f"{clip}.mp4")
        wanted = np.linspace(2, min(len(video.timeline), length[clip]) - 3, 3).round().astype(int)
        for points, frame in read_frames(video, wanted=wanted):
            found.append((frame, dict(zip(KINECT, data["joints_uv_px"][first[clip] + points[0]], strict=True))))
    return found


@pytest.fixture(scope="module", params=["lightning", "multipose"])
def movenet(request: pytest.FixtureRequest, shared: Path) -> MoveNet:
    return MoveNet(shared / "models" / f"movenet-{request.param}.onnx", COCO_17, device="cpu")


def errors(movenet: MoveNet, scenes, name=mirrored) -> np.ndarray:
    """(n, 12) distances of the surest person's limb joints to the truth, in heights from head to ankles."""
    rows = []
    for frame, truth in scenes:
        people = movenet.detect([frame])
        if len(people.score):
            found = people.xy[people.score.argmax()][COCO_17.index(*LIMBS)]
            true = np.array([truth[name(joint)] for joint in LIMBS])
            ankles = (truth["left_ankle"] + truth["right_ankle"]) / 2
            rows.append(np.linalg.norm(found - true, axis=1) / np.linalg.norm(truth["head"] - ankles))
    return np.array(rows)


def test_it_is_told_apart_by_its_input(movenet: MoveNet):
    assert movenet.name == f"movenet-{movenet.kind}" and movenet.identity.startswith(movenet.name)


def test_joints_are_near_the_truth(movenet: MoveNet, scenes):
    """People 140 pixels tall in grey depth pictures, unlike anything it was trained on."""
    away = errors(movenet, scenes)
    least, people = {"lightning": (0.65, 12), "multipose": (0.4, 8)}[movenet.kind]
    assert len(away) >= people and (away < 0.1).mean() >= least, (len(away), (away < 0.1).mean())
    assert np.median(away) < 0.13


def test_left_is_left(movenet: MoveNet, scenes):
    """People face the camera, and the sensor's sides are those of a mirror: unswapped, all is farther away."""
    assert np.median(errors(movenet, scenes)) < np.median(errors(movenet, scenes, name=str))


def test_a_person_twice_as_large_is_at_twice_the_place(movenet: MoveNet, scenes):
    away = []
    for frame, _ in scenes:
        large = np.asarray(Image.fromarray(frame).resize((640, 480), Image.Resampling.BICUBIC))
        one, two = movenet.detect([frame]), movenet.detect([large])
        if len(two.score) and one.score.max(initial=0) > 0.3:
            sure = one.confidence[one.score.argmax()] > 0.3
            a, b = one.xy[one.score.argmax()], two.xy[two.score.argmax()]
            away.append(np.linalg.norm(2 * a - b, axis=1)[sure])
    assert len(away) >= 4 and np.median(np.concatenate(away)) < 10  # pixels, of people 280 tall


def test_a_person_who_is_moved_is_found_there(movenet: MoveNet, scenes):
    """Room above and on the left, whatever that does to the input of the network."""
    frame = scenes[0][0]
    moved = np.zeros((340, 400, 3), np.uint8)
    moved[100:, 80:] = frame
    one, two = movenet.detect([frame]), movenet.detect([moved])
    a, b = one.xy[one.score.argmax()], two.xy[two.score.argmax()]
    sure = (one.confidence[one.score.argmax()] > 0.3) & (two.confidence[two.score.argmax()] > 0.3)
    assert sure.sum() >= 5 and np.median(np.linalg.norm(a + np.array([80, 100]) - b, axis=1)[sure]) < 10


def test_who_is_less_sure_than_asked_is_left_out(movenet: MoveNet, scenes, shared: Path):
    path = shared / "models" / f"movenet-{movenet.kind}.onnx"
    all_of_them = MoveNet(path, COCO_17, device="cpu", least=0.0).detect([scenes[0][0]])
    assert len(all_of_them.score) == {"lightning": 1, "multipose": 6}[movenet.kind]
    middle = float(np.median(all_of_them.score)) - 1e-4
    kept = MoveNet(path, COCO_17, device="cpu", least=middle).detect([scenes[0][0]])
    np.testing.assert_allclose(kept.score, all_of_them.score[all_of_them.score >= middle])
