import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import linear_model

from dance_xai.model.ridge import Ridge, leave_fold_out
from dance_xai.model.scores import cos_cubed, r2
from dance_xai.model.spectrum import spectrum

RNG = np.random.default_rng(0)  # unused by ridge


def planted(rng, n, d, c=3):
    x = rng.normal(1, 1, (n, d)) * np.linspace(0.2, 3, d)
    return x, x @ rng.normal(size=(d, c)) / np.sqrt(d) + 2 + 0.3 * rng.normal(size=(n, c))


def refits(x, y, folds, alpha):
    held_out = np.empty_like(y)
    for fold in np.unique(folds):
        rows = folds != fold
        held_out[~rows] = (
            linear_model.Ridge(alpha=alpha).fit(x[rows], y[rows]).predict(x[~rows]).reshape(y[~rows].shape)
        )
    return held_out


@given(
    seed=st.integers(0, 10_000),
    n=st.integers(5, 40),
    d=st.integers(1, 60),
    k=st.integers(2, 5),
    alpha=st.floats(1e-2, 1e4),
)
@settings(max_examples=40, deadline=None)
def test_leave_fold_out_equals_refitting(seed, n, d, k, alpha):
    rng = np.random.default_rng(seed)
    x, y = planted(rng, n, d)
    folds = rng.permutation(np.arange(n) % k)
    np.testing.assert_allclose(
        leave_fold_out(spectrum(x), y, folds, alpha), refits(x, y, folds, alpha), atol=1e-6 * np.abs(y).max()
    )


def test_uneven_folds_take_both_ways_to_invert():
    rng = np.random.default_rng(5)
    x, y = planted(rng, 60, 8)
    folds = np.repeat([0, 1, 2], [50, 3, 7])
    np.testing.assert_allclose(leave_fold_out(spectrum(x), y, folds, 2.0), refits(x, y, folds, 2.0), atol=1e-9)


@pytest.mark.parametrize(("n", "d"), [(50, 12), (20, 45)])
def test_fit_equals_sklearn_at_the_chosen_strengths(n, d):
    rng = np.random.default_rng(3)
    x, y = planted(rng, n, d)
    y[:, 2] = rng.normal(size=n)  # nothing to learn
    folds = np.arange(n) % 4
    fit = Ridge().fit(x, y, folds, RNG)
    assert len(set(fit.strength)) > 1
    power = ((x - x.mean(axis=0)) ** 2).sum(axis=1).mean()
    for c, strength in enumerate(fit.strength):
        oracle = linear_model.Ridge(alpha=strength * power).fit(x, y[:, c])
        np.testing.assert_allclose(fit.layer(x)[:, c], oracle.predict(x), atol=1e-8)
        errors = [((refits(x, y[:, [c]], folds, s * power)[:, 0] - y[:, c]) ** 2).sum() for s in Ridge().strengths]
        assert strength == Ridge().strengths[int(np.argmin(errors))]
    np.testing.assert_allclose(fit.score, cos_cubed(fit.out_of_fold, y))


def test_unknown_rows_play_no_part():
    rng = np.random.default_rng(4)
    x, y = planted(rng, 40, 6)
    folds = np.arange(40) % 4
    holes = y.copy()
    holes[:9, 1] = np.nan
    fit = Ridge(score="r2").fit(x, holes, folds, RNG)
    alone = Ridge(score="r2").fit(x[9:], y[9:, [1]], folds[9:], RNG)
    np.testing.assert_allclose(fit.layer.weight[1], alone.layer.weight[0], atol=1e-10)
    assert np.isnan(fit.out_of_fold[:9, 1]).all() and np.isfinite(fit.out_of_fold[9:]).all()
    np.testing.assert_allclose(fit.out_of_fold[9:, [1]], alone.out_of_fold, atol=1e-10)
    assert fit.score[1] == pytest.approx(alone.score[0])


@pytest.mark.parametrize(("n", "d"), [(50, 12), (20, 45)])
def test_layers_of_the_folds_are_refits_without_them(n, d):
    x, y = planted(np.random.default_rng(8), n, d)
    folds = np.arange(n) % 4
    y[[1, 5, 9], 1] = np.nan
    y[folds == 2, 2] = np.nan
    fit = Ridge().fit(x, y, folds, RNG)
    for fold, layer in fit.fold_layers.items():
        for c, strength in enumerate(fit.strength):
            known = np.isfinite(y[:, c])
            power = ((x[known] - x[known].mean(axis=0)) ** 2).sum(axis=1).mean()
            rest = known & (folds != fold)
            oracle = linear_model.Ridge(alpha=strength * power).fit(x[rest], y[rest, c])
            np.testing.assert_allclose(layer.weight[c], oracle.coef_, atol=1e-8)
            np.testing.assert_allclose(layer.bias[c], oracle.intercept_, atol=1e-8)


def test_strength_is_free_of_the_scale_of_the_inputs():
    x, y = planted(np.random.default_rng(6), 30, 5)
    small, large = (Ridge().fit(s * x, y, np.arange(30) % 3, RNG) for s in (1e-3, 1e3))
    assert np.array_equal(small.strength, large.strength)
    np.testing.assert_allclose(small.out_of_fold, large.out_of_fold, atol=1e-8)


def test_planted_layer_is_found_and_noise_is_shrunk():
    rng = np.random.default_rng(7)
    x = rng.normal(size=(400, 20))
    truth = rng.normal(size=(2, 20))
    y = np.column_stack([x @ truth.T, rng.normal(size=400)])
    fit = Ridge(score="r2").fit(x, y, np.arange(400) % 5, RNG)
    np.testing.assert_allclose(fit.layer.weight[:2], truth, atol=1e-2)
    assert (fit.score[:2] > 0.999).all() and fit.score[2] < 0.1
    assert fit.strength[2] > 10 * fit.strength[0]
    assert np.abs(fit.layer.weight[2]).max() < 0.15
    assert r2(fit.out_of_fold, y)[2] == fit.score[2]
