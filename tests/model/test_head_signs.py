"""Weights of one sign, and forbidden ones: against L-BFGS-B with bounds on split variables, and by their conditions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from dance_xai.errors import ShapeError
from dance_xai.model.head import choose_lam, fit_head, fit_head_path, heads_at_nec
from dance_xai.model.head.datafit import CrossEntropy
from dance_xai.model.head.penalty import ElasticNet

N, C, Y = 60, 5, 3


def problem(seed):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((N, C))
    labels = (x[:, :Y] + rng.gumbel(size=(N, Y))).argmax(axis=1)
    labels[:Y] = np.arange(Y)
    return x, labels, rng.random((2, Y, C)) < 0.6


def oracle(x, labels, allowed, lam, alpha):
    """Objective and weights at the optimum of the same problem in w = p - n, p and n not negative."""
    datafit = CrossEntropy(x, labels, Y)
    limits = [(0, None if ok else 0) for ok in allowed.ravel()] + [(None, None)] * Y

    def joined(v):
        parts = v[: 2 * Y * C].reshape(2, Y, C)
        return np.column_stack([parts[0] - parts[1], v[2 * Y * C :]]), parts

    def value(v):
        coefficients, parts = joined(v)
        loss, probability = datafit.value(datafit.logits(coefficients))
        weight, slope = coefficients[:, :-1], datafit.gradient(probability)
        by_weight = slope[:, :-1] + lam * (1 - alpha) * weight
        gradient = np.concatenate([(by_weight + lam * alpha).ravel(), (-by_weight + lam * alpha).ravel(), slope[:, -1]])
        return loss + lam * alpha * parts.sum() + lam * (1 - alpha) / 2 * (weight**2).sum(), gradient

    start = np.zeros(2 * Y * C + Y)
    options = {"maxiter": 5000, "ftol": 1e-15, "gtol": 1e-10, "maxcor": 30}
    found = minimize(value, start, jac=True, bounds=limits, method="L-BFGS-B", options=options)
    return found.fun, joined(found.x)[0][:, :-1]


@pytest.mark.parametrize("alpha", [0.0, 0.5, 0.99, 1.0])
@pytest.mark.parametrize("seed", range(4))
def test_against_an_oracle(seed, alpha):
    x, labels, allowed = problem(seed)
    head = fit_head(x, labels, lam=0.02, alpha=alpha, allowed=allowed)
    objective, weight = oracle(x, labels, allowed, 0.02, alpha)
    assert head.kkt <= 1e-8
    assert head.objective <= objective + 1e-10
    np.testing.assert_allclose(head.weight, weight, atol=2e-4)


@settings(max_examples=20)
@given(st.integers(0, 10_000), st.sampled_from([1e-3, 1e-2, 0.1]))
def test_no_weight_of_a_forbidden_sign_whatever_the_fit(seed, lam):
    x, labels, allowed = problem(seed)
    warm = fit_head(x, labels, lam=lam)
    heads = [
        fit_head(x, labels, lam=lam, allowed=allowed),
        fit_head(x, labels, lam=lam, allowed=allowed, init=warm),
        *fit_head_path(x, labels, n_lambdas=3, lam_ratio=0.1, allowed=allowed).heads,
        *heads_at_nec(x, labels, [1.5], allowed=allowed).values(),
        *heads_at_nec(x, labels, [1.5], allowed=allowed, support="path", relax=(1.0,)).values(),
    ]
    for head in heads:
        assert not (head.weight[~allowed[0]] > 0).any() and not (head.weight[~allowed[1]] < 0).any()
        assert head.kkt < 1e-5
    np.testing.assert_allclose(heads[0].weight, heads[1].weight, atol=1e-4)


def test_a_mask_for_both_signs_is_the_plain_mask():
    x, labels, allowed = problem(7)
    plain = fit_head(x, labels, lam=0.01, allowed=allowed[0])
    twice = fit_head(x, labels, lam=0.01, allowed=np.stack([allowed[0], allowed[0]]))
    assert plain.weight.tobytes() == twice.weight.tobytes() and plain.bias.tobytes() == twice.bias.tobytes()


def test_signs_reach_the_choice_by_folds():
    x, labels, _ = problem(3)
    weight = fit_head(x, labels, lam=0.01).weight
    wrong = np.stack([weight < 0, weight > 0])
    wrong[..., -1] = True  # noise
    free, bound = (choose_lam(x, labels, folds=np.arange(N) % 3, allowed=mask) for mask in (None, wrong))
    assert bound.accuracy.max() < free.accuracy.max() - 0.1


def test_prices_of_each_sign_by_hand():
    allowed = np.array([[[True, True, False]], [[False, True, True]]])
    penalty = ElasticNet.build(0.5, 0.8, (1, 4), allowed)
    at = np.array([[2.0, 0.0, -1.0, 9.0]])
    assert penalty.value(at) == pytest.approx(0.4 * 3 + 0.05 * 5)
    assert penalty.value(-at) == np.inf
    np.testing.assert_allclose(penalty.violation(at, np.array([[-0.7, 0.6, 0.9, 0.25]])), [[0.1, 0.2, 0.4, 0.25]])
    zero = np.zeros((1, 4))
    np.testing.assert_allclose(penalty.violation(zero, np.full((1, 4), 0.6)), [[0.0, 0.2, 0.2, 0.6]])
    np.testing.assert_allclose(penalty.violation(zero, np.full((1, 4), -0.6)), [[0.2, 0.2, 0.0, 0.6]])
    assert penalty.free.tolist() == [[False, False, False, True]]


@pytest.mark.parametrize("shape", [(2, Y, C + 1), (3, Y, C), (Y, C + 1)])
def test_a_mask_of_another_shape_is_refused(shape):
    x, labels, _ = problem(0)
    with pytest.raises(ShapeError, match="allowed: expected shape"):
        fit_head(x, labels, lam=0.1, allowed=np.ones(shape, dtype=bool))
