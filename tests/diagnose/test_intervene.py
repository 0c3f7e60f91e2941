"""Corrections: curves between what the model read and what it should have read, by hand, and remembered."""

from __future__ import annotations

import numpy as np
import pytest

from dance_xai.diagnose import CorrectionMemory, correct, falling_words, intervention_curves
from dance_xai.errors import DataError, ShapeError


@pytest.fixture
def case(world):
    """Activations with noise on top, and as they should be."""
    rng = np.random.default_rng(0)
    wanted = world.held.concepts
    return wanted + 1.2 * rng.normal(size=wanted.shape), wanted


def accuracy(world, concepts):
    logits = concepts @ world.model.head.weight.T + world.model.head.bias
    return float((logits.argmax(axis=1) == world.held.labels).mean())


def curves_of(world, case, **more):
    found = intervention_curves(
        world.model, *case, world.held.labels, train=world.held.concepts, rng=np.random.default_rng(1), **more
    )
    return {one.policy: one for one in found}


def test_curves_start_as_read_and_end_as_wanted(world, case):
    curves = curves_of(world, case, most=7)
    assert list(curves) == ["random", "uncertainty", "contribution", "motion", "object", "scene"]
    read, wanted = (accuracy(world, concepts) for concepts in case)
    for one in curves.values():
        assert one.corrected == tuple(range(8)) and one.accuracy[0] == read < wanted
    assert all(curves[name].accuracy[-1] == wanted for name in ("random", "uncertainty", "contribution"))
    for kind in ("motion", "object", "scene"):
        mixed, columns = case[0].copy(), world.model.bank.columns(kind)
        mixed[:, columns] = case[1][:, columns]
        assert curves[kind].accuracy[-1] == accuracy(world, mixed)


def test_contribution_beats_chance(world, case):
    curves = curves_of(world, case, most=3)
    assert sum(curves["contribution"].accuracy) > sum(curves["random"].accuracy) + 0.05


def test_uncertainty_takes_what_lies_in_the_middle(world):
    concepts = np.repeat(world.held.concepts[:1], 2, axis=0)
    middle = np.array([0.0, 5, 5, 5, 5, 5, 5])
    wanted = concepts + 1
    train = np.stack([middle - 3, middle + 3])
    chosen = intervention_curves(
        world.model,
        np.repeat((middle + np.array([0.1, 2, 2, 2, 2, 2, 2]))[None], 2, axis=0),
        wanted,
        np.array([0, 1]),
        train=train,
        rng=np.random.default_rng(0),
        policies=("uncertainty",),
        most=1,
    )
    first = middle + np.array([0.1, 2, 2, 2, 2, 2, 2])
    first[0] = wanted[0, 0]
    said = int((world.model.head.weight @ first + world.model.head.bias).argmax())
    assert chosen[0].accuracy[1] == (0.5 if said in (0, 1) else 0.0)


def test_a_correction_by_hand_changes_what_it_names(world):
    found = world.held.concepts[0]
    changed = correct(world.model, found, {"beach": -1.5, "throw": 2})
    assert changed[5] == -1.5 and changed[0] == 2
    np.testing.assert_array_equal(np.delete(changed, [0, 5]), np.delete(found, [0, 5]))
    with pytest.raises(DataError, match="did you mean 'beach'"):
        correct(world.model, found, {"beech": 1})
    with pytest.raises(DataError, match="finite"):
        correct(world.model, found, {"beach": float("nan")})


def test_a_memory_corrects_clips_like_those_it_has_seen(world, case):
    read, wanted = case
    nothing = CorrectionMemory.empty(7)
    same, used = nothing.apply(read)
    np.testing.assert_array_equal(same, read)
    assert not used.any()
    wanted = np.where(np.arange(7) < 3, wanted, read)  # the others are as read
    memory = nothing.remember(read[:3], wanted[:3])
    fixed, used = memory.apply(2 * read[:3])
    changed = wanted[:3] != read[:3]
    np.testing.assert_array_equal(fixed, np.where(changed, wanted[:3], 2 * read[:3]))
    again, _ = memory.apply(fixed)
    np.testing.assert_array_equal(again, fixed)
    assert used.all() and changed.any()
    opposite, used = memory.apply(-read[:1])
    np.testing.assert_array_equal(opposite, -read[:1])
    assert not used.any() and len(nothing.seen) == 0


def test_a_memory_helps_where_a_fault_repeats_itself(world):
    rng = np.random.default_rng(0)
    wanted = world.held.concepts[world.held.labels == 2]
    read = wanted.copy()
    read[:, [1, 2]] = read[:, [2, 1]]  # jumps are always read as squats
    read += 0.05 * rng.normal(size=read.shape)
    weight, bias = world.model.head.weight, world.model.head.bias
    right = [
        ((concepts @ weight.T + bias).argmax(axis=1) == 2).mean()
        for concepts in (
            read[20:],
            CorrectionMemory.empty(7, likeness=0.5).remember(read[:20], wanted[:20]).apply(read[20:])[0],
        )
    ]
    assert right[0] < 0.1 and right[1] > 0.9


def test_what_does_not_fit_is_refused(world, case):
    with pytest.raises(DataError, match="cosine"):
        CorrectionMemory.empty(7, likeness=1.5)
    with pytest.raises(ShapeError):
        CorrectionMemory.empty(7).remember(case[0], case[1][1:])
    with pytest.raises(ShapeError):
        curves_of(world, (case[0], case[1][:, 1:]))


def test_a_curve_that_falls_is_explained_beside_corrections_of_other_clips(world):
    held, rng = world.held, np.random.default_rng(0)
    wrong = held.concepts[rng.permutation(len(held.labels))]
    train = {"train": held.concepts, "rng": rng}
    curves = intervention_curves(world.model, held.concepts, wrong, held.labels, **train, policies=("random",))
    words = falling_words(world.model, curves, held.concepts, wrong, held.labels, **train)
    assert f"from {curves[0].accuracy[0]:.1%} to {curves[0].accuracy[-1]:.1%}" in words and "of other clips" in words
    flat = intervention_curves(world.model, held.concepts, held.concepts, held.labels, **train, policies=("random",))
    assert falling_words(world.model, flat, held.concepts, held.concepts, held.labels, **train) is None
