"""``dance diagnose`` as a user calls it; nothing of it is chosen on test clips."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from tests.suspected import suspected

from dance_xai.diagnose import CAUSES, find_shortcuts
from dance_xai.diagnose.diagnosis import Diagnosis
from dance_xai.types import Manifest
from dance_xai.workflows import diagnosing
from dance_xai.workflows.case import Case
from dance_xai.workflows.runs import open_run


def test_words_and_json_say_the_same(dance, small_run):
    told = dance("diagnose", small_run, "--json")
    assert told.code == 0, told.err
    tree = json.loads(told.out)
    assert tree["schema"] == 1 and set(tree) == {
        *(
            "schema",
            "clips",
            "failures",
            "train_failures",
            "by_class",
            "shortcuts",
            "uneven",
            "interventions",
            "notes",
            "unjudged",
        )
    }
    view = open_run(small_run)
    rows = view.manifest.rows("test")
    wrong = view.model.predict(view.inputs[rows]) != view.manifest.labels[rows]
    assert tree["clips"] == len(rows)
    assert [one["clip"] for one in tree["failures"]] == [view.manifest.ids[row] for row in rows[wrong]]
    assert sum(sum(row.values()) for row in tree["by_class"].values()) == wrong.sum()
    assert all(set(row) == set(CAUSES) for row in tree["by_class"].values())
    assert tree["interventions"]["random"]["accuracy"][0] == pytest.approx(1 - wrong.mean())
    said = dance("diagnose", small_run)
    assert said.code == 0 and f"{wrong.sum()} of {len(rows)} test clips wrong" in said.out
    for part in ("failures", "shortcuts", "uneven"):
        assert all(one["words"] in said.out for one in tree[part])


def test_shortcuts_and_edits_are_those_of_train_clips_alone(small_run):
    """All that is known of test clips is changed; the same shortcuts come out."""
    view = open_run(small_run)
    plain = Case(view)
    rows = view.manifest.rows("test")
    inputs, clips = np.array(view.inputs, dtype=float), list(view.manifest.clips)
    inputs[rows] = 100.0
    for row in rows:
        clips[row] = replace(clips[row], label=view.manifest.classes[0])
    changed = open_run(small_run)
    vars(changed)["inputs"] = inputs
    vars(changed)["manifest"] = Manifest(tuple(clips), view.manifest.classes)
    if view.model.activations == "predicted":
        vars(changed)["features"] = replace(view.features, values=inputs)
    other = Case(changed)
    assert set(plain.held_out.ids) == {view.manifest.ids[row] for row in view.manifest.rows("train")}
    np.testing.assert_array_equal(plain.held_out.concepts, other.held_out.concepts)
    before, after = (find_shortcuts(case.held_out, most=2) for case in (plain, other))
    assert [(one.suspicion, one.effect, one.edit and dict(one.edit.arguments)) for one in before] == [
        (one.suspicion, one.effect, one.edit and dict(one.edit.arguments)) for one in after
    ]


def test_activations_of_predicted_train_clips_are_of_layers_that_have_not_seen_them(small_run):
    view = open_run(small_run)
    case = Case(view)
    plain = view.model.concepts(view.inputs[view.manifest.rows("train")])
    same = np.array_equal(plain, case.held_out.concepts)
    assert same == (view.model.activations == "grounded") and case.notes == ()


@pytest.fixture
def proposed(monkeypatch, run):
    """The RUN, and a diagnosis of it with one proposal and one shortcut without."""
    first = suspected(open_run(run))
    shortcuts = (first, replace(first, evidence=0.01, edit=None, effect=None))
    found = Diagnosis(4, (), (), shortcuts, (), None)
    monkeypatch.setattr(diagnosing, "diagnose_run", lambda *given, **more: found)
    return run, first.suspicion.concept


def test_a_proposal_is_made_like_any_edit(dance, proposed, tmp_path):
    run, scene = proposed
    told = dance("diagnose", run, "--apply", "1", "--out", tmp_path / "copy")
    assert told.code == 0 and f"ablate: concepts {scene}" in told.out
    copy = open_run(tmp_path / "copy")
    assert not copy.model.head.weight[:, copy.model.bank.names.index(scene)].any()
    assert open_run(run).edits.position == 0
    assert json.loads(dance("diagnose", run, "--apply", "1", "--json").out)["edit"]["operation"] == "ablate"
    assert open_run(run).edits.position == 1


def test_words_of_a_proposal(dance, proposed):
    run, scene = proposed
    said = dance("diagnose", run).out
    assert f"switch off {scene}" in said and "No edit that was tried helps" in said and "0 of 4 test clips" in said


def test_impossible_requests_are_one_line(dance, proposed, tmp_path):
    run, _ = proposed
    assert "expected one of 1..2" in dance("diagnose", run, "--apply", "3").complaint
    assert "see dance edit" in dance("diagnose", run, "--apply", "2").complaint
    assert "--out alone" in dance("diagnose", run, "--out", tmp_path / "copy").complaint
    assert str(tmp_path / "nothing") in dance("evaluate", tmp_path / "nothing").complaint


def test_subgroups_from_a_file(dance, run, tmp_path):
    view = open_run(run)
    path = tmp_path / "views.csv"
    path.write_text("clip,view\n" + "".join(f"{clip},{'ab'[at % 2]}\n" for at, clip in enumerate(view.manifest.ids)))
    groups = diagnosing.read_groups(path, view.manifest.ids[:3])
    assert groups == {"view": ["a", "b", "a"]}
    assert dance("diagnose", run, "--groups", path, "--json").code == 0
    for text, wanted in (
        ("clip,view\nno such,a\n", "got none of them"),
        ("clip\nx\n", "at least one more"),
        (f"clip,view\nx,{'y' * 200_000}\n", "readable CSV"),
    ):
        path.write_text(text)
        assert wanted in dance("diagnose", run, "--groups", path).complaint
    assert "readable CSV" in dance("diagnose", run, "--groups", tmp_path / "none.csv").complaint
