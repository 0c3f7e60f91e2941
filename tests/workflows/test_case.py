"""Held-out figures of an edited RUN are those of the edited model: every fold makes the edits again."""

from __future__ import annotations

import numpy as np
import pytest

from dance_xai.diagnose import held_out_failures
from dance_xai.edit import EditClips
from dance_xai.edit.replaying import Past
from dance_xai.model.head import fit_head
from dance_xai.types import Features
from dance_xai.workflows.case import Case
from dance_xai.workflows.diagnosing import diagnose_view
from dance_xai.workflows.editing import make_edit, with_edits
from dance_xai.workflows.newcomers import Newcomers
from dance_xai.workflows.runs import open_run
from dance_xai.workflows.shifting import compare


@pytest.fixture
def view(small_run):
    return open_run(small_run)


def edited(view, operation, arguments, new=None):
    outcome = make_edit(view, operation, arguments, new)
    return with_edits(view, outcome.chain, outcome.model, new)


def test_heads_of_the_folds_keep_to_the_constraints_and_are_optimal_under_them(view):
    only = edited(view, "resolve", {"only": ["motion"]})
    held = Case(only).held_out
    motion = only.model.bank.slice("motion")
    for (rest, _), model in zip(held.parts(), held.fold_models, strict=True):
        assert not np.delete(model.head.weight, np.r_[motion], axis=1).any()
        if held.inputs is None:
            allowed = np.zeros(model.head.weight.shape, dtype=bool)
            allowed[:, motion] = True
            wanted = fit_head(held.concepts[rest], held.labels[rest], lam=model.head.lam, allowed=allowed)
            np.testing.assert_allclose(model.head.weight, wanted.weight, atol=1e-5)
    assert len(only.model.bank) > motion.stop


def test_a_weight_set_by_hand_is_set_in_every_fold_for_diagnosis_and_shift(view):
    label, name = view.model.classes[0], view.model.bank.names[0]
    mad = edited(view, "change_weight", {"label": label, "concept": name, "change": "set", "value": 50.0})
    case, plain = Case(mad), Case(view)
    held = case.held_out
    assert all(model.head.weight[0, 0] == 50 for model in held.fold_models)
    wrong = held.logits - plain.held_out.logits
    np.testing.assert_allclose(wrong[:, 1:], 0, atol=1e-6)
    assert np.abs(wrong[:, 0]).max() > 1
    new = Newcomers(("a", "b"), view.inputs[:2], (None, None), ())
    comparison = compare(case, new)
    if held.inputs is None:
        np.testing.assert_allclose(comparison.logits().held, held.logits, atol=1e-9)
    assert np.abs(comparison.logits().held[:, 0]).max() > 10


def test_failures_on_train_clips_are_those_of_models_that_have_not_seen_them(view):
    case = Case(view)
    held = case.held_out
    wrong = held.logits.argmax(axis=1) != held.labels
    found = held_out_failures(held, case.facts("train"))
    assert [one.clip for one in found] == [held.ids[row] for row in np.flatnonzero(wrong)]
    assert diagnose_view(view, most=1).train_failures == found


def test_activations_after_edits_of_layers_are_held_out_too(view):
    names = [f"motion:{view.model.bank.names[at]}" for at in view.model.bank.columns("motion")[:3]]
    swapped = edited(view, "swap_activations", {"first": names[0], "second": names[1]})
    plain, swap = Case(view).held_out.concepts, Case(swapped).held_out.concepts
    np.testing.assert_allclose(swap[:, [1, 0]], plain[:, :2], atol=1e-6)
    merged = edited(view, "merge", {"first": names[0], "second": names[1], "name": "both"})
    case = Case(merged)
    told = np.corrcoef(case.held_out.concepts[:, 0], plain[:, 0] + plain[:, 1])[0, 1]
    assert told > 0.98 and case.notes == ()  # standardised fold by fold
    seen = merged.model.concepts(merged.inputs[case.rows["train"]])[:, 0]
    assert np.allclose(seen, case.held_out.concepts[:, 0], atol=0.2) == (view.model.activations == "grounded")


def test_clips_of_a_class_that_came_as_videos_are_held_out_with_all_others(view):
    rng = np.random.default_rng(0)
    train = view.manifest.rows("train")
    fresh = view.inputs[train[:9]] + 0.01 * rng.normal(size=(9, view.inputs.shape[1]))
    new = Features("edit", tuple(f"video {at}" for at in range(9)), np.asarray(fresh, dtype=np.float64))
    more = edited(view, "add_class", {"label": "zwei", "ids": list(new.ids)}, new)
    case = Case(more)
    held = case.held_out
    assert held.ids[-9:] == new.ids and len(held.ids) == len(train) + 9
    assert len(np.unique(held.folds[-9:])) == 5
    assert set(held.labels[-9:]) == {more.model.classes.index("zwei")}
    assert np.isfinite(held.logits).all()
    found = diagnose_view(more, most=1)
    assert found.clips == len(more.manifest.rows("test"))
    assert len(case.facts("train").ids) == len(held.ids)


def test_an_added_class_is_taught_in_each_fold_by_the_other_clips_alone(case_of_past):
    past, rows = case_of_past
    model = past.without(rows)
    clips = _spoilt(past.clips, rows)
    blind = Past(past.base, clips, past.base.concepts(clips.inputs), past.edits)
    np.testing.assert_allclose(model.head.weight, blind.without(rows).head.weight, atol=1e-9)


@pytest.fixture
def case_of_past(view):
    train = view.manifest.rows("train")
    ids = [view.manifest.ids[row] for row in train[:8]]
    more = edited(view, "add_class", {"label": "zwei", "ids": ids})
    case = Case(more)
    return Past(more.base_model, case._past.clips, more.base_model.concepts(more.inputs), more.edits.active), train[:3]


def _spoilt(clips, rows):
    """Other pictures in the clips left out."""
    inputs = np.array(clips.inputs)
    inputs[rows] += 5
    return EditClips(clips.ids, inputs, clips.labels, clips.train)
