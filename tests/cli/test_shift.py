"""``dance shift`` as a user calls it; what cannot be compared is one line."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from dance_xai.edit import content_hash
from dance_xai.edit.heldout import Proposed
from dance_xai.errors import DataError
from dance_xai.workflows.newcomers import read_newcomers
from dance_xai.workflows.runs import open_run
from dance_xai.workflows.shifting import apply_steps

DATA = """
[data.clips]
path = "{clips}"
[data.poses]
path = "keypoints.npz"
skeleton = "coco_17"
[data.features]
path = "features.npz"
array = "planted_backbone"
[data.video]
path = "{video}"
array = "planted_dual"
"""


def settings(folder: Path, clips: str, video: str = "features.npz", text: str = DATA) -> Path:
    place = folder / "new.toml"
    place.write_text(text.format(clips=clips, video=video))
    return place


def unlabelled(source: Path, folder: Path) -> str:
    """The shifted clips of the small world, without labels and without a split."""
    rows = csv.DictReader((source / "shifted.csv").read_text().splitlines())
    path = folder / "unlabelled.csv"
    path.write_text("clip\n" + "".join(f"{row['clip']}\n" for row in rows if row["split"] == "test"))
    return str(path)


@pytest.fixture
def scenes_gone(small_folder, tmp_path):
    """Clip embeddings of the small world, each that of another clip: objects and scenes tell nothing any more."""
    with np.load(small_folder / "features.npz") as arrays:
        kept = dict(arrays)
    kept["planted_dual"] = np.random.default_rng(0).permutation(kept["planted_dual"]) * [[-1.0]]
    path = tmp_path / "moved.npz"
    np.savez(path, **kept)
    return str(path)


def test_inputs_are_those_the_run_measured_itself(small_run, small_folder, tmp_path):
    view = open_run(small_run)
    new = read_newcomers(view, settings(tmp_path, "clips.csv"))
    rows = view.manifest.rows("test")
    assert new.ids == tuple(view.manifest.ids[row] for row in rows)
    np.testing.assert_allclose(new.inputs, view.inputs[rows], atol=1e-6)
    assert list(new.labels) == [view.manifest.clips[row].label for row in rows]


def test_clips_without_labels_are_compared_and_nothing_changes(dance, run, small_folder, tmp_path):
    before = content_hash(open_run(run).model)
    place = settings(tmp_path, unlabelled(small_folder, tmp_path))
    outcome = dance("shift", run, "--data", place, "--json")
    assert outcome.code == 0, outcome.err
    found = json.loads(outcome.out)
    assert found["clips"] == 26 and {each["kind"] for each in found["kinds"]} <= {"motion", "object", "scene"}
    assert len(found["moves"]) == sum(each["concepts"][1] for each in found["kinds"])
    assert found["labelled"] is None and found["position"] is None
    assert 0 < found["expected"]["by_confidence"] <= 1 and content_hash(open_run(run).model) == before
    assert dance("shift", run, "--data", place, "--json").out == outcome.out


def test_what_moved_is_named_proposed_against_applied_and_undone(dance, run, scenes_gone, tmp_path):
    place = settings(tmp_path, "clips.csv", scenes_gone)
    said = dance("shift", run, "--data", place)
    assert said.code == 0, said.err
    assert "activations" in said.out and "standard deviations" in said.out and "proposed, as" in said.out
    before = content_hash(open_run(run).model)
    found = json.loads(dance("shift", run, "--data", place, "--apply", "--out", tmp_path / "edited", "--json").out)
    edited = open_run(tmp_path / "edited")
    assert found["position"] == len(found["proposed"]) == edited.edits.position > 0
    assert [each.operation for each in edited.edits.active] == [each["operation"] for each in found["proposed"]]
    assert content_hash(open_run(run).model) == before
    again = json.loads(dance("shift", run, "--data", place, "--trust", "object", "--trust", "scene", "--json").out)
    assert all(each["kind"] == "motion" for each in again["proposals"])


def test_a_kind_that_is_trusted_is_trusted_with_labels_too(dance, run, scenes_gone, tmp_path):
    given = ("--data", settings(tmp_path, "clips.csv", scenes_gone), "--labelled", "--json")
    tried = [
        json.loads(dance("shift", run, *given, *trust).out)["labelled"]["tried"]
        for trust in ((), ("--trust", "object"), ("--trust", "object", "--trust", "scene", "--trust", "motion"))
    ]
    assert tried[0] > tried[1] > tried[2] == 0


def test_train_clips_among_the_new_ones_are_told(dance, run, small_folder, tmp_path):
    rows = list(csv.DictReader((small_folder / "clips.csv").read_text().splitlines()))
    train, test = ([row["clip"] for row in rows if row["split"] == part] for part in ("train", "test"))
    path = tmp_path / "some.csv"
    path.write_text("\n".join(["clip", *train[:3], *test[:5]]) + "\n")
    said = dance("shift", run, "--data", settings(tmp_path, str(path)))
    assert "note: 3 of 8 new clips are train clips of the RUN" in said.out
    path.write_text("\n".join(["clip", *test[:5]]) + "\n")
    assert "note" not in dance("shift", run, "--data", settings(tmp_path, str(path))).out


def test_test_clips_of_the_run_have_not_moved(dance, small_run, tmp_path):
    """Though layers that have seen all train clips read motion in them half as wide again."""
    found = json.loads(dance("shift", small_run, "--data", settings(tmp_path, "clips.csv"), "--json").out)
    assert [each["moved"] for each in found["kinds"]] == [None] * 3 and found["notes"] == []
    assert min(each["p_moved"] for each in found["kinds"]) > 0.2


def test_a_model_of_one_kind_is_told_to_have_no_judge(dance, run, scenes_gone, tmp_path):
    place = settings(tmp_path, "clips.csv", scenes_gone)
    edit = dance("edit", run, "resolve", "--only", "scene")
    assert edit.code == 0, edit.err
    said = dance("shift", run, "--data", place).out
    assert "no edit proposed: no other kind is there to judge one by" in said and "- ->" not in said


def test_an_edit_that_fails_leaves_none_of_those_before_it(run):
    steps = (Proposed("ablate", {"kinds": ["scene"]}), Proposed("ablate", {"concepts": ["none"]}))
    with pytest.raises(DataError, match="concept 'none'"):
        apply_steps(run, steps)
    assert not open_run(run).edits.edits


def test_labels_are_used_only_when_asked(dance, run, scenes_gone, tmp_path):
    place = settings(tmp_path, "clips.csv", scenes_gone)
    said = dance("shift", run, "--data", place, "--labelled")
    assert said.code == 0 and "With labels: chosen on 13 clips, measured on 13 others" in said.out, said.err


def test_what_cannot_be_compared_is_one_line(dance, run, small_folder, tmp_path):
    def complaint(text: str, *more: str, clips: str = "clips.csv") -> str:
        return dance("shift", run, "--data", settings(tmp_path, clips, text=text), *more).complaint

    poses = DATA[DATA.index("[data.poses]") : DATA.index("[data.features]")]
    assert "data.poses of the RUN but none of" in complaint(DATA.replace(poses, ""))
    assert "expected the array 'planted_dual' of the RUN" in complaint(DATA.replace("planted_dual", "planted_backbone"))
    assert "expected a section [data.clips]" in complaint("name = 'x'")
    assert "expected TOML" in complaint("[data")
    assert "expected one of motion, object, scene" in complaint(DATA, "--trust", "sound")
    assert "at least 8 with a class of the model" in complaint(
        DATA, "--labelled", clips=unlabelled(small_folder, tmp_path)
    )
    assert "expected a proposed edit, got none" in complaint(DATA, "--apply")
    assert "--out: expected --apply with it" in complaint(DATA, "--out", str(tmp_path / "out"))
    assert "expected a TOML file, a list" in dance("shift", run, "--data", tmp_path / "none.toml").complaint
    assert "expected a TOML file, a list" in dance("shift", run, "--data", "a" * 300).complaint
    (tmp_path / "videos").mkdir()
    (tmp_path / "videos" / "a.mp4").write_bytes(b"")
    assert "by the means of the RUN" in dance("shift", run, "--data", tmp_path / "videos").complaint
    for place in (tmp_path / "videos", small_folder / "clips.csv"):
        refused = dance("shift", run, "--data", place, "--data-root", tmp_path).complaint
        assert "--data-root: expected with a TOML file alone" in refused and str(place) in refused
    strangers = tmp_path / "strangers.csv"
    strangers.write_text("clip\nnobody\nnone\n")
    assert "got none (no backbone feature)" in complaint(DATA, clips=str(strangers))
