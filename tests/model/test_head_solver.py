"""The parts of the solver: derivatives by differences, the model's minimum, large working sets."""

import numpy as np
import pytest

from dance_xai.model.head import fit_head, solver
from dance_xai.model.head.datafit import CrossEntropy
from dance_xai.model.head.penalty import ElasticNet


@pytest.fixture
def datafit():
    rng = np.random.default_rng(0)
    return CrossEntropy(rng.standard_normal((30, 4)), np.arange(30) % 3, 3)


def loss(datafit, coefficients):
    return datafit.value(datafit.logits(coefficients))[0]


def test_gradient_by_differences(datafit):
    at = np.random.default_rng(1).standard_normal(datafit.shape)
    gradient = datafit.gradient(datafit.value(datafit.logits(at))[1])
    for k, j in np.ndindex(datafit.shape):
        step = np.zeros(datafit.shape)
        step[k, j] = 1e-6
        slope = (loss(datafit, at + step) - loss(datafit, at - step)) / 2e-6
        assert gradient[k, j] == pytest.approx(slope, abs=1e-8)


def test_hessian_by_differences_of_the_gradient(datafit):
    at = np.random.default_rng(1).standard_normal(datafit.shape)
    probability = datafit.value(datafit.logits(at))[1]
    classes, columns = np.nonzero(np.random.default_rng(2).random(datafit.shape) < 0.7)
    hessian = datafit.hessian(probability, classes, columns)
    for b, (k, j) in enumerate(zip(classes, columns, strict=True)):
        moved = at.copy()
        moved[k, j] += 1e-6
        change = datafit.gradient(datafit.value(datafit.logits(moved))[1]) - datafit.gradient(probability)
        np.testing.assert_allclose(hessian[:, b], change[classes, columns] / 1e-6, atol=2e-6)


def test_large_logits_stay_finite(datafit):
    far = np.full(datafit.shape, 1e4)
    far[0] = -1e4
    value, probability = datafit.value(datafit.logits(far))
    assert np.isfinite(value)
    np.testing.assert_allclose(probability.sum(axis=0), 1)


def test_penalty_and_its_violation_by_hand():
    penalty = ElasticNet.build(0.5, 0.8, (1, 4), np.array([[True, True, False]]))
    coefficients, gradient = np.array([[2.0, 0.0, 0.0, 9.0]]), np.array([[-0.7, 0.6, 50.0, 0.25]])
    assert penalty.value(coefficients) == pytest.approx(0.4 * 2 + 0.1 / 2 * 4)
    np.testing.assert_allclose(penalty.violation(coefficients, gradient), [[0.1, 0.2, 0.0, 0.25]])


@pytest.mark.parametrize("alike", [0.0, 1e-6, 1.0])
def test_the_model_is_minimised_even_where_columns_are_alike(alike):
    rng = np.random.default_rng(4)
    base = rng.standard_normal((200, 1))
    x = base + alike * rng.standard_normal((200, 40))
    hessian = np.ascontiguousarray(x.T @ x / 200, dtype=np.float32)
    slope, l1, l2 = x.T @ rng.standard_normal(200) / 200, np.full(40, 1e-3), np.full(40, 1e-5)
    linear, w = slope.copy(), np.zeros(40)
    solver.minimise_model(hessian, slope, w, l1, l1, l2, 1e-9)
    full = linear + hessian.astype(float) @ w + l2 * w
    inside = np.maximum(abs(full) - l1, 0)
    worst = np.where(w != 0, abs(full + l1 * np.sign(w)), inside).max()
    assert worst < 1e-5
    assert (w != 0).any()


def test_a_block_per_class_leads_to_the_same_optimum(monkeypatch):
    rng = np.random.default_rng(0)
    x = rng.standard_normal((150, 20))
    labels = (x[:, :5] + rng.gumbel(size=(150, 5))).argmax(axis=1)
    coupled = fit_head(x, labels, lam=2e-3)
    monkeypatch.setattr(solver, "COUPLED_SIZE", 0)
    blocks = fit_head(x, labels, lam=2e-3)
    assert blocks.kkt <= 1e-8
    np.testing.assert_allclose(blocks.weight, coupled.weight, atol=1e-5)


def test_a_working_set_stays_small():
    penalty = ElasticNet.build(0.1, 0.9, (10, 101))
    violation, coefficients = np.random.default_rng(0).random((10, 101)), np.zeros((10, 101))
    coefficients[3, 4] = 1.0
    working = solver.working_set(violation, coefficients, penalty)
    assert working[:, -1].all()
    assert working[3, 4]
    assert working.sum() == 11 + 50
    assert violation[:, :-1][working[:, :-1]].min() > 0.9 or working[3, 4]
