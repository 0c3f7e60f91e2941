"""A layer that has learnt a scene beside its object: seen, told in words, and mended, from train clips alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pytest
from tests.diagnose.conftest import CLASSES, NAMES, draw_clips

from dance_xai.diagnose import HeldOut, Lessons, Proposed, find_shortcuts
from dance_xai.diagnose.shortcuts import Screen
from dance_xai.diagnose.words import edit_words, shortcut_words, suspicion_words
from dance_xai.edit import EditClips
from dance_xai.edit.operations import apply
from dance_xai.edit.replaying import Past
from dance_xai.errors import ShapeError
from dance_xai.model.bottleneck import ConceptBottleneck
from dance_xai.model.folds import stratified_folds
from dance_xai.model.head import fit_head
from dance_xai.model.ridge import Ridge
from dance_xai.types import Concept, ConceptBank, FloatArray, IntArray

D = 24
DISC, BEACH = 4, 5


@dataclass(frozen=True, eq=False)
class Seen:
    """A model whose layers were learnt from features in which the scene is far easier to see than the objects."""

    model: ConceptBottleneck
    held: HeldOut
    lessons: Lessons
    draw: Callable[[float], tuple[FloatArray, IntArray]]


def make_seen(seed: int, share: float = 0.9) -> Seen:
    rng = np.random.default_rng(seed)
    gain = np.array([1, 1, 1, 0.2, 0.2, 1.5, 1.5])
    mix = rng.normal(size=(len(NAMES), D)) / np.sqrt(D)

    def draw(at_beach: float, ball_at_beach: float, per_class: int) -> tuple[FloatArray, FloatArray, IntArray]:
        raw, labels = draw_clips(rng, per_class, at_beach, ball_at_beach)
        truth = np.round(np.clip(raw, 0, 1))
        truth[:, 3], truth[:, DISC] = labels == 0, labels == 1
        return (truth * gain) @ mix + 0.06 * rng.normal(size=(len(raw), D)), raw, labels

    x, targets, labels = draw(share, 0.15, 60)
    folds = stratified_folds(labels, 5, rng)
    fit = Ridge().fit(x, targets, folds, rng)
    raw = fit.layer(x)
    mean, std = raw.mean(axis=0), raw.std(axis=0)
    bank = ConceptBank(tuple(Concept(kind, name) for kind, name in NAMES))
    head = fit_head((raw - mean) / std, labels, lam=0.02)
    model = ConceptBottleneck(bank, CLASSES, fit.layer, mean, std, head, "predicted", "feature")
    ids = tuple(f"clip {row:03d}" for row in range(len(labels)))
    clips = EditClips(ids, x, tuple(CLASSES[label] for label in labels), np.ones(len(labels), dtype=bool))
    bases = {fold: replace(model, layer=layer) for fold, layer in fit.fold_layers.items()}
    models = {fold: Past(base, clips).without(np.flatnonzero(folds == fold)) for fold, base in bases.items()}
    held = HeldOut(model, clips, folds, models)
    np.testing.assert_allclose(held.concepts, (fit.out_of_fold - mean) / std, atol=1e-9)
    return Seen(model, held, Lessons(held.concepts, targets, labels), lambda at: draw(at, 1 - at, 300)[::2])


@pytest.fixture(scope="module")
def seen() -> Seen:
    return make_seen(0)


def test_what_a_layer_has_learnt_is_seen(seen):
    found = seen.lessons.correlation
    assert found[DISC, BEACH] > 0.2 and abs(found[DISC, BEACH]) == np.abs(found[:, BEACH]).max()
    assert not np.diag(found).any() and np.count_nonzero(found) < found.size / 4


def test_two_things_that_truly_come_together_are_no_confusion():
    """The target of one holds the other, so that its activation may too."""
    rng = np.random.default_rng(0)
    labels = np.arange(300) % 3
    scene = (rng.random(300) < 0.5).astype(float)
    board = np.where(scene > 0, rng.random(300) < 0.9, 0.0).astype(float)
    targets = np.stack([board, scene], axis=1)
    activations = targets + 0.3 * rng.normal(size=targets.shape)
    assert not Lessons(activations, targets, labels).correlation.any()
    confused = activations + np.outer(scene, [0.5, 0.0])
    assert Lessons(confused, targets, labels).correlation[0, 1] > 0.2
    unknown = np.where(np.arange(2) == 0, np.nan, targets)
    assert np.isfinite(Lessons(confused, unknown, labels).correlation).all()


def test_lessons_need_arrays_that_fit():
    with pytest.raises(ShapeError, match="concept targets"):
        Lessons(np.zeros((4, 2)), np.zeros((4, 3)), np.zeros(4, dtype=int))


def test_heads_of_the_folds_know_none_of_their_clips(seen):
    held = seen.held
    noise = np.random.default_rng(0).integers(0, 4, len(held.labels))
    blind = replace(held, clips=replace(held.clips, labels=tuple(CLASSES[label] for label in noise)), models={})
    assert np.mean(blind.logits.argmax(axis=1) == noise) < 0.4
    assert np.abs(held.logits - replace(held, models={}).logits).max() > 1e-3


def test_the_shortcut_is_first_and_detaching_brings_the_accuracy_back():
    back = []
    for seed in range(3):
        case = make_seen(seed)
        first = find_shortcuts(case.held, lessons=case.lessons, most=2)[0]
        assert (first.suspicion.label, first.suspicion.concept) == ("disc", "beach") and first.suspicion.is_credible
        assert "disc" in [one.concept for one in first.suspicion.through]
        assert first.edit.operation == "detach" and first.effect.cost <= 0.01
        after = apply(case.model, case.held.clips, first.edit.operation, dict(first.edit.arguments))[0]
        usual, turned = case.draw(0.9), case.draw(0.1)
        was, now = ([float((m.predict(x) == y).mean()) for x, y in (usual, turned)] for m in (case.model, after))
        assert was[0] - was[1] > 0.05 and now[0] > was[0] - 0.03
        back.append((now[1] - was[1]) / (was[0] - was[1]))
    assert min(back) > 0.7, back


def test_without_layers_nothing_is_detached(world):
    tried = [one.edit.operation for one in find_shortcuts(world.held) if one.edit is not None]
    assert "detach" not in tried and not any(one.suspicion.through for one in find_shortcuts(world.held))


def test_a_class_may_lean_on_a_scene_it_gives_no_weight(seen):
    weight = seen.model.head.weight.copy()
    weight[1, BEACH] = 0
    model = seen.model.with_head(replace(seen.model.head, weight=weight))
    screen = Screen(replace(seen.held, model=model), seen.lessons)
    leaning = next(one for one, _ in screen.suspicions() if (one.label, one.concept) == ("disc", "beach"))
    assert leaning.mass == 0 and "it reaches it through others only" in suspicion_words(leaning)
    assert (1, BEACH) not in [(one.label, one.concept) for one in Screen(screen.held).associations()]


def test_words_name_layers_gains_and_what_is_detached(seen):
    first = find_shortcuts(seen.held, lessons=seen.lessons, most=1)[0]
    assert "learnt 'beach' besides" in suspicion_words(first.suspicion)
    for accuracy, wanted in (((0.9, 0.93), "gains 3.0 points"), ((0.9, 0.88), "costs 2.0 points"), ((1, 1), "nothing")):
        assert wanted in shortcut_words(replace(first, effect=replace(first.effect, accuracy=accuracy)))
    edit = Proposed("detach", {"kinds": ["scene"], "forbid": [["disc", "beach"]], "lam": 0.01})
    assert edit_words(edit) == (
        "detach the concepts of other kinds from all scenes, and solve again without beach for 'disc' "
        "with strength 0.01"
    )
    edit = Proposed("detach", {"sources": ["beach"], "concepts": ["disc", "ball"]})
    assert edit_words(edit) == "detach disc, ball from beach, and solve again"


@pytest.mark.parametrize(("clips", "classes", "width"), [(40, 20, 30), (100, 40, 30), (200, 15, 40)])
def test_of_noise_nothing_is_learnt_however_few_clips_a_class_has(clips, classes, width):
    """Chance is allowed for in one world of twenty; class means take their share of the clips."""
    worlds = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        concepts, targets = rng.normal(size=(2, clips, width))
        lessons = Lessons(concepts, targets, np.arange(clips) % classes)
        worlds += bool(lessons.correlation[~np.eye(width, dtype=bool)].any())
    assert worlds <= 4
