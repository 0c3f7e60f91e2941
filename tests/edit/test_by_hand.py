"""Edits without clips: what changes, what stays bit for bit, and what is refused."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from dance_xai.edit import ablate, change_weight, content_hash, drop_class, remove, rename, set_activation
from dance_xai.edit import swap_activations as swap
from dance_xai.edit.lookup import find_concept, short_name
from dance_xai.errors import DataError


def test_an_edit_leaves_the_old_model_as_it_was(model, clips):
    before, content = model.logits(clips.inputs).tobytes(), content_hash(model)
    edits = [
        ablate(model, kinds=["scene"]),
        set_activation(model, concept="gym", value=2),
        swap(model, first="gym", second="rope"),
        change_weight(model, label="jump", concept="rope", change="add", value=1.5),
        remove(model, concepts=["rope"]),
        rename(model, old="rope", new="string"),
        drop_class(model, label="jump"),
    ]
    for edited, edit in edits:
        assert edit.parent == content != content_hash(edited)
        assert json.loads(json.dumps(edit.arguments)) == edit.arguments
    assert model.logits(clips.inputs).tobytes() == before and content_hash(model) == content


def test_ablation_is_the_sum_without_the_concepts(model, clips):
    edited, edit = ablate(model, kinds=["scene"], concepts=["motion 02"])
    kept = [0, 2, 3, 4]
    concepts = model.concepts(clips.inputs)
    wanted = concepts[:, kept] @ model.head.weight[:, kept].T + model.head.bias
    np.testing.assert_allclose(edited.logits(clips.inputs), wanted, rtol=1e-12)
    assert (edited.concepts(clips.inputs)[:, [1, 5, 6]] == 0).all()
    assert edited.concepts(clips.inputs)[:, kept].tobytes() == concepts[:, kept].tobytes()
    assert edit.arguments == {"kinds": ["scene"], "concepts": ["motion 02"]}
    assert math.isnan(edited.head.kkt) and not edited.head.weight[:, [1, 5, 6]].any()


def test_an_activation_is_set_exactly_and_swapped(model, clips):
    edited, _ = set_activation(model, concept="gym", value=-1.25)
    concepts, new = model.concepts(clips.inputs), edited.concepts(clips.inputs)
    assert (new[:, 5] == -1.25).all() and (new[:, :5] == concepts[:, :5]).all()
    assert edited.head is model.head
    both, _ = swap(model, first="motion 01", second="gym")
    np.testing.assert_allclose(both.concepts(clips.inputs)[:, [5, 0]], concepts[:, [0, 5]], rtol=1e-12)
    back, _ = swap(both, first="gym", second="motion 01")
    assert content_hash(back) == content_hash(model)


@pytest.mark.parametrize(("change", "value"), [("set", 0.5), ("add", 0.25), ("scale", -2.0)])
def test_one_weight_changes_and_no_other(model, change, value):
    edited, edit = change_weight(model, label="jump", concept="rope", change=change, value=value)
    old = model.head.weight[1, 4]
    assert edited.head.weight[1, 4] == {"set": value, "add": old + value, "scale": old * value}[change]
    same = np.ones(model.head.weight.shape, dtype=bool)
    same[1, 4] = False
    assert (edited.head.weight[same] == model.head.weight[same]).all()
    assert (edited.head.bias == model.head.bias).all()
    assert edit.arguments == {"label": "jump", "concept": "rope", "change": change, "value": value}


def test_a_higher_weight_raises_the_class_where_the_concept_is_strong(model, clips):
    edited, _ = change_weight(model, label="jump", concept="rope", change="add", value=1.0)
    gain = edited.logits(clips.inputs) - model.logits(clips.inputs)
    np.testing.assert_allclose(gain[:, 1], model.concepts(clips.inputs)[:, 4], atol=1e-12)
    assert (gain[:, [0, 2, 3]] == 0).all()


def test_a_removed_concept_takes_its_term_along(model, clips):
    edited, _ = remove(model, concepts=["scene:ball", "motion 01"])
    assert edited.bank.names == ("motion 02", "motion 03", "ball", "rope", "gym")
    off, _ = ablate(model, concepts=["motion 01", "scene:ball"])
    np.testing.assert_allclose(edited.logits(clips.inputs), off.logits(clips.inputs), atol=1e-12)


def test_a_name_changes_nothing_else(model, clips):
    edited, _ = rename(model, old="gym", new="sports hall")
    assert edited.bank.names[5] == "sports hall"
    assert edited.logits(clips.inputs).tobytes() == model.logits(clips.inputs).tobytes()
    assert edited.head is model.head


def test_a_dropped_class_leaves_the_others_bit_for_bit(model, clips):
    edited, _ = drop_class(model, label="jump")
    assert edited.classes == ("bowl", "squat", "wave")
    kept = [0, 2, 3]
    assert edited.head.weight.tobytes() == model.head.weight[kept].tobytes()
    np.testing.assert_allclose(edited.logits(clips.inputs), model.logits(clips.inputs)[:, kept], rtol=1e-12)


def test_a_name_of_two_kinds_is_asked_for(model):
    with pytest.raises(DataError, match="'ball': expected one concept, got 2; write object:ball or scene:ball"):
        find_concept(model.bank, "ball")
    assert [find_concept(model.bank, name) for name in ("object:ball", "scene:ball", "scene:gym", "gym")] == [
        3,
        6,
        5,
        5,
    ]
    assert [short_name(model.bank, at) for at in (3, 5)] == ["object:ball", "gym"]


IMPOSSIBLE = [
    (lambda m: ablate(m), "expected a kind or a concept"),
    (lambda m: ablate(m, kinds=["place"]), "kind 'place': expected one of motion, object, scene"),
    (lambda m: ablate(remove(m, concepts=["gym", "scene:ball"])[0], kinds=["scene"]), "the model has none"),
    (lambda m: ablate(m, concepts=["rop"]), "did you mean 'rope'"),
    (lambda m: set_activation(m, concept="sky", value=1), "concept 'sky': expected a concept of the model"),
    (lambda m: set_activation(m, concept="gym", value=math.inf), "expected a finite number, got inf"),
    (lambda m: set_activation(m, concept="gym", value="1"), "expected a finite number, got '1'"),
    (lambda m: swap(m, first="gym", second="gym"), "two different concepts"),
    (lambda m: change_weight(m, label="jmp", concept="gym", change="add", value=1), "did you mean 'jump'"),
    (lambda m: change_weight(m, label="jump", concept="gym", change="double", value=1), "set, add or scale"),
    (lambda m: change_weight(m, label="jump", concept="gym", change="set", value=math.nan), "finite number"),
    (lambda m: change_weight(m, label="jump", concept="rope", change="scale", value=1e400), "finite number"),
    (lambda m: remove(m, concepts=[]), "expected a concept, got none"),
    (lambda m: remove(m, concepts=["object:ball", "scene:ball", *m.bank.names[:3], "rope", "gym"]), "at least one"),
    (lambda m: rename(m, old="rope", new="object:ball"[7:]), "expected a new name"),
    (lambda m: rename(m, old="rope", new="a\nb"), "a name on one line"),
    (lambda m: rename(m, old="rope", new=" "), "a name on one line"),
    (lambda m: drop_class(m, label="fly"), "choose one of bowl, jump, squat"),
    (lambda m: drop_class(drop_class(drop_class(m, label="bowl")[0], label="jump")[0], label="wave"), "two classes"),
]


@pytest.mark.parametrize(("edit", "message"), IMPOSSIBLE)
def test_impossible_edits_are_one_line(model, edit, message):
    with pytest.raises(DataError, match=message) as error:
        edit(model)
    assert "\n" not in str(error.value)
