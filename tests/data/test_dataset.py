"""A data set in memory: rows lined up, and what cannot be lined up left out with a reason."""

from __future__ import annotations

import csv
import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dance_xai.data.dataset import files_of, keep_clips, read_dataset
from dance_xai.data.pose_source import read_tracks
from dance_xai.errors import DataError
from dance_xai.types import Clip, Features


@pytest.fixture
def folder(small_folder, tmp_path):
    return shutil.copytree(small_folder, tmp_path / "data")


@pytest.fixture
def config(small_config):
    return small_config().data


def change_npz(path, **changes):
    with np.load(path) as archive:
        np.savez(path, **{name: archive[name] for name in archive.files} | changes)


def test_rows_are_those_of_the_clips(small_data, small_world):
    rows = [small_world.ids.index(clip) for clip in small_data.manifest.ids]
    assert small_data.manifest.clips == small_world.manifest.clips
    for found, wanted in ((small_data.features, small_world.features), (small_data.video, small_world.video)):
        assert found.ids == small_data.manifest.ids
        np.testing.assert_array_equal(found.values, wanted.values[rows])
    assert [track.clip for track in small_data.tracks] == list(small_data.manifest.ids)
    assert [phrases.kind for phrases in small_data.phrases] == ["object", "scene"]


def test_the_order_of_rows_in_the_files_does_not_matter(small_data, folder, config):
    with np.load(folder / "features.npz") as archive:
        order = np.random.default_rng(0).permutation(len(archive["ids"]))
        shuffled = {name: archive[name][order] for name in archive.files}
    change_npz(folder / "features.npz", **shuffled)
    np.testing.assert_array_equal(read_dataset(config, folder).features.values, small_data.features.values)


def test_clips_without_a_vector_are_left_out_with_the_reason(folder, config, small_data):
    with (folder / "clips.csv").open("a", newline="") as file:
        csv.writer(file).writerow(["nobody_knows", "squats", "train"])
    data = read_dataset(config, folder)
    assert data.manifest.ids == small_data.manifest.ids and data.manifest.classes == small_data.manifest.classes
    assert [(d.stage, d.item, d.reason) for d in data.manifest.drops] == [
        ("clips", "nobody_knows", "no backbone feature")
    ]


def test_each_clip_is_left_out_once_with_its_first_reason(small_data):
    first, second, third, *others = small_data.manifest.ids
    features = Features("f", (second, third, *others), np.zeros((len(others) + 2, 2)))
    video = Features("v", (third, *others), np.zeros((len(others) + 1, 2)))
    kept = keep_clips(small_data.manifest, {"feature": features, "embedding": video, "nothing": None})
    assert kept.ids == (third, *others)
    assert [(d.item, d.reason) for d in kept.drops] == [(first, "no feature"), (second, "no embedding")]


def test_a_class_that_loses_all_train_clips_is_named(small_data):
    keep = [clip.id for clip in small_data.manifest.clips if clip.label != "hiking" or clip.split == "test"]
    with pytest.raises(DataError, match=r"'hiking'.*\(no feature\)"):
        keep_clips(small_data.manifest, {"feature": Features("f", tuple(keep), np.zeros((len(keep), 1)))})


def test_clips_without_poses_stay(folder, config, small_data):
    gone = small_data.manifest.ids[0]
    with np.load(folder / "keypoints.npz") as archive:
        change_npz(folder / "keypoints.npz", ids=np.where(archive["ids"] == gone, "elsewhere", archive["ids"]))
    data = read_dataset(config, folder)
    assert gone in data.manifest.ids and gone not in {track.clip for track in data.tracks}


def test_poses_of_no_clip_at_all(folder, config):
    with pytest.raises(DataError, match="got none of 1"):
        read_tracks(config.poses, folder, [Clip("nobody")])


def test_motion_labels_are_lined_up_and_minus_one_where_unknown(folder, config, small_data):
    ids = small_data.manifest.ids[::-1][:50]
    labels = np.random.default_rng(0).integers(0, 2, (50, 4))
    np.savez(folder / "labels.npz", ids=np.array(ids), labels=labels)
    found = read_dataset(replace(config, motion_labels=Path("labels.npz")), folder).motion_labels
    assert found.shape == (len(small_data.manifest.ids), 4)
    for clip, row in zip(small_data.manifest.ids, found, strict=True):
        np.testing.assert_array_equal(row, labels[ids.index(clip)] if clip in ids else [-1] * 4)
    np.savez(folder / "labels.npz", ids=np.array(["x", "y"]), labels=labels[:2])
    with pytest.raises(DataError, match="expected motion labels of the clips"):
        read_dataset(replace(config, motion_labels=Path("labels.npz")), folder)


def test_only_clips_are_needed(folder, config):
    (folder / "frames.json").write_text(json.dumps({"train_00_000": [3, 9]}))
    bare = replace(
        config, features=None, video=None, poses=None, objects=None, scenes=None, key_frames=Path("frames.json")
    )
    data = read_dataset(bare, folder)
    assert (data.features, data.video, data.tracks, data.phrases) == (None, None, (), ())
    np.testing.assert_array_equal(data.key_frames["train_00_000"], [3, 9])


def test_files_are_listed_once(config, folder):
    listed = files_of(config, folder)
    assert [path.name for path in listed] == ["clips.csv", "features.npz", "keypoints.npz", "text_concepts.npz"]
    assert all(path.is_file() for path in listed)
