from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from tests.schema_validation import problems

from dance_xai.evaluate.timing import score_timing
from dance_xai.explain import json_schema, to_json
from dance_xai.workflows import explaining, timing
from dance_xai.workflows.editing import make_edit, with_edits
from dance_xai.workflows.explaining import explain_of, matched_windows, page_of
from dance_xai.workflows.runs import open_run
from dance_xai.workflows.subjects import known_clip
from dance_xai.workflows.timing import time_motions


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


def test_concepts_that_an_edit_fixed_are_named(view):
    clip, column = view.manifest.ids[0], int(view.model.bank.columns("motion")[1])
    subject = known_clip(view, clip)
    assert explain_of(view, subject).fixed == ()
    name = f"motion:{view.model.bank.names[column]}"
    made = make_edit(view, "set_activation", {"concept": name, "value": 4.0})
    assert explain_of(with_edits(view, made.chain, made.model), subject).fixed == (column,)


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


def test_timelines_are_of_the_motions_that_a_class_uses(view):
    subject = known_clip(view, view.manifest.ids[int(view.manifest.rows("test")[1])])
    found = explain_of(view, subject)
    used = {term.concept for each in found.classes for term in each.contributions if term.kind == "motion"}
    assert [each.concept for each in found.timelines] == sorted(used)
    for each in found.timelines:
        assert each.name == view.model.bank.names[each.concept]
        assert each.similarity.max() >= subject.matches[each.concept].similarity - 1e-4, "a finer search finds no less"
        assert all(0 <= span.start < span.stop <= found.video.frames for span in each.spans)
        assert bool(each.spans) == bool(each.similarity.max() >= each.threshold)
    assert explain_of(view, replace(subject, track=None)).timelines == ()


def test_the_video_and_what_was_not_looked_at_are_told(view):
    subject = known_clip(view, view.manifest.ids[0])
    found, track = explain_of(view, subject), subject.track
    assert (found.video.frames, found.video.fps) == (len(track.xy), track.fps)
    assert (found.video.height, found.video.width) == track.height_width
    assert found.phrases_seen is None
    assert found.notes == ("phrases_seen: the similarities come from files, which say nothing of single frames",)


def test_the_flip_gives_another_decision_inside_the_train_range(view):
    low, high = explaining.train_ranges(view)
    for row in view.manifest.rows("test")[:6]:
        x = view.inputs[row]
        flip = explain_of(view, known_clip(view, view.manifest.ids[row])).flip
        assert flip is not None and flip.label == view.model.classes[view.model.predict(x[None])[0]]
        activation = view.model.concepts(x[None])[0]
        for change in flip.changes:
            ends = sorted((change.before, low[change.concept], high[change.concept]))
            assert ends[0] - 1e-9 <= change.after <= ends[2] + 1e-9
            activation[change.concept] = change.after
        logits = view.model.head.weight @ activation + view.model.head.bias
        assert view.model.classes[logits.argmax()] == flip.rival


def test_the_json_keeps_its_schema(view):
    tree = to_json(explain_of(view, known_clip(view, view.manifest.ids[0])))
    assert tree["timelines"] and tree["flip"] and problems(json.loads(json.dumps(tree)), json_schema()) == []


def test_motions_light_up_when_they_happen(view, small_world):
    """A coarse RUN of a dozen concepts; the demo finds the time better."""
    score = time_motions(view, small_world.spans)
    assert score.mean_iou > 0.4 and score.clips == len(view.manifest.rows("test"))
    few = [view.manifest.ids[row] for row in view.manifest.rows("test")[:8]]
    moved = {
        clip: [replace(span, start=span.start + 45, stop=span.stop + 45) for span in spans]
        for clip, spans in small_world.spans.items()
    }
    found = [timing._found(view, view.track(clip), timing._shown_by(view, small_world.spans)) for clip in few]
    for truth, ok in ((small_world.spans, True), (moved, False)):
        overlap = score_timing(found, [timing._by_motion(truth[clip]) for clip in few]).mean_iou
        assert (overlap > 0.3) == ok, overlap


def test_long_clips_are_gone_through_in_larger_steps(view, monkeypatch):
    subject = known_clip(view, view.manifest.ids[0])
    fine = explain_of(view, subject).timelines
    monkeypatch.setattr(explaining, "MOST_WINDOWS", len(subject.track.xy) // 2)
    for one, other in zip(fine, explain_of(view, subject).timelines, strict=True):
        assert len(other.centres) <= len(one.centres) // 3 + 2
        assert set(other.centres[:-1]) <= set(one.centres)
