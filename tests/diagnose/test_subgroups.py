"""Planted differences between subgroups are found, and chance alone is not."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import f

from dance_xai.diagnose import uneven_concepts
from dance_xai.errors import ShapeError


def test_a_concept_that_one_subgroup_lacks_is_found(world):
    held = world.held
    rng = np.random.default_rng(0)
    view = rng.choice(["front", "side"], len(held.ids))
    concepts = held.concepts.copy()
    unseen = (view == "side") & (held.labels == 2)
    concepts[unseen, 1] = concepts[held.labels != 2, 1].mean()  # jumps are not recognised from the side
    first = uneven_concepts(world.model, concepts, held.labels, {"view": view})[0]
    assert (first.label, first.concept, first.attribute) == ("jump", "jump", "view") and first.chance < 1e-6
    assert [one.group for one in first.effects] == ["front", "side"]
    terms = world.model.head.weight[2, 1] * concepts[:, 1]
    for one in first.effects:
        inside = view == one.group
        effect = terms[inside & (held.labels == 2)].mean() - terms[inside & (held.labels != 2)].mean()
        assert one.effect == pytest.approx(effect) and one.clips == (inside & (held.labels == 2)).sum()


def test_chance_alone_is_rarely_reported(world):
    held, found = world.held, 0
    for seed in range(40):
        view = np.random.default_rng(seed).choice(["front", "side", "back"], len(held.ids))
        found += bool(uneven_concepts(world.model, held.concepts, held.labels, {"view": view}))
    assert found <= 5


def test_the_chance_is_that_of_an_f_test_times_the_number_of_comparisons(world):
    held = world.held
    view = np.where(np.arange(len(held.ids)) % 2, "a", "b")
    every = uneven_concepts(world.model, held.concepts, held.labels, {"view": view}, level=1.1)
    assert [one.chance for one in every] == sorted(one.chance for one in every) and 0 < every[0].chance <= 1
    label, column = world.model.classes.index(every[0].label), world.model.bank.names.index(every[0].concept)
    terms, own = world.model.head.weight[label, column] * held.concepts[:, column], held.labels == label
    parts = [[terms[(view == group) & side] for side in (own, ~own)] for group in "ab"]
    effects = [inside.mean() - outside.mean() for inside, outside in parts]
    variance = 0.0
    for side in (0, 1):
        within = sum(((pair[side] - pair[side].mean()) ** 2).sum() for pair in parts)
        within /= sum(len(pair[side]) for pair in parts) - 2
        variance += sum(within / len(pair[side]) for pair in parts)
    single = f.sf((effects[0] - effects[1]) ** 2 / variance, 1, own.sum() - 2)
    assert every[0].chance == pytest.approx(min(1, single * len(every)))


def test_unknown_and_small_groups_are_left_out(world):
    held = world.held
    groups = [None] * (len(held.ids) - 4) + ["a", "a", "b", "b"]
    assert uneven_concepts(world.model, held.concepts, held.labels, {"subject": groups}) == ()
    with pytest.raises(ShapeError, match="subject"):
        uneven_concepts(world.model, held.concepts, held.labels, {"subject": groups[1:]})
