from dataclasses import replace

import pytest

from dance_xai.report import Predictions
from dance_xai.report.measures import curves, gaps, headline, settings, tables


def test_headline_counts_the_predictions(planted):
    data = planted.report()
    top = headline(data)
    said = data.predictions
    correct = sum(t == p for t, p in zip(said.true, said.predicted, strict=True))
    assert (top["n"], top["correct"], top["accuracy"]) == (40, correct, correct / 40)
    assert top["disagrees"] is None
    assert top["nec"] == f"{data.used.sum() / 3:.2f}"
    assert top["counts"] == {"motion": 3, "object": 2, "scene": 2}
    assert top["used"]["motion"] == 2  # the first motion concept has no weight


def test_headline_says_when_the_metrics_are_of_another_run(planted):
    data = planted.report()
    other = replace(data, metrics={"n": 41, "correct": 41})
    assert headline(other)["disagrees"] == (41, 41)
    alone = replace(other, predictions=Predictions())
    assert (headline(alone)["accuracy"], headline(alone)["disagrees"]) == (1.0, None)
    assert headline(replace(alone, metrics={}))["accuracy"] is None


def test_curves_leave_out_what_is_missing(planted):
    lines = curves(planted.report().metrics)
    assert [(line.key, line.control) for line in lines] == [("all", False), ("random", True)]
    assert lines[1].points == {1: 0.4, 3: 0.85, 30: 0.99}
    assert curves({}) == curves({"accuracy_at_nec": None}) == []


def test_gaps_compare_with_the_controls_that_exist(planted):
    rows = gaps(curves(planted.report().metrics))
    assert rows == [{"budget": "3", "all": 0.9, "random": 0.85, "grounded": None}]


def test_tables_show_what_was_measured(planted):
    metrics = {
        "concept_map": {"motion": 0.5, "object": None, "scene": 0.25},
        "concept_auc": None,
        "leakage": {"probe": {"predicted": 0.98, "targets": 0.93, "surplus": 0.05}},
        "faithfulness": {"removed": [1, 2], "flips_top": [0.5, 0.75], "flips_random": [0.1, 0.2]},
    }
    quality, leakage, faithful, given = tables(replace(planted.report(), metrics=metrics))
    assert quality.rows == (("motion", "0.500"), ("scene", "0.250"))
    assert leakage.rows[2][1] == "+5.00"
    assert len(faithful.rows) == 2
    assert given.title == "Clusters"
    assert [table.title for table in tables(replace(planted.report(), metrics={}))] == ["Clusters"]


def test_settings_are_dotted():
    found = settings({"a": {"b": {"c": 1}}, "d": None, "e": [1, 2]})
    assert found == [("a.b.c", "1"), ("d", "–"), ("e", "[1, 2]")]


def test_leakage_without_a_probe_has_no_table(planted):
    metrics = {"leakage": {"probe": None}, "faithfulness": {"removed": []}}
    assert len(tables(replace(planted.report(), metrics=metrics))) == 1


@pytest.mark.parametrize("value", [float("nan"), None])
def test_unknown_accuracies_are_no_points(value):
    assert curves({"accuracy_at_nec": {"all": {"5": value}}}) == []
