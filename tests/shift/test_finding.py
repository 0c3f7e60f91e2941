"""Planted shifts of each kind are named, and what is proposed helps; where nothing has moved, nothing is proposed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dance_xai.errors import DataError
from dance_xai.shift import Comparison, choose_by_labels, find_shift
from dance_xai.shift.comparison import share_out
from dance_xai.types import KINDS


def accuracy(comparison: Comparison, labels: np.ndarray, steps=()) -> float:
    return float(np.mean(comparison.logits(steps).new.argmax(axis=1) == labels))


def shuffled(values: np.ndarray, columns: slice) -> np.ndarray:
    """One kind of each clip in the place of another's: as frequent as before, but with other classes."""
    values = values.copy()
    values[:, columns] = values[np.random.default_rng(5).permutation(len(values)), columns]
    return values


def test_nothing_is_proposed_where_nothing_has_moved(old, new_clips):
    moved = 0
    for seed in range(8):
        comparison = replace(old, new=new_clips(100 + seed)[0])
        found = find_shift(comparison, np.random.default_rng(seed))
        moved += any(kind.moved for kind in found.kinds)
        assert not found.proposals
    assert moved <= 2


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_whose_activations_moved_is_named(old, new_clips, columns, kind):
    values, labels = new_clips(1)
    values[:, columns[kind]] += np.array([3.0, -3.0, 0, 0, 0, 0])
    comparison = replace(old, new=values)
    found = find_shift(comparison, np.random.default_rng(0))
    assert {each.kind: each.moved for each in found.kinds} == {
        each: "activations" if each == kind else None for each in KINDS
    }
    moved = {each.concept for each in found.moves if each.rate <= 0.05 and each.kind == kind}
    assert moved >= {f"{kind} 0", f"{kind} 1"} and len(moved) <= 4
    (proposal,) = found.proposals
    assert proposal.kind == kind and proposal.certain > 0
    assert accuracy(comparison, labels, proposal.steps) > accuracy(comparison, labels) + 0.1
    share = found.contributions
    assert max(share, key=lambda each: share[each])[1] == kind


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_that_goes_with_other_classes_is_named_though_it_is_as_frequent(old, new_clips, columns, kind):
    values, labels = new_clips(3)
    comparison = replace(old, new=shuffled(values, columns[kind]))
    found = find_shift(comparison, np.random.default_rng(0))
    by_kind = {each.kind: each for each in found.kinds}
    assert {each.kind: each.moved for each in found.kinds} == {
        each: "bonds" if each == kind else None for each in KINDS
    }
    assert by_kind[kind].agreement[1] < by_kind[kind].agreement[0]
    best = found.proposals[0]
    assert best.kind == kind
    before, after = accuracy(comparison, labels), accuracy(comparison, labels, best.steps)
    assert after > before + 0.05
    assert best.expected[0] == pytest.approx(before, abs=0.06) and best.expected[1] == pytest.approx(after, abs=0.06)
    assert found.expected.by_confidence > before  # the model's own confidence notices less


def test_nothing_is_proposed_against_a_kind_that_is_trusted(old, new_clips, columns):
    comparison = replace(old, new=shuffled(new_clips(3)[0], columns["scene"]))
    found = find_shift(comparison, np.random.default_rng(0), trusted=["scene"])
    assert all(each.kind != "scene" for each in found.proposals)


def test_the_same_seed_finds_the_same(old):
    first, second = (find_shift(old, np.random.default_rng(3)) for _ in range(2))
    assert first == second


def test_held_out_clips_are_said_by_heads_that_have_not_seen_them(old):
    noise = np.random.default_rng(0).integers(0, 6, len(old.labels))
    labels = tuple(old.model.classes[label] for label in noise)
    blind = replace(old, held=replace(old.held, clips=replace(old.held.clips, labels=labels)))
    assert np.mean(blind.logits().held.argmax(axis=1) == noise) < 0.35


def test_new_clips_are_shared_out_as_train_clips_are():
    folds = np.repeat([7, 0, 3], [60, 30, 10])
    found = share_out(folds, 21, np.random.default_rng(0))
    assert [np.count_nonzero(found == fold) for fold in (7, 0, 3)] == pytest.approx([12.6, 6.3, 2.1], abs=1)
    assert not np.array_equal(found, share_out(folds, 21, np.random.default_rng(1)))
    assert set(share_out(folds, 2, np.random.default_rng(0))) <= {7, 0, 3}


def test_layers_that_have_seen_fewer_clips_are_no_shift(old):
    """The model of each fold reads a fresh clip otherwise; new clips are read by them as old ones are."""
    wide = {fold: replace(model, std=model.std / 1.3) for fold, model in old.held.fold_models.items()}
    comparison = replace(old, held=replace(old.held, models=wide))
    for fold, model in wide.items():
        rows = comparison.folds == fold
        np.testing.assert_allclose(comparison.concepts[rows], model.concepts(comparison.new[rows]))
    found = find_shift(comparison, np.random.default_rng(0))
    assert not any(kind.moved == "activations" for kind in found.kinds)
    assert np.mean([one.spread for one in found.moves]) == pytest.approx(1, abs=0.05)
    np.testing.assert_array_equal(comparison.logits().new, old.model.logits(old.new))


def test_with_labels_the_edit_is_measured_on_clips_it_was_not_chosen_on(old, new_clips, columns):
    values, labels = new_clips(4)
    comparison = replace(old, new=shuffled(values, columns["object"]))
    found = choose_by_labels(comparison, labels, np.random.default_rng(0))
    assert found.steps and found.chosen_on + found.measured_on == len(labels)
    assert found.measured[1] > found.measured[0] + 0.05
    for side, steps in enumerate(((), found.steps)):
        right = found.chosen_on * found.chosen[side] + found.measured_on * found.measured[side]
        assert right == pytest.approx(len(labels) * accuracy(comparison, labels, steps))
    for seed in range(2):
        calm, truth = new_clips(200 + seed)
        assert not choose_by_labels(replace(old, new=calm), truth, np.random.default_rng(seed)).steps


def test_too_little_is_refused(old):
    with pytest.raises(DataError, match="at least 2 to compare with, got 1"):
        replace(old, new=old.new[:1])
    with pytest.raises(DataError, match="at least 8 with a class of the model as label, got 3"):
        labels = np.where(np.arange(len(old.new)) < 3, 0, -1)
        choose_by_labels(old, labels, np.random.default_rng(0))
    with pytest.raises(DataError, match="in at least 2 folds"):
        replace(old.held, folds=old.labels)


def test_a_model_of_one_kind_has_no_second_opinion(old):
    from dance_xai.edit import ablate

    only, _ = ablate(old.model, kinds=["object", "scene"])
    found = find_shift(Comparison(replace(old.held, model=only), old.new + 3), np.random.default_rng(0))
    (kind,) = found.kinds
    assert (kind.kind, kind.moved, kind.p_bonds, kind.agreement) == ("motion", "activations", None, None)
    assert not found.proposals
