from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dance_xai.errors import ConfigError, DataError
from dance_xai.stages.bottleneck import fit_bottleneck, fit_sparse_head


@pytest.fixture(scope="session")
def fit(small_data, bank, layers, evidence, config):
    kept = bank.keep(layers.kept, layers.quality)

    def run(activations, **head):
        measured = replace(evidence, columns=np.arange(len(layers.kept)), values=evidence.values[:, layers.kept])
        return fit_bottleneck(
            small_data, kept, layers, measured, activations, replace(config.head, **head), 0
        ), measured

    return run


@pytest.mark.parametrize("activations", ["predicted", "grounded"])
def test_activations_are_standardised_on_train(fit, small_data, activations):
    model, measured = fit(activations)
    inputs = small_data.features.values if activations == "predicted" else measured.values
    train = model.concepts(inputs[small_data.manifest.rows("train")])
    np.testing.assert_allclose(train.mean(axis=0), 0, atol=1e-9)
    np.testing.assert_allclose(train.std(axis=0), 1, atol=1e-9)
    assert model.activations == activations


def test_a_constant_concept_does_not_divide_by_zero(small_data, bank, layers, evidence, config):
    values = np.array(evidence.values)
    values[:, 0] = 0.25
    model = fit_bottleneck(small_data, bank, layers, replace(evidence, values=values), "grounded", config.head, 0)
    assert model.std[0] == 1 and not model.head.weight[:, 0].any()


@pytest.mark.parametrize("support", ["path", "pruned"])
@pytest.mark.parametrize("nec", [1.0, 3.0])
def test_nec_is_at_most_what_was_asked_for(fit, support, nec):
    model, _ = fit("grounded", choose="nec", nec=nec, support=support)
    used = (np.abs(model.head.weight) > 1e-5).sum() / len(model.classes)
    assert 0 < used <= nec


def test_a_given_strength_is_taken(fit):
    weak, strong = (fit("grounded", choose="lam", lam=lam)[0] for lam in (1e-3, 1e-1))
    assert weak.head.lam == 1e-3 and strong.head.lam == 1e-1
    assert np.count_nonzero(strong.head.weight) < np.count_nonzero(weak.head.weight)


def test_a_strength_chosen_on_folds(fit, small_data):
    model, measured = fit("grounded", choose="cv")
    train = small_data.manifest.rows("train")
    assert (model.predict(measured.values[train]) == small_data.manifest.labels[train]).mean() > 0.8


def test_what_is_missing_is_asked_for(small_data, bank, layers, evidence, config):
    with pytest.raises(ConfigError, match=r"head\.lam"):
        fit_sparse_head(evidence.values, small_data.manifest.labels, replace(config.head, choose="lam"), 0)
    with pytest.raises(DataError, match=r"data\.features"):
        bare = replace(small_data, features=None)
        fit_bottleneck(bare, bank, replace(layers, layer=None), evidence, "predicted", config.head, 0)
    with pytest.raises(DataError, match="'grounded'"):
        none = replace(evidence, columns=evidence.columns[:0], values=evidence.values[:, :0])
        fit_bottleneck(small_data, bank, layers, none, "grounded", config.head, 0)
