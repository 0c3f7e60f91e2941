"""``dance check`` as a user calls it."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from tests.suited import ACTIONS, joints_of, performance

from dance_xai.artifacts import read_run
from dance_xai.types import Manifest

POSES = """
name = "poses"
data = {clips = {path = "clips.csv"}, poses = {path = "poses", fps = 25.0}}
extract.features = ["kinematics"]
layers.folds = 2
head.folds = 2

[motion]
per_clip = 6
min_clips = 2
stride = 4
stability_repeats = 0
windows.frames = 8
clusters.n_clusters = [10]
"""


def landmarks(action: str, seed: int) -> np.ndarray:
    """(24, 33, 4) of somebody in the suit; the joints that the suit lacks are in its middle."""
    from dance_xai.data.skeletons import MEDIAPIPE_33

    table = np.full((24, 33, 4), 0.5)
    for number, frame in enumerate(table):
        places = joints_of(action, 0.1 * seed + number / 12)
        for joint, (x, y) in places.items():
            if joint in MEDIAPIPE_33.joints:
                frame[MEDIAPIPE_33.joints.index(joint), :2] = 0.5 + x / 128, 0.5 + y / 128
    return table


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Poses of three actions as one file per clip, nothing broken; no section ``extract`` is needed to check them."""
    rows = ["clip,label,split"]
    (tmp_path / "poses").mkdir()
    for action in ACTIONS:
        for seed in range(6):
            np.save(tmp_path / "poses" / f"{action}{seed}.npy", landmarks(action, seed))
            rows.append(f"{action}{seed},{action},{'test' if seed > 3 else 'train'}")
    (tmp_path / "clips.csv").write_text("\n".join(rows) + "\n")
    settings = POSES.replace("fps = 25.0", "fps = 25.0, height_width = [128, 128]")
    (tmp_path / "settings.toml").write_text(settings)
    return tmp_path


def arguments(data: Path) -> tuple[str | Path, ...]:
    return (data / "settings.toml", "--data-root", data)


def test_nothing_wrong(dance, data: Path):
    for more in ((), ("--strict",), ("--set", "extract.features=[]")):
        said = dance("check", *arguments(data), *more)
        assert (said.code, said.out) == (0, "18 clips of 3 classes: nothing wrong\n")
    tree = json.loads(dance("check", *arguments(data), "--json").out)
    assert tree == {"clips": 18, "classes": 3, "bad": 0, "problems": [], "left_out": {}}


def test_every_problem_is_one_whole_line(dance, data: Path):
    (data / "poses" / "wave1.npy").write_bytes(b"")
    (data / "poses" / "kick4.npy").unlink()
    said = dance("check", *arguments(data))
    lines = said.out.splitlines()
    assert said.code == 0 and lines[0] == "18 clips of 3 classes: 2 with a problem"
    assert re.split(r"\s{2,}", lines[1].strip()) == ["clip", "what is wrong", "what to do"]
    wave, kick = (re.split(r"\s{2,}", line.strip()) for line in lines[2:4])
    assert wave[0] == "wave1" and wave[1].startswith("poses: expected a .npy file") and wave[2] == "save it again"
    assert kick == ["kick4", "expected poses, got none in data.poses", "add them, or leave the clip out"]
    assert lines[4:] == ["", "A fit leaves out clips that it cannot look at, with the reason, and counts them."]


def test_as_json(dance, data: Path):
    (data / "poses" / "wave1.npy").unlink()
    said = dance("check", *arguments(data), "--json")
    tree = json.loads(said.out)
    problem = {
        "clip": "wave1",
        "what": "expected poses, got none in data.poses",
        "advice": tree["problems"][0]["advice"],
    }
    assert said.code == 0 and tree["problems"] == [problem] and tree["bad"] == 1


def test_strict_is_one_line_after_the_table(dance, data: Path):
    (data / "poses" / "wave1.npy").unlink()
    (data / "poses" / "wave2.npy").unlink()
    said = dance("check", *arguments(data), "--strict")
    assert said.complaint.startswith("dance: clips: expected none with a problem, got 2 of 18 (wave1: expected poses")
    assert "wave2" in said.out
    assert json.loads(dance("check", *arguments(data), "--strict", "--json").out)["bad"] == 2


@pytest.mark.parametrize(
    ("old", "new", "clue"),
    [
        ("wave1,wave,train", "wave1,,train", r"clips.csv: line 3: expected a value in column 'label'"),
        ("wave1,wave,train", "wave1,wave,learn", r"clips.csv: line 3: expected the split"),
        ("wave1,wave,train", "wave0,wave,train", r"clips.csv.*expected unique clip ids"),
        ("clip,label,split", "clip,name,split", r"clips.csv: expected the column 'label'"),
        ("wave1,wave,train", "wave1,jump,test", r"clips.csv.*expected train clips of every class, got none of jump"),
    ],
)
def test_a_wrong_list_is_one_line(old: str, new: str, clue: str, dance, data: Path):
    listed = (data / "clips.csv").read_text()
    assert old in listed
    (data / "clips.csv").write_text(listed.replace(old, new))
    assert re.search(clue, dance("check", *arguments(data)).complaint)


def test_labels_outside_the_list_of_classes(dance, data: Path):
    (data / "classes.txt").write_text("wave\nsquat\n")
    said = dance("check", *arguments(data), "--set", 'data.clips.class_list="classes.txt"')
    assert re.search(r"kick", said.complaint)


def test_validation_clips_are_counted(dance, data: Path):
    listed = (data / "clips.csv").read_text().replace("wave4,wave,test", "wave4,wave,val")
    (data / "clips.csv").write_text(listed)
    said = dance("check", *arguments(data), "--strict")
    assert said.code == 0
    assert said.out == "17 clips of 3 classes: nothing wrong\n  left out      1  clips: validation clip\n"


def test_a_fit_leaves_out_what_the_check_shows(dance, data: Path):
    """Pose files of one clip each: two broken, one of nobody, one missing."""
    (data / "poses" / "wave0.npy").write_bytes(b"")
    np.save(data / "poses" / "squat1.npy", np.zeros((24, 20, 4)))
    np.save(data / "poses" / "kick2.npy", np.full((24, 33, 4), np.nan))
    (data / "poses" / "kick5.npy").unlink()
    bad = {"wave0", "squat1", "kick2", "kick5"}
    tree = json.loads(dance("check", *arguments(data), "--json").out)
    assert {problem["clip"] for problem in tree["problems"]} == bad and len(tree["problems"]) == 4
    said = dance("fit", *arguments(data), "--out", data / "run")
    assert said.code == 0, said.err
    run = read_run(data / "run")
    ids = run.load("manifest", Manifest).ids
    assert len(ids) == 14 and not bad & set(ids)
    assert bad == {item["item"] for item in run.json("drops")["items"] if item["stage"] == "clips"}
    assert "poses: expected a .npy file" in said.out
    assert dance("explain", data / "run", "wave1", "--data-root", data).code == 0


def test_videos_without_any_poses_or_networks(dance, tmp_path: Path, write_video):
    rows = ["path,label,split"]
    for number, action in enumerate(["wave", "kick"] * 2):
        write_video(tmp_path / f"{number}.mp4", performance(action, 6, seed=number))
        rows.append(f"{number}.mp4,{action},{'test' if number > 1 else 'train'}")
    (tmp_path / "clips.csv").write_text("\n".join(rows) + "\n")
    (tmp_path / "settings.toml").write_text('name = "x"\ndata.clips.path = "clips.csv"\n')
    assert dance("check", *arguments(tmp_path)).out == "4 clips of 2 classes: nothing wrong\n"
    shutil.copy(tmp_path / "0.mp4", tmp_path / "2.mp4")
    (tmp_path / "3.mp4").write_bytes(b"")
    said = dance("check", *arguments(tmp_path)).out
    assert re.search(r"\n  2 +the same video as the train clip 0 +remove one of them\n", said)
    assert re.search(r"\n  3 +expected a video, got an empty file +copy or export it again\n", said)
