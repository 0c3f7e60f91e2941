"""Concept layers on the official targets; test clips are looked at here and never by a fit."""

import csv
from types import SimpleNamespace

import numpy as np
import pytest

from dance_xai.model.logistic import Logistic
from dance_xai.model.ridge import Ridge
from dance_xai.model.scores import average_precision, cos_cubed


def unit(a):
    return a / np.linalg.norm(a, axis=1, keepdims=True)


@pytest.fixture(scope="module")
def penn(shared):
    folder = shared / "penn_action"
    features, labels = np.load(folder / "features.npz"), np.load(folder / "official_motion_labels.npz")
    texts = np.load(folder / "text_concepts.npz")
    assert np.array_equal(features["ids"], labels["ids"])
    with (folder / "clips.csv").open() as file:
        rows = {row["clip"]: row for row in csv.DictReader(file)}
    ids = features["ids"].tolist()
    train = np.array([rows[clip]["split"] == "train" for clip in ids])
    return SimpleNamespace(
        x=features["videomae_b"].astype(float),
        motion=np.where(labels["labels"] < 0, np.nan, labels["labels"]),
        train=train,
        folds=blocks([(rows[clip]["label"], clip) for clip, kept in zip(ids, train, strict=True) if kept]),
        affinity={
            kind: unit(features["internvid"].astype(float)) @ unit(texts[f"{kind}_internvid"].astype(float)).T
            for kind in ("object", "scene")
        },
    )


def blocks(keys, k=5):
    """Clips of a class with neighbouring numbers come from the same recording: keep them in one fold."""
    folds = np.empty(len(keys), dtype=int)
    for label in {label for label, _ in keys}:
        own = sorted((i for i, key in enumerate(keys) if key[0] == label), key=lambda i: keys[i][1])
        folds[own] = np.arange(len(own)) * k // len(own)
    return folds


@pytest.mark.parametrize(("kind", "least"), [("object", 0.831), ("scene", 0.805)])
def test_ridge_predicts_the_similarities_of_visible_phrases(penn, kind, least):
    affinity = penn.affinity[kind]
    affinity = affinity[:, np.sort(affinity[penn.train], axis=0)[-5:].mean(axis=0) > 0.2]
    fit = Ridge().fit(penn.x[penn.train], affinity[penn.train], penn.folds, np.random.default_rng(0))
    assert cos_cubed(fit.layer(penn.x[~penn.train]), affinity[~penn.train]).mean() >= least


def test_logistic_finds_the_official_motions(penn):
    fit = Logistic(keep=1.0).fit(penn.x[penn.train], penn.motion[penn.train], penn.folds, np.random.default_rng(0))
    assert fit.score.mean() > 0.52
    assert average_precision(fit.layer(penn.x[~penn.train]), penn.motion[~penn.train]).mean() >= 0.51
