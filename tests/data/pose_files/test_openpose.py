"""Folders of OpenPose JSON."""

from __future__ import annotations

import numpy as np
import pytest

from dance_xai.data.pose_files.detections import Given
from dance_xai.data.pose_files.openpose import read_openpose
from dance_xai.data.skeletons import BODY_25, OPENPOSE_18
from dance_xai.errors import DataError, ShapeError


def frame(*tables):
    return {"version": 1.3, "people": [{"person_id": [-1], "pose_keypoints_2d": t.ravel().tolist()} for t in tables]}


@pytest.mark.parametrize(("k", "skeleton"), [(25, BODY_25), (18, OPENPOSE_18)])
def test_a_folder_is_a_clip(save, joints, k, skeleton):
    table = joints(k, start=3, certainty=0.8)
    table[4] = 0
    for number, people in ((100, [table]), (101, []), (103, [joints(k), table])):
        path = save(f"jump/video_{number:012d}_keypoints.json", frame(*people))
    (found,) = read_openpose(path.parent, Given())
    assert (found.clip, found.people.skeleton) == ("jump", skeleton)
    assert (found.people.frames, found.people.frame.tolist()) == (4, [0, 3, 3])
    assert found.people.confidence[0, 4] == 0
    np.testing.assert_allclose(found.people.score, [0.8, 0.5, 0.8], rtol=1e-6)
    np.testing.assert_array_equal(found.people.xy[0, 5], table[5, :2])


def test_several_videos_in_one_folder(save, joints):
    for name in ("run", "walk"):
        path = save(f"out/{name}_000000000000_keypoints.json", frame(joints(25)))
    assert [found.clip for found in read_openpose(path.parent, Given())] == ["run", "walk"]


def test_nobody_in_a_clip(save):
    path = save("jump/0_keypoints.json", frame())
    (found,) = read_openpose(path.parent, Given())
    assert (found.people.frames, len(found.people.frame), found.people.skeleton) == (1, 0, BODY_25)


@pytest.mark.parametrize(
    ("name", "document", "error", "message"),
    [
        ("a_0_keypoints.json", {"people": 1}, DataError, r"people: expected a list of objects, got 1"),
        ("a_0_keypoints.json", [], DataError, r"people: expected a list of objects, got None"),
        ("first_keypoints.json", {"people": []}, DataError, r"number of the frame before _keypoints.json"),
        ("a.json", {"people": []}, DataError, r"expected files \*_keypoints.json of OpenPose, found none"),
        (
            "a_0_keypoints.json",
            {"people": [{"pose_keypoints_2d": [9] * 45}]},
            ShapeError,
            r"25 joints \(body_25\) or 18 joints \(coco_18\), got 15",
        ),
        (
            "a_0_keypoints.json",
            {"people": [{"pose_keypoints_2d": [0.5] * 75}]},
            DataError,
            r"places in pixels, got numbers up to 0.5; run OpenPose with --keypoint_scale 0",
        ),
    ],
)
def test_bad_files_are_one_clear_line(save, name, document, error, message):
    with pytest.raises(error, match=message) as caught:
        read_openpose(save(f"c/{name}", document).parent, Given())
    assert "\n" not in str(caught.value)


def test_two_files_of_one_frame(save):
    save("c/a_01_keypoints.json", frame())
    with pytest.raises(DataError, match=r"one file per frame, got a_01_keypoints.json too"):
        read_openpose(save("c/a_1_keypoints.json", frame()).parent, Given())
