import numpy as np
import pytest

from dance_xai.model.cos_cubed import CosCubed, cos_cubed_slope
from dance_xai.model.scores import cos_cubed


def test_slope_is_the_derivative_of_the_mean_similarity():
    rng = np.random.default_rng(0)
    a, t = rng.normal(size=(9, 3)), rng.normal(size=(9, 3))
    known = np.ones_like(a)
    known[2, 1] = 0
    holes = np.where(known > 0, t, np.nan)
    slope = cos_cubed_slope(a, np.where(known > 0, t, 0), known)
    for i, c in [(0, 0), (4, 1), (8, 2), (2, 1)]:
        step = np.zeros_like(a)
        step[i, c] = 1e-6
        change = (cos_cubed(a + step, holes) - cos_cubed(a - step, holes)).mean() / 2e-6
        assert slope[i, c] == pytest.approx(-change, abs=1e-7)


def test_planted_direction_is_found_without_a_bias():
    rng = np.random.default_rng(1)
    x = rng.normal(size=(300, 10))
    truth = rng.normal(size=(4, 10))
    fit = CosCubed(steps=(50, 800), rate=1e-2).fit(x, x @ truth.T + 3, np.arange(300) % 5, np.random.default_rng(0))
    assert (fit.strength == 800).all()
    unit = [w / np.linalg.norm(w, axis=1, keepdims=True) for w in (fit.layer.weight, truth)]
    assert ((unit[0] * unit[1]).sum(axis=1) > 0.99).all()
    assert not fit.layer.bias.any()
    assert (fit.score > 0.98).all()


def test_the_number_of_steps_is_the_best_on_held_out_rows():
    rng = np.random.default_rng(2)
    x = rng.normal(size=(60, 100))
    y, folds = x[:, :3] + 2 * rng.normal(size=(60, 3)), np.arange(60) % 3

    def fit(*steps):
        return CosCubed(steps=steps, rate=1e-2, held_out=3).fit(x, y, folds, np.random.default_rng(0))

    single = {steps: fit(steps) for steps in (1, 1000, 3000)}
    best = max(single, key=lambda steps: single[steps].score.mean())
    chosen = fit(3000, 1, 1000)
    assert best == 1000 and (chosen.strength == best).all()
    np.testing.assert_array_equal(chosen.layer.weight, single[best].layer.weight)
    np.testing.assert_array_equal(chosen.out_of_fold, single[best].out_of_fold)


def test_the_random_start_is_the_given_generators():
    x, folds = np.random.default_rng(3).normal(size=(30, 6)), np.arange(30) % 3
    fits = [CosCubed(steps=(5,)).fit(x, x[:, :2], folds, np.random.default_rng(seed)) for seed in (0, 0, 1)]
    assert np.array_equal(fits[0].layer.weight, fits[1].layer.weight)
    assert not np.array_equal(fits[0].layer.weight, fits[2].layer.weight)
