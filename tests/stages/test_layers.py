from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dance_xai.errors import DataError
from dance_xai.stages.layers import fit_layers


def test_every_kept_concept_has_a_row_and_a_score(bank, layers):
    assert len(layers.layer.weight) == len(layers.layer.bias) == len(layers.kept) == len(layers.quality)
    assert list(layers.kept) == sorted(layers.kept)
    for column, quality in zip(layers.kept, layers.quality, strict=True):
        assert len(quality) == 1 and np.isfinite(next(iter(quality.values()))), bank.bank.names[column]
    assert {drop.item for drop in layers.drops} == {
        name for column, name in enumerate(bank.bank.names) if column not in layers.kept
    }


def test_text_layers_follow_their_targets_on_test_clips(small_data, bank, layers):
    test = small_data.manifest.rows("test")
    predicted = layers.layer(small_data.features.values[test].astype(np.float64))
    truth = bank.targets.values[test][:, layers.kept]
    text = [i for i, column in enumerate(layers.kept) if bank.bank.concepts[column].kind != "motion"]
    likeness = [np.corrcoef(predicted[:, i], truth[:, i])[0, 1] for i in text]
    assert np.mean(likeness) > 0.4


def test_without_features_everything_is_kept_and_nothing_fitted(small_data, bank, config):
    found = fit_layers(replace(small_data, features=None), bank, config.layers, 0)
    assert found.layer is None and len(found.kept) == len(bank.bank)


def test_thresholds_drop_with_the_measured_score(small_data, bank, config, layers):
    strict = fit_layers(small_data, bank, replace(config.layers, min_average_precision=0.6, min_similarity=0.6), 0)
    assert 0 < len(strict.kept) < len(layers.kept)
    assert all(drop.value <= 0.6 for drop in strict.drops)
    assert all(next(iter(quality.values())) > 0.6 - 1e-4 for quality in strict.quality)
    with pytest.raises(DataError, match="expected one the layers can predict"):
        fit_layers(small_data, bank, replace(config.layers, min_average_precision=1.0, min_similarity=2.0), 0)


def test_the_layers_of_the_paper(small_data, bank, config):
    found = fit_layers(small_data, bank, replace(config.layers, motion="bce", text="cos_cubed", min_similarity=-2.0), 0)
    assert len(found.kept) == len(bank.bank) and np.isfinite(found.layer.weight).all()
    motion = len(bank.bank.columns("motion"))
    assert not found.layer.bias[motion:].any()
