"""What is written can be read again, and says the same."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dance_xai.data.pose_files.detections import Given
from dance_xai.data.pose_files.pyskl_lines import pyskl_lines
from dance_xai.data.pose_files.reading import read_detections, read_main_actors
from dance_xai.data.pose_files.recognise import recognise
from dance_xai.data.pose_files.write import coco_document, pyskl_document
from dance_xai.data.skeletons import COCO_17, PENN_13
from dance_xai.errors import DataError
from dance_xai.types import PoseTrack


def track(clip="jump", skeleton=COCO_17, frames=4, seed=0, fps=29.97, size=(240, 320)):
    """A track with an unseen joint and an absent frame, both at place 0 as readers give them."""
    rng = np.random.default_rng(seed)
    k = len(skeleton.joints)
    confidence = rng.uniform(0.01, 1, (frames, k)).astype(np.float32)
    confidence[rng.random((frames, k)) < 0.2] = 0
    confidence[rng.random(frames) < 0.3] = 0
    xy = rng.uniform(-5, 300, (frames, k, 2)).astype(np.float32)
    present = confidence.any(axis=1)
    xy[~present] = 0
    return PoseTrack(clip, skeleton, xy, confidence, present, fps, size)


def save(path, document):
    path.write_text(json.dumps(document), encoding="utf-8")


def assert_same(one, two):
    assert (one.clip, one.skeleton, one.fps, one.height_width) == (two.clip, two.skeleton, two.fps, two.height_width)
    for name in ("xy", "confidence", "present"):
        np.testing.assert_array_equal(getattr(one, name), getattr(two, name), err_msg=name)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 1000), frames=st.integers(1, 6), known=st.booleans())
def test_round_trips(tmp_path_factory, seed, frames, known):
    about = {"fps": 12.5, "size": (90, 160)} if known else {"fps": None, "size": None}
    tracks = [track(f"clip_{i}", frames=frames, seed=seed + i, **about) for i in range(2)]
    folder = tmp_path_factory.mktemp("written")
    for make, name, kind in ((coco_document, "a.json", "coco_json"), (pyskl_document, "b.json", "pyskl")):
        save(folder / name, make(tracks))
        assert recognise(folder / name) == kind
        for one, two in zip(tracks, read_main_actors(folder / name, kind, Given()), strict=True):
            assert_same(one, two)


def test_pyskl_keeps_other_skeletons_labels_and_splits(tmp_path):
    one = track(skeleton=PENN_13)
    document = pyskl_document([one], labels={"jump": 3}, split={"train": ["jump"]})
    save(tmp_path / "x.json", document)
    assert_same(read_main_actors(tmp_path / "x.json", "pyskl", Given(PENN_13))[0], one)
    (item,) = document["annotations"]
    assert document["split"] == {"train": ["jump"]}
    assert (item["label"], item["total_frames"], item["img_shape"]) == (3, 4, (240, 320))
    assert np.shape(item["keypoint"]) == (1, 4, 13, 2)
    assert np.shape(item["keypoint_score"]) == (1, 4, 13)


def test_coco_annotations_are_those_of_coco():
    one = track()
    document = coco_document([one])
    assert document["categories"][0]["keypoints"] == list(COCO_17.joints)
    assert len(document["images"]) == 4
    assert [item["image_id"] for item in document["annotations"]] == (np.flatnonzero(one.present) + 1).tolist()
    assert [item["id"] for item in document["annotations"]] == list(range(1, 1 + one.present.sum()))
    assert [(item["id"], item["video_id"], item["frame_id"]) for item in document["images"]] == [
        (frame + 1, 1, frame) for frame in range(4)
    ]
    frame = document["annotations"][0]["image_id"] - 1
    seen = one.confidence[frame] > 0
    x, y, w, h = document["annotations"][0]["bbox"]
    np.testing.assert_allclose([x, y], one.xy[frame, seen].min(axis=0))
    np.testing.assert_allclose([x + w, y + h], one.xy[frame, seen].max(axis=0), rtol=1e-6)
    assert document["annotations"][0]["num_keypoints"] == seen.sum()


def test_an_absent_frame_is_not_written_even_if_it_has_joints(tmp_path):
    one = track()
    hidden = replace(one, present=np.zeros(4, bool))
    save(tmp_path / "b.json", pyskl_document([hidden]))
    save(tmp_path / "a.json", coco_document([hidden]))
    for name, kind in (("a.json", "coco_json"), ("b.json", "pyskl")):
        assert not read_main_actors(tmp_path / name, kind, Given())[0].present.any()


def test_several_people_of_a_clip_are_one_video(tmp_path):
    one, two = track(frames=6), track(frames=6, seed=1)
    document = coco_document([one, track("walk"), two])
    assert [video["name"] for video in document["videos"]] == ["jump", "walk"]
    assert len(document["images"]) == 10 and len({item["id"] for item in document["images"]}) == 10
    counts = [sum(item["track_id"] == who for item in document["annotations"]) for who in (1, 2)]
    assert counts[1] == two.present.sum()
    (item, _) = pyskl_document([one, track("walk"), two])["annotations"]
    assert np.shape(item["keypoint"]) == (2, 6, 17, 2)
    for make, kind in ((coco_document, "coco_json"), (pyskl_document, "pyskl")):
        save(tmp_path / "x.json", make([one, two]))
        ((_, found),) = read_detections(tmp_path / "x.json", kind, Given())
        assert len(found.people.frame) == one.present.sum() + two.present.sum()
        assert set(map(tuple, found.people.xy[:, 0].tolist())) == {
            tuple(each.xy[frame, 0].tolist()) for each in (one, two) for frame in np.flatnonzero(each.present)
        }


def test_the_pickle_of_pyskl_is_made_by_the_lines_given(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    one = track()
    save(tmp_path / "FILE.json", pyskl_document([one], labels={"jump": 3}))
    exec(pyskl_lines(), {})
    assert_same(read_main_actors(tmp_path / "FILE.pkl", "pyskl", Given())[0], one)


def test_what_cannot_be_written():
    with pytest.raises(DataError, match="expected skeleton coco_17 for COCO, got penn_13 for clip jump; convert"):
        coco_document([track(skeleton=PENN_13)])
    for make in (coco_document, pyskl_document):
        with pytest.raises(DataError, match="clip 'jump': expected 4 frames for every person, got 5"):
            make([track(), track(frames=5)])
