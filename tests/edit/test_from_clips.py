"""Edits that learn from clips: merge, split, solve again, add a class."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import minimize

from dance_xai.edit import ablate, add_class, drop_class, merge, resolve, set_activation, split
from dance_xai.edit.newcomer import Newcomer, fit_newcomer
from dance_xai.errors import DataError
from dance_xai.model.head import fit_head
from dance_xai.types import Concept


def accuracy(model, clips, rows):
    said = np.array([model.classes[at] for at in model.predict(clips.inputs[rows])])
    return (said == np.array([clips.labels[row] for row in rows])).mean()


def test_a_merged_concept_is_the_standardised_sum(model, clips):
    edited, edit = merge(model, clips, first="motion 03", second="motion 01", name="motion 03")
    assert edited.bank.names[:2] == ("motion 02", "motion 03") and len(edited.bank) == 6
    concepts = model.concepts(clips.inputs)
    total, new = concepts[:, 0] + concepts[:, 2], edited.concepts(clips.inputs)[:, 1]
    np.testing.assert_allclose(new * total[clips.train].std(), total, atol=1e-10)
    np.testing.assert_allclose(new[clips.train].std(), 1)
    terms = new[:, None] * edited.head.weight[:, 1]
    np.testing.assert_allclose(
        terms, total[:, None] * (model.head.weight[:, 0] + model.head.weight[:, 2]) / 2, atol=1e-9
    )
    assert edit.arguments == {"first": "motion 03", "second": "motion 01", "name": "motion 03"}


def halves_of(clips):
    """Motion 02 was said of clips of two classes."""
    by_label = {
        label: [
            c for c, known, train in zip(clips.ids, clips.labels, clips.train, strict=True) if train and known == label
        ]
        for label in ("bowl", "wave")
    }
    return [by_label["bowl"][:12], by_label["wave"][:12]]


def test_the_halves_of_a_split_tell_its_clips_apart_and_predict_as_before(model, clips):
    halves = halves_of(clips)
    edited, edit = split(model, clips, concept="motion 02", halves=halves)
    assert edited.bank.names[1:3] == ("motion 02 a", "motion 02 b") and edit.arguments["halves"] == halves
    np.testing.assert_allclose(edited.logits(clips.inputs), model.logits(clips.inputs), atol=1e-8)
    a, b = edited.layer(clips.inputs)[:, 1:3].T
    lead = a - b
    assert (lead[clips.rows(halves[0])] > 0).mean() > 0.9 and (lead[clips.rows(halves[1])] < 0).mean() > 0.9
    fresh = [clip for clip, label in zip(clips.ids, clips.labels, strict=True) if label in ("bowl", "wave")]
    fresh = clips.rows([clip for clip in fresh if clip not in halves[0] + halves[1]])
    right = (lead[fresh] > 0) == np.array([clips.labels[row] == "bowl" for row in fresh])
    assert right.mean() > 0.8
    new = edited.concepts(clips.inputs[clips.train])[:, 1:3]
    np.testing.assert_allclose(new.std(axis=0), 1)
    np.testing.assert_allclose(new.mean(axis=0), 0, atol=1e-9)
    back, _ = merge(edited, clips, first="motion 02 a", second="motion 02 b", name="motion 02")
    assert back.head.weight.shape == model.head.weight.shape


def test_a_half_keeps_the_members_and_the_prototype_it_has(model, clips):
    halves = halves_of(clips)
    rows = clips.rows(halves[0] + halves[1])
    members = np.column_stack([rows, np.arange(len(rows))])
    concepts = list(model.bank.concepts)
    concepts[1] = Concept("motion", "motion 02", size=30, clips=24, members=members)
    model = replace(model, bank=replace(model.bank, concepts=tuple(concepts)))
    edited, _ = split(model, clips, concept="motion 02", halves=halves, names=["low", "high"])
    low, high = edited.bank.concepts[1:3]
    assert (low.name, low.clips, high.clips) == ("low", 12, 12)
    assert low.members[:, 0].tolist() == rows[:12].tolist() and high.members[:, 0].tolist() == rows[12:].tolist()


def test_to_solve_again_without_constraints_is_the_fit(model, clips):
    edited, _ = resolve(model, clips)
    np.testing.assert_allclose(edited.head.weight, model.head.weight, atol=1e-6)
    assert edited.head.kkt <= 1e-8


def test_a_constrained_head_is_the_optimum_of_what_is_allowed(model, clips):
    edited, edit = resolve(
        model,
        clips,
        only=["motion", "scene"],
        forbid=[("jump", "motion 01"), ("*", "gym")],
        positive=[("*", "motion 02")],
        negative=[("wave", "motion 03")],
    )
    weight = edited.head.weight
    assert not weight[:, 3:6].any() and weight[1, 0] == 0 and (weight[:, 1] >= 0).all() and weight[3, 2] <= 0
    assert edited.head.kkt <= 1e-8
    rows, labels = clips.training(model)
    up, down = np.ones((2, *weight.shape), dtype=bool)
    up[:, 3:6] = down[:, 3:6] = False
    up[1, 0] = down[1, 0] = down[:, 1] = up[3, 2] = False
    oracle = fit_head(model.concepts(clips.inputs[rows]), labels, lam=0.01, allowed=np.stack([up, down]))
    np.testing.assert_allclose(weight, oracle.weight, atol=1e-5)
    assert edited.head.objective > model.head.objective + 1e-4
    assert edit.arguments["forbid"] == [["jump", "motion 01"], ["*", "gym"]]


def test_what_is_switched_off_stays_off(model, clips):
    off, _ = ablate(model, kinds=["motion"])
    off, _ = set_activation(off, concept="gym", value=3.0)
    edited, _ = resolve(off, clips)
    assert not edited.head.weight[:, [0, 1, 2, 5]].any() and edited.head.weight[:, [3, 4, 6]].any()
    same, _ = resolve(model, clips, only=["object", "scene"], forbid=[("*", "gym")])
    np.testing.assert_allclose(edited.head.weight, same.head.weight, atol=1e-6)


def test_a_budget_of_weights(model, clips):
    edited, _ = resolve(model, clips, nec=2, only=["motion"])
    assert 0 < edited.head.nonzero <= 8 and not edited.head.weight[:, 3:].any()


def test_a_class_comes_back_and_the_others_stay_bit_for_bit(case):
    for seed in range(3):
        model, clips = case(seed)
        without, _ = drop_class(model, label="squat")
        rows, labels = clips.training(without)
        without = without.with_head(fit_head(model.concepts(clips.inputs[rows]), labels, lam=0.01))
        new = [
            clip
            for clip, label, train in zip(clips.ids, clips.labels, clips.train, strict=True)
            if label == "squat" and train
        ]
        edited, edit = add_class(without, clips, label="squat", ids=new[:8])
        assert edited.classes == ("bowl", "jump", "wave", "squat") and edit.arguments["ids"] == new[:8]
        assert edited.head.weight[:3].tobytes() == without.head.weight.tobytes()
        assert edited.head.bias[:3].tobytes() == without.head.bias.tobytes()
        test = np.flatnonzero(~clips.train)
        assert accuracy(edited, clips, test) > accuracy(model, clips, test) - 0.1
        one, _ = add_class(without, clips, label="squat", ids=new[:1], most=2)
        assert np.count_nonzero(one.head.weight[3]) <= 2


def test_the_record_of_a_new_class_says_the_strength_that_was_used(model, clips):
    """A weak penalty would need more weights than it may have; what was taken instead is recorded, and replays."""
    without, _ = drop_class(model, label="squat")
    new = [clip for clip, label in zip(clips.ids, clips.labels, strict=True) if label == "squat"][:8]
    few, edit = add_class(without, clips, label="squat", ids=new, most=1, lam=1e-4)
    assert np.count_nonzero(few.head.weight[3]) <= 1 and edit.arguments["lam"] > 1e-3
    again, same = add_class(without, clips, **edit.arguments)
    assert same == edit and again.head.weight.tobytes() == few.head.weight.tobytes()
    _, enough = add_class(without, clips, label="squat", ids=new, lam=0.05)
    assert enough.arguments["lam"] == 0.05


def test_the_new_row_is_the_optimum_of_its_objective():
    rng = np.random.default_rng(2)
    x, others, new = rng.normal(size=(50, 4)), rng.normal(size=50), rng.random(50) < 0.2
    x[new, 0] += 1.5
    problem = Newcomer(x, others, new, 3, 0.7)
    row = fit_newcomer(problem, 4, lam=0.02)
    total = np.where(new, 3, 1).sum()

    def objective(v):
        w, b = v[:4] - v[4:8], v[8]
        margin = x @ w + b - others
        loss = np.logaddexp(0, np.where(new, -margin, margin)) @ np.where(new, 3, 1) / total
        return loss + 0.02 * 0.7 * v[:8].sum() + 0.02 * 0.3 / 2 * w @ w

    found = minimize(
        objective, np.zeros(9), bounds=[(0, None)] * 8 + [(None, None)], method="L-BFGS-B", options={"ftol": 1e-14}
    )
    ours = np.concatenate([np.maximum(row.weight, 0), np.maximum(-row.weight, 0), [row.bias]])
    assert objective(ours) <= found.fun + 1e-8
    np.testing.assert_allclose(row.weight, found.x[:4] - found.x[4:8], atol=1e-3)
    np.testing.assert_allclose(
        problem.loss(row), (objective(ours) - 0.014 * ours[:8].sum() - 0.003 * row.weight @ row.weight) * total
    )


def halve(first, second, **more):
    return lambda model, clips: split(model, clips, concept="motion 01", halves=[first, second], **more)


def without_labels(clips, label):
    return replace(clips, labels=tuple(None if one == label else one for one in clips.labels))


def spread(start):
    return [f"clip {row:03d}" for row in range(start, start + 32, 4) if row % 3]


IMPOSSIBLE = [
    (lambda m, c: merge(m, c, first="gym", second="gym", name="x"), "two different concepts"),
    (lambda m, c: merge(m, c, first="gym", second="rope", name="x"), "of one kind, got scene and object"),
    (lambda m, c: merge(m, c, first="gym", second="scene:ball", name=""), "a name on one line"),
    (lambda m, c: merge(m, c, first="motion 01", second="motion 02", name="motion 03"), "expected a new name"),
    (lambda m, c: split(m, c, concept="gym", halves=halves_of(c)), "expected a motion concept, got a phrase"),
    (lambda m, c: split(replace(m, activations="grounded"), c, concept="motion 01", halves=halves_of(c)), "measured"),
    (halve([], []), "two halves of at least 2 clips"),
    (halve(["clip 000", "nobody"], ["clip 001", "clip 003"]), "'nobody'"),
    (halve(["clip 000", "clip 001"], ["clip 001", "clip 002"]), "it twice"),
    (lambda m, c: split(m, c, concept="motion 01", halves=halves_of(c), names=["x", "x"]), "expected a new name"),
    (halve(spread(0), spread(32)), "halves that the inputs tell apart"),
    (lambda m, c: resolve(m, c, only=["place"]), "kind 'place'"),
    (lambda m, c: resolve(m, c, forbid=[("jump", "sky")]), "concept 'sky'"),
    (lambda m, c: resolve(m, c, forbid=[("fly", "gym")]), "class 'fly'"),
    (lambda m, c: resolve(m, c, positive=[("*", "gym")], negative=[("jump", "gym")]), "'gym' for 'jump' both positive"),
    (lambda m, c: resolve(m, c, positive=[("*", "gym")], forbid=[("jump", "gym")]), "both forbidden and of one sign"),
    (lambda m, c: resolve(m, c, only=["motion"], negative=[("jump", "gym")]), "outside the kinds"),
    (lambda m, c: resolve(m, c, only=["scene"], forbid=[("jump", "gym"), ("jump", "scene:ball")]), "none for 'jump'"),
    (lambda m, c: resolve(m, c, lam=0.0), "lam: expected a number above 0"),
    (lambda m, c: resolve(m, c, lam=0.1, nec=1), "got both"),
    (lambda m, c: resolve(m, c, nec=0), "nec: expected a number of weights per class above 0, got 0"),
    (lambda m, c: resolve(m, without_labels(c, "jump")), "'jump': expected train"),
    (lambda m, c: add_class(m, c, label="jump", ids=["clip 000"]), "expected a new name"),
    (lambda m, c: add_class(m, c, label="fly", ids=[]), "expected clips to learn from, got none"),
    (lambda m, c: add_class(m, c, label="fly", ids=["clip 000", "clip 000"]), "it twice"),
    (lambda m, c: add_class(m, c, label="fly", ids=["nobody"]), "clip 'nobody': expected one of the 120 clips"),
    (lambda m, c: add_class(m, c, label="fly", ids=["clip 000"], most=0), "at least 1 weight"),
    (lambda m, c: add_class(m, c, label="fly", ids=list(c.ids)), "train clips of the other classes"),
]


@pytest.mark.parametrize(("edit", "message"), IMPOSSIBLE)
def test_impossible_edits_are_one_line(model, clips, edit, message):
    before = model.logits(clips.inputs).tobytes()
    with pytest.raises(DataError, match=message) as error:
        edit(model, clips)
    assert "\n" not in str(error.value)
    assert model.logits(clips.inputs).tobytes() == before


def test_a_split_learns_from_train_clips_alone(model, clips):
    train, test = np.flatnonzero(clips.train), np.flatnonzero(~clips.train)
    halves = [[clips.ids[row] for row in rows] for rows in (train[:4], test[:4])]
    with pytest.raises(DataError, match=r"split 'motion 01': expected train clips, got 'clip 000', which is none"):
        split(model, clips, concept="motion 01", halves=halves)
