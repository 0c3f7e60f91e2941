"""``dance edit`` and ``dance diff`` as a user calls them; an impossible edit is one line and changes nothing."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from dance_xai.artifacts import load_model, read_run, update_parts
from dance_xai.artifacts.pretrained import EDITED
from dance_xai.edit import EditChain, content_hash
from dance_xai.types import Features
from dance_xai.workflows.case import Case
from dance_xai.workflows.editing import make_edit, write_edits
from dance_xai.workflows.runs import open_run


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture
def names(run):
    """A concept of each kind and a class."""
    model = open_run(run).model
    return {kind: model.bank.names[model.bank.columns(kind)[0]] for kind in ("motion", "object", "scene")} | {
        "class": model.classes[0],
        "motions": [model.bank.names[at] for at in model.bank.columns("motion")],
    }


def figures(outcome):
    assert outcome.code == 0, outcome.err
    return json.loads(outcome.out)


def test_edits_undo_and_redo_bit_for_bit(dance, run, names):
    base = open_run(run).model
    x = open_run(run).inputs
    made = [
        ("ablate", "--kind", "scene"),
        ("weight", names["class"], names["motion"], "--add", "-1.5"),
        ("rename", names["object"], "something else"),
        ("set", names["motion"], "--value", "2"),
        ("swap", *names["motions"][1:3]),
        ("merge", *names["motions"][1:3], "--name", "both"),
        ("remove", names["motions"][3]),
        ("resolve", "--only", "motion", "--forbid", f"{names['class']}:{names['motion']}", "--positive", "both"),
        ("drop-class", names["class"]),
    ]
    states = [base.logits(x).tobytes()]
    for number, edit in enumerate(made, start=1):
        told = figures(dance("edit", run, *edit, "--json"))
        assert told["position"] == told["edits"] == number and told["test"]["clips"] > 0
        states.append(open_run(run).model.logits(x).tobytes())
        assert open_run(run).base_model.logits(x).tobytes() == states[0]
        assert load_model(run).logits(x).tobytes() == states[-1]
    for number in range(len(made) - 1, -1, -1):
        told = figures(dance("edit", run, "undo", "--json"))
        assert told["position"] == number and told["edits"] == len(made)
        assert open_run(run).model.logits(x).tobytes() == states[number]
    assert EDITED not in read_run(run) and load_model(run).logits(x).tobytes() == states[0]
    for number in range(1, len(made) + 1):
        figures(dance("edit", run, "redo", "--json"))
        assert open_run(run).model.logits(x).tobytes() == states[number]
    said = dance("edit", run, "log")
    assert said.out.count("\n") == len(made) and "resolve: only motion" in said.out
    log = figures(dance("edit", run, "log", "--json"))
    assert log["base"] == content_hash(base) and len(log["edits"]) == len(made)


def test_layers_forget_scenes_where_they_have_learnt_something(dance, run, names):
    base, x = open_run(run).model, open_run(run).inputs
    given = ("edit", run, "detach", "--kind", "scene", "--forbid", f"{names['class']}:{names['scene']}")
    if base.activations == "grounded":
        assert "expected predicted activations" in dance(*given).complaint
        return
    told = figures(dance(*given, "--lam", "0.01", "--json"))
    assert told["edit"]["arguments"]["kinds"] == ["scene"] and told["edit"]["arguments"]["lam"] == 0.01
    view = open_run(run)
    rows = view.manifest.rows("train")
    seen, held = view.model.concepts(x[rows]), Case(view).held_out.concepts
    assert np.abs(seen - held).max(axis=0).min() > 1e-3  # still of layers that have not seen the clips
    assert "detach: kinds scene" in dance("edit", run, "log").out
    figures(dance("edit", run, "undo", "--json"))
    assert open_run(run).model.logits(x).tobytes() == base.logits(x).tobytes()


def test_a_copy_leaves_the_first_run_as_it_is(dance, run, tmp_path):
    before = contents(run)
    told = dance("edit", run, "ablate", "--kind", "motion", "--out", tmp_path / "copy")
    assert "ablate: kinds motion" in told.out and "for the worse" in told.out
    assert contents(run) == before
    copy = open_run(tmp_path / "copy")
    assert not copy.model.head.weight[:, copy.model.bank.slice("motion")].any()
    assert copy.base_model.head.weight.tobytes() == open_run(run).model.head.weight.tobytes()


def test_diff_says_which_clips_change_and_why(dance, run, tmp_path):
    dance("edit", run, "ablate", "--kind", "motion", "--out", tmp_path / "copy")
    told = figures(dance("diff", run, tmp_path / "copy", "--json"))
    assert told["worse"] == sum(change["effect"] == "worse" for change in told["changes"]) > 0
    assert all(change["reasons"][0]["name"].startswith("motion:") for change in told["changes"])
    a, b = (open_run(folder) for folder in (run, tmp_path / "copy"))
    rows = a.manifest.rows("test")
    moved = rows[a.model.predict(a.inputs[rows]) != b.model.predict(b.inputs[rows])]
    assert {change["clip"] for change in told["changes"]} == {a.manifest.ids[row] for row in moved}
    shown = dance("diff", run, tmp_path / "copy").out
    assert "worse  " in shown and "margin of" in shown
    assert figures(dance("diff", run, run, "--json"))["changes"] == []
    assert figures(dance("diff", run, tmp_path / "copy", "--train", "--json"))["clips"] > len(rows) / 4


def test_a_class_comes_back_from_clips_in_a_list(dance, run, names, tmp_path):
    manifest = open_run(run).manifest
    ids = [clip.id for clip in manifest.clips if clip.label == names["class"] and clip.split == "train"]
    (tmp_path / "new.csv").write_text("id,note\n" + "\n".join(f"{clip},x" for clip in ids) + "\n")
    figures(dance("edit", run, "drop-class", names["class"], "--json"))
    dropped = open_run(run).model
    told = figures(dance("edit", run, "add-class", names["class"], "--clips", tmp_path / "new.csv", "--json"))
    model = open_run(run).model
    assert told["edit"]["arguments"]["ids"] == ids and model.classes[-1] == names["class"]
    assert model.head.weight[:-1].tobytes() == dropped.head.weight.tobytes()
    assert told["test"]["better"] > told["test"]["worse"]


def test_a_clip_that_came_with_an_edit_is_explained(dance, run):
    view = open_run(run)
    new = Features("edit", tuple(f"video {at}" for at in range(6)), view.inputs[:6].astype(np.float64))
    made = make_edit(view, "add_class", {"label": "zwei", "ids": list(new.ids)}, new)
    write_edits(view, made.chain, made.model, None, new)
    told = figures(dance("explain", run, "video 3", "--json"))
    assert (told["clip"], told["true_label"], told["timelines"]) == ("video 3", "zwei", [])
    assert "came with an edit" in told["notes"][0]


def test_an_edited_run_is_evaluated_explained_and_reported(dance, run, names, tmp_path):
    figures(dance("edit", run, "merge", *names["motions"][:2], "--name", "both", "--json"))
    figures(dance("edit", run, "drop-class", names["class"], "--json"))
    assert "edits" in read_run(run).json("metrics")["notes"]
    metrics = figures(dance("evaluate", run, "--json"))
    view = open_run(run)
    rows = [
        row for row, clip in enumerate(view.manifest.clips) if clip.split == "test" and clip.label != names["class"]
    ]
    said = [view.model.classes[at] for at in view.model.predict(view.inputs[rows])]
    right = sum(view.manifest.clips[row].label == label for row, label in zip(rows, said, strict=True))
    assert (metrics["n"], metrics["correct"]) == (len(rows), right)
    assert metrics["kkt"] is None and "edits" not in read_run(run).json("metrics")["notes"]
    assert "changed by hand" in dance("evaluate", run).out
    assert dance("explain", run, view.manifest.ids[rows[0]], "--out", tmp_path / "clip.html").code == 0
    assert dance("report", run, "--out", tmp_path / "report.html").code == 0
    figures(dance("edit", run, "undo", "--json"))
    assert "run dance evaluate" in read_run(run).json("metrics")["notes"]["edits"]


def test_what_a_merged_concept_must_predict(dance, run, names):
    before = open_run(run).model_bank.targets.values
    figures(dance("edit", run, "merge", *names["motions"][:2], "--name", "both", "--json"))
    after = open_run(run).model_bank
    assert after.bank.names[0] == "both" and len(after.source) == len(after.bank)
    np.testing.assert_array_equal(after.targets.values[:, 0], before[:, :2].max(axis=1))
    np.testing.assert_array_equal(after.targets.values[:, 1:], before[:, 2:])


IMPOSSIBLE = {
    "unknown kind": (("ablate", "--kind", "place"), "kind 'place': expected one of motion, object, scene"),
    "nothing to switch off": (("ablate",), "expected a kind or a concept"),
    "unknown concept": (("remove", "nothing like it"), "concept 'nothing like it': expected a concept"),
    "unknown class": (("drop-class", "flying"), "class 'flying': expected a class"),
    "no change of a weight": (("weight", "CLASS", "MOTION"), "expected one of --set, --add and --scale, got 0"),
    "two changes": (("weight", "CLASS", "MOTION", "--set", "1", "--add", "1"), "got 2"),
    "endless weight": (("weight", "CLASS", "MOTION", "--set", "inf"), "finite number"),
    "two kinds": (("merge", "MOTION", "SCENE", "--name", "x"), "of one kind"),
    "half a split": (("split", "MOTION", "--first", "a,b"), "give --first and --second"),
    "split of a phrase": (("split", "SCENE"), "expected a motion concept, got a phrase"),
    "split of a measured concept": (("split", "MOTION"), "measured ones"),
    "conflict": (("resolve", "--positive", "MOTION", "--negative", "CLASS:MOTION"), "both positive and negative"),
    "nothing left": (("resolve", "--only", "motion", "--positive", "SCENE"), "outside the kinds"),
    "class without clips": (("add-class", "flying", "--clips", ""), "expected clips to learn from, got none"),
    "unknown clip": (("add-class", "flying", "--clips", "nobody"), "clip 'nobody': expected one of"),
    "unknown list": (("add-class", "flying", "--clips", "nowhere.csv"), "nowhere.csv: expected a readable list"),
    "known class": (("add-class", "CLASS", "--clips", "nobody"), "expected a new name"),
    "nothing to undo": (("undo",), "expected an edit to take back"),
    "nothing to redo": (("redo",), "expected an edit that was undone"),
}


@pytest.mark.parametrize("name", IMPOSSIBLE)
@pytest.mark.parametrize("copy", [False, True])
def test_an_impossible_edit_is_one_line_and_changes_nothing(name, copy, dance, run, names, tmp_path):
    words, message = IMPOSSIBLE[name]
    known = {"CLASS": names["class"], "MOTION": names["motion"], "SCENE": names["scene"]}
    words = [word if word not in known else known[word] for word in words]
    words = [word.replace("CLASS:MOTION", f"{names['class']}:{names['motion']}") for word in words]
    before = contents(tmp_path)
    complaint = dance("edit", run, *words, *(("--out", tmp_path / "copy") if copy else ())).complaint
    assert message in complaint
    assert contents(tmp_path) == before


def test_edits_of_another_model_are_refused(dance, run):
    figures(dance("edit", run, "ablate", "--kind", "scene", "--json"))
    view = open_run(run)
    update_parts(run, {"edits": EditChain("0" * 64, view.edits.edits, 1, view.edits.tip)})
    before = contents(run)
    for command in (("edit", run, "undo"), ("edit", run, "ablate", "--kind", "motion"), ("evaluate", run)):
        assert "expected edits of its own model" in dance(*command).complaint
    assert contents(run) == before


def test_runs_that_share_no_clips_are_not_compared(dance, run, tmp_path):
    view = open_run(run)
    other = tmp_path / "other"
    clips = tuple(clip.__class__(f"x {clip.id}", clip.label, clip.split) for clip in view.manifest.clips)
    update_parts(run, {"manifest": view.manifest.__class__(clips, view.manifest.classes)}, out=other)
    assert "expected test clips that both have" in dance("diff", run, other).complaint
