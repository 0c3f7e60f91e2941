"""``dance poses`` as a user calls it: of a RUN, of settings, one person and everybody."""

from __future__ import annotations

import csv
import json
from dataclasses import replace

import numpy as np
import pytest
from tests.suited import ACTIONS, performance
from tests.suited import SETTINGS as SUITED

from dance_xai.data.pose_files.detections import Given
from dance_xai.data.pose_files.reading import read_detections
from dance_xai.data.pose_source import PosesSource, read_tracks
from dance_xai.motion.tracking import main_rows
from dance_xai.planted.standins.pose import PlantedPose
from dance_xai.types import Clip
from dance_xai.workflows.runs import open_run

SETTINGS = SUITED.replace('["planted"]', '["kinematics"]').replace("[12]", "[6]\nclusters.min_clusters = 2")
EVERYBODY = ("--set", "extract.people=all")
FRAMES = 24
ASIDE = 60.0
"""Pixels to the right where a second person stands, who does not move."""


@pytest.fixture(scope="module")
def videos(tmp_path_factory, write_video):
    """Nine clips and the settings of a fit."""
    folder, rows = tmp_path_factory.mktemp("videos"), []
    for action in ACTIONS:
        for number in range(3):
            name = f"{action}{number}.mp4"
            write_video(folder / name, performance(action, FRAMES, seed=number))
            rows.append([name, action, "train" if number < 2 else "test"])
    with (folder / "clips.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["path", "label", "split"], *rows])
    (folder / "settings.toml").write_text(SETTINGS)
    return folder


@pytest.fixture
def company(monkeypatch):
    """Somebody stands beside everybody."""
    alone = PlantedPose.detect

    def detect(self, frames):
        people = alone(self, frames)
        still = np.repeat(people.xy[:1], len(people.xy), axis=0) + np.float32([ASIDE, 0])
        order = np.argsort(np.tile(people.frame, 2), kind="stable")
        doubled = {name: np.concatenate([getattr(people, name)] * 2)[order] for name in ("confidence", "score")}
        return replace(
            people, frame=np.tile(people.frame, 2)[order], xy=np.concatenate([people.xy, still])[order], **doubled
        )

    monkeypatch.setattr(PlantedPose, "detect", detect)


def test_a_run_keeps_the_main_actor_or_everybody(dance, videos, company, tmp_path):
    common = ("fit", videos / "settings.toml", "--data-root", videos, "--cache", tmp_path / "cache")
    told = dance(*common, "--out", tmp_path / "one")
    assert told.code == 0, told.err
    told = dance(*common, "--out", tmp_path / "all", *EVERYBODY)
    assert told.code == 0, told.err
    one, everybody = (open_run(tmp_path / name) for name in ("one", "all"))
    assert "others" not in one.run and "others" in everybody.run
    np.testing.assert_array_equal(one.base_model.head.weight, everybody.base_model.head.weight)
    for run, people in (("one", 1), ("all", 2)):
        out = tmp_path / f"{run}.json"
        told = dance("poses", tmp_path / run, "--out", out)
        assert told.code == 0 and f"{9 * people} tracks in 9 clips" in told.out, told.err
        found = [each for _, each in read_detections(out, "coco_json", Given())]
        assert [len(each.people.frame) for each in found] == [people * FRAMES] * 9
    for written, kept in zip(_read(tmp_path / "all.json", one), one.tracks(one.manifest.ids), strict=True):
        assert (written.clip, written.fps, written.height_width) == (kept.clip, kept.fps, kept.height_width)
        np.testing.assert_array_equal(written.xy, kept.xy)


def test_settings_give_what_a_fit_would_take(dance, videos, tmp_path):
    out = tmp_path / "new" / "x.json"
    arguments = ("poses", videos / "settings.toml", "--data-root", videos, "--cache", tmp_path / "cache", "--out", out)
    told = dance(*arguments, "--format", "pyskl")
    assert told.code == 0 and "9 tracks in 9 clips" in told.out, told.err
    document = json.loads(out.read_text())
    assert [len(document["split"][part]) for part in ("train", "test")] == [6, 3]
    labels = {item["frame_dir"]: item["label"] for item in document["annotations"]}
    assert labels["kick0"] == 0 and labels["wave2"] == 2 and len(labels) == 9
    namespace: dict[str, object] = {}
    exec("\n".join(line for line in told.out.splitlines() if not line.startswith(("wrote", "PYSKL"))), namespace)
    kept = read_tracks(PosesSource(out), tmp_path, _clips(document), main_rows)
    pickled = read_tracks(PosesSource(out.with_suffix(".pkl")), tmp_path, _clips(document), main_rows)
    for one, two in zip(kept, pickled, strict=True):
        np.testing.assert_array_equal(one.xy, two.xy)


def test_given_poses_of_another_skeleton_become_those_of_coco(dance, videos, tmp_path):
    ids = [f"{action}{number}" for action in ACTIONS for number in range(3)]
    xy = np.random.default_rng(0).uniform(0, 100, (9 * FRAMES, 13, 2)).astype(np.float32)
    np.savez(tmp_path / "p.npz", ids=np.array(ids), lengths=np.full(9, FRAMES), xy_px=xy)
    source = tmp_path / "penn.toml"
    poses = f'[data.poses]\npath = "{tmp_path}/p.npz"\nskeleton = "penn_13"\n'
    source.write_text(f'name = "x"\n[data.clips]\npath = "clips.csv"\n{poses}')
    told = dance("poses", source, "--data-root", videos, "--out", tmp_path / "x.json")
    assert told.code == 0, told.err
    assert "not seen in any of them: nose, left_eye, right_eye, left_ear, right_ear" in told.out
    (track, *_) = read_tracks(PosesSource(tmp_path / "x.json", convert_to="penn_13"), tmp_path, [Clip(ids[0])])
    assert track.fps == 25.0, "of the video"
    np.testing.assert_array_equal(track.xy[:, 1:], xy[:FRAMES, 1:])


def test_mistakes_are_told_in_one_line(dance, run, videos, tmp_path):
    (tmp_path / "file").write_text("")
    out = tmp_path / "x.json"
    bare = tmp_path / "bare.toml"
    bare.write_text(f'name = "x"\n[data.clips]\npath = "{videos}/clips.csv"\n[extract]\nencoder = "planted"\n')
    for arguments, complaint in (
        ((run, "--out", tmp_path / "x.pkl"), "expected a file ending in .json"),
        ((run, "--out", tmp_path / "file" / "x.json"), "file"),
        ((run, "--out", out, "--format", "ntu"), "expected coco or pyskl"),
        ((run, "--out", out, "--workers", "2"), "expected a file of settings"),
        ((tmp_path / "none", "--out", out), "nothing there"),
        ((bare, "--data-root", videos, "--out", out), "expected data.poses or extract.poses"),
        (
            (bare, "--data-root", videos, "--out", out, "--set", "extract.people=all"),
            "expected extract.poses for 'all'",
        ),
    ):
        assert complaint in dance("poses", *arguments).complaint
    assert not out.exists()


def _clips(document):
    return [Clip(item["frame_dir"]) for item in document["annotations"]]


def _read(path, view):
    return read_tracks(PosesSource(path), path.parent, view.manifest.clips, main_rows)
