from __future__ import annotations

import shutil
from dataclasses import replace

import numpy as np
import pytest

from dance_xai.config import parse_config
from dance_xai.data.pose_source import read_tracks
from dance_xai.errors import ArtifactError, DataError
from dance_xai.types import Clip
from dance_xai.workflows import run_reading
from dance_xai.workflows.runs import open_run


@pytest.fixture
def view(small_run):
    return open_run(small_run)


def test_rows_are_clips_everywhere(view):
    n = len(view.manifest.ids)
    assert view.inputs.shape == (n, view.model.dimension)
    assert len(view.bank.targets.values) == len(view.evidence.values) == len(view.features.values) == n
    assert view.bank.targets.ids == view.features.ids == view.manifest.ids
    assert [view.row(clip) for clip in view.manifest.ids] == list(range(n))


def test_the_settings_come_back(view, small_config):
    assert parse_config(view.settings, "config.json") == small_config(f"activations={view.model.activations}")


def test_every_reason_is_counted(view):
    counts = view.run.json("drops")["counts"]
    assert sum(counts.values()) == len(view.drops) > 0


def test_matches_are_those_of_the_concepts_of_the_model(view):
    row = int(view.manifest.rows("test")[0])
    found = view.matches(row)
    assert set(found) <= set(view.model.bank.columns("motion").tolist()) and found
    names = view.motion.motions.concepts
    for column, match in found.items():
        source = next(i for i, concept in enumerate(names) if concept.name == view.model.bank.names[column])
        assert match.start == view.motion.matches.start[row, source]


def test_matches_point_into_the_clip(view):
    clips = [view.manifest.ids[row] for row in view.manifest.rows("test")]
    for clip in clips[::5]:
        frames = len(view.track(clip).xy)
        for match in view.matches(view.row(clip)).values():
            assert 0 <= match.start < match.stop <= frames and 0 <= match.similarity <= 1


def test_an_unknown_clip_and_a_missing_folder(view, tmp_path):
    with pytest.raises(DataError, match="clip 'x': expected one of the"):
        view.row("x")
    with pytest.raises(ArtifactError, match="nothing there"):
        open_run(tmp_path / "none")


def test_the_predictions_are_those_of_the_figures(view):
    test = view.manifest.rows("test")
    right = view.model.predict(view.inputs[test]) == view.manifest.labels[test]
    assert view.run.json("metrics")["correct"] == int(np.count_nonzero(right))


def test_a_damaged_pose_file_is_an_error_and_not_a_clip_without_poses(small_run, small_folder, tmp_path):
    moved = shutil.copytree(small_folder, tmp_path / "data")
    (moved / "keypoints.npz").write_bytes(b"not poses")
    view = open_run(small_run, moved)
    with pytest.raises(DataError, match=r"keypoints\.npz"):
        view.track(view.manifest.ids[0])


def test_poses_without_a_frame_rate_take_that_of_the_video(
    small_run, small_folder, write_video, numbered_frames, tmp_path, monkeypatch
):
    """As a fit does; without a rate, windows of so many seconds cannot be cut again."""
    path = write_video(tmp_path / "clip.mp4", numbered_frames(5), fps=20)
    monkeypatch.setattr(
        run_reading, "read_tracks", lambda *given: tuple(replace(t, fps=None) for t in read_tracks(*given))
    )
    view = open_run(small_run)
    first, second, third = view.manifest.ids[:3]
    vars(view)["listed"] = {first: Clip(first, path=path), second: Clip(second, path=tmp_path / "gone.mp4")}
    found = view.tracks((first, second, third))
    assert [(track.clip, track.fps) for track in found] == [(first, 20.0), (second, None), (third, None)]
    assert view.track(first).fps == 20.0
