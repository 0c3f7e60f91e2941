import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, r2_score

from dance_xai.model.scores import average_precision, cos_cubed, mean_score, r2


def test_average_precision_is_sklearns():
    rng = np.random.default_rng(0)
    scores, targets = rng.normal(size=(60, 5)), (rng.random((60, 5)) < 0.2).astype(float)
    targets[:7] = np.nan
    expected = [average_precision_score(targets[7:, c], scores[7:, c]) for c in range(5)]
    np.testing.assert_allclose(average_precision(scores, targets), expected, rtol=1e-12)


def test_ties_are_taken_at_once_and_no_positives_is_nan():
    assert average_precision(np.zeros((4, 1)), np.array([[1.0], [0], [0], [0]])) == 0.25
    assert np.isnan(average_precision(np.zeros((4, 1)), np.zeros((4, 1)))).all()


def test_unknown_activations_are_left_out():
    scores, targets = np.array([[3.0], [np.nan], [2.0], [1.0]]), np.array([[0.0], [1], [1], [0]])
    assert average_precision(scores, targets) == 0.5


def test_r2_is_sklearns():
    rng = np.random.default_rng(1)
    a, t = rng.normal(size=(30, 3)), rng.normal(size=(30, 3))
    t[4, 1] = a[9, 2] = np.nan
    for c in range(3):
        known = ~np.isnan(a[:, c] + t[:, c])
        assert r2(a, t)[c] == pytest.approx(r2_score(t[known, c], a[known, c]), rel=1e-12)


@given(st.integers(0, 1000), st.floats(0.1, 50), st.floats(-5, 5))
@settings(max_examples=30, deadline=None)
def test_cos_cubed_ignores_scale_and_shift_and_knows_its_bounds(seed, scale, shift):
    rng = np.random.default_rng(seed)
    a, t = rng.normal(size=(12, 2)), rng.normal(size=(12, 2))
    value = cos_cubed(a, t)
    assert (np.abs(value) <= 1 + 1e-12).all()
    np.testing.assert_allclose(cos_cubed(scale * a + shift, t), value, atol=1e-8)
    np.testing.assert_allclose(cos_cubed(t, t), 1, rtol=1e-12)
    np.testing.assert_allclose(cos_cubed(-a, t), -value, atol=1e-12)


def test_cos_cubed_by_hand():
    a, t = np.array([-1.0, 0.0, 1.0])[:, None], np.array([-2.0, 1.0, 1.0])[:, None]
    assert cos_cubed(a, t) == pytest.approx((8 + 1) / np.sqrt(2 * (64 + 2)))
    assert np.isnan(cos_cubed(np.ones((3, 1)), t)).all()


def test_mean_score_leaves_undefined_out():
    assert mean_score(np.array([0.5, np.nan, 0.7])) == pytest.approx(0.6)
    assert mean_score(np.array([np.nan])) == -np.inf
