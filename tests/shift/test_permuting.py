"""Permutation tests and false discovery rates against oracles."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import energy_distance, false_discovery_control

from dance_xai.errors import ShapeError
from dance_xai.shift.moves import compare_activations, energy_distances
from dance_xai.shift.permuting import benjamini_hochberg, judge_permuted, permuted_signs


@given(arrays(np.float64, st.integers(1, 30), elements=st.floats(0, 1)))
def test_rates_are_those_of_scipy(p):
    np.testing.assert_allclose(benjamini_hochberg(p), false_discovery_control(p), atol=1e-12)


@given(st.integers(2, 12), st.integers(2, 12), st.integers(0, 5))
def test_energy_distances_are_those_of_scipy(new, old, seed):
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(new + old, 3)).round(1)  # with ties
    signs = permuted_signs(new, old, rng, 3)
    found = energy_distances(values, signs)
    wanted = [[energy_distance(each[sign], each[~sign]) ** 2 for each in values.T] for sign in signs]
    np.testing.assert_allclose(found, wanted, atol=1e-9)


def test_the_first_signs_are_the_truth_and_all_have_as_many_new():
    signs = permuted_signs(4, 6, np.random.default_rng(0), 20)
    assert signs[0].tolist() == [True] * 4 + [False] * 6
    assert signs.sum(axis=1).tolist() == [4] * 21


def test_p_values_are_even_where_nothing_has_moved():
    lowest, every = [], []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        _, test = compare_activations(rng.normal(size=(40, 5)), rng.normal(size=(30, 5)), rng)
        lowest.append(test.p_any)
        every += test.p.tolist()
    assert np.mean(np.array(lowest) <= 0.05) <= 0.12 and np.mean(np.array(lowest) <= 0.5) >= 0.3
    assert 0.35 <= np.mean(every) <= 0.65


@pytest.mark.parametrize(("change", "column"), [("mean", 2), ("spread", 4)])
def test_what_moves_is_named_whatever_moves_of_it(change, column):
    rng = np.random.default_rng(2)
    old, new = rng.normal(size=(200, 6)), rng.normal(size=(150, 6))
    new[:, column] = new[:, column] + 0.8 if change == "mean" else 2.2 * new[:, column]
    _, test = compare_activations(old, new, rng)
    called = benjamini_hochberg(test.p) <= 0.05
    assert test.p_any <= 0.01 and test.score.argmax() == column and called[column] and called.sum() <= 2


def test_constants_and_nothing_at_all():
    assert judge_permuted(np.zeros((5, 0))).p_any == 1.0
    distances, test = compare_activations(np.ones((5, 2)), np.ones((4, 2)), np.random.default_rng(0))
    assert not distances.any() and (test.p == 1).all()
    with pytest.raises(ShapeError, match="activations"):
        energy_distances(np.zeros(3), np.ones((1, 3), dtype=bool))
