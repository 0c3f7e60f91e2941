import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from dance_xai.errors import DataError
from dance_xai.model.logistic import Logistic, strongest_that_keeps
from dance_xai.model.newton import Columns, minimise, start
from dance_xai.model.scores import average_precision

RNG = np.random.default_rng(0)  # unused by logistic


def planted(seed=0, n=200, d=15, c=4):
    rng = np.random.default_rng(seed)
    x = rng.normal(1, 1, (n, d)) * np.linspace(0.3, 3, d)
    logit = (x - x.mean(axis=0)) @ rng.normal(size=(d, c)) - np.linspace(0.5, 4, c)
    return x, (rng.random((n, c)) < 1 / (1 + np.exp(-logit))).astype(float)


def oracle(x, y, strength, weight=None):
    model = LogisticRegression(C=1 / strength, tol=1e-10, max_iter=5000)
    return model.fit(x, y, sample_weight=weight)


@pytest.mark.parametrize(("n", "d"), [(200, 15), (40, 70)])
def test_fit_equals_sklearn_at_the_same_strength(n, d):
    x, y = planted(n=n, d=d)
    x = (x - x.mean(axis=0)) / np.sqrt(((x - x.mean(axis=0)) ** 2).sum(axis=1).mean())
    fit = Logistic(strengths=(0.07,), whiten=1, balance=0, tolerance=1e-9).fit(x, y, np.arange(n) % 4, RNG)
    for c in range(y.shape[1]):
        model = oracle(x, y[:, c], 0.07)
        np.testing.assert_allclose(fit.layer.weight[c], model.coef_[0], atol=2e-5)
        np.testing.assert_allclose(fit.layer.bias[c], model.intercept_[0], atol=2e-5)
        for fold in range(4):
            rows = np.arange(n) % 4 != fold
            held_out = oracle(x[rows], y[rows, c], 0.07).decision_function(x[~rows])
            assert np.abs(fit.out_of_fold[~rows, c] - held_out).max() < 0.05 * np.abs(held_out).max()


def test_balance_weighs_positives_and_sets_the_bias_back():
    x, y = planted()
    x = (x - x.mean(axis=0)) / np.sqrt(((x - x.mean(axis=0)) ** 2).sum(axis=1).mean())
    fit = Logistic(strengths=(0.07,), whiten=1, balance=0.5, tolerance=1e-9).fit(x, y, np.arange(200) % 4, RNG)
    for c in range(y.shape[1]):
        ratio = np.sqrt((1 - y[:, c]).sum() / y[:, c].sum())
        weight = np.where(y[:, c] > 0, ratio, 1.0)
        model = oracle(x, y[:, c], 0.07, weight / weight.mean())
        np.testing.assert_allclose(fit.layer.weight[c], model.coef_[0], atol=2e-5)
        np.testing.assert_allclose(fit.layer.bias[c], model.intercept_[0] - np.log(ratio), atol=2e-5)


def test_whitening_is_a_change_of_basis_before_the_penalty():
    x, y = planted(d=6)
    left, scale, _ = np.linalg.svd(x - x.mean(axis=0), full_matrices=False)
    z = left * scale**0.5
    z *= np.sqrt(len(z) / (z**2).sum())
    fit = Logistic(strengths=(0.1,), whiten=0.5, balance=0, tolerance=1e-9).fit(x, y, np.arange(200) % 4, RNG)
    for c in range(y.shape[1]):
        np.testing.assert_allclose(fit.layer(x)[:, c], oracle(z, y[:, c], 0.1).decision_function(z), atol=1e-4)


def test_optimality_and_order_free():
    rng = np.random.default_rng(2)
    z = rng.normal(size=(50, 8))
    y = (rng.random((50, 5)) < 0.3).astype(float)
    weight = rng.random((50, 5)) * (rng.random((50, 5)) < 0.8)
    problems = Columns(z, y, weight, np.array([1e-3, 0.01, 0.1, 1.0, 10.0]))
    point = minimise(problems, start(problems), tolerance=1e-10)
    residual = weight * (1 / (1 + np.exp(-problems.logit(point))) - y)
    np.testing.assert_allclose(z.T @ residual + problems.strength * point[:-1], 0, atol=1e-7)
    np.testing.assert_allclose(residual.sum(axis=0), 0, atol=1e-7)
    far = minimise(problems, start(problems) + rng.normal(0, 3, point.shape), tolerance=1e-10)
    np.testing.assert_allclose(far, point, atol=1e-5)


def test_a_concept_without_positives_in_a_train_fold_stays_finite():
    x, y = planted()
    y[:, 0] = 0
    y[[0, 4], 0] = 1  # both in fold 0
    fit = Logistic().fit(x, y, np.arange(200) % 4, RNG)
    assert np.isfinite(fit.out_of_fold).all() and np.isfinite(fit.layer.weight).all()
    assert np.ptp(fit.out_of_fold[np.arange(200) % 4 == 0, 0]) < 1e-6


def test_unknown_rows_play_no_part():
    x, y = planted()
    y[:20] = np.nan
    fit = Logistic(strengths=(0.1,), whiten=1, balance=0, tolerance=1e-9).fit(x, y, np.arange(200) % 4, RNG)
    scale = np.sqrt(((x - x.mean(axis=0)) ** 2).sum(axis=1).mean())
    model = oracle((x[20:] - x.mean(axis=0)) / scale, y[20:, 1], 0.1)
    np.testing.assert_allclose(fit.layer.weight[1] * scale, model.coef_[0], atol=2e-5)
    assert np.isnan(fit.out_of_fold[:20]).all() and np.isfinite(fit.out_of_fold[20:]).all()


def test_planted_concepts_are_ranked_well_on_held_out_rows():
    x, y = planted(n=600)
    fit = Logistic().fit(x, y, np.arange(600) % 5, RNG)
    np.testing.assert_array_equal(fit.score, average_precision(fit.out_of_fold, y))
    assert (fit.score > y.mean(axis=0) + 0.4).all()
    assert len(set(fit.strength)) == 1


def test_strongest_that_keeps_a_share_of_the_best():
    best = np.full(50, 0.6)
    scores = np.stack([0.85 * best, 0.92 * best, best, 0.7 * best])
    assert strongest_that_keeps(scores, 0.9) == 1
    assert strongest_that_keeps(scores, 1.0) == 2
    assert strongest_that_keeps(np.full((3, 2), np.nan), 0.9) == 0


def test_targets_must_be_labels():
    with pytest.raises(DataError, match="expected 0, 1 or NaN"):
        Logistic().fit(np.eye(6), np.full((6, 1), 0.3), np.arange(6) % 2, RNG)


def test_one_sided_problems_stay_at_their_start_and_the_given_point_is_left_alone():
    z = np.random.default_rng(0).normal(size=(10, 2))
    y = np.zeros((10, 2))
    y[:5, 1] = 1
    problems = Columns(z, y, np.ones((10, 2)), np.ones(2))
    given = np.full((3, 2), 2.0)
    point = minimise(problems, given, tolerance=1e-6)
    np.testing.assert_array_equal(point[:, 0], start(problems)[:, 0])
    assert (point[:, 1] != 2).all() and (given == 2).all()
