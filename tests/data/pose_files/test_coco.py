"""COCO keypoint JSON, results and annotations, and AlphaPose."""

from __future__ import annotations

import numpy as np
import pytest

from dance_xai.data.pose_files.alphapose import read_alphapose
from dance_xai.data.pose_files.coco import read_coco
from dance_xai.data.pose_files.detections import Given
from dance_xai.data.skeletons import COCO_17
from dance_xai.errors import DataError, ShapeError


def result(image, table, **more):
    return {"image_id": image, "category_id": 1, "keypoints": table.ravel().tolist(), "score": 0.9, **more}


def test_results_by_name_of_the_image(save, joints):
    items = [
        result("b/000003.jpg", joints(start=9)),
        result("a/0004.jpg", joints(start=2)),
        result("a/0001.jpg", joints()),
    ]
    b, a = read_coco(save("results.json", items), Given(fps=12.5, height_width=(240, 320)))
    assert (a.clip, a.people.frames, a.people.frame.tolist()) == ("a", 5, [1, 4])
    assert (b.clip, b.people.frames, b.people.frame.tolist()) == ("b", 4, [3])
    assert (a.fps, a.height_width, a.people.skeleton) == (12.5, (240, 320), COCO_17)
    np.testing.assert_array_equal(a.people.xy[1], joints(start=2)[:, :2])
    np.testing.assert_array_equal(a.people.confidence, np.full((2, 17), 0.5))
    np.testing.assert_allclose(a.people.score, 0.9)


@pytest.mark.parametrize(
    ("image", "more", "clip", "frame"),
    [
        ("jump_000012.jpg", {}, "jump", 12),
        ("12.png", {}, "walk", 12),
        ("frame_12.png", {}, "walk", 12),
        ("images/val/v_07/0012.png", {}, "v_07", 12),
        ("C:\\clips\\v7\\12.png", {}, "v7", 12),
        (12, {}, "walk", 12),
        (5012, {"video_id": 5, "frame_id": 12}, "5", 12),
        ("x/0099.png", {"video_id": "five", "frame_id": 12}, "five", 12),
    ],
)
def test_clip_and_frame_of_a_result(save, joints, image, more, clip, frame):
    (found,) = read_coco(save("walk.json", [result(image, joints(), **more)]), Given())
    assert (found.clip, found.people.frame.tolist()) == (clip, [frame])


def test_missing_frames_are_absent_and_unseen_joints_stay_unseen(save, joints):
    table = joints()
    table[3, 2], table[4, 0] = 0, np.nan
    empty = joints(certainty=0)
    path = save("walk.json", [result(2, table), result(0, empty)])
    (found,) = read_coco(path, Given())
    assert (found.people.frames, found.people.frame.tolist()) == (3, [2])
    assert np.flatnonzero(found.people.confidence[0] == 0).tolist() == [3, 4]
    assert np.isfinite(found.people.xy).all()


def annotated(joints, third=2):
    table = joints(certainty=third)
    table[0, 2], table[1, 2] = 0, third / 2
    return {
        "images": [
            {"id": 70 + i, "file_name": f"clip/{i:05d}.jpg", "height": 100, "width": 200} for i in range(11, 16)
        ],
        "annotations": [{"id": 1, "image_id": 82, "keypoints": table.ravel().tolist()}],
    }


@pytest.mark.parametrize("third", [2, 0.9])
def test_annotations_count_from_the_first_listed_image(save, joints, third):
    (found,) = read_coco(save("instances.json", annotated(joints, third)), Given())
    assert (found.clip, found.people.frames, found.people.frame.tolist()) == ("clip", 5, [1])
    assert found.height_width == (100, 200)
    whole = 1 if third == 2 else third
    np.testing.assert_allclose(found.people.confidence[0, :3], [0, whole / 2, whole])
    np.testing.assert_allclose(found.people.score, found.people.confidence[0, 1:].mean())


def test_annotations_by_video(save, joints):
    document = annotated(joints)
    for i, image in enumerate(document["images"]):
        image |= {"video_id": 4, "frame_id": i + 1}
    document["videos"] = [{"id": 4, "name": "dive", "fps": 24.5}]
    (found,) = read_coco(save("x.json", document), Given(fps=10))
    assert (found.clip, found.people.frames, found.people.frame.tolist(), found.fps) == ("dive", 5, [1], 24.5)


def test_a_clip_without_anybody_stays(save, joints):
    document = annotated(joints) | {"annotations": []}
    (found,) = read_coco(save("x.json", document), Given())
    assert (found.people.frames, found.people.xy.shape) == (5, (0, 17, 2))


@pytest.mark.parametrize(
    ("document", "error", "message"),
    [
        ("{", DataError, r"expected JSON, got"),
        ([1], DataError, r"expected a list of objects, got \[1\]"),
        ([{"image_id": 1}], DataError, r"expected the key keypoints"),
        ([{"image_id": "nose", "keypoints": [0] * 51}], DataError, r"images named by frame number, got 'nose'"),
        ([{"image_id": -1, "keypoints": [0] * 51}], DataError, r"image_id to be a whole number from 0, got -1"),
        ([{"image_id": 9_000_000, "keypoints": [0] * 51}], DataError, r"frame numbers of a clip"),
        ([{"image_id": 1, "keypoints": [0] * 50}], ShapeError, r"a multiple of 3 numbers, got 50"),
        ([{"image_id": 1, "keypoints": []}], ShapeError, r"a multiple of 3 numbers, got 0"),
        ([{"image_id": 1, "keypoints": ["a"] * 51}], DataError, r"keypoints: expected numbers"),
        ([{"image_id": 1, "keypoints": [0] * 78}], ShapeError, r"expected 17 joints \(coco_17\), got 26"),
        ([{"image_id": 1, "keypoints": [50] * 51}], DataError, r"certainty of a joint in 0..1 .*, got 50"),
        ([{"image_id": 1, "keypoints": [1] * 51, "score": "x"}], DataError, r"score of a person as a number"),
        (
            [{"image_id": 1, "keypoints": [1] * 51}, {"image_id": 2, "keypoints": [1] * 78}],
            ShapeError,
            r"expected 17 joints for every person \(coco_17\), got 26 in frame 2",
        ),
        (
            [{"image_id": f"{at}/x/1.jpg", "keypoints": [1] * 51} for at in "ab"],
            DataError,
            r"one folder per clip, got a/x, b/x",
        ),
        ({"images": 3, "annotations": []}, DataError, r"images: expected a list of objects, got 3"),
        (
            {"images": [], "annotations": [{"image_id": 1, "keypoints": [1] * 51}]},
            DataError,
            r"expected image 1 of an annotation among the images",
        ),
    ],
)
def test_bad_files_are_one_clear_line(save, document, error, message):
    with pytest.raises(error, match=message) as caught:
        read_coco(save("bad.json", document), Given())
    assert "\n" not in str(caught.value)
    assert "bad.json" in str(caught.value)


def test_alphapose_certainties_above_one_count_as_one(save, joints):
    items = [result(f"{i}.jpg", joints(certainty=1.7), idx=1, box=[0, 0, 1, 1]) | {"score": 2.9} for i in (0, 2)]
    (found,) = read_alphapose(save("jump/alphapose-results.json", items), Given())
    assert (found.clip, found.people.frames, found.people.frame.tolist()) == ("jump", 3, [0, 2])
    assert set(found.people.confidence.ravel().tolist()) == {1.0}
    assert found.people.score.tolist() == [1.0, 1.0]


def test_alphapose_with_other_models_or_formats(save, joints):
    halpe = save("alphapose-results.json", [result("0.jpg", joints(26))])
    with pytest.raises(ShapeError, match=r"expected 17 joints \(coco_17\), got 26"):
        read_alphapose(halpe, Given())
    with pytest.raises(DataError, match="run it without --format"):
        read_alphapose(save("alphapose-results.json", {"0.jpg": {"people": []}}), Given())
