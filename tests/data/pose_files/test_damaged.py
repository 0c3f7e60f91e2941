"""Whatever a file holds, reading it gives poses or one line that names it, never a traceback."""

from __future__ import annotations

import copy
import json
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dance_xai.data.pose_files.detections import Given
from dance_xai.data.pose_files.reading import READERS, read_main_actors
from dance_xai.data.pose_files.recognise import recognise
from dance_xai.errors import DanceError
from dance_xai.motion.tracking import main_rows

FLAT = [float(number % 7) for number in range(51)]
PAIRS = [[float(j), 3.0] for j in range(17)]
PERSON = {"keypoints": PAIRS, "keypoint_scores": [0.5] * 17, "bbox": [[0, 0, 1, 1]], "bbox_score": 0.5}
POINTS = [{"x": 0.5, "y": 0.25, "z": 0.0, "visibility": 0.5}] * 33
RESULTS = [{"image_id": "a/1.jpg", "keypoints": [n % 2 for n in range(51)], "score": 0.9, "idx": 1}] * 2
DOCUMENTS = {
    "coco_json": {
        "videos": [{"id": 1, "name": "a", "fps": 25.0}],
        "images": [{"id": 1, "file_name": "a/1.jpg", "height": 9, "width": 9, "video_id": 1, "frame_id": 0}],
        "annotations": [{"image_id": 1, "keypoints": [n % 3 for n in range(51)], "score": 0.5}],
    },
    "alphapose": RESULTS,
    "mmpose_json": {"meta_info": {}, "instance_info": [{"frame_id": 1, "instances": [PERSON, PERSON]}]},
    "pyskl": {
        "split": {"train": ["a"]},
        "annotations": [
            {"frame_dir": "a", "total_frames": 1, "img_shape": [9, 9], "keypoint": [[PAIRS]], "fps": 25.0}
            | {"keypoint_score": [[[0.5] * 17]]}
        ],
    },
    "openpose": {"version": 1.3, "people": [{"pose_keypoints_2d": [float(n % 2 + 1) / 2 for n in range(75)]}]},
    "mediapipe": {
        "width": 9,
        "height": 9,
        "fps": 25.0,
        "frames": [{"frame": 0, "pose_landmarks": [POINTS], "pose_world_landmarks": [POINTS]}, None],
    },
}
DOCUMENTS["openpose"]["people"][0]["pose_keypoints_2d"][0] = 30.0
ODD = st.sampled_from(
    [
        None,
        True,
        -1,
        0,
        10**30,
        1e300,
        float("nan"),
        float("inf"),
        "",
        "x",
        "é/1",
        [],
        {},
        [[]],
        [{}],
        [1, 2],
        {"a": []},
    ]
)


def places(value, path=()):
    """Every place in a document, the first two of long lists."""
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value[:2]) if isinstance(value, list) else ()
    for key, item in items:
        yield from places(item, (*path, key))


def changed(document, path, odd):
    if not path:
        return odd
    document = copy.deepcopy(document)
    inner = document
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = odd
    return document


def put(folder, kind, document, name="a.json"):
    """A pose file, in the folder that the format asks for."""
    path = folder / ("a/a_000_keypoints.json" if kind == "openpose" else name)
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(document))
    return path.parent if kind == "openpose" else path


def reads(path, kind):
    try:
        tracks = read_main_actors(path, kind, Given(), main_actor=main_rows)
    except DanceError as error:
        assert "\n" not in str(error)
        assert str(path) in str(error)
        return False
    for track in tracks:
        assert np.isfinite(track.xy).all()
        assert ((track.confidence >= 0) & (track.confidence <= 1)).all()
        assert not track.confidence[~track.present].any()
    return True


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_the_documents_can_be_read_as_they_are(tmp_path, kind):
    path = put(tmp_path, kind, DOCUMENTS[kind])
    assert reads(path, kind)
    assert recognise(path) == kind


@pytest.mark.parametrize("kind", DOCUMENTS)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_any_odd_value_anywhere(tmp_path_factory, kind, data):
    document = DOCUMENTS[kind]
    where = data.draw(st.sampled_from(list(places(document))))
    path = put(tmp_path_factory.mktemp("odd"), kind, changed(document, where, data.draw(ODD)))
    reads(path, kind)


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_any_odd_value_in_a_pickle(tmp_path_factory, data):
    document = DOCUMENTS["pyskl"]
    where = data.draw(st.sampled_from(list(places(document))))
    path = tmp_path_factory.mktemp("odd") / "a.pkl"
    path.write_bytes(pickle.dumps(changed(document, where, data.draw(ODD))))
    reads(path, "pyskl")


@settings(max_examples=40, deadline=None)
@given(
    kind=st.sampled_from(sorted(READERS)),
    suffix=st.sampled_from([".json", ".csv", ".npy", ".pkl", ".skeleton"]),
    content=st.binary(max_size=60) | st.text(max_size=60).map(str.encode),
)
def test_any_bytes(tmp_path_factory, kind, suffix, content):
    path = tmp_path_factory.mktemp("bytes") / f"a{suffix}"
    path.write_bytes(content)
    reads(path.parent if kind == "openpose" else path, kind)
    try:
        recognise(path)
    except DanceError as error:
        assert "\n" not in str(error)
