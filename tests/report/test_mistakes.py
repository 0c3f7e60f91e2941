from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix

from dance_xai.explain import contrast, explain_clip
from dance_xai.report import Predictions
from dance_xai.report.mistakes import confusion, dropped, mistakes
from dance_xai.types import Drop


def test_confusion_agrees_with_sklearn(planted):
    data = planted.report()
    found = confusion(data)
    table = [[cell["count"] for cell in row["cells"]] for row in found["rows"]]
    assert table == confusion_matrix(data.predictions.true, data.predictions.predicted).tolist()
    assert not found["partial"]


def test_confused_clips_are_listed_once(planted):
    said = Predictions(("a", "b", "c", "d"), (0, 0, 1, -1), (1, 1, 1, 0))
    found = confusion(replace(planted.report(), predictions=said))
    (pair,) = found["pairs"]
    assert (pair["true"], pair["predicted"], found["wrong"]) == ("wave_left", "wave_right", 2)
    assert pair["clips"] == [
        {"id": name, "margin": None, "reasons": [], "rest": None, "cause": None} for name in ("a", "b")
    ]
    assert found["rows"][0]["cells"][1]["key"] == pair["key"]


def test_mistakes_are_explained_as_dance_explain_does(planted):
    data = planted.report()
    head = SimpleNamespace(weight=data.weight, bias=data.bias)
    model = SimpleNamespace(
        bank=data.bank,
        classes=data.classes,
        head=head,
        activations="predicted",
        concepts=lambda x: x,
        logits=lambda x: x @ data.weight.T + data.bias,
    )
    found = mistakes(data)
    assert len(found) == sum(t != p for _, t, p in data.predictions.scored) > 0
    for mistake in found:
        values = data.predictions.activations[data.predictions.ids.index(mistake.clip)]
        told = explain_clip(model, values, clip=mistake.clip)
        why = contrast(told, data.classes[mistake.true], label=data.classes[mistake.predicted])
        assert mistake.margin == pytest.approx(why.logit)
        expected = [(term.concept, term.value) for term in why.contributions[:3]]
        assert [j for j, _ in mistake.terms] == [j for j, _ in expected]
        np.testing.assert_allclose([v for _, v in mistake.terms], [v for _, v in expected])


def test_without_predictions_there_is_no_matrix(planted):
    assert confusion(replace(planted.report(), predictions=Predictions())) is None


def test_many_classes_show_those_with_mistakes(planted):
    classes = tuple(f"c{k}" for k in range(40))
    said = Predictions(tuple("ab"), (39, 5), (38, 5))
    bank = planted.bank()
    data = replace(planted.report(), bank=bank, classes=classes, weight=np.zeros((40, len(bank))), bias=np.zeros(40))
    found = confusion(replace(data, predictions=said))
    assert found["partial"]
    assert {"c38", "c39"} <= set(found["labels"])
    assert len(found["rows"]) == 30


def test_drops_are_counted_and_cut():
    drops = (Drop("clips", "x", "no poses"), *(Drop("windows", str(i), "jumps", i / 7) for i in range(250)))
    first, second = dropped(drops)
    assert (first["stage"], first["reason"], first["count"], len(first["items"]), first["more"]) == (
        "windows",
        "jumps",
        250,
        200,
        50,
    )
    assert second["count"] == 1
