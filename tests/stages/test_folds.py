from __future__ import annotations

import numpy as np
import pytest

from dance_xai.errors import DataError
from dance_xai.stages.folds import train_folds
from dance_xai.types import Clip, Manifest


def manifest(train, subjects=None, test=3):
    clips = [
        Clip(f"{name}{i:02d}", name, "train", subject=subjects and subjects[i % len(subjects)])
        for name, count in train.items()
        for i in range(count)
    ]
    clips += [Clip(f"t{i}", next(iter(train)), "test") for i in range(test)]
    order = np.random.default_rng(0).permutation(len(clips))
    return Manifest(tuple(clips[i] for i in order), tuple(sorted(train)))


def labels_of(data):
    return data.labels[data.rows("train")]


@pytest.mark.parametrize("n_folds", [2, 3, 5])
def test_every_class_is_spread_over_all_folds(n_folds):
    data = manifest({"a": 10, "b": 17, "c": 6})
    folds = train_folds(data, n_folds)
    assert len(folds) == len(data.rows("train")) == 33
    for label in range(3):
        sizes = np.bincount(folds[labels_of(data) == label], minlength=n_folds)
        assert sizes.max() - sizes.min() <= 1 and sizes.min() >= 1


def test_neighbours_by_id_share_a_fold():
    data = manifest({"a": 12, "b": 12})
    folds = train_folds(data, 3)
    ids = [data.ids[row] for row in data.rows("train")]
    in_order = [fold for _, fold in sorted(zip(ids, folds, strict=True))]
    assert in_order == [0] * 4 + [1] * 4 + [2] * 4 + [0] * 4 + [1] * 4 + [2] * 4


def test_subjects_share_a_fold_where_they_are_known():
    data = manifest({"a": 12, "b": 12}, subjects=["anna", "ben", "cleo"])
    subjects = [data.clips[row].subject for row in data.rows("train")]
    folds = train_folds(data, 3)
    assert {len({fold for fold, s in zip(folds, subjects, strict=True) if s == who}) for who in subjects} == {1}


def test_test_clips_do_not_matter():
    few, many = manifest({"a": 6, "b": 6}, test=0), manifest({"a": 6, "b": 6}, test=9)
    by_id = [
        dict(zip((d.ids[r] for r in d.rows("train")), train_folds(d, 3).tolist(), strict=True)) for d in (few, many)
    ]
    assert by_id[0] == by_id[1]


def test_one_clip_cannot_be_held_out():
    with pytest.raises(DataError, match="at least 2 train clips of 'b'"):
        train_folds(manifest({"a": 5, "b": 1}), 2)
