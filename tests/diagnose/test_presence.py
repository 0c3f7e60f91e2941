"""Which clips truly have a concept, against clips whose truth was planted."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dance_xai.diagnose.presence import division, possession


def planted(distance: float, shares: tuple[float, ...], seed: int = 0, per_class: int = 200):
    rng = np.random.default_rng(seed)
    labels = np.repeat(np.arange(len(shares)), per_class)
    has = rng.random(len(labels)) < np.array(shares)[labels]
    return distance * has + rng.normal(size=len(labels)), labels, has


def test_clear_concepts_are_told_and_their_noise_is_known():
    values, labels, has = planted(6.0, (0.9, 0.1, 0.3))
    found = possession(np.stack([values, -0.2 * values], axis=1), labels)
    assert ((found.has[:, 0] > 0.5) == has).mean() > 0.99
    np.testing.assert_allclose(found.has[:, 0] + found.has[:, 1], 1, atol=1e-2)  # turned round and shrunk: the absence
    assert found.misjudged[0] == pytest.approx(math.erfc(3 / math.sqrt(2)) / 2, abs=1e-3)


def test_a_low_measurement_is_not_a_clip_without_the_concept_where_the_whole_class_has_it():
    values, labels, has = planted(2.5, (1.0, 0.0, 0.0, 0.0))
    low = values <= division(values[:, None])[0]
    assert low[has].sum() > 5  # by the division alone they would be taken for a minority
    assert (1 - possession(values[:, None], labels).has[has, 0]).sum() < 2


def test_a_minority_is_kept_where_it_is_real():
    values, labels, has = planted(4.0, (0.9, 0.1, 0.1))
    found = possession(values[:, None], labels).has[:, 0]
    assert found[labels == 0].mean() == pytest.approx(has[labels == 0].mean(), abs=0.03)


def test_a_constant_concept_is_nobodys():
    found = possession(np.full((20, 1), 3.0), np.arange(20) % 2)
    assert not found.has.any() and found.misjudged[0] == 0.5


@given(st.lists(st.floats(-50, 50), min_size=2, max_size=30))
def test_the_division_is_the_best_of_all(values):
    ordered = np.sort(np.array(values))

    def between(cut: float) -> float:
        low, high = ordered[ordered <= cut], ordered[ordered > cut]
        return len(low) * len(high) * (high.mean() - low.mean()) ** 2 if len(low) and len(high) else 0.0

    best = max(between(cut) for cut in ordered)
    assert between(division(ordered[:, None])[0]) == pytest.approx(best, rel=1e-6, abs=1e-6)
