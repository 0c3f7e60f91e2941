"""A planted shortcut is named first and mended; what is no shortcut is not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dance_xai.diagnose import find_shortcuts, find_unjudged
from dance_xai.diagnose.proposals import measure
from dance_xai.diagnose.shortcuts import Association, Screen, rightness
from dance_xai.diagnose.words import unjudged_words
from dance_xai.edit.operations import apply
from dance_xai.types.numbers import percent

SHORTCUT = ("disc", "beach")


def accuracy(model, clips):
    raw, labels = clips
    return float((model.predict(raw) == labels).mean())


def mended(world, edit):
    return apply(world.model, world.held.clips, edit.operation, dict(edit.arguments))[0]


def test_the_planted_shortcut_is_first_and_its_edit_brings_the_accuracy_back(make):
    back = []
    for seed in range(5):
        world = make(seed)
        first = find_shortcuts(world.held)[0]
        assert (first.suspicion.label, first.suspicion.concept) == SHORTCUT
        assert first.suspicion.is_credible and first.evidence > 0
        assert first.effect.cost <= 0.01 and first.effect.turned[1] > first.effect.turned[0]
        usual, turned, after = world.draw(0.9), world.draw(0.1), mended(world, first.edit)
        lost = accuracy(world.model, usual) - accuracy(world.model, turned)
        assert lost > 0.02
        assert accuracy(after, usual) > accuracy(world.model, usual) - 0.015
        back.append((accuracy(after, turned) - accuracy(world.model, turned)) / lost)
    assert min(back) > 0.5 and np.mean(back) > 0.8, back


def test_no_edit_that_costs_more_than_it_may_is_proposed(world):
    for one in find_shortcuts(world.held, most_cost=-0.5):
        assert one.edit is None and one.effect is None and one.control is None and one.tried > 5


@pytest.mark.parametrize("share", [0.15, 1.0])
def test_where_nothing_is_broken_or_nothing_tells_nothing_credible_is_named(make, share):
    """Without the association there is no shortcut; where every clip of the class has it nobody can know."""
    for seed in range(3):
        found = find_shortcuts(make(seed, share=share).held)
        assert not [one for one in found if one.suspicion.is_credible and one.suspicion.concept == "beach"]


def test_what_forbidding_brings_nothing_back_of_is_not_suspected(make):
    """Small objects, which their classes need, and a scene that is seldom there."""
    dropped = 0
    for seed in (0, 3):
        held = make(seed, lam=0.02).held
        found = find_shortcuts(held)
        assert all(one.evidence > 0 and one.suspicion.share > max(one.suspicion.elsewhere, 0.5) for one in found)
        dropped += len(Screen(held).associations()) - len(found)
    assert dropped > 0


def test_an_association_that_no_clip_breaks_is_named_as_one_nobody_can_judge(make):
    for share, known in ((1.0, True), (0.9, False)):
        found = find_unjudged(make(0, share=share).held)
        assert (SHORTCUT in [(one.label, one.concept) for one in found]) == known
    beach = next(one for one in find_unjudged(make(0, share=1.0).held) if one.concept == "beach")
    assert beach.exceptions < 2 and beach.share > 0.95 and beach.weight > 0 and 0 < beach.mass < 1
    words = unjudged_words([beach])
    assert f"scene 'beach' for 'disc' ({percent(beach.share, 0)} of its clips with it" in words


def test_a_suspicion_is_doubtful_where_noise_makes_as_many_exceptions(world):
    one, _ = Screen(world.held).suspicions()[0]
    assert one.is_credible and not replace(one, by_noise=20.0).is_credible


def test_turning_an_association_round_stands_the_exceptions_for_their_classes():
    labels = np.array([0, 0, 0, 0, 1, 1, 1, 1])
    usual = np.array([1, 1, 0, 0, 1, 1, 0, 0], dtype=float)
    one = Association(0, 0, usual, labels == 0)
    score = np.array([1, 1, 0, 0, 0, 1, 1, 1], dtype=float)
    assert one.share == one.elsewhere == 0.5
    assert one.turned(score, labels) == pytest.approx((0 + 0.5) / 2)
    few = replace(one, usual=np.array([1, 1, 1, 0, 1, 0, 0, 0], dtype=float))  # one exception of each: too few to tell
    assert few.turned(score, labels) == pytest.approx((0.5 + 0.75) / 2)


def test_the_evidence_of_a_suspicion_is_counted_right(world):
    screen = Screen(world.held)
    one, association = next(pair for pair in screen.suspicions() if (pair[0].label, pair[0].concept) == SHORTCUT)
    own, with_it = world.held.labels == 1, association.usual > 0.5
    right = world.held.logits.argmax(axis=1) == world.held.labels
    assert one.n_unusual == (own & ~with_it).sum() and one.n_tempted == (~own & with_it).sum()
    assert one.usual == right[own & with_it].mean() and one.unusual == right[own & ~with_it].mean()
    assert one.misled == (world.held.logits[~own & with_it].argmax(axis=1) == 1).sum()
    assert one.share == pytest.approx(0.9, abs=0.02) and one.motion_alone < 0.8


def test_an_edit_that_changes_nothing_gains_nothing(world):
    one = Screen(world.held).associations()[0]
    effect = measure(world.held, one, world.held.logits)
    assert effect.gain == effect.cost == 0 and effect.error > 0 and effect.accuracy[0] == effect.accuracy[1]


def test_rightness_ignores_the_scale_of_logits_and_agrees_with_right():
    rng = np.random.default_rng(0)
    logits, labels = rng.normal(size=(50, 4)), rng.integers(0, 4, 50)
    score = rightness(logits, labels)
    np.testing.assert_allclose(score, rightness(7 * logits + 3, labels))
    np.testing.assert_array_equal(score > 0.5, logits.argmax(axis=1) == labels)
