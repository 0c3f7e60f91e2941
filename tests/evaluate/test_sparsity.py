import numpy as np
import pytest
from sklearn.preprocessing import StandardScaler

from dance_xai.errors import ShapeError
from dance_xai.evaluate import sparsity
from dance_xai.evaluate.sparsity import accuracy_at_nec, anec, nec_per_class, standardise


def marks(rng, n, n_classes=4):
    """Column k tells class k, all other columns are noise."""
    labels = np.arange(n) % n_classes
    return np.hstack([3.0 * np.eye(n_classes)[labels], np.zeros((n, 6))]) + 0.3 * rng.standard_normal((n, 10)), labels


def test_nec_counts_weights_above_the_threshold():
    weight = np.array([[1e-5, 2e-5, -1.0], [0.0, 0.0, 0.0]])
    np.testing.assert_array_equal(nec_per_class(weight), [2, 0])


def test_standardise_agrees_with_sklearn_and_uses_train_alone():
    rng = np.random.default_rng(0)
    train, test = rng.gamma(2.0, size=(30, 4)), 5 + rng.standard_normal((9, 4))
    scaler = StandardScaler().fit(train)
    ours = standardise(train, test)
    np.testing.assert_allclose(ours[0], scaler.transform(train), atol=1e-12)
    np.testing.assert_allclose(ours[1], scaler.transform(test), atol=1e-12)


@pytest.mark.parametrize("value", [0.0, 0.1, -1e6])
def test_columns_constant_on_train_become_zero(value):
    train, test = standardise(np.full((7, 1), value, dtype=np.float32), np.arange(3.0)[:, None])
    assert not train.any()
    assert not test.any()


def test_one_telling_column_per_class_is_enough_at_nec_one():
    rng = np.random.default_rng(1)
    train, labels = marks(rng, 120)
    test, truth = marks(rng, 80)
    curve = accuracy_at_nec(train, labels, test, truth, necs=(1, 3))
    assert set(curve) == {"1", "3"}
    assert curve["1"] >= 0.97
    assert curve["3"] >= 0.97


def test_noise_stays_at_chance():
    rng = np.random.default_rng(2)
    labels = np.arange(200) % 4
    curve = accuracy_at_nec(rng.standard_normal((200, 8)), labels, rng.standard_normal((400, 8)), np.arange(400) % 4)
    assert max(curve.values()) < 0.34


def test_curve_ignores_scale_shift_and_order_of_columns():
    rng = np.random.default_rng(3)
    train, labels = marks(rng, 80)
    test, truth = marks(rng, 60)
    scale, shift, order = rng.gamma(2.0, size=10) + 0.1, rng.standard_normal(10), rng.permutation(10)
    plain = accuracy_at_nec(train, labels, test, truth, necs=(1, 2))
    moved = accuracy_at_nec(
        (train * scale + shift)[:, order], labels, (test * scale + shift)[:, order], truth, necs=(1, 2)
    )
    assert moved == pytest.approx(plain, abs=0.02)


def test_heads_are_fitted_on_train_alone(monkeypatch):
    rng = np.random.default_rng(4)
    train, labels = marks(rng, 40)
    seen = []
    original = sparsity.heads_at_nec

    def spy(concepts, given, necs, **options):
        seen.append((concepts, given, list(options.items())))
        return original(concepts, given, necs, **options)

    monkeypatch.setattr(sparsity, "heads_at_nec", spy)
    for seed in (0, 1):
        test, truth = marks(np.random.default_rng(seed), 20)
        accuracy_at_nec(train, labels, test * (1 + seed), truth, necs=(1,), support="pruned")
    first, second = seen
    np.testing.assert_array_equal(first[0], second[0])
    np.testing.assert_array_equal(first[1], labels)
    assert len(first[0]) == 40
    assert first[2] == second[2] == [("support", "pruned"), ("relax", (1.0,))]


def test_refuses_a_test_set_of_other_columns():
    with pytest.raises(ShapeError, match="test activations"):
        accuracy_at_nec(np.zeros((4, 3)), np.arange(4), np.zeros((4, 2)), np.arange(4))


def test_anec_averages_the_budgets_from_five_to_thirty():
    curve = {"1": 0.0, "5": 0.6, "10": 0.7, "15": 0.8, "20": 0.8, "25": 0.9, "30": 1.0}
    assert anec(curve) == pytest.approx(0.8)
    assert anec(curve, (5,)) == 0.6
    assert anec({"5": 0.6}) is None
    assert anec(None) is None
