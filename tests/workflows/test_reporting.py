from __future__ import annotations

import html
import shutil
from dataclasses import replace

import numpy as np
import pytest

from dance_xai.report.report import report_page
from dance_xai.workflows.members import OTHER_POSES, UNREADABLE, find_members
from dance_xai.workflows.reporting import LOOKING, diagnosed_report, report_of, report_tree
from dance_xai.workflows.runs import open_run


@pytest.fixture
def view(small_run):
    return open_run(small_run)


def test_a_report_holds_what_the_run_holds(view):
    data, rows = report_of(view), view.manifest.rows("test")
    assert data.classes == view.model.classes and data.drops == view.drops
    assert list(data.predictions.ids) == [view.manifest.ids[row] for row in rows]
    right = np.array(data.predictions.predicted) == np.array(data.predictions.true)
    assert right.sum() == data.metrics["correct"]
    figures = {row[0]: row[1] for table in data.tables for row in table.rows}
    assert figures["pose windows"] == len(view.motion.windows)


def test_members_run_from_the_prototype_to_the_edge(view):
    data, motions = report_of(view), view.motion.motions
    columns = [j for j in data.bank.columns("motion") if data.bank.concepts[j].size]
    assert set(data.members) == set(columns) and len(columns) > 5
    for column in columns:
        concept, members = data.bank.concepts[column], data.members[column]
        np.testing.assert_array_equal(members[0].poses, concept.prototype.poses)
        np.testing.assert_array_equal(members[0].seen, concept.prototype.seen)
        codes = view.motion.encoder.codes(np.stack([each.poses for each in members]))
        distance = np.linalg.norm(codes[:, 0] - motions.centres[view.sources("motion")[column]], axis=1)
        assert (np.diff(distance) >= -1e-6).all()
        assert distance[0] <= concept.spread <= distance[-1] + 1e-6
        rows = [view.manifest.ids.index(each.clip) for each in members]
        assert {view.manifest.clips[row].split for row in rows} == {"train"}


def test_frame_rates_are_those_of_the_clips(view):
    data = report_of(view)
    shown = {window.clip for members in data.members.values() for window in members}
    assert len({data.rates[clip] for clip in shown}) > 1
    clip = max(shown)
    assert data.rates[clip] == data.rate(clip) == view.track(clip).fps
    assert data.fps is None
    shown_concept = data.bank.concepts[0].prototype
    place = report_tree(data)["concepts"][0]["prototype"]
    assert (place["clip"], place["fps"]) == (shown_concept.clip, data.rates[shown_concept.clip])


def test_near_duplicates_are_those_of_the_model(view):
    read = view.model.concepts(view.inputs[view.manifest.rows("train")])
    correlation = np.corrcoef(read.T)
    alike = {(each.first, each.second) for each in report_of(view).duplicates if each.measure == "activations"}
    assert alike == {(a, b) for a, b in np.argwhere(np.triu(correlation, 1) > 0.95)}


def test_mistakes_in_the_data_are_sums_of_the_model(view):
    logits = view.model.logits(view.inputs)
    for mistake in report_tree(report_of(view))["mistakes"]:
        row, names = view.manifest.ids.index(mistake["clip"]), view.model.classes
        true, predicted = names.index(mistake["true"]), names.index(mistake["predicted"])
        assert mistake["margin"] == pytest.approx(logits[row, predicted] - logits[row, true])
        assert mistake["margin"] > 0


def test_the_page_stands_alone(view):
    page = report_page(report_of(view))
    assert all(name in page for name in view.model.classes)
    assert 'src="http' not in page and 'href="http' not in page


def test_a_report_needs_no_data_files(small_run, small_folder, tmp_path):
    moved = shutil.copytree(small_run, tmp_path / "run")
    data = report_of(open_run(moved, tmp_path / "nowhere"))
    assert "tracks" in open_run(moved).run or (data.members, data.rates, data.notes) == ({}, {}, (UNREADABLE,))
    assert report_page(data)


def test_poses_of_another_fit_are_not_shown(view, monkeypatch):
    moved = replace(view.motion, windows=np.add(view.motion.windows, [0, 1, 0, 0]))
    monkeypatch.setitem(view.__dict__, "motion", moved)
    found = find_members(view)
    assert (found.windows, found.notes) == ({}, (OTHER_POSES,))


def test_the_data_of_a_report_is_the_model(view):
    tree = report_tree(report_of(view))
    weight = np.zeros(view.model.head.weight.shape)
    names = [(concept.kind, concept.name) for concept in view.model.bank.concepts]
    for row, each in enumerate(tree["classes"]):
        for term in each["weights"]:
            weight[row, names.index((term["kind"], term["concept"]))] = term["weight"]
    np.testing.assert_array_equal(weight, np.where(np.abs(view.model.head.weight) > 1e-5, view.model.head.weight, 0))
    assert sum(tree["left_out"]["counts"].values()) == len(view.drops)


def test_a_report_with_its_diagnosis(view):
    said = []
    data = diagnosed_report(view, said.append)
    tree = report_tree(data)
    assert said == [LOOKING] and tree["diagnosis"] == data.diagnosis.to_dict() and data.diagnosis.clips > 0
    words = {one["clip"]: one["words"] for one in tree["diagnosis"]["failures"]}
    assert set(words) == {each["clip"] for each in tree["mistakes"]}
    assert all(words[each["clip"]].endswith(each["cause"]) for each in tree["mistakes"])
    assert report_tree(report_of(view))["diagnosis"] is None


def test_a_run_that_cannot_be_diagnosed_says_why(view):
    label = view.manifest.classes[0]
    clips = list(view.manifest.clips)
    extra = [at for at, clip in enumerate(clips) if clip.label == label and clip.split == "train"][1:]
    for at in extra:
        clips[at] = replace(clips[at], split=None)
    vars(view)["manifest"] = replace(view.manifest, clips=tuple(clips))
    said = []
    data = diagnosed_report(view, said.append)
    assert data.diagnosis is None and said[1] == data.notes[-1] and f"2 train clips of {label!r}" in said[1]
    assert said[1] in html.unescape(report_page(data))
