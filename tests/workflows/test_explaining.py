from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from dance_xai.explain import to_json
from dance_xai.workflows.explaining import explain_of, matched_windows, page_of
from dance_xai.workflows.runs import open_run
from dance_xai.workflows.subjects import known_clip


@pytest.fixture
def view(small_run):
    return open_run(small_run)


def test_the_sum_is_the_logit_on_every_test_clip(view):
    rows = view.manifest.rows("test")
    logits = view.model.logits(view.inputs[rows])
    for row, expected in zip(rows, logits, strict=True):
        found = explain_of(view, known_clip(view, view.manifest.ids[row]))
        assert found.true_label == view.manifest.clips[row].label
        for each in found.classes:
            total = each.bias + sum(term.value for term in each.contributions)
            assert total == pytest.approx(each.logit, abs=1e-9)
            assert each.logit == pytest.approx(expected[view.model.classes.index(each.label)], abs=1e-9)


def test_an_explanation_survives_json(view):
    clip = view.manifest.ids[int(view.manifest.rows("test")[0])]
    subject = known_clip(view, clip)
    explanation, track = explain_of(view, subject), subject.track
    tree = to_json(explanation)
    assert json.loads(json.dumps(tree, allow_nan=False)) == tree
    assert tree["predicted"] == explanation.prediction.label and tree["fps"] == track.fps
    terms = [term for each in tree["classes"] for term in each["contributions"]]
    assert [t["value"] for t in terms] == [t.value for each in explanation.classes for t in each.contributions]
    assert all(t["match"] for t in terms if t["kind"] == "motion") and any(t["kind"] == "motion" for t in terms)
    assert not any(t["match"] for t in terms if t["kind"] != "motion")


def test_windows_are_the_clips_own_turned_as_the_prototype(view):
    clip = view.manifest.ids[int(view.manifest.rows("test")[0])]
    subject = known_clip(view, clip)
    explanation, track = explain_of(view, subject), subject.track
    windows = matched_windows(view, explanation, track)
    assert windows
    for column, (poses, seen) in windows.items():
        concept = view.model.bank.concepts[column]
        assert poses.shape == concept.prototype.poses.shape and seen.shape == poses.shape[:2]
        assert np.isfinite(poses).all()
    assert matched_windows(view, explanation, None) == {}


def test_the_page_names_the_clip_and_both_classes(view):
    clip = view.manifest.ids[int(view.manifest.rows("test")[3])]
    subject = known_clip(view, clip)
    explanation, track = explain_of(view, subject), subject.track
    page = page_of(view, explanation, track)
    assert all(text in page for text in (clip, explanation.prediction.label, explanation.runner_up.label))
    assert page_of(view, explain_of(view, replace(subject, track=None)), None)
