"""What every way to fit a concept layer promises."""

import numpy as np
import pytest

from dance_xai.errors import DanceError
from dance_xai.model.adam import CrossEntropyAdam
from dance_xai.model.cos_cubed import CosCubed
from dance_xai.model.layer import ConceptLayerFit
from dance_xai.model.logistic import Logistic
from dance_xai.model.ridge import Ridge
from dance_xai.model.scores import SCORES

FITS = [
    Ridge(),
    Ridge(score="average_precision"),
    Logistic(),
    Logistic(whiten=1.0, balance=0.0),
    CosCubed(steps=(100, 600), rate=1e-2, held_out=4),
    CrossEntropyAdam(steps=(600,), rate=1e-2, held_out=4),
]
pytestmark = pytest.mark.parametrize("method", FITS, ids=repr)
N, D, C = 160, 9, 3


TRUTH = np.random.default_rng(7).normal(size=(D, C))


def show(x):
    return (x @ TRUTH > 1).astype(float)


@pytest.fixture
def data():
    x = np.random.default_rng(0).normal(size=(N, D))
    targets = show(x)
    targets[[5, 6, 77]] = np.nan
    targets[8, 1] = np.nan
    return x, targets, np.arange(N) % 4


def test_it_is_a_concept_layer_fit(method):
    assert isinstance(method, ConceptLayerFit)


def test_shapes_and_unknown_rows(method, data):
    x, targets, folds = data
    fit = method.fit(x, targets, folds, np.random.default_rng(0))
    assert fit.layer.weight.shape == (C, D) and fit.layer.weight.dtype == np.float64
    assert fit.layer.bias.shape == fit.strength.shape == fit.score.shape == (C,)
    assert np.array_equal(np.isnan(fit.out_of_fold), np.isnan(targets))
    np.testing.assert_array_equal(SCORES[fit.score_name](fit.out_of_fold, targets), fit.score)


def test_planted_concepts_are_learnt(method, data):
    x, targets, folds = data
    fit = method.fit(x, targets, folds, np.random.default_rng(0))
    fresh = np.random.default_rng(1).normal(size=(500, D))
    assert (SCORES["average_precision"](fit.layer(fresh), show(fresh)) > 0.7).all()
    assert (SCORES["average_precision"](fit.out_of_fold, targets) > 0.7).all()


def test_same_generator_same_layer_and_inputs_untouched(method, data):
    before = [array.copy() for array in data]
    first, second = (method.fit(*data, np.random.default_rng(3)) for _ in range(2))
    assert np.array_equal(first.layer.weight, second.layer.weight)
    assert all(np.array_equal(a, b, equal_nan=True) for a, b in zip(before, data, strict=True))


def test_out_of_fold_has_not_seen_its_own_targets(method, data):
    x, targets, folds = data
    held = folds == 2
    flipped = np.where(held[:, None], 1 - targets, targets)
    fits = [method.fit(x, t, folds, np.random.default_rng(0)) for t in (targets, flipped)]
    same = fits[0].strength == fits[1].strength
    known = held & ~np.isnan(targets).any(axis=1)
    a, b = (fit.out_of_fold[known][:, same] for fit in fits)
    shift = (a - b).mean(axis=0)  # balance moves the bias with the share of positives
    np.testing.assert_allclose(a - b - shift, 0, atol=0.1 * np.abs(a).max(initial=1))


def test_layers_of_the_folds_say_what_was_held_out(method, data):
    x, targets, folds = data
    targets[folds == 3, 2] = np.nan
    folds = folds * 10 - 1
    fit = method.fit(x, targets, folds, np.random.default_rng(0))
    assert set(fit.fold_layers) == set(folds)
    for fold, layer in fit.fold_layers.items():
        rows = folds == fold
        known = ~np.isnan(targets[rows])
        assert layer.weight.dtype == np.float64 and layer.weight.shape == fit.layer.weight.shape
        np.testing.assert_allclose(layer(x[rows])[known], fit.out_of_fold[rows][known], rtol=1e-4, atol=1e-4)
        assert np.isfinite(layer(x)).all()


def test_bad_input_is_a_dance_error(method, data):
    x, targets, folds = data
    rng = np.random.default_rng(0)
    for bad in ((x[:-1], targets, folds), (x * np.nan, targets, folds), (x, targets, folds * 0)):
        with pytest.raises(DanceError):
            method.fit(*bad, rng)
