"""PYSKL annotation files, as pickle and as JSON."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

from dance_xai.data.pose_files.detections import Given
from dance_xai.data.pose_files.pyskl import read_pyskl
from dance_xai.data.skeletons import COCO_17, NTU_25, PENN_13
from dance_xai.errors import DanceError, DataError, ShapeError, UnsafePickleError


def annotation(m=1, t=3, v=17, c=2, **changes):
    keypoint = np.random.default_rng(0).uniform(1, 90, (m, t, v, c)).astype(np.float16)
    about = {"frame_dir": "jump", "total_frames": t, "img_shape": (240, 320), "original_shape": (240, 320), "label": 4}
    return about | {"keypoint": keypoint, "keypoint_score": np.full((m, t, v), 0.75, np.float16)} | changes


def saved(tmp_path, *annotations, name="x.pkl"):
    path = tmp_path / name
    path.write_bytes(pickle.dumps({"split": {"train": ["jump"]}, "annotations": list(annotations)}))
    return path


def test_one_person(tmp_path):
    item = annotation()
    item["keypoint_score"][0, 1] = 0
    item["keypoint_score"][0, 2, 5] = 0
    (found,) = read_pyskl(saved(tmp_path, item), Given(fps=30.0))
    people = found.people
    assert (found.clip, found.height_width, found.fps, found.one_person) == ("jump", (240, 320), 30.0, True)
    assert (people.skeleton, people.frames, people.frame.tolist()) == (COCO_17, 3, [0, 2])
    assert people.confidence[1, 5] == 0
    np.testing.assert_array_equal(people.xy[0], item["keypoint"][0, 0].astype(np.float32))


def test_two_people_and_padding(tmp_path):
    item = annotation(m=2)
    item["keypoint_score"][1, :2] = 0
    (found,) = read_pyskl(saved(tmp_path, item), Given())
    assert (found.people.frame.tolist(), found.one_person) == ([0, 1, 2, 2], False)


def test_without_scores_joints_at_zero_are_not_seen(tmp_path):
    item = annotation()
    del item["keypoint_score"]
    item["keypoint"][0, 0, 3] = 0
    item["keypoint"][0, 1] = 0
    (found,) = read_pyskl(saved(tmp_path, item), Given())
    assert found.people.frame.tolist() == [0, 2]
    assert (found.people.confidence[0, 3], found.people.confidence[0, 4]) == (0, 1)


def test_metres_are_turned_and_projected(tmp_path):
    item = annotation(v=25, c=3, keypoint=np.tile(np.array([0.5, 1.0, 2.0], np.float32), (1, 3, 25, 1)))
    del item["keypoint_score"]
    item["keypoint"][0, 1] = 0
    (found,) = read_pyskl(saved(tmp_path, item), Given())
    assert (found.people.skeleton, found.height_width, found.people.frame.tolist()) == (NTU_25, (1080, 1920), [0, 2])
    np.testing.assert_allclose(found.xyz[0, 7], [0.5, -1.0, 2.0])
    np.testing.assert_allclose(found.people.xy[0, 7], [960 + 1060 * 0.25, 540 - 1060 * 0.5])


def test_another_skeleton_is_named_in_the_settings(tmp_path):
    path = saved(tmp_path, annotation(v=13))
    with pytest.raises(ShapeError, match=r"17 joints \(coco_17\) or 18 joints \(coco_18\), got 13; set skeleton"):
        read_pyskl(path, Given())
    assert read_pyskl(path, Given(PENN_13))[0].people.skeleton == PENN_13


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"total_frames": 4}, r"keypoint: expected shape \(\*, 4, \*, \*\), got \(1, 3, 17, 2\)"),
        ({"keypoint_score": np.ones((1, 3, 16))}, r"keypoint_score: expected shape \(1, 3, 17\)"),
        ({"keypoint": np.ones((3, 17, 2))}, r"keypoint: expected shape"),
        ({"keypoint": "x"}, r"expected an array of numbers"),
        ({"keypoint": np.ones((1, 3, 17, 4))}, r"expected 2 or 3 numbers per joint, got 4"),
        ({"keypoint": np.ones((1, 3, 17, 3))}, r"expected 25 joints \(ntu_25\), got 17"),
        ({"img_shape": 3}, r"expected img_shape as height and width, got 3"),
        ({"total_frames": None}, r"total_frames to be a whole number"),
        ({"fps": -2}, r"fps: expected a number above 0, got -2"),
    ],
)
def test_bad_annotations_are_one_clear_line(tmp_path, changes, message):
    with pytest.raises(DataError, match=message) as caught:
        read_pyskl(saved(tmp_path, annotation(**changes)), Given())
    assert "\n" not in str(caught.value)
    assert "x.pkl" in str(caught.value)


def test_other_pickles(tmp_path):
    path = tmp_path / "x.pkl"
    path.write_bytes(pickle.dumps({"annotations": [{"frame_dir": "a"}]}))
    with pytest.raises(DataError, match="expected the key total_frames, keypoint"):
        read_pyskl(path, Given())
    path.write_bytes(pickle.dumps(Path("evil")))
    with pytest.raises(UnsafePickleError):
        read_pyskl(path, Given())
    path.write_bytes(b"nothing")
    with pytest.raises(DanceError, match=r"x.pkl: expected"):
        read_pyskl(path, Given())
