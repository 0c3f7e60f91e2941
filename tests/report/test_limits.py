from dataclasses import replace

import pytest

from dance_xai.report.doubts import doubts
from dance_xai.report.limits import limits
from dance_xai.report.measures import curves

PRUNED = {"all": {"1": 0.8, "3": 0.95}, "random": {"1": 0.7, "3": 0.9}, "grounded": {"3": 0.86}}


def told(data):
    return " ".join(limits(data, curves(data.metrics)))


def asked(data, warnings=None):
    found = doubts(data, warnings or [()] * len(data.bank))
    return {each.question: each for each in found}


@pytest.fixture
def data(planted):
    return planted.report()


def test_the_source_of_labels_is_told(data):
    assert "How good these labels are was not measured." in told(data)
    assert "How stable the clusters are was not measured." in told(data)
    quality = {
        "motion": {"clustering": {"stability": {"subsample_ari": 0.625}}},
        "text": {"object": {"auc": 0.875, "agreement": 0.75}, "scene": {"auc": 0.5625, "kept": 3}},
    }
    text = told(replace(data, quality=quality))
    assert "agree with them to 0.62" in text
    assert "object phrases tell their classes from others with AUC 0.88 (0.5 is chance); different wordings of" in text
    assert "object phrases agree to 0.75 (1 is the same ranking); scene phrases" in text and "AUC 0.56" in text


def test_small_classes_are_named(data):
    text = told(data)
    assert "Fewer than 20 test clips: " in text and "wave right (13)" in text
    assert "Fewer than 20 train clips: " in text and "wave right (18)" in text


def test_heads_that_saw_test_clips_are_counted(data):
    points = sum(len(line.points) for line in curves(data.metrics))
    assert f"scored with {points + 1} heads" in told(data)
    pruned = replace(data, metrics=data.metrics | {"accuracy_pruned": PRUNED})
    assert f"scored with {points + 6} heads" in told(pruned)


def test_edits_and_notes_come_first(data):
    text = limits(replace(data, notes=("A note.",), metrics={"notes": {"edits": "stale", "random": "3 draws"}}), [])
    assert text[:2] == ["A note.", "The model was edited: stale."]
    assert "no such control" in text[2]


def test_the_control_is_judged_against_the_sampling_error(data):
    metrics = {"accuracy_pruned": PRUNED, "accuracy_ci": [0.93, 0.97]}
    clear = asked(replace(data, metrics=metrics))["Better than random directions?"]
    assert (clear.figure, clear.tone) == ("+5.0", "good")
    close = asked(replace(data, metrics=metrics | {"accuracy_ci": [0.85, 0.96]}))["Better than random directions?"]
    assert (close.figure, close.tone) == ("+5.0", "weak")
    assert "No more than the sampling error" in close.text
    assert "Better than random directions?" not in asked(replace(data, metrics={}))


def test_measured_concepts_are_compared_only_where_they_differ(data):
    metrics = {"accuracy_pruned": PRUNED}
    assert asked(replace(data, metrics=metrics))["What if concepts are measured?"].figure == "−9.0"
    assert "What if concepts are measured?" not in asked(replace(data, metrics=metrics, activations="grounded"))


def test_warnings_count_for_concepts_in_use(data):
    used = data.used.any(axis=0)
    assert not used[0]
    warnings = [("poor",) if j in (0, 1) else () for j in range(len(data.bank))]
    doubt = asked(data, warnings)["Sound concepts?"]
    assert doubt.figure == "1"
    assert f"of {used.sum()} concepts in use" in doubt.text


def test_the_smallest_class_is_named(data):
    doubt = asked(data)["Enough clips?"]
    assert (doubt.figure, doubt.tone) == ("13", "weak")
    assert "7.7" in doubt.text
