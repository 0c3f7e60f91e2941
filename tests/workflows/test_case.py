"""Held-out figures of an edited RUN are those of the edited model: every fold makes the edits again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dance_xai.diagnose import held_out_failures
from dance_xai.edit import EditClips
from dance_xai.edit.replaying import Past
from dance_xai.model.head import fit_head
from dance_xai.shift import Comparison
from dance_xai.types import Features
from dance_xai.workflows.case import Case
from dance_xai.workflows.diagnosing import diagnose_view
from dance_xai.workflows.editing import edit_clips, make_edit, with_edits
from dance_xai.workflows.runs import open_run


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
    for fold, model in held.fold_models.items():
        assert not np.delete(model.head.weight, np.r_[motion], axis=1).any()
        rest, allowed = held.folds != fold, np.zeros(model.head.weight.shape, dtype=bool)
        allowed[:, motion] = True
        read = model.concepts(held.clips.inputs[rest])
        wanted = fit_head(read, held.labels[rest], lam=model.head.lam, allowed=allowed)
        np.testing.assert_allclose(model.head.weight, wanted.weight, atol=1e-5)
    assert len(only.model.bank) > motion.stop


def test_a_weight_set_by_hand_is_set_in_every_fold_for_diagnosis_and_shift(view):
    label, name = view.model.classes[0], view.model.bank.names[0]
    mad = edited(view, "change_weight", {"label": label, "concept": name, "change": "set", "value": 50.0})
    case, plain = Case(mad), Case(view)
    held = case.held_out
    assert all(model.head.weight[0, 0] == 50 for model in held.fold_models.values())
    wrong = held.logits - plain.held_out.logits
    np.testing.assert_allclose(wrong[:, 1:], 0, atol=1e-6)
    assert np.abs(wrong[:, 0]).max() > 1
    assert np.abs(Comparison(held, view.inputs[:2]).logits().held[:, 0]).max() > 10


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


def test_an_added_class_is_taught_in_each_fold_by_the_other_clips_alone(view):
    train = view.manifest.rows("train")
    ids = [view.manifest.ids[row] for row in train[:8]]
    more = edited(view, "add_class", {"label": "zwei", "ids": ids})
    past = Past(more.base_model, edit_clips(view), more.edits.active)
    blind = replace(past, clips=_spoilt(past.clips, train[:3]))
    weights = [one.without(train[:3]).head.weight for one in (past, blind)]
    np.testing.assert_allclose(*weights, atol=1e-9)


of_layers = pytest.mark.parametrize("small_run", ["predicted"], indirect=True)


@of_layers
@pytest.mark.parametrize("operation", [None, "add_class", "drop_class"])
def test_layers_of_a_fold_have_never_seen_its_clips(view, operation):
    """Their targets are nudged, and those of no other clips: the layer without them stays as it is."""
    ids = [view.manifest.ids[row] for row in view.manifest.rows("train")[::4]]
    given = {"add_class": {"label": "zwei", "ids": ids}, "drop_class": {"label": view.model.classes[1]}}
    view = view if operation is None else edited(view, operation, given[operation])
    case, nudged = Case(view), with_edits(view, view.edits, view.model)
    held, text = case.held_out, view.bank.bank.columns("object", "scene")
    targets = np.array(view.bank.targets.values)
    targets[case.rows["train"][held.folds == 2]] += 1e-4 * np.random.default_rng(0).normal(size=targets.shape[1])
    targets[:, view.bank.bank.columns("motion")] = view.bank.targets.values[:, view.bank.bank.columns("motion")]
    vars(nudged)["bank"] = replace(view.bank, targets=replace(view.bank.targets, values=targets))
    changed = Case(nudged).held_out
    moves = {
        fold: float(np.abs(changed.models[fold].layer.weight[text] - model.layer.weight[text]).max())
        for fold, model in held.models.items()
    }
    assert moves.pop(2) < 1e-9 and min(moves.values()) > 1e-6, moves


def test_activations_are_those_of_the_models_of_the_folds(view):
    case = Case(view)
    held, train = case.held_out, case.facts("train")
    np.testing.assert_array_equal(train.concepts, held.concepts)
    for fold, model in held.models.items():
        rows = held.folds == fold
        np.testing.assert_array_equal(model.concepts(held.clips.inputs[rows]), held.concepts[rows])
        same = np.array_equal(model.layer.weight, view.model.layer.weight)
        assert same == (view.model.activations == "grounded")
        np.testing.assert_array_equal(model.std, view.base_model.std)
    assert case.notes == ()


@of_layers
def test_folds_without_a_layer_are_told(view):
    """The paper's layers hold out one fold; those of settings that nobody knows none."""
    adam = with_edits(view, view.edits, view.model)
    vars(adam)["config"] = replace(view.config, layers=replace(view.config.layers, text="cos_cubed"))
    case = Case(adam)
    assert [note for note in case.notes if "(object and scene) of most train clips" in note] and case.lessons
    text = view.bank.bank.columns("object", "scene")
    weight = view.model.layer.weight[text]
    own = [np.array_equal(one.layer.weight[text], weight) for one in case.held_out.models.values()]
    assert own == [False, True, True, True, True]
    bare = with_edits(view, view.edits, view.model)
    vars(bare)["features"] = None
    case = Case(bare)
    assert [note for note in case.notes if "have seen them: its clips" in note] and case.lessons is None
    assert all(one.layer is view.base_model.layer for one in case.held_out.models.values())


def _spoilt(clips, rows):
    """Other pictures in the clips left out."""
    inputs = np.array(clips.inputs)
    inputs[rows] += 5
    return EditClips(clips.ids, inputs, clips.labels, clips.train)
