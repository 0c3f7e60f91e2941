"""Whether a head with too few weights is told."""

from dataclasses import replace

import numpy as np
import pytest

from dance_xai.evaluate.budget import Denser, denser_head, denser_words
from dance_xai.model.head import fit_head, heads_at_nec


@pytest.fixture(scope="module")
def planted():
    """Four classes, each told by eight weak concepts of its own: one weight per class is too few."""
    rng = np.random.default_rng(0)
    labels = np.arange(160) % 4
    own = np.repeat(np.eye(4), 8, axis=1)[labels]
    concepts = own + rng.normal(0, 1.2, own.shape)
    return (concepts - concepts.mean(axis=0)) / concepts.std(axis=0), labels


def look(planted, head, seed=0):
    return denser_head(*planted, head, n_folds=5, rng=np.random.default_rng(seed))


def test_a_head_with_too_few_weights_is_told_with_what_more_would_bring(planted):
    found = look(planted, heads_at_nec(*planted, [1.0], support="path", relax=(1.0,))[1.0])
    assert found is not None and found.nec > 4 and found.then > found.now + 0.1


def test_a_head_with_enough_is_left_alone(planted):
    assert look(planted, fit_head(*planted, lam=0.01)) is None


def test_concepts_that_say_nothing_call_for_no_more_weights(planted):
    noise = np.random.default_rng(1).normal(size=planted[0].shape), planted[1]
    assert look(noise, heads_at_nec(*noise, [1.0], support="path", relax=(1.0,))[1.0]) is None


def test_a_head_changed_by_hand_has_no_penalty_to_compare(planted):
    head = heads_at_nec(*planted, [1.0], support="path", relax=(1.0,))[1.0]
    assert look(planted, replace(head, kkt=np.inf)) is None


def test_a_head_under_constraints_is_not_compared_with_one_without(planted):
    allowed = np.zeros((4, 32), dtype=bool)
    allowed[:, ::2] = True
    head = heads_at_nec(*planted, [3.0], support="path", relax=(1.0,), allowed=allowed)[3.0]
    assert look(planted, head) is None


def test_it_is_said_in_points():
    said = denser_words(Denser(0.4, 0.525, 12.4), 5.0)
    assert "12.4 weights per class are right 12.5 points more often than 5.0" in said and "head.nec" in said
