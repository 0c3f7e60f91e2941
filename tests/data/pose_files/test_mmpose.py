"""Predictions of MMPose."""

from __future__ import annotations

import numpy as np
import pytest

from dance_xai.data.pose_files.detections import Given
from dance_xai.data.pose_files.mmpose import read_mmpose
from dance_xai.errors import DataError, ShapeError


def instance(table, **more):
    about = {"bbox": [[0, 0, 9, 9]], "bbox_score": 0.75}
    return {"keypoints": table[:, :2].tolist(), "keypoint_scores": table[:, 2].tolist(), **about, **more}


@pytest.mark.parametrize("wrapped", [True, False])
@pytest.mark.parametrize("first", [0, 1])
def test_frames_count_from_the_first(save, joints, wrapped, first):
    people = [[instance(joints())], [], [instance(joints(start=5)), instance(joints(start=7))]]
    frames = [{"frame_id": first + i, "instances": found} for i, found in enumerate(people)]
    document = {"meta_info": {"dataset_name": "coco"}, "instance_info": frames} if wrapped else frames
    (found,) = read_mmpose(save("jump.json", document), Given(fps=25.0))
    assert (found.clip, found.fps) == ("jump", 25.0)
    assert (found.people.frames, found.people.frame.tolist()) == (3, [0, 2, 2])
    np.testing.assert_array_equal(found.people.xy[:, 0, 0], [0, 5, 7])
    assert found.people.score.tolist() == [0.75] * 3
    assert set(found.people.confidence.ravel().tolist()) == {0.5}


def test_a_list_of_instances_is_one_image(save, joints):
    (found,) = read_mmpose(save("a.json", [instance(joints()), instance(joints(start=3))]), Given())
    assert (found.people.frames, found.people.frame.tolist()) == (1, [0, 0])


def test_a_video_without_anybody(save):
    (found,) = read_mmpose(save("a.json", [{"frame_id": i, "instances": []} for i in range(4)]), Given())
    assert (found.people.frames, len(found.people.frame)) == (4, 0)


@pytest.mark.parametrize(
    ("document", "error", "message"),
    [
        ({"meta_info": {}}, DataError, r"expected a list of objects, got None"),
        ([{"frame_id": "x", "instances": []}], DataError, r"frame_id to be a whole number from 0, got 'x'"),
        ([{"frame_id": 0, "instances": [{"keypoints": [[1, 2]]}]}], DataError, r"the key keypoint_scores"),
        (
            [{"keypoints": [[1, 2, 3]] * 17, "keypoint_scores": [1] * 17}],
            ShapeError,
            r"x and y for each of 17 scores, got 51 numbers; use a 2D model",
        ),
        (
            [{"keypoints": [[1, 2]] * 133, "keypoint_scores": [1] * 133}],
            ShapeError,
            r"expected 17 joints \(coco_17\), got 133",
        ),
        ([{"keypoints": [[1], [2, 3]], "keypoint_scores": [1]}], DataError, r"keypoints: expected numbers"),
    ],
)
def test_bad_files_are_one_clear_line(save, document, error, message):
    with pytest.raises(error, match=message) as caught:
        read_mmpose(save("bad.json", document), Given())
    assert "\n" not in str(caught.value)
