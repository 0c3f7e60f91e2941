"""Scores of discovery, against what is known, and the shortcut in words."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import f1_score, precision_score, recall_score

from dance_xai.errors import ShapeError
from dance_xai.planted.rule import SHORTCUT_CLASS, SHORTCUT_RIVAL, SHORTCUT_SCENE
from dance_xai.planted.stage import Span
from dance_xai.planted.truth import REST, score_discovery, shortcut, true_motions

SPANS = ((Span("squat", 10, 30), Span("wave", 40, 60)), (Span("wave", 0, 20),))


def windows_of(world, length=20, step=10):
    """Windows all over the clips of a world: clip rows, starts, and true motions."""
    pairs = [
        (row, start) for row, track in enumerate(world.tracks) for start in range(0, len(track.xy) - length + 1, step)
    ]
    clip, start = np.array(pairs).T
    spans = [world.spans[clip_id] for clip_id in world.ids]
    return clip, start, spans, np.array(true_motions(clip, start, length, spans))


def test_a_window_shows_the_motion_that_fills_half_of_it():
    clip, start = np.array([0, 0, 0, 0, 0, 1]), np.array([0, 4, 5, 26, 45, 15])
    found = true_motions(clip, start, 10, SPANS)
    assert found == (REST, REST, "squat", REST, "wave", "wave")


def test_two_spans_of_the_same_motion_count_together():
    spans = ((Span("hop", 0, 3), Span("hop", 6, 9), Span("wave", 10, 14)),)
    assert true_motions(np.array([0]), np.array([0]), 12, spans) == ("hop",)


def test_perfect_concepts_score_one(world):
    clip, start, spans, truth = windows_of(world)
    names, concept = np.unique(truth, return_inverse=True)
    concept = np.where(truth == REST, -1, concept)
    score = score_discovery(concept, clip, start, 20, spans)
    assert score.adjusted_rand == score.nmi == score.purity == score.mean_f1 == 1
    assert [item.motion for item in score.found] == sorted(set(names) - {REST})
    assert all([names[concept] for concept in item.concepts] == [item.motion] for item in score.found)
    assert score.windows == len(truth)
    assert score.resting == (truth == REST).sum()


def test_shuffled_concepts_score_like_chance(world):
    clip, start, spans, truth = windows_of(world)
    concept = np.random.default_rng(0).permutation(np.unique(truth, return_inverse=True)[1])
    score = score_discovery(concept, clip, start, 20, spans)
    assert abs(score.adjusted_rand) < 0.02
    assert score.nmi < 0.05
    assert score.mean_f1 < 0.25


def test_f1_is_the_one_of_sklearn(world):
    clip, start, spans, truth = windows_of(world)
    concept = np.random.default_rng(1).integers(-1, 9, len(truth))
    concept[truth == "squat"] = 3
    for item in score_discovery(concept, clip, start, 20, spans).found:
        inside = np.isin(concept, item.concepts)
        assert item.f1 == pytest.approx(f1_score(truth == item.motion, inside))
        assert item.precision == pytest.approx(precision_score(truth == item.motion, inside, zero_division=0))
        assert item.recall == pytest.approx(recall_score(truth == item.motion, inside))


def test_a_split_motion_keeps_its_purity_but_loses_agreement():
    clip, start = np.zeros(8, dtype=int), np.array([10, 12, 14, 16, 40, 42, 44, 46])
    score = score_discovery(np.array([0, 0, 1, 1, 2, 2, 2, 2]), clip, start, 10, SPANS)
    assert score.purity == 1
    assert score.adjusted_rand < 1
    assert {item.motion: (len(item.concepts), item.recall) for item in score.found} == {"squat": (2, 1), "wave": (1, 1)}


def test_windows_without_a_concept_find_nothing():
    score = score_discovery(np.full(2, -1), np.zeros(2, dtype=int), np.array([10, 40]), 10, SPANS)
    assert [(item.concepts, item.f1, item.recall) for item in score.found] == [((), 0.0, 0.0)] * 2
    assert score.concepts == 0


def test_bad_windows_are_refused():
    with pytest.raises(ShapeError, match="start"):
        score_discovery(np.zeros(3, dtype=int), np.zeros(3, dtype=int), np.zeros(2, dtype=int), 10, SPANS)
    with pytest.raises(ShapeError, match="none"):
        score_discovery(np.zeros(1, dtype=int), np.zeros(1, dtype=int), np.zeros(1, dtype=int), 10, SPANS)


def test_the_shortcut_is_counted_in_the_world_and_told_in_words(world):
    found = shortcut(world)
    assert (found.label, found.rival, found.scene) == (SHORTCUT_CLASS, SHORTCUT_RIVAL, SHORTCUT_SCENE)
    assert found.train == found.test == found.rival_shifted == 0.9
    assert found.shifted == 0
    assert found.rival_train < 0.4
    for part in (SHORTCUT_CLASS, SHORTCUT_SCENE, SHORTCUT_RIVAL, "90%", "0%"):
        assert part in found.words
