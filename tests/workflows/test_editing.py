"""Edits of a RUN that need more than the model: poses for a split, an edited RUN opened by other means."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

from dance_xai.artifacts import load_model, update_parts
from dance_xai.artifacts.pretrained import EDITED
from dance_xai.edit import content_hash
from dance_xai.errors import ArtifactError, DataError
from dance_xai.workflows.editing import edit_run, redo, undo
from dance_xai.workflows.halving import halves_of, two_means
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
    with pytest.raises(ArtifactError, match="expected the model that its 1 edits lead to"):
        _ = open_run(run).model
    base = content_hash(open_run(run).base_model)
    assert content_hash(undo(run).model) == base != content_hash(redo(run).model)  # as the message advises
    assert content_hash(open_run(run).model) == open_run(run).edits.content


@pytest.mark.parametrize(
    ("lines", "got"), [("label,id\nwalk,c1\nwalk\n", "a line without one"), ("id\n", "none"), ("", "none")]
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
