"""What changes between two models, and the terms behind it."""

from __future__ import annotations

import numpy as np
import pytest

from dance_xai.edit import ablate, change_weight, compare, drop_class, rename
from dance_xai.errors import DataError


def test_nothing_changes_between_a_model_and_itself(model, clips):
    same = compare(model, model, (clips.inputs, clips.inputs), ids=clips.ids, labels=clips.labels)
    assert same.changes == () and same.clips == 120 and same.correct[0] == same.correct[1] > 80


def test_every_change_is_found_and_named(model, clips):
    other, _ = ablate(model, concepts=["motion 03", "gym"])
    found = compare(model, other, (clips.inputs, clips.inputs), ids=clips.ids, labels=clips.labels, top=99)
    before, after = model.predict(clips.inputs), other.predict(clips.inputs)
    moved = np.flatnonzero(before != after)
    assert {change.clip for change in found.changes} == {clips.ids[row] for row in moved}
    labels = np.array([model.classes.index(label) for label in clips.labels])
    assert found.count("worse") == np.sum((before == labels) & (after != labels)) > 0
    assert found.count("better") == np.sum((before != labels) & (after == labels))
    assert found.correct == ((before == labels).sum(), (after == labels).sum())
    for change in found.changes:
        assert {reason.name for reason in change.reasons} <= {"motion:motion 03", "scene:gym"}
        moved_by = sum(reason.value for reason in change.reasons)
        before, after = change.margin
        assert before < 0 <= after and after - before == pytest.approx(moved_by)


def test_a_weight_is_the_reason(model, clips):
    other, _ = change_weight(model, label="jump", concept="rope", change="add", value=5.0)
    found = compare(model, other, (clips.inputs, clips.inputs), ids=clips.ids, labels=clips.labels)
    assert found.changes and all(change.reasons[0].name == "object:rope" for change in found.changes)
    effects = [change.effect for change in found.changes]
    assert effects == sorted(effects, key=("worse", "better", "other").index)


def test_a_class_that_is_gone_and_a_name_that_changed(model, clips):
    other, _ = drop_class(model, label="jump")
    found = compare(model, other, (clips.inputs, clips.inputs), ids=clips.ids, labels=clips.labels)
    gone = [change for change in found.changes if change.before == "jump"]
    assert gone and all(change.margin is None and change.reasons == () for change in gone)
    renamed, _ = rename(model, old="rope", new="string")
    assert compare(model, renamed, (clips.inputs, clips.inputs), ids=clips.ids, labels=clips.labels).changes == ()


def test_unlabelled_clips_and_clips_that_do_not_fit(model, clips):
    other, _ = ablate(model, kinds=["motion"])
    found = compare(model, other, (clips.inputs, clips.inputs), ids=clips.ids, labels=[None] * 120)
    assert found.labelled == 0 and found.correct == (0, 0) and found.count("other") == len(found.changes) > 0
    with pytest.raises(DataError, match="expected one row per clip"):
        compare(model, other, (clips.inputs, clips.inputs[1:]), ids=clips.ids, labels=clips.labels)
