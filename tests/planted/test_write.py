"""Files of a planted world, read back by the readers of real data."""

from __future__ import annotations

import json

import numpy as np
import pytest

from dance_xai.data.arrays import read_features, read_phrases
from dance_xai.data.manifest import read_manifest
from dance_xai.data.poses import read_pose_npz
from dance_xai.data.skeletons import skeleton
from dance_xai.planted.world import BACKBONE, DUAL, make_world
from dance_xai.planted.write import write_world


@pytest.fixture(scope="module")
def small():
    return make_world(clips_per_class=4, seed=1)


@pytest.fixture(scope="module")
def paths(small, tmp_path_factory):
    return write_world(small, tmp_path_factory.mktemp("planted") / "world")


def test_clips_come_back(small, paths):
    clips, shifted = read_manifest(paths["clips"]), read_manifest(paths["shifted"])
    assert clips.clips == small.manifest.clips
    assert clips.classes == shifted.classes == small.manifest.classes
    train = [small.manifest.clips[row] for row in small.manifest.rows("train")]
    assert shifted.clips == (*train, *small.shifted.clips)


def test_poses_come_back(small, paths):
    found = read_pose_npz(paths["keypoints"], skeleton=skeleton("coco_17"))
    for track, wanted in zip(found, small.tracks, strict=True):
        assert track.skeleton == wanted.skeleton
        assert (track.clip, track.fps, track.height_width) == (wanted.clip, wanted.fps, wanted.height_width)
        for name in ("xy", "confidence", "present"):
            np.testing.assert_array_equal(getattr(track, name), getattr(wanted, name))


def test_features_and_phrases_come_back(small, paths):
    for wanted in (small.features, small.video):
        found = read_features(paths["features"], array=wanted.name)
        assert found.ids == wanted.ids
        np.testing.assert_array_equal(found.values, wanted.values)
    for kind, wanted in small.phrases.items():
        found = read_phrases(paths["phrases"], kind=kind, texts=f"{kind}_texts", embeddings=f"{kind}_{DUAL}")
        assert found.texts == wanted.texts
        np.testing.assert_array_equal(found.embeddings, wanted.embeddings)
    assert small.features.name == BACKBONE


def test_the_truth_is_written_for_every_clip(small, paths):
    truth = json.loads(paths["truth"].read_text(encoding="utf-8"))
    assert list(truth["clips"]) == list(small.ids)
    assert truth["shortcut"]["scene"] in truth["concepts"]["scene"]
    assert len(truth["rules"]) == len(small.manifest.classes)
    for clip in small.manifest.clips:
        entry = truth["clips"][clip.id]
        assert [tuple(span) for span in entry["spans"]] == [(s.motion, s.start, s.stop) for s in small.spans[clip.id]]
        rule = next(rule for rule in truth["rules"] if rule["label"] == clip.label)
        assert entry["motion"] == sorted(rule["motions"])


def test_the_same_world_gives_the_same_bytes(small, paths, tmp_path):
    again = write_world(make_world(clips_per_class=4, seed=1), tmp_path)
    for name in paths:
        assert again[name].read_bytes() == paths[name].read_bytes()
