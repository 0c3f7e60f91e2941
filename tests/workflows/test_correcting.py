"""Concepts of a clip set by hand: the same sums with other activations, and nothing else changes."""

import json

import numpy as np
import pytest
from tests.schema_validation import problems

from dance_xai.diagnose import correct
from dance_xai.errors import DanceError
from dance_xai.explain import json_schema, to_json
from dance_xai.report.sentences import correction_text
from dance_xai.workflows.correcting import read_corrections, with_correction
from dance_xai.workflows.explaining import explain_of
from dance_xai.workflows.runs import open_run
from dance_xai.workflows.subjects import known_clip


@pytest.fixture
def view(small_run):
    return open_run(small_run)


@pytest.fixture
def subject(view):
    return known_clip(view, view.manifest.ids[int(view.manifest.rows("test")[0])])


@pytest.fixture
def explained(view, subject):
    return explain_of(view, subject)


def test_the_sums_are_those_of_the_corrected_activations(view, subject, explained):
    names = [view.model.bank.names[int(view.model.bank.columns(kind)[0])] for kind in ("motion", "scene")]
    values = read_corrections(view, [f"{names[0]}=2.5", f" {names[1]} = off"])
    told = with_correction(view, subject, explained, values)
    read = view.model.concepts(subject.inputs[None])[0]
    wanted = correct(view.model, read, {names[0]: 2.5, names[1]: 0.0})
    logits = view.model.head.weight @ wanted + view.model.head.bias
    assert [each.label for each in told.correction.classes] == [view.model.classes[k] for k in np.argsort(-logits)]
    np.testing.assert_allclose([each.logit for each in told.correction.classes], np.sort(logits)[::-1])
    assert [(c.name, c.before, c.after) for c in told.correction.changes] == [
        (name, read[view.model.bank.names.index(name)], value) for name, value in zip(names, (2.5, 0.0), strict=True)
    ]
    assert told.classes == explained.classes and told.flip == explained.flip


def test_a_flip_set_by_hand_is_the_flip(view, subject, explained):
    """The fewest changes that give another decision, made by hand, give it."""
    flip = explained.flip
    assert flip is not None
    told = with_correction(view, subject, explained, {each.concept: each.after for each in flip.changes})
    assert told.correction.prediction.label == flip.rival
    text = " ".join(correction_text(told))
    assert f"It then says {flip.rival.replace('_', ' ')}" in text and text.count("instead of") == len(flip.changes)
    assert ("Its label is" in text) == (explained.true_label == flip.label)


def test_what_is_set_to_what_it_is_changes_nothing(view, subject, explained):
    read = view.model.concepts(subject.inputs[None])[0]
    told = with_correction(view, subject, explained, {0: float(read[0])})
    assert told.correction.prediction.probability == pytest.approx(explained.prediction.probability)
    assert "It still says" in correction_text(told)[-1]
    assert with_correction(view, subject, explained, {}) is explained and correction_text(explained) == ()


def test_the_data_keeps_its_schema(view, subject, explained):
    told = to_json(with_correction(view, subject, explained, {0: 9.0}))
    assert problems(json.loads(json.dumps(told, allow_nan=False)), json_schema()) == []
    assert told["correction"]["predicted"] == told["correction"]["classes"][0]["label"]
    assert to_json(explained)["correction"] is None


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("NAME", "got no ="),
        ("=1", "got no ="),
        ("NAME=much", "finite number or off"),
        ("NAME=nan", "finite number or off"),
        ("NAME=", "finite number or off"),
        ("no such thing=1", "none of that name"),
    ],
)
def test_what_cannot_be_set(view, text, wanted):
    with pytest.raises(DanceError, match=wanted):
        read_corrections(view, [text.replace("NAME", view.model.bank.names[0])])


def test_a_concept_is_set_once(view):
    concept = view.model.bank.concepts[0]
    with pytest.raises(DanceError, match="twice"):
        read_corrections(view, [f"{concept.name}=1", f"{concept.kind}:{concept.name}=off"])
