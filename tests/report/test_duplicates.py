import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dance_xai.report.duplicates import ALIKE, near_duplicates


@given(st.integers(0, 10_000))
def test_activations_agree_with_numpy(seed):
    rng = np.random.default_rng(seed)
    basis = rng.normal(size=(30, 3))
    values = basis @ rng.normal(size=(3, 8)) + 0.05 * rng.normal(size=(30, 8))
    expected = np.corrcoef(values.T)
    found = near_duplicates(["motion"] * 8, 7 * values + 3, {})
    pairs = {(each.first, each.second): each.value for each in found}
    assert set(pairs) == {(a, b) for a in range(8) for b in range(a + 1, 8) if expected[a, b] > ALIKE}
    for pair, value in pairs.items():
        assert value == pytest.approx(expected[pair])
    assert list(pairs.values()) == sorted(pairs.values(), reverse=True)


def test_a_planted_duplicate_is_found_and_an_opposite_is_not():
    rng = np.random.default_rng(0)
    one = rng.normal(size=200)
    values = np.stack([one, 2 * one + 0.01 * rng.normal(size=200), -one, rng.normal(size=200)], axis=1)
    found = near_duplicates(["motion", "object", "scene", "scene"], values, {})
    assert [(each.first, each.second, each.measure) for each in found] == [(0, 1, "activations")]


def test_vectors_are_compared_within_a_kind():
    kinds = ["motion", "motion", "object", "object", "scene"]
    vectors = {0: np.array([1.0, 0]), 1: np.array([2.0, 0.1]), 2: np.array([0, 1.0, 0]), 3: np.array([0, 3.0, 0])}
    vectors[4] = np.array([0, 1.0, 0])
    values = np.random.default_rng(1).normal(size=(50, 5))
    found = [(each.first, each.second, each.measure) for each in near_duplicates(kinds, values, vectors)]
    assert found == [(2, 3, "wordings"), (0, 1, "centres")]


def test_what_never_changes_has_no_duplicate():
    assert near_duplicates(["motion"] * 3, np.ones((20, 3)) * [0.1, 0.2, 0.3], {}) == ()
    assert near_duplicates(["motion"] * 2, np.zeros((0, 2)), {0: np.zeros(3), 1: np.zeros(3)}) == ()
