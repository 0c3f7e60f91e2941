"""A data set probed before a fit, and what a fit does with the pose files that the check complains of."""

from __future__ import annotations

import json
import re
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
from dance_xai.workflows.probing import Problem

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


def fault(config: Config, folder: Path) -> str:
    """The one thing that keeps all of it from being fitted."""
    (said,) = check_data(config, folder).faults
    assert "expected" in said and "\n" not in said
    return said


def test_when_all_are_broken_the_first_reason_is_the_fault(tmp_path: Path):
    (tmp_path / "poses").mkdir()
    for clip in GOOD:
        (tmp_path / "poses" / f"{clip}.json").write_text("{")
    write_clips(tmp_path)
    with pytest.raises(DataError, match=r"jump0.json: expected JSON"):
        read_dataset(settings("mmpose_json").data, tmp_path, main_rows)
    for kind in ("mmpose_json", "auto"):
        assert "jump0.json: expected JSON" in fault(settings(kind, features=["kinematics"]), tmp_path)


def test_a_broken_file_that_may_hold_several_clips_is_a_fault(tmp_path: Path):
    (tmp_path / "poses").mkdir()
    for seed, clip in enumerate(GOOD):
        alphapose(tmp_path / "poses", clip, walk(17, seed))
    (tmp_path / "poses" / "part2.json").write_text("[")
    write_clips(tmp_path)
    assert "part2.json: expected JSON" in fault(settings("alphapose", features=["kinematics"]), tmp_path)


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
    extract = {"features": ["kinematics"]}
    tree = {"name": "x", "data": {"clips": {"path": "clips.csv"}, "poses": poses}, "extract": extract}
    config = parse_config(tree, "settings")
    with pytest.raises(DanceError) as caught:
        read_dataset(config.data, tmp_path, main_rows)
    assert name in str(caught.value) and fault(config, tmp_path) == str(caught.value)


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


def problems_of(folder: Path) -> dict[str, Problem]:
    config = parse_config({"name": "x", "data": {"clips": {"path": "clips.csv"}}}, "s")
    return {problem.clip: problem for problem in check_data(config, folder).problems}


def overwrite(video: Path, first: float, last: float = 1.0) -> None:
    """Damage the pictures of an MP4 file from and to a share of them."""
    content = bytearray(video.read_bytes())
    begin = content.index(b"mdat") + 4
    length = int.from_bytes(content[begin - 8 : begin - 4], "big") - 8
    low, high = (begin + int(share * length) for share in (first, last))
    content[low:high] = bytes(255 for _ in range(high - low))
    video.write_bytes(bytes(content))


def test_frames_that_are_lost_are_a_problem_wherever_they_are(tmp_path: Path, write_video):
    """Key frames every five frames, so that damage stays where it is."""
    rows = ["path,label,split"]
    for number, (first, last) in enumerate([(0, 0), (0.7, 1), (0, 0.15), (0.45, 0.55), (0, 0)]):
        film = [frame for seed in range(3) for frame in performance("wave", 20, seed=seed)]
        video = write_video(tmp_path / f"{number}.mp4", film, fps=10, options={"g": "5", "bf": "0"})
        if last:
            overwrite(video, first, last)
        rows.append(f"{number}.mp4,{('run', 'walk')[number % 2]},train")
    (tmp_path / "clips.csv").write_text("\n".join(rows) + "\n")
    found = problems_of(tmp_path)
    assert set(found) == {"1", "2", "3"} and not any(problem.left_out for problem in found.values())
    ends = {"1": ", the last second among them", "2": ", the first second among them", "3": ""}
    for clip, end in ends.items():
        assert re.fullmatch(rf"expected 60 frames, got \d+ that cannot be decoded{end}", found[clip].what)


def test_an_end_beyond_the_video_is_a_problem_and_rounding_is_none(filmed: Path):
    rows = (filmed / "clips.csv").read_text().splitlines()
    ends = ("start,end", ",5000", "0.2,0.45", ",0.33", "0.1,0.6", "0.1,", ",")
    text = [f"{row},{end}" for row, end in zip(rows, ends, strict=True)]
    (filmed / "clips.csv").write_text("\n".join(text) + "\n")
    found = problems_of(filmed)
    assert {clip: problem.what for clip, problem in found.items()} == {
        "v0": "expected a video of 5000 s at least, as its end says, got one of 0.32 s",
        "v1": "expected a video of 0.45 s at least, as its end says, got one of 0.32 s",
        "v3": "expected a video of 0.6 s at least, as its end says, got one of 0.30 s",
    }


def test_a_video_that_is_not_there_is_shown_with_its_path(filmed: Path):
    (filmed / "2.mp4").unlink()
    (problem,) = problems_of(filmed).values()
    assert problem.clip == "v2" and problem.what == "expected a video file, found nothing there"
    assert str(filmed / "2.mp4") in problem.advice
    for video in filmed.glob("*.mp4"):
        video.unlink()
    tree = {"name": "x", "data": {"clips": {"path": "clips.csv"}}, "extract": {"poses": "planted"}}
    config = parse_config(tree | {"activations": "grounded"}, "s")
    said = f"found none of 6 ({filmed / '0.mp4'}); set data.clips.videos to the folder that the paths"
    assert any(said in line for line in check_data(config, filmed).faults)
    with pytest.raises(DataError, match=r"set data\.clips\.videos"):
        Extractor(config.extract, filmed)(read_dataset(config.data, filmed, main_rows))


def test_clips_that_the_features_lack_are_problems(filmed: Path):
    np.savez(filmed / "f.npz", ids=np.array(["v1", "v2", "v3", "v4"]), f=np.eye(4))
    data = {"clips": {"path": "clips.csv"}, "features": {"path": "f.npz", "array": "f"}, "poses": {"path": "poses"}}
    config = parse_config({"name": "x", "data": data}, "s")
    found = check_data(config, filmed)
    lack = "expected a backbone feature, got none in data.features"
    assert [(problem.clip, problem.what) for problem in found.problems] == [("v0", lack), ("v5", lack)]
    assert [line[:55] for line in found.faults] == ["clips: expected at least 2 train clips of every class t"]


def test_every_model_that_is_missing_is_named(filmed: Path):
    wanted = {"poses": "no.onnx", "features": ["kinematics", "nor.onnx"], "encoder": "neither.onnx"}
    config = parse_config({"name": "x", "data": {"clips": {"path": "clips.csv"}}, "extract": wanted}, "s")
    said = check_data(config, filmed).faults
    expected = [("extract.poses", "no"), ("extract.features", "nor"), ("extract.encoder", "neither")]
    for line, (key, name) in zip(said, expected, strict=True):
        assert line.startswith(f"{key}: {name}.onnx: expected the path of a model")


def test_one_video_with_two_labels(filmed: Path):
    shutil.copy(filmed / "0.mp4", filmed / "3.mp4")  # train, of the other class
    shutil.copy(filmed / "0.mp4", filmed / "5.mp4")  # test, of the other class
    what = "the same video as the train clip v0, labelled 'run' there and 'walk' here"
    problems = check_data(settings(), filmed).problems
    assert [(problem.clip, problem.what) for problem in problems] == [("v3", what), ("v5", what)]
    assert {problem.advice for problem in problems} == {"keep the one with the right label"}


def test_one_video_with_two_labels_among_test_clips(filmed: Path):
    shutil.copy(filmed / "4.mp4", filmed / "5.mp4")
    (problem,) = check_data(settings(), filmed).problems
    assert problem.what == "the same video as the test clip v4, labelled 'run' there and 'walk' here"
