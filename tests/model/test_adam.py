import numpy as np
import pytest

from dance_xai.model.adam import CrossEntropyAdam, Schedule, fit_by_adam


def planted(n=120):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(n, 5))
    return x, (x @ rng.normal(size=(5, 3)) > 0.5).astype(float)


def test_first_step_is_the_rate_against_the_sign_of_the_gradient():
    x, y = planted()
    first = np.random.default_rng(4).uniform(-1, 1, (3, 5)) / np.sqrt(5)
    fit = CrossEntropyAdam(steps=(1,)).fit(x, y, np.arange(120) % 4, np.random.default_rng(4))
    gradient = (1 / (1 + np.exp(-x @ first.T)) - y).T @ x
    np.testing.assert_allclose(fit.layer.weight, first - 1e-3 * np.sign(gradient), atol=1e-6)


def test_adam_by_the_book():
    """Three steps on a constant slope and one on its opposite, against the recursion written out."""
    signs = iter([1.0, 1.0, 1.0, -2.0] * 2)
    fit = fit_by_adam(
        np.array([[1.0], [0.0], [0.0]]),
        np.zeros((3, 1)),
        np.array([0, 1, 1]),
        np.random.default_rng(0),
        slope=lambda a, t, k: np.full_like(a, next(signs)),
        schedule=Schedule((4,), rate=0.1, held_out=0),
        score="r2",
    )
    w, m, v = float(np.random.default_rng(0).uniform(-1, 1, (1, 1))[0, 0]), 0.0, 0.0
    for t, g in enumerate([1.0, 1.0, 1.0, -2.0], start=1):
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        w -= 0.1 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
    assert fit.layer.weight[0, 0] == pytest.approx(w, abs=1e-5)
    assert np.isnan(fit.out_of_fold).all()


def test_only_the_held_out_folds_have_held_out_activations():
    x, y = planted()
    y[3] = np.nan
    folds = np.arange(120) % 4
    fit = CrossEntropyAdam(steps=(300, 50), rate=1e-2, held_out=2).fit(x, y, folds, np.random.default_rng(0))
    assert np.array_equal(np.isfinite(fit.out_of_fold).any(axis=1), (folds < 2) & (np.arange(120) != 3))
    assert (fit.strength == 300).all() and (fit.score > 0.9).all()
    assert set(fit.fold_layers) == {0, 1}
    rest = folds != 1
    alone = CrossEntropyAdam(steps=(300,), rate=1e-2).fit(x[rest], y[rest], folds[rest], np.random.default_rng(0))
    np.testing.assert_allclose(fit.fold_layers[1].weight, alone.layer.weight, atol=1e-5)


def test_held_out_activations_have_not_seen_their_fold():
    x, y = planted()
    folds = np.arange(120) % 4
    flipped = np.where((folds == 0)[:, None], 1 - y, y)
    fits = [CrossEntropyAdam(steps=(40,)).fit(x, t, folds, np.random.default_rng(0)) for t in (y, flipped)]
    np.testing.assert_array_equal(fits[0].out_of_fold[folds == 0], fits[1].out_of_fold[folds == 0])
    assert not np.array_equal(fits[0].layer.weight, fits[1].layer.weight)


def test_a_fit_of_known_rows_is_the_fit_of_those_rows_alone():
    x, y = planted()
    holes = y.copy()
    holes[:30] = np.nan
    folds = np.arange(120) % 4
    whole = CrossEntropyAdam(steps=(60,)).fit(x, holes, folds, np.random.default_rng(0))
    alone = CrossEntropyAdam(steps=(60,)).fit(x[30:], y[30:], folds[30:], np.random.default_rng(0))
    np.testing.assert_allclose(whole.layer.weight, alone.layer.weight, atol=1e-4)
