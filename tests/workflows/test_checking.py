"""A data set probed before a fit, and what a fit does with the pose files that the check complains of."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from scipy.io import savemat
from tests.suited import performance

from dance_xai.config import Config, parse_config
from dance_xai.data.dataset import Dataset, read_dataset
from dance_xai.errors import DanceError, DataError
from dance_xai.extract.extractor import NOBODY, Extractor
from dance_xai.motion.tracking import main_rows
from dance_xai.workflows.checking import Check, check_data

CLASSES = ("run", "walk", "jump")
GOOD = [f"{label}{number}" for label in CLASSES for number in range(3)]
FRAMES = 8


def walk(joints: int, seed: int = 0) -> np.ndarray:
    """(T, K, 2) pixels of somebody who moves."""
    rng = np.random.default_rng(seed)
    swing = np.sin(np.arange(FRAMES)[:, None, None] + rng.uniform(0, 6, (joints, 2)))
    return rng.uniform(40, 80, (joints, 2)) + 8 * swing


def as_json(path: Path, document: object) -> Path:
    path.write_text(json.dumps(document))
    return path


def openpose(folder: Path, clip: str, xy: np.ndarray) -> Path:
    (folder / clip).mkdir()
    for number, frame in enumerate(xy):
        joints = np.concatenate([frame, np.full((len(frame), 1), 0.9)], axis=1)
        people = [{"pose_keypoints_2d": joints.ravel().tolist()}]
        as_json(folder / clip / f"{clip}_{number:012d}_keypoints.json", {"version": 1.3, "people": people})
    return folder / clip / f"{clip}_{1:012d}_keypoints.json"


def alphapose(folder: Path, clip: str, xy: np.ndarray) -> Path:
    sure = np.full((*xy.shape[:2], 1), 0.9)
    rows = np.concatenate([xy, sure], axis=2).reshape(len(xy), -1)
    items = [
        {"image_id": f"{n:06d}.jpg", "keypoints": row.tolist(), "score": 2.0, "idx": 1} for n, row in enumerate(rows)
    ]
    return as_json(folder / f"{clip}.json", items)


def mmpose(folder: Path, clip: str, xy: np.ndarray) -> Path:
    people = [[{"keypoints": frame.tolist(), "keypoint_scores": [0.9] * len(frame), "bbox_score": 0.9}] for frame in xy]
    frames = [{"frame_id": number + 1, "instances": found} for number, found in enumerate(people)]
    return as_json(folder / f"{clip}.json", {"meta_info": {}, "instance_info": frames})


def mediapipe(folder: Path, clip: str, xy: np.ndarray) -> Path:
    path = folder / f"{clip}.npy"
    np.save(path, np.concatenate([xy / 128, np.ones_like(xy)], axis=2))
    return path


def ntu(folder: Path, clip: str, xy: np.ndarray) -> Path:
    lines = [str(len(xy))]
    for frame in xy:
        lines += ["1", "1 0 0 0 0 0 0 0 0 2", str(len(frame))]
        lines += [f"{x / 100} {y / 100} 3 0 0 {x} {y} 0 0 0 0 2" for x, y in frame]
    path = folder / f"{clip}.skeleton"
    path.write_text("\n".join(lines))
    return path


def penn(folder: Path, clip: str, xy: np.ndarray) -> Path:
    path = folder / f"{clip}.mat"
    about = {"dimensions": [[128, 128, FRAMES]], "nframes": FRAMES, "action": "run", "train": 1}
    savemat(path, {"x": xy[..., 0], "y": xy[..., 1], "visibility": np.ones(xy.shape[:2]), **about})
    return path


FORMATS: dict[str, tuple[Callable[[Path, str, np.ndarray], Path], int]] = {
    "openpose": (openpose, 25),
    "alphapose": (alphapose, 17),
    "mmpose_json": (mmpose, 17),
    "mediapipe": (mediapipe, 33),
    "ntu": (ntu, 25),
    "penn_mat": (penn, 13),
}
"""Formats with a file or folder per clip: how a clip is written, and its number of joints."""

DAMAGE: dict[str, Callable[[Path], object]] = {
    "a_empty": lambda path: path.write_bytes(b""),
    "b_words": lambda path: path.write_text("hello"),
    "c_other": lambda path: path.write_text('{"shapes": [], "people": 3, "instance_info": {"a": 1}}'),
    "d_cut": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
}
"""Names that come first, so that the first file of the folder is a broken one."""

ODD = ("joints", "nobody", "absent")
BAD = (*DAMAGE, *ODD)


def write_clips(folder: Path, extra: tuple[str, ...] = ()) -> None:
    rows = [f"{clip},{clip[:-1]},{'test' if clip.endswith('2') else 'train'}" for clip in GOOD]
    rows += [f"{clip},run,{'test' if number % 2 else 'train'}" for number, clip in enumerate(extra)]
    (folder / "clips.csv").write_text("\n".join(["clip,label,split", *rows]) + "\n")


def settings(kind: str = "auto", **extract: object) -> Config:
    poses = {"path": "poses", "fps": 25.0, "height_width": [128, 128], "format": kind}
    tree = {"name": "x", "data": {"clips": {"path": "clips.csv"}, "poses": poses}, "extract": extract}
    return parse_config(tree, "settings")


@pytest.fixture(scope="module", params=FORMATS)
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data set of pose files, nine of them good."""
    write, joints = FORMATS[request.param]
    root = tmp_path_factory.mktemp(request.param)
    (root / "poses").mkdir()
    for seed, clip in enumerate(GOOD):
        write(root / "poses", clip, walk(joints, seed))
    for name, damage in DAMAGE.items():
        damage(write(root / "poses", name, walk(joints)))
    write(root / "poses", "joints", walk(18 if request.param == "openpose" else joints - 1))
    write(root / "poses", "nobody", walk(joints) * np.nan)
    write_clips(root, BAD)
    return root


@pytest.fixture(scope="module")
def checked(folder: Path) -> Check:
    return check_data(settings(), folder)


@pytest.fixture(scope="module")
def seen(folder: Path) -> Dataset:
    """The data set as a fit sees it."""
    config = settings(features=["kinematics"])
    return Extractor(config.extract, folder)(read_dataset(config.data, folder, main_rows))


def test_each_broken_pose_file_is_one_problem(checked: Check, folder: Path):
    assert [problem.clip for problem in checked.problems] == list(BAD)
    assert (checked.clips, checked.classes, checked.bad) == (len(GOOD) + len(BAD), 3, len(BAD))
    for problem in checked.problems:
        assert problem.what and problem.advice and "\n" not in problem.what + problem.advice
        assert str(folder) not in problem.what


def test_each_broken_pose_file_costs_its_own_clip_only(seen: Dataset, folder: Path):
    assert list(seen.manifest.ids) == GOOD
    assert {track.clip for track in seen.tracks} == set(GOOD) and seen.features is not None
    reasons = {drop.item: drop.reason for drop in seen.manifest.drops}
    assert set(reasons) == set(BAD) and all(str(folder) not in reason for reason in reasons.values())
    assert reasons["nobody"] == reasons["absent"] == NOBODY
    assert all(reasons[clip].startswith("poses: expected ") for clip in (*DAMAGE, "joints"))


def test_good_clips_are_read_as_if_the_broken_ones_were_not_there(seen: Dataset, folder: Path, tmp_path: Path):
    shutil.copytree(folder, tmp_path / "clean")
    write_clips(tmp_path / "clean")
    for place in (tmp_path / "clean" / "poses").iterdir():
        if place.stem not in GOOD:
            shutil.rmtree(place) if place.is_dir() else place.unlink()
    config = settings(features=["kinematics"])
    clean = Extractor(config.extract, folder)(read_dataset(config.data, tmp_path / "clean", main_rows))
    assert clean.features is not None and seen.features is not None
    np.testing.assert_array_equal(clean.features.values, seen.features.values)


def test_when_all_are_broken_the_first_reason_is_the_error(tmp_path: Path):
    (tmp_path / "poses").mkdir()
    for clip in GOOD:
        (tmp_path / "poses" / f"{clip}.json").write_text("{")
    write_clips(tmp_path)
    for look in (lambda c: check_data(c, tmp_path), lambda c: read_dataset(c.data, tmp_path, main_rows)):
        with pytest.raises(DataError, match=r"jump0.json: expected JSON"):
            look(settings("mmpose_json"))
    with pytest.raises(DataError, match=r"jump0.json: expected JSON"):
        check_data(settings(), tmp_path)


def test_a_broken_file_that_may_hold_several_clips_is_an_error(tmp_path: Path):
    (tmp_path / "poses").mkdir()
    for seed, clip in enumerate(GOOD):
        alphapose(tmp_path / "poses", clip, walk(17, seed))
    (tmp_path / "poses" / "part2.json").write_text("[")
    write_clips(tmp_path)
    with pytest.raises(DataError, match=r"part2.json: expected JSON"):
        check_data(settings("alphapose"), tmp_path)


WHOLE: dict[str, tuple[str, Callable[[Path], object]]] = {
    "empty.npz": ("npz", lambda path: path.write_bytes(b"")),
    "words.npz": ("npz", lambda path: path.write_text("hello")),
    "empty.json": ("coco_json", lambda path: path.write_bytes(b"")),
    "list.json": ("coco_json", lambda path: path.write_text("[1, 2]")),
    "other.json": ("pyskl", lambda path: path.write_text('{"annotations": 3}')),
    "code.pkl": ("pyskl", lambda path: path.write_bytes(b"cos\nsystem\n(S'true'\ntR.")),
    "noise.pkl": ("pyskl", lambda path: path.write_bytes(bytes(range(256)))),
    "cut.json": ("alphapose", lambda path: path.write_bytes(alphapose(path.parent, "x", walk(17)).read_bytes()[:99])),
    "strangers.json": ("alphapose", lambda path: alphapose(path.parent, "strangers", walk(17))),
}


@pytest.mark.parametrize("name", WHOLE)
def test_a_broken_file_of_all_clips_is_one_error(name: str, tmp_path: Path):
    kind, make = WHOLE[name]
    make(tmp_path / name)
    write_clips(tmp_path)
    poses = {"path": name, "format": kind, "skeleton": "coco_17", "fps": 25.0}
    config = parse_config({"name": "x", "data": {"clips": {"path": "clips.csv"}, "poses": poses}}, "settings")
    for look in (lambda: check_data(config, tmp_path), lambda: read_dataset(config.data, tmp_path, main_rows)):
        with pytest.raises(DanceError) as caught:
            look()
        assert name in str(caught.value) and "expected" in str(caught.value) and "\n" not in str(caught.value)


@pytest.fixture
def filmed(tmp_path: Path, write_video) -> Path:
    """Six clips of two classes with videos and poses."""
    rows = ["clip,path,label,split"]
    (tmp_path / "poses").mkdir()
    for number in range(6):
        label, split = ("run", "walk")[number % 2], "test" if number > 3 else "train"
        write_video(tmp_path / f"{number}.mp4", performance("wave", FRAMES, seed=number))
        mmpose(tmp_path / "poses", f"v{number}", walk(17, number))
        rows.append(f"v{number},{number}.mp4,{label},{split}")
    (tmp_path / "clips.csv").write_text("\n".join(rows) + "\n")
    return tmp_path


def test_a_data_set_without_faults_has_none(filmed: Path):
    assert check_data(settings(), filmed).problems == ()
    told: list[tuple[int, int]] = []
    found = check_data(settings(poses=None), filmed, workers=3, progress=lambda *done: told.append(done))
    assert (found.clips, found.classes, found.problems, found.bad) == (6, 2, (), 0)
    assert told == [(number, 6) for number in range(1, 7)]


def test_copies_of_train_clips_among_test_clips(filmed: Path):
    shutil.copy(filmed / "1.mp4", filmed / "5.mp4")
    (problem,) = check_data(settings(), filmed).problems
    assert (problem.clip, problem.what) == ("v5", "the same video as the train clip v1")
    with (filmed / "clips.csv").open("a") as file:
        file.write("again,0.mp4,run,train\n")  # twice in one split is no leak
    mmpose(filmed / "poses", "again", walk(17))
    assert [problem.clip for problem in check_data(settings(), filmed).problems] == ["v5"]


def test_another_span_of_a_train_video_is_no_copy(filmed: Path):
    rows = (filmed / "clips.csv").read_text().replace("split", "split,start,end").replace("train", "train,,0.16")
    (filmed / "clips.csv").write_text(rows.replace("test", "test,0.16,").replace("5.mp4", "1.mp4"))
    for number, frames in enumerate([4] * 6):
        mmpose(filmed / "poses", f"v{number}", walk(17, number)[:frames])
    assert check_data(settings(), filmed).problems == ()


def test_poses_shorter_than_the_video(filmed: Path):
    mmpose(filmed / "poses", "v2", walk(17)[:5])
    mmpose(filmed / "poses", "v3", walk(17)[:7])
    (problem,) = check_data(settings(), filmed).problems
    assert (problem.clip, problem.what) == ("v2", "expected poses of 8 frames, as the video has, got 5")


def test_videos_that_are_nowhere_do_not_matter_to_poses(filmed: Path):
    for video in filmed.glob("*.mp4"):
        video.unlink()
    config = settings(features=["kinematics"])
    assert check_data(config, filmed).problems == ()
    assert len(Extractor(config.extract, filmed)(read_dataset(config.data, filmed, main_rows)).manifest.ids) == 6


def test_videos_that_tell_no_rate_because_there_are_none_cost_no_clip(filmed: Path):
    for video in filmed.glob("*.mp4"):
        video.unlink()
    poses = {"path": "poses"}
    config = parse_config({"name": "x", "data": {"clips": {"path": "clips.csv"}, "poses": poses}}, "settings")
    assert len(Extractor(config.extract, filmed)(read_dataset(config.data, filmed, main_rows)).manifest.ids) == 6


def test_a_clip_in_which_nobody_is_seen_may_be_kept(filmed: Path, write_video):
    write_video(filmed / "0.mp4", [np.zeros((64, 64, 3), np.uint8)] * FRAMES)
    tree = {"name": "x", "data": {"clips": {"path": "clips.csv"}}}
    dropping, keeping = (
        parse_config(tree | {"extract": {"poses": "planted", "nobody": nobody}}, "s") for nobody in ("drop", "keep")
    )
    (problem,) = check_data(dropping, filmed).problems
    assert (problem.clip, problem.what) == ("v0", "nobody found in 5 frames")
    assert check_data(keeping, filmed).problems == ()


def test_validation_clips_are_no_problem(filmed: Path):
    text = (filmed / "clips.csv").read_text().replace("v5,5.mp4,walk,test", "v5,5.mp4,walk,val")
    (filmed / "clips.csv").write_text(text)
    found = check_data(settings(), filmed)
    assert found.clips == 5 and not found.problems and [drop.item for drop in found.drops] == ["v5"]


def test_a_model_that_is_missing_is_found_before_any_video_is_opened(filmed: Path):
    for wanted in ({"poses": "no.onnx"}, {"features": ["no.onnx"]}, {"encoder": "no.onnx"}):
        with pytest.raises(DanceError, match=r"no.onnx: expected the path of a model"):
            check_data(
                parse_config({"name": "x", "data": {"clips": {"path": "clips.csv"}}, "extract": wanted}, "s"), filmed
            )
