"""One head: the optimum by independent conditions, by scikit-learn and by the dual; degenerate data; bad input."""

import warnings
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import log_softmax, softmax

from dance_xai.errors import DataError, ShapeError, SolverError
from dance_xai.model.head import SparseHead, fit_head, fit_head_path, support_size


def problem(n=60, c=6, y=3, seed=0, signal=2.0):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((n, c))
    labels = (x @ rng.standard_normal((c, y)) * signal + rng.gumbel(size=(n, y))).argmax(axis=1)
    labels[:y] = np.arange(y)
    return x, labels


def objective(x, labels, weight, bias, lam, alpha):
    loss = -log_softmax(x @ weight.T + bias, axis=1)[np.arange(len(x)), labels].mean()
    return loss + lam * alpha * abs(weight).sum() + lam * (1 - alpha) / 2 * (weight**2).sum()


def violation(x, labels, head, allowed=True):
    """The subgradient conditions, coefficient by coefficient, as the textbook states them."""
    residual = softmax(x @ head.weight.T + head.bias, axis=1) - np.eye(len(head.bias))[labels]
    slope = residual.T @ x / len(x) + head.lam * (1 - head.alpha) * head.weight
    l1, worst = head.lam * head.alpha, abs(residual.mean(axis=0)).max()
    for k, j in np.ndindex(head.weight.shape):
        if not np.broadcast_to(allowed, head.weight.shape)[k, j]:
            assert head.weight[k, j] == 0
        elif head.weight[k, j]:
            worst = max(worst, abs(slope[k, j] + l1 * np.sign(head.weight[k, j])))
        else:
            worst = max(worst, abs(slope[k, j]) - l1)
    return worst


def dual_bound(x, labels, head):
    """No head has a lower objective than this (weak duality, lam * (1 - alpha) > 0)."""
    probability = softmax(x @ head.weight.T + head.bias, axis=1)
    residual = probability - np.eye(len(head.bias))[labels]
    entropy = (probability * np.log(np.maximum(probability, 1e-300))).sum() / len(x)
    excess = np.maximum(abs(residual.T @ x / len(x)) - head.lam * head.alpha, 0)
    imbalance = abs(residual.mean(axis=0)).sum() * (abs(head.bias).max() + 10)
    return -entropy - (excess**2).sum() / (2 * head.lam * (1 - head.alpha)) - imbalance


@settings(deadline=None, max_examples=60)
@given(
    n=st.integers(4, 40),
    c=st.integers(1, 8),
    y=st.integers(2, 4),
    seed=st.integers(0, 10**6),
    share=st.floats(1e-3, 1.2),
    alpha=st.sampled_from([0.0, 0.3, 0.99, 1.0]),
)
def test_the_certificate_is_true(n, c, y, seed, share, alpha):
    x, labels = problem(n, c, y, seed)
    head = fit_head(x, labels, lam=share * 0.3, alpha=alpha)
    assert violation(x, labels, head) == pytest.approx(head.kkt, abs=1e-13)
    assert head.kkt <= 1e-8
    assert head.objective == pytest.approx(objective(x, labels, head.weight, head.bias, head.lam, alpha), rel=1e-12)
    assert head.bias.mean() == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize(("lam", "alpha"), [(0.05, 0.99), (0.003, 0.5), (0.01, 1.0), (0.02, 0.0)])
def test_no_worse_than_scikit_learn(lam, alpha):
    from sklearn.linear_model import LogisticRegression

    x, labels = problem(n=80, signal=1.0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        peer = LogisticRegression(
            solver="saga", l1_ratio=alpha, C=1 / (lam * len(x)), tol=1e-10, max_iter=20_000, random_state=0
        ).fit(x, labels)
    theirs = objective(x, labels, peer.coef_, peer.intercept_, lam, alpha)
    head = fit_head(x, labels, lam=lam, alpha=alpha)
    assert head.objective <= theirs + 1e-12
    assert head.objective == pytest.approx(theirs, rel=1e-6)


def test_the_gap_to_the_optimum_is_proven_by_duality():
    x, labels = problem(n=200, c=10, y=4)
    head = fit_head(x, labels, lam=2e-3, alpha=0.9, tol=1e-11)
    gap = head.objective - dual_bound(x, labels, head)
    assert -1e-12 <= gap <= 1e-9 * head.objective


def test_a_planted_support_is_found():
    rng = np.random.default_rng(3)
    x = rng.standard_normal((4000, 12))
    truth = np.zeros((3, 12))
    truth[[0, 1, 2], [2, 5, 9]] = 4.0
    labels = (x @ truth.T + rng.gumbel(size=(4000, 3))).argmax(axis=1)
    head = fit_head(x, labels, lam=0.02)
    assert ((head.weight > 0.1) == (truth > 0)).all()


@pytest.mark.parametrize("factor", [1.0, 1.7])
def test_no_weight_and_log_priors_from_lam_max_on(factor):
    x, labels = problem()
    top = fit_head_path(x, labels, n_lambdas=1).lams[0]
    head = fit_head(x, labels, lam=factor * top)
    prior = np.log(np.bincount(labels) / len(labels))
    assert (head.weight == 0).all()
    np.testing.assert_allclose(head.bias, prior - prior.mean(), atol=1e-12)
    assert fit_head(x, labels, lam=0.99 * top).nonzero > 0


def test_only_allowed_weights_are_used_and_they_are_optimal():
    x, labels = problem(c=8, y=4, n=120)
    allowed = np.random.default_rng(1).random((4, 8)) < 0.5
    head = fit_head(x, labels, lam=1e-3, allowed=allowed)
    assert violation(x, labels, head, allowed) <= 1e-8
    assert head.nonzero > 4
    assert fit_head(x, labels, lam=1e-3, allowed=np.zeros((4, 8), dtype=bool)).nonzero == 0


def test_degenerate_columns_do_no_harm():
    x, labels = problem()
    plain = fit_head(x, labels, lam=0.01)
    constant = fit_head(np.column_stack([x, np.full(len(x), 7.0), np.zeros(len(x))]), labels, lam=0.01)
    assert (constant.weight[:, -2:] == 0).all()
    np.testing.assert_allclose(constant.weight[:, :-2], plain.weight, atol=1e-6)
    twice = fit_head(np.column_stack([x, x]), labels, lam=0.01, alpha=1.0)
    assert twice.objective == pytest.approx(fit_head(x, labels, lam=0.01, alpha=1.0).objective, rel=1e-9)


@pytest.mark.parametrize("lam", [1e-4, 1e-7, 1e-9])
def test_separable_classes_and_a_tiny_lam(lam):
    x = np.repeat(np.eye(3), 5, axis=0) + 0.01 * np.random.default_rng(0).standard_normal((15, 3))
    labels = np.repeat(np.arange(3), 5)
    head = fit_head(x, labels, lam=lam)
    assert violation(x, labels, head) <= max(1e-2 * lam, 1e-13)


def test_one_row_per_class_and_no_column():
    x = np.random.default_rng(0).standard_normal((4, 6))
    assert violation(x, np.arange(4), fit_head(x, np.arange(4), lam=0.01)) <= 1e-8
    labels = np.array([0, 0, 0, 1])
    np.testing.assert_allclose(fit_head(np.empty((4, 0)), labels, lam=0.1).bias, [np.log(3) / 2, -np.log(3) / 2])


def test_columns_of_very_different_scale():
    x, labels = problem(n=200)
    x = x * np.array([1e-3, 1, 10, 1e3, 1, 1])
    assert violation(x, labels, fit_head(x, labels, lam=1e-3)) <= 1e-8


def test_an_offset_of_the_concepts_moves_the_bias_alone():
    x, labels = problem(n=100)
    offset = np.array([100.0, -50.0, 3.0, 0.0, 0.0, 1.0])
    plain, moved = fit_head(x, labels, lam=2e-3), fit_head(x + offset, labels, lam=2e-3)
    assert violation(x + offset, labels, moved) <= 1e-8
    np.testing.assert_allclose(moved.weight, plain.weight, atol=1e-6)
    bias = plain.bias - plain.weight @ offset
    np.testing.assert_allclose(moved.bias, bias - bias.mean(), atol=1e-4)
    back = fit_head(x + offset, labels, lam=2e-3, init=moved)
    assert back.objective == pytest.approx(moved.objective, rel=1e-12)


def test_float32_is_close_and_says_how_close():
    x, labels = problem(n=300, c=20, y=5)
    exact, single = (fit_head(x, labels, lam=3e-3, precision=precision) for precision in ("float64", "float32"))
    assert violation(x, labels, single) == pytest.approx(single.kkt, abs=1e-13)
    assert single.kkt < 2e-5
    assert single.objective == pytest.approx(exact.objective, rel=1e-6)


def test_a_start_that_leads_nowhere_is_left_for_the_path():
    x = np.array([[0.0, 14.0, 0.1], [0.0, -3.0, 0.3], [0.0, 9.0, -0.2]])
    labels = np.arange(3)
    cold = fit_head(x, labels, lam=3e-4)
    far = replace(cold, weight=cold.weight[::-1] * 1e3)
    assert fit_head(x, labels, lam=3e-4, init=far).objective == pytest.approx(cold.objective, rel=1e-9)


def test_a_start_changes_the_way_not_the_goal():
    x, labels = problem(n=100)
    cold, other = fit_head(x, labels, lam=5e-3), fit_head(x, labels, lam=5e-2)
    allowed = np.ones((3, 6), dtype=bool)
    allowed[0] = False
    np.testing.assert_allclose(fit_head(x, labels, lam=5e-3, init=other).weight, cold.weight, atol=1e-6)
    assert (fit_head(x, labels, lam=5e-3, init=cold, allowed=allowed).weight[0] == 0).all()


def test_inputs_stay_as_they_were_and_runs_repeat():
    x, labels = problem()
    before = x.copy(), labels.copy()
    first, second = fit_head(x, labels, lam=0.01), fit_head(x, labels, lam=0.01)
    assert (first.weight == second.weight).all()
    assert (x == before[0]).all()
    assert (labels == before[1]).all()
    assert fit_head(np.rint(x).astype(int), labels, lam=0.1).kkt <= 1e-8


def test_nec_counts_weights_above_the_threshold():
    weight = np.array([[0.5, 1e-6, 0.0], [-0.2, 2e-5, 0.0]])
    head = SparseHead(weight, np.zeros(2), 0.1, 0.99, 0.0, 0.0)
    assert support_size(weight) == head.nonzero == 3
    assert head.nec == 1.5


def test_values_that_are_not_finite():
    x, labels = problem()
    x[3, 2] = np.nan
    with pytest.raises(ShapeError, match="concepts: expected finite numbers, got 1 NaN"):
        fit_head(x, labels, lam=0.1)


@pytest.mark.parametrize(
    ("labels", "n_classes", "message"),
    [
        (np.zeros(60, dtype=int), None, "at least 2 classes, got only class 0"),
        (np.arange(60) % 2 * 2, None, r"got none for \[1\]"),
        (np.arange(60) % 3, 5, r"got none for \[3, 4\]"),
        (np.arange(60) % 3, 2, r"expected 0..1, got 2"),
        (np.arange(60) % 3 - 1, None, "unknown class"),
        (np.arange(60) % 3 + 0.5, None, "whole numbers"),
        (np.arange(59) % 3, None, r"expected shape \(60\)"),
    ],
)
def test_labels_that_cannot_be_learnt(labels, n_classes, message):
    with pytest.raises(DataError, match=message) as caught:
        fit_head(problem()[0], labels, lam=0.1, n_classes=n_classes)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"lam": 0.0}, "lam: expected a number above 0"),
        ({"lam": -1.0}, "lam: expected"),
        ({"lam": float("nan")}, "lam: expected"),
        ({"lam": 0.1, "alpha": 1.5}, "alpha: expected"),
        ({"lam": 0.1, "allowed": np.ones((3, 5), dtype=bool)}, r"allowed: expected shape \(3, 6\)"),
        ({"lam": 0.1, "init": SparseHead(np.zeros((2, 6)), np.zeros(2), 1, 1, 0, 0)}, "init: expected shape"),
    ],
)
def test_arguments_out_of_range(arguments, message):
    with pytest.raises(DataError, match=message):
        fit_head(*problem(), **arguments)


def test_an_unkept_promise_is_an_error(monkeypatch):
    monkeypatch.setattr("dance_xai.model.head.solver.MAX_STEPS", 1)
    with pytest.raises(SolverError, match="expected a violation of at most 1e-08, got"):
        fit_head(*problem(), lam=1e-3)
