from dataclasses import replace

import numpy as np
from sklearn.metrics import confusion_matrix

from dance_xai.report import Predictions
from dance_xai.report.mistakes import confusion, dropped
from dance_xai.types import Drop


def test_confusion_agrees_with_sklearn(planted):
    data = planted.report()
    found = confusion(data)
    table = [[cell["count"] for cell in row["cells"]] for row in found["rows"]]
    assert table == confusion_matrix(data.predictions.true, data.predictions.predicted).tolist()
    assert not found["partial"]


def test_confused_clips_are_listed_once(planted):
    said = Predictions(("a", "b", "c", "d"), (0, 0, 1, -1), (1, 1, 1, 0))
    pairs = confusion(replace(planted.report(), predictions=said))["pairs"]
    assert pairs == [{"true": "wave_left", "predicted": "wave_right", "clips": ["a", "b"]}]


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
