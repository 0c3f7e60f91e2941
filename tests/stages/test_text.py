from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dance_xai.errors import ConfigError
from dance_xai.planted.rule import DISTRACTORS
from dance_xai.stages.text import find_phrases


def unit(vectors):
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_affinities_are_cosines(small_data, phrases):
    by_kind = {item.kind: item for item in small_data.phrases}
    for kind, name, column in zip(phrases.kinds, phrases.names, phrases.affinities.T, strict=True):
        embedding = by_kind[kind].embeddings[by_kind[kind].texts.index(name)][None]
        np.testing.assert_allclose(column, (unit(small_data.video.values) @ unit(embedding).T)[:, 0], atol=1e-6)


def test_objects_come_before_scenes_and_nothing_unseen_stays(phrases):
    assert list(phrases.kinds) == sorted(phrases.kinds) and set(phrases.kinds) == {"object", "scene"}
    unseen = {name for names in DISTRACTORS.values() for name in names}
    assert len(unseen & set(phrases.names)) <= 1
    assert len(unseen & {drop.item for drop in phrases.drops}) >= len(unseen) - 1


def test_calibration_is_fitted_on_train_clips_of_both_kinds_together(small_data, phrases):
    train = phrases.calibrated[small_data.manifest.rows("train")]
    np.testing.assert_allclose(train.mean(axis=0), 0, atol=1e-9)
    np.testing.assert_allclose(train.std(axis=0), 1, atol=1e-9)
    assert not np.allclose(phrases.calibrated[small_data.manifest.rows("test")].mean(axis=0), 0, atol=1e-9)


def test_a_given_cutoff_is_obeyed(small_data, config):
    found = find_phrases(small_data, replace(config.text, cutoff=0.15, top_k=5))
    train = small_data.manifest.rows("train")
    assert (np.sort(found.affinities[train], axis=0)[-5:].mean(axis=0) > 0.15).all()
    everything = find_phrases(small_data, replace(config.text, cutoff=-1.0))
    assert len(everything.names) >= len(found.names)


def test_without_phrases_or_embeddings(small_data, config):
    none = find_phrases(replace(small_data, phrases=()), config.text)
    assert none.names == () and none.affinities.shape == (len(small_data.manifest.clips), 0)
    with pytest.raises(ConfigError, match=r"data\.video"):
        find_phrases(replace(small_data, video=None), config.text)
