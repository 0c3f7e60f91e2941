"""Edits of a RUN that need more than the model: poses for a split, an edited RUN opened by other means."""

from __future__ import annotations

import shutil
from dataclasses import replace

import numpy as np
import pytest

from dance_xai.artifacts import load_model, update_parts
from dance_xai.artifacts.pretrained import EDITED
from dance_xai.edit import content_hash
from dance_xai.edit.lookup import find_pair
from dance_xai.errors import ArtifactError, DataError
from dance_xai.workflows.editing import edit_run, make_edit, open_for_edits, redo, undo
from dance_xai.workflows.halving import halves_of, two_means
from dance_xai.workflows.naming import clips_named
from dance_xai.workflows.runs import open_run


@pytest.fixture
def run(small_run, tmp_path):
    return shutil.copytree(small_run, tmp_path / "run")


def test_a_motion_is_split_by_two_means_of_its_windows(run, small_folder):
    view = open_run(run, small_folder)
    if view.model.activations == "grounded":
        with pytest.raises(DataError, match="measured ones"):
            edit_run(run, "split", {"concept": view.model.bank.names[0], "halves": halves_of(view, "motion 01")})
        return
    sizes = {name: [len(half) for half in halves_of(view, name)] for name in view.model.bank.names[:6]}
    name = max(sizes, key=lambda one: min(sizes[one]))
    halves = halves_of(view, name)
    assert len(halves[0]) >= len(halves[1]) >= 2 and not set(halves[0]) & set(halves[1])
    train = {clip.id for clip in view.manifest.clips if clip.split == "train"}
    assert set(halves[0] + halves[1]) <= train
    outcome = edit_run(run, "split", {"concept": name, "halves": halves})
    assert outcome.test.changes == () == outcome.train.changes
    edited = open_run(run)
    at = edited.model.bank.names.index(f"{name} a")
    known = edited.model_bank.targets.values[:, at]
    assert {edited.manifest.ids[row] for row in np.flatnonzero(known == 1)} == set(halves[0])
    assert edited.matches(0).keys() >= {at, at + 1}


def test_two_heaps_are_told_apart():
    codes = np.concatenate([np.zeros((5, 3)), np.full((4, 3), 9.0)])
    half = two_means(codes)
    assert len(set(half[:5])) == len(set(half[5:])) == 1 and half[0] != half[-1]


def test_undo_and_redo_of_a_solved_head_and_the_model_on_disk(run):
    base = content_hash(open_run(run).model)
    edit_run(run, "resolve", {"only": ["motion"]})
    solved = content_hash(load_model(run))
    assert content_hash(undo(run).model) == base == content_hash(load_model(run))
    assert content_hash(redo(run).model) == solved == content_hash(open_run(run).model)


def test_a_stored_model_that_is_not_what_the_edits_lead_to_is_refused(run):
    edit_run(run, "ablate", {"kinds": ["scene"]})
    update_parts(run, {EDITED: open_run(run).base_model})
    with pytest.raises(ArtifactError, match=r"expected the model that its edits .1 in force. lead to"):
        _ = open_run(run).model
    base = content_hash(open_run(run).base_model)
    assert content_hash(undo(run).model) == base != content_hash(redo(run).model)  # as the message advises
    assert content_hash(open_run(run).model) == open_run(run).edits.content


@pytest.mark.parametrize(
    ("lines", "got"), [("label,id\nfly,c1\nfly\n", "a line without one"), ("id\n", "none"), ("", "none")]
)
def test_a_list_of_clips_with_gaps_is_refused(run, tmp_path, lines, got):
    listed = tmp_path / "clips.csv"
    listed.write_text(lines)
    with pytest.raises(DataError, match=f"expected a clip id a line, got {got}"):
        edit_run(run, "add_class", {"label": "fly", "ids": [str(listed)]})
    listed.write_text("x" * 200_000)
    with pytest.raises(DataError, match="expected a readable list of clips, got: field larger"):
        edit_run(run, "add_class", {"label": "fly", "ids": [str(listed)]})


def test_a_new_video_cannot_teach_a_run_made_from_files(run, numbered_frames, write_video, tmp_path):
    video = write_video(tmp_path / "new.mp4", numbered_frames(20))
    with pytest.raises(DataError, match=r"new\.mp4: expected a RUN that looks at videos itself"):
        edit_run(run, "add_class", {"label": "fly", "ids": [str(video)]})


def test_a_list_may_name_videos_beside_it_and_clips_of_other_classes(run, numbered_frames, write_video, tmp_path):
    view = open_run(run)
    train = [view.manifest.ids[row] for row in view.manifest.rows("train")[:3]]
    (tmp_path / "lists").mkdir()
    write_video(tmp_path / "lists" / "new.mp4", numbered_frames(20))
    listed = tmp_path / "lists" / "clips.csv"
    listed.write_text("clip,path,label\n" + f"{train[0]},,fly\n{train[1]},nothing.mp4,fly\n{train[2]},,walk\n")
    assert clips_named(view, [str(listed)], "fly") == (train[:2], None)
    with pytest.raises(DataError, match=r"expected clips of 'swim' in column label, got 'fly', 'walk'"):
        clips_named(view, [str(listed)], "swim")
    listed.write_text("clip,path\nnew,new.mp4\n")
    with pytest.raises(DataError, match=r"lists/new\.mp4: expected a RUN that looks at videos itself"):
        clips_named(view, [str(listed)], "fly")


@pytest.mark.parametrize("damage", ["lost", "cut", "changed"])
def test_a_lost_edited_model_is_made_again(run, damage):
    edit_run(run, "resolve", {"only": ["motion"]})
    edit_run(run, "ablate", {"kinds": ["motion"]})
    wanted = open_run(run).edits
    path = run / f"{EDITED}.safetensors"
    if damage == "lost":
        path.unlink()
    else:
        data = path.read_bytes()
        path.write_bytes(data[:-9] if damage == "cut" else data[:-1] + bytes([data[-1] ^ 1]))
    with pytest.raises(ArtifactError, match=r"undo and redo|edited_model"):
        _ = open_run(run).model
    assert open_for_edits(run).edits == wanted
    assert undo(run).chain.position == 1
    assert content_hash(open_run(run).model) == open_run(run).edits.content
    assert redo(run).chain == wanted and content_hash(open_run(run).model) == wanted.content
    (run / "manifest.json").unlink()
    with pytest.raises(ArtifactError, match="manifest"):
        undo(run)


def test_another_run_is_not_replaced_by_an_edited_one(run, tmp_path):
    other, copy = tmp_path / "other", tmp_path / "copy"
    shutil.copytree(run, other)
    base = open_run(other).base_model
    update_parts(other, {"model": base.with_head(replace(base.head, bias=base.head.bias + 1))})
    with pytest.raises(ArtifactError, match="got another RUN; choose another place"):
        edit_run(run, "ablate", {"kinds": ["scene"]}, out=other)
    assert open_run(other).edits.position == 0
    for kind in ("scene", "object"):
        edit_run(run, "ablate", {"kinds": [kind]}, out=copy)
    assert open_run(copy).edits.active[0].arguments["kinds"] == ["object"] and open_run(run).edits.position == 0


def test_edits_that_do_nothing_say_so(run):
    view = open_run(run)
    weight = view.model.head.weight
    row, at = np.argwhere(weight == 0)[0]
    one, kind = view.model.bank.concepts[at], view.model.bank.concepts[at].kind
    given = {"label": view.model.classes[row], "concept": f"{kind}:{one.name}"}
    idle = make_edit(view, "change_weight", {**given, "change": "scale", "value": 3.0})
    assert idle.note is not None and "is 0, and stays 0" in idle.note
    assert make_edit(view, "change_weight", {**given, "change": "add", "value": 3.0}).note is None
    off = edit_run(run, "ablate", {"kinds": [], "concepts": [given["concept"]] * 2})
    assert off.note is None and len(off.edit.arguments["concepts"]) == 1
    told = edit_run(run, "change_weight", {**given, "change": "set", "value": 3.0})
    assert told.note is not None and "switched off" in told.note
    assert "as it was" in (edit_run(run, "set_activation", {"concept": given["concept"], "value": 0.0}).note or "")


def test_names_with_colons_in_pairs(run):
    scene = open_run(run).model.bank.names[-1]
    label = open_run(run).model.classes[0]
    edit_run(run, "rename", {"old": f"scene:{scene}", "new": f"{label}:x:y"})
    model = open_run(run).model
    for text, pair in (
        (f"{label}:x:y", ["*", f"{label}:x:y"]),
        (f"{label}:{label}:x:y", [label, f"{label}:x:y"]),
        (f"{label}:scene:{label}:x:y", [label, f"scene:{label}:x:y"]),
        (f"scene:{label}:x:y", ["*", f"scene:{label}:x:y"]),
        (f"{label}:no such", [label, "no such"]),
        ("no:such", ["no", "such"]),
        ("scene:no such", ["*", "scene:no such"]),
    ):
        assert find_pair(model, text) == pair
    renamed = replace(model, classes=("a:b", *model.classes[1:]))
    assert find_pair(renamed, f"a:b:{model.bank.names[0]}") == ["a:b", model.bank.names[0]]
    solved = edit_run(run, "resolve", {"forbid": [f"{label}:x:y"]})
    assert not solved.model.head.weight[:, -1].any()
    with pytest.raises(DataError, match=r"concept 'no such'"):
        edit_run(run, "resolve", {"forbid": [f"{label}:no such"]})
