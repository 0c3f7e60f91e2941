"""What is written can be read again, and says the same."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dance_xai.data.pose_files.detections import Given
from dance_xai.data.pose_files.reading import read_main_actors
from dance_xai.data.pose_files.recognise import recognise
from dance_xai.data.pose_files.write import write_coco, write_pyskl
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
    for write, name, kind in ((write_coco, "a.json", "coco_json"), (write_pyskl, "b.json", "pyskl")):
        write(folder / name, tracks)
        assert recognise(folder / name) == kind
        for one, two in zip(tracks, read_main_actors(folder / name, kind, Given()), strict=True):
            assert_same(one, two)


def test_pyskl_keeps_other_skeletons_labels_and_splits(tmp_path):
    one = track(skeleton=PENN_13)
    write_pyskl(tmp_path / "x.json", [one], labels={"jump": 3}, split={"train": ["jump"]})
    assert_same(read_main_actors(tmp_path / "x.json", "pyskl", Given(PENN_13))[0], one)
    document = json.loads((tmp_path / "x.json").read_text())
    (item,) = document["annotations"]
    assert document["split"] == {"train": ["jump"]}
    assert (item["label"], item["total_frames"], item["img_shape"]) == (3, 4, [240, 320])
    assert np.shape(item["keypoint"]) == (1, 4, 13, 2)
    assert np.shape(item["keypoint_score"]) == (1, 4, 13)


def test_coco_annotations_are_those_of_coco(tmp_path):
    one = track()
    write_coco(tmp_path / "x.json", [one])
    document = json.loads((tmp_path / "x.json").read_text())
    assert document["categories"][0]["keypoints"] == list(COCO_17.joints)
    assert len(document["images"]) == 4
    assert [item["image_id"] for item in document["annotations"]] == np.flatnonzero(one.present).tolist()
    frame = document["annotations"][0]["image_id"]
    seen = one.confidence[frame] > 0
    x, y, w, h = document["annotations"][0]["bbox"]
    np.testing.assert_allclose([x, y], one.xy[frame, seen].min(axis=0))
    np.testing.assert_allclose([x + w, y + h], one.xy[frame, seen].max(axis=0), rtol=1e-6)
    assert document["annotations"][0]["num_keypoints"] == seen.sum()


def test_an_absent_frame_is_not_written_even_if_it_has_joints(tmp_path):
    one = track()
    hidden = replace(one, present=np.zeros(4, bool))
    write_pyskl(tmp_path / "b.json", [hidden])
    write_coco(tmp_path / "a.json", [hidden])
    for name, kind in (("a.json", "coco_json"), ("b.json", "pyskl")):
        assert not read_main_actors(tmp_path / name, kind, Given())[0].present.any()


def test_coco_needs_its_skeleton(tmp_path):
    with pytest.raises(DataError, match="expected skeleton coco_17 for COCO, got penn_13 for clip jump; convert"):
        write_coco(tmp_path / "x.json", [track(skeleton=PENN_13)])
    assert not (tmp_path / "x.json").exists()
