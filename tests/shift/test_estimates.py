"""Accuracy expected without labels."""

from __future__ import annotations

import numpy as np
import pytest

from dance_xai.shift.estimates import expected_accuracy, probabilities, temperature


def sample(seed: int, sure: float, count: int = 4000) -> tuple[np.ndarray, np.ndarray]:
    """Logits and labels drawn from their own softmax: as right as they are sure."""
    rng = np.random.default_rng(seed)
    logits = sure * rng.normal(size=(count, 4))
    chance = probabilities(logits, 1.0)
    return logits, (chance.cumsum(axis=1) > rng.random((count, 1))).argmax(axis=1)


@pytest.mark.parametrize("factor", [0.25, 1.0, 3.0])
def test_the_temperature_that_was_planted_is_found(factor):
    logits, labels = sample(0, 2.0)
    assert temperature(logits / factor, labels) == pytest.approx(factor, rel=0.15)


def test_probabilities_sum_to_one_and_keep_the_order():
    logits, _ = sample(1, 300.0, 50)
    found = probabilities(logits, 2.0)
    np.testing.assert_allclose(found.sum(axis=1), 1)
    assert (found.argmax(axis=1) == logits.argmax(axis=1)).all()


def test_clips_that_are_less_sure_are_expected_to_be_less_right():
    held, labels = sample(2, 3.0)
    new, truth = sample(3, 1.5)
    right = np.mean(new.argmax(axis=1) == truth)
    found = expected_accuracy(held * 2, labels, new * 2)  # over-confident by a factor of two
    assert found.by_confidence == pytest.approx(right, abs=0.03)
    assert found.by_threshold < np.mean(held.argmax(axis=1) == labels) - 0.1
    same = expected_accuracy(held, labels, held)
    assert same.by_confidence == pytest.approx(np.mean(held.argmax(axis=1) == labels))
    assert same.by_threshold == pytest.approx(same.by_confidence, abs=1e-3)
