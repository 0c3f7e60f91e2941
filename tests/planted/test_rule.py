"""The rule holds for every clip, for its own class alone, and the shortcut is where it should be."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from dance_xai.planted.moves import MOTION_NAMES
from dance_xai.planted.rule import (
    CLASSES,
    DISTRACTORS,
    OBJECTS,
    RULES,
    SCENES,
    SHORTCUT_CLASS,
    SHORTCUT_RIVAL,
    SHORTCUT_SCENE,
    VISIBLE,
    draw_presence,
)

PARTS = ("train", "test", "shifted")


def test_rules_use_known_concepts_and_classes_are_sorted():
    assert tuple(sorted(CLASSES)) == CLASSES
    for rule in RULES:
        assert set(rule.motions) <= set(MOTION_NAMES)
        assert rule.object is None or rule.object in OBJECTS
        assert rule.scene is None or rule.scene in SCENES
    assert {name for rule in RULES for name in rule.motions} == set(MOTION_NAMES)
    for kind, names in DISTRACTORS.items():
        assert not set(names) & set(VISIBLE[kind])


@pytest.mark.parametrize("part", PARTS)
def test_every_clip_fulfils_the_rule_of_its_class_and_of_no_other(part):
    rng = np.random.default_rng(0)
    for label in CLASSES:
        shown = draw_presence(label, part, 40, rng)
        for row in range(40):
            seen = {kind: {VISIBLE[kind][i] for i in np.flatnonzero(flags[row])} for kind, flags in shown.items()}
            fits = [rule.label for rule in RULES if rule.holds(seen["motion"], seen["object"], seen["scene"])]
            assert fits == [label]
        assert (shown["scene"].sum(axis=1) == 1).all()


def test_some_classes_differ_by_the_object_only_the_scene_only_and_the_motion_only():
    found = set()
    for a, b in combinations(RULES, 2):
        differs = tuple(name for name in ("motions", "object", "scene") if getattr(a, name) != getattr(b, name))
        found |= {differs} if None not in (a.object or a.scene, b.object or b.scene) else set()
    assert {("motions",), ("object",), ("scene",)} <= found


@pytest.mark.parametrize("count", [10, 30, 100])
def test_the_shortcut_holds_exactly_in_train_and_test_and_is_turned_round_in_shifted(count):
    rng = np.random.default_rng(1)
    column = SCENES.index(SHORTCUT_SCENE)
    share = {
        (label, part): draw_presence(label, part, count, rng)["scene"][:, column].mean()
        for label in (SHORTCUT_CLASS, SHORTCUT_RIVAL)
        for part in PARTS
    }
    assert share[SHORTCUT_CLASS, "train"] == share[SHORTCUT_CLASS, "test"] == share[SHORTCUT_RIVAL, "shifted"] == 0.9
    assert share[SHORTCUT_CLASS, "shifted"] == 0
    assert share[SHORTCUT_RIVAL, "train"] < 0.5


def test_other_scenes_say_nothing():
    shown = draw_presence("squats", "train", 3000, np.random.default_rng(2))
    np.testing.assert_allclose(shown["scene"].mean(axis=0), 1 / len(SCENES), atol=0.03)
