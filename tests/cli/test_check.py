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
    for more in ((), ("--strict",), ("--set", "activations=grounded", "--set", "extract.features=[]")):
        said = dance("check", *arguments(data), *more)
        assert (said.code, said.out) == (0, "18 clips of 3 classes: nothing wrong\n")
    tree = json.loads(dance("check", *arguments(data), "--json").out)
    assert tree == {"clips": 18, "classes": 3, "bad": 0, "faults": [], "problems": [], "left_out": {}}


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
    assert lines[4:] == ["", "A fit leaves out clips that it cannot use, with the reason, and counts them."]


def test_the_same_of_many_clips_is_shown_some_times_and_counted(dance, data: Path, monkeypatch):
    monkeypatch.setattr("dance_xai.cli.check.ALIKE", 10)
    for path in sorted((data / "poses").glob("*.npy"))[:13]:
        path.unlink()
    (data / "poses" / "wave5.npy").write_bytes(b"")
    lines = dance("check", *arguments(data)).out.splitlines()
    assert sum("expected poses, got none in data.poses  " in line for line in lines) == 10
    assert "  and 3 more with: expected poses, got none in data.poses (--json lists all)" in lines
    assert any(line.startswith("  wave5") for line in lines)


def test_as_json(dance, data: Path):
    (data / "poses" / "wave1.npy").unlink()
    said = dance("check", *arguments(data), "--json")
    tree = json.loads(said.out)
    problem = {
        "clip": "wave1",
        "what": "expected poses, got none in data.poses",
        "advice": tree["problems"][0]["advice"],
        "left_out": True,
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
    assert said.code == 0 and len(re.findall(r"expected one of the 2 classes of .*, got 'kick'", said.out)) == 6


def test_every_bad_row_is_a_line(dance, data: Path):
    """What a person mends in one go: one empty label, one unknown split, one end before the start, a row cut short."""
    lines = (data / "clips.csv").read_text().splitlines()
    assert lines[2] == "wave1,wave,train" and lines[14].startswith("kick")
    rows = [f"{line},," for line in lines]
    rows[0], rows[2] = "clip,label,split,start,end", "wave1,,train,,"
    rows[3], rows[8], rows[14] = "wave2,wave,learn,,", f"{lines[8]},3,1", "kick1"
    (data / "clips.csv").write_text("\n".join(rows) + "\n")
    said = dance("check", *arguments(data))
    assert said.code == 0 and said.out.startswith("18 clips of 3 classes: 4 with a problem\n")
    for line, clue in ((3, "'label', got none"), (4, "'learn'"), (9, "after the start"), (15, "in the header, got 1")):
        assert re.search(rf"\n  clips.csv: line {line} +expected .*{clue}", said.out)
    fitted = dance("fit", *arguments(data), "--out", data / "run")
    assert fitted.code == 0, fitted.err
    items = [item for item in read_run(data / "run").json("drops")["items"] if item["stage"] == "rows"]
    assert [item["item"] for item in items] == [f"clips.csv: line {line}" for line in (3, 4, 9, 15)]
    assert "rows: expected a value in column 'label', got none" in fitted.out


FAULTS = {
    'data.features={path="no.npz",array="x"}': "data.features: .*no.npz: expected .*found nothing there",
    'data.video={path="no.npz",array="x"}': "data.video: .*no.npz: expected .*found nothing there",
    'data.objects={path="no.npz"}': "data.objects: .*no.npz: expected .*found nothing there",
    'data.scenes={path="no.npz"}': "data.scenes: .*no.npz: expected .*found nothing there",
    'data.key_frames="no.json"': "data.key_frames: .*no.json: expected .*found nothing there",
    'data.motion_labels="no.npz"': "data.motion_labels: .*no.npz: expected .*found nothing there",
    'data.phrases="no.toml"': "data.phrases: .*no.toml: expected .*found nothing there",
    "motion.clusters.n_clusters=[6]": r"motion.clusters.n_clusters: expected .*min_clusters = 10 to .* = 200, got 6",
    "motion.clusters.min_clusters=300": "motion.clusters.min_clusters: expected at most .*max_clusters = 200, got 300",
    "motion.clusters.n_clusters=[]": "motion.clusters.n_clusters: expected a number for 'kmeans', got none",
    "motion.stability_repeats=1": "motion.stability_repeats: expected 0, or at least 2",
    "motion.key_frames=given": "motion.key_frames: expected data.key_frames for 'given'",
    "motion.source=labels": "motion.source: expected data.motion_labels for 'labels'",
    "head.choose=lam": "head.lam: expected a number",
    "extract.features=[]": "activations: expected backbone features for 'predicted'.*extract.features",
    "extract.use_3d=true": r"extract.use_3d: expected 3D poses .* got 2D ones only of wave0",
    "data.poses=": r"extract.poses: expected poses, motion labels or phrases",
}


@pytest.mark.parametrize("setting", FAULTS)
def test_what_keeps_all_from_being_fitted_is_said_by_both_with_the_key(setting: str, dance, data: Path):
    if setting == "data.poses=":
        text = (data / "settings.toml").read_text()
        (data / "settings.toml").write_text(re.sub(r", poses = \{.*?\}", "", text).replace('["kinematics"]', "[]"))
        more: tuple[str, ...] = ()
    else:
        more = ("--set", setting)
    if "data.phrases" in setting or "data.objects" in setting or "data.scenes" in setting:
        np.savez(data / "v.npz", ids=np.array(["x"]), v=np.ones((1, 3)))
        more += ("--set", 'data.video={path="v.npz",array="v"}')
    if "data.phrases" in setting:
        np.savez(data / "o.npz", texts=np.array(["a ball"]), embeddings=np.ones((1, 3)))
        more += ("--set", 'data.objects={path="o.npz"}')
    said = dance("check", *arguments(data), *more)
    assert re.search(rf"\n  cannot be fitted  {FAULTS[setting]}", said.out), said.out
    assert re.match(f"dance: {FAULTS[setting]}", said.complaint) and not said.out.endswith("nothing wrong\n")
    complaint = dance("fit", *arguments(data), *more, "--out", data / "run").complaint
    assert re.match(f"dance: {FAULTS[setting]}", complaint), complaint


def test_all_faults_are_said_at_once(dance, data: Path):
    settings = ("motion.clusters.n_clusters=[6]", "motion.stability_repeats=1", "head.choose=lam", "extract.fps=10")
    said = dance("check", *arguments(data), *(part for setting in settings for part in ("--set", setting)))
    assert len(re.findall(r"\n  cannot be fitted  ", said.out)) == 3
    assert said.complaint.endswith("(2 more wrong, listed above)")
    assert len(json.loads(dance("check", *arguments(data), "--json", "--set", settings[0]).out)["faults"]) == 1


def test_a_class_that_loses_its_train_clips_is_a_fault_that_names_them(dance, data: Path):
    for number in range(4):
        (data / "poses" / f"wave{number}.npy").write_bytes(b"")
    for said in (dance("check", *arguments(data)), dance("fit", *arguments(data), "--out", data / "run")):
        assert re.search(
            r"got none of 'wave' after leaving out wave0, wave1, wave2 and 1 more \(poses: exp", said.complaint
        )
    for number in range(1, 4):
        np.save(data / "poses" / f"wave{number}.npy", landmarks("wave", number))
    for number in range(1, 4):
        (data / "poses" / f"squat{number}.npy").write_bytes(b"")
    for said in (dance("check", *arguments(data)), dance("fit", *arguments(data), "--out", data / "run")):
        assert "expected at least 2 train clips of every class to hold one out, got 1 of 'squat'" in said.complaint


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


def test_few_clips_are_fitted_with_all_defaults_and_what_was_lowered_is_said(dance, data: Path):
    text = (data / "settings.toml").read_text()
    (data / "settings.toml").write_text(text.partition("layers.folds")[0])
    assert dance("check", *arguments(data)).out == "18 clips of 3 classes: nothing wrong\n"
    said = dance("fit", *arguments(data), "--out", data / "run")
    assert said.code == 0, said.err
    assert re.search(r"left out +4  clusters: too many for \d+ different train windows; \d+ taken\n", said.out)
    assert "motion.min_clips = 8 is more than a third of the 12 train clips with windows; 4 taken" in said.out
    kept = [item for item in read_run(data / "run").json("drops")["items"] if item["stage"] == "clusters"]
    assert [item["item"] for item in kept] == ["motion.min_clips = 8", *(f"{n} clusters" for n in (40, 60, 80, 100))]


def test_videos_without_any_poses_or_networks(dance, tmp_path: Path, write_video):
    rows = ["path,label,split"]
    for number, action in enumerate(["wave", "kick"] * 2):
        write_video(tmp_path / f"{number}.mp4", performance(action, 6, seed=number))
        rows.append(f"{number}.mp4,{action},{'test' if number > 1 else 'train'}")
    (tmp_path / "clips.csv").write_text("\n".join(rows) + "\n")
    (tmp_path / "settings.toml").write_text('name = "x"\ndata.clips.path = "clips.csv"\n')
    good = dance("check", *arguments(tmp_path))
    assert good.out.startswith(
        "4 clips of 2 classes: nothing wrong with them\n  cannot be fitted  extract.poses: expec"
    )
    assert "expected at least 2 train clips" not in good.out  # concept layers need them, and there are none
    shutil.copy(tmp_path / "0.mp4", tmp_path / "2.mp4")
    (tmp_path / "3.mp4").write_bytes(b"")
    said = dance("check", *arguments(tmp_path)).out
    assert re.search(r"\n  2 +the same video as the train clip 0 +remove one of them\n", said)
    assert re.search(r"\n  3 +expected a video, got an empty file +copy or export it again\n", said)
