"""Formats recognised, folders read, people chosen: pose files as the settings name them."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest
from scipy.io import savemat

from dance_xai.config import parse_config
from dance_xai.data.dataset import files_of
from dance_xai.data.layouts.source import ClipsSource
from dance_xai.data.pose_files.recognise import recognise
from dance_xai.data.pose_source import PosesSource, read_tracks
from dance_xai.data.sources import DataConfig
from dance_xai.errors import ConfigError, DataError, ShapeError
from dance_xai.motion.tracking import main_rows
from dance_xai.types import Clip

HERE = Path()


def clips(*ids):
    return [Clip(name) for name in ids]


def coco(joints, frames=(0, 1), **more):
    return [{"image_id": f, "keypoints": joints().ravel().tolist(), "score": 0.9, **more} for f in frames]


def mmpose(joints):
    table = joints()
    return [
        {"frame_id": 0, "instances": [{"keypoints": table[:, :2].tolist(), "keypoint_scores": table[:, 2].tolist()}]}
    ]


def openpose(joints, k=25):
    return {"people": [{"pose_keypoints_2d": joints(k, start=9).ravel().tolist()}]}


def landmarks(joints):
    return [[{"x": 0.5, "y": 0.25, "visibility": 0.5}] * 33]


def test_every_format_is_recognised(save, tmp_path, joints):
    assert recognise(save("results.json", coco(joints))) == "coco_json"
    assert recognise(save("a.json", {"images": [], "annotations": []})) == "coco_json"
    assert recognise(save("b.json", coco(joints, idx=1))) == "alphapose"
    assert recognise(save("alphapose-results.json", coco(joints))) == "alphapose"
    assert recognise(save("c.json", mmpose(joints))) == "mmpose_json"
    assert recognise(save("d.json", {"meta_info": {}, "instance_info": []})) == "mmpose_json"
    assert recognise(save("e.json", mmpose(joints)[0]["instances"])) == "mmpose_json"
    assert recognise(save("f.json", {"split": {}, "annotations": []})) == "pyskl"
    assert recognise(save("g.json", landmarks(joints))) == "mediapipe"
    assert recognise(save("h.json", [None, {"pose_landmarks": []}])) == "mediapipe"
    assert recognise(save("i.json", {"frames": []})) == "mediapipe"
    assert recognise(save("ntu/x.skeleton", "0").parent) == "ntu"
    assert recognise(save("mp/x.csv", "a").parent) == "mediapipe"
    assert recognise(save("mm/x.json", mmpose(joints)).parent) == "mmpose_json"
    assert recognise(save("op/x_0_keypoints.json", openpose(joints)).parent) == "openpose"
    assert recognise(save("ops/clip/x_0_keypoints.json", openpose(joints)).parents[1]) == "openpose"
    for name, kind in (("x.npz", "npz"), ("x.mat", "penn_mat"), ("x.PKL", "pyskl"), ("x.npy", "mediapipe")):
        assert recognise(save(name, "")) == kind


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("x.txt", "", r"expected a pose file \(.npz, .mat, .* .json\), got .txt; set format"),
        ("x.json", {"shapes": [], "flags": {}}, r"expected JSON of COCO, .*, got shapes, flags; set format"),
        ("x.json", [], r"got \[\]; set format"),
        ("x.json", 3, r"got 3; set format"),
        ("x.json", "[", r"expected JSON, got"),
    ],
)
def test_what_is_not_recognised_is_described(save, name, content, message):
    with pytest.raises(DataError, match=message):
        recognise(save(name, content))


def test_folders_that_are_not_recognised(save, tmp_path):
    with pytest.raises(DataError, match="found nothing there"):
        recognise(tmp_path / "none")
    save("a/x.csv", "")
    with pytest.raises(DataError, match=r"pose files of one format, got .csv, .skeleton; set format"):
        recognise(save("a/y.skeleton", "").parent)
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match=r"pose files of one format, got none"):
        recognise(tmp_path / "empty")


def test_tracks_in_the_order_asked_for_with_what_the_settings_say(save, joints):
    for clip in ("walk", "run"):
        path = save(f"poses/{clip}.json", mmpose(joints))
    source = PosesSource(path.parent, fps=12.5, height_width=(240, 320), convert_to="penn_13")
    run, walk = read_tracks(source, HERE, clips("run", "walk"))
    assert (run.clip, walk.clip) == ("run", "walk")
    assert (run.fps, run.height_width, run.skeleton.name) == (12.5, (240, 320), "penn_13")
    np.testing.assert_array_equal(run.xy[0, 1], joints()[5, :2])


def test_files_of_other_clips_are_not_read(save, joints):
    save("poses/broken.json", "{")
    path = save("poses/run.json", mmpose(joints))
    source = PosesSource(path.parent, format="mmpose_json")
    assert [track.clip for track in read_tracks(source, HERE, clips("run", "nowhere"))] == ["run"]
    with pytest.raises(DataError, match=r"broken.json: expected JSON"):
        read_tracks(source, HERE, clips("run", "broken"))
    with pytest.raises(DataError, match=r"expected poses of the clips, got none of 1|expected JSON"):
        read_tracks(source, HERE, clips("nowhere"))


def test_folders_of_openpose_clips(save, joints):
    for clip, k in (("run", 25), ("walk", 25)):
        path = save(f"poses/{clip}/{clip}_000000000007_keypoints.json", openpose(joints, k))
    tracks = read_tracks(PosesSource(path.parents[1]), HERE, clips("walk", "run"))
    assert [track.clip for track in tracks] == ["walk", "run"]
    (alone,) = read_tracks(PosesSource(path.parent, convert_to="coco_17"), HERE, clips("walk"))
    np.testing.assert_array_equal(alone.xy[0, 0], joints(25, start=9)[0, :2])


def test_several_people_need_somebody_to_choose(save, joints):
    big, small = np.array([joints(start=0), joints(start=0) * [0.2, 0.2, 1]])
    items = [
        {"image_id": frame, "keypoints": (table + np.array([frame * move, 0, 0])).ravel().tolist(), "score": 0.9}
        for frame in range(6)
        for table, move in ((small, 0), (big, 2))
    ]
    source = PosesSource(save("run.json", items))
    with pytest.raises(DataError, match=r"expected one person per frame, got several in clip run; pass main_actor"):
        read_tracks(source, HERE, clips("run"))
    (track,) = read_tracks(source, HERE, clips("run"), main_rows)
    np.testing.assert_allclose(track.xy, [big[:, :2] + [frame * 2, 0] for frame in range(6)])


def test_who_is_alone_by_construction_is_not_tracked(tmp_path):
    keypoint = np.random.default_rng(0).uniform(0, 500, (1, 4, 17, 2))
    item = {"frame_dir": "a", "total_frames": 4, "keypoint": keypoint, "keypoint_score": np.full((1, 4, 17), 0.1)}
    path = tmp_path / "x.pkl"
    path.write_bytes(pickle.dumps({"annotations": [item]}))
    (track,) = read_tracks(PosesSource(path), HERE, clips("a"), main_rows)
    assert track.present.all()
    np.testing.assert_array_equal(track.xy, keypoint[0].astype(np.float32))


def test_metres_follow_the_main_actor(save):
    def body(move, z, frame):
        joints = [f"{0.1 * j} 0.2 {z} 0 0 {100 + 9 * j % 70 + move * frame} {50 + 7 * j} 0 0 0 0 2" for j in range(25)]
        return ["1 0 0 0 0 0 0 0 0 2", "25", *joints]

    lines = ["6"]
    for frame in range(6):
        lines += ["2", *body(0, 9, frame), *body(8, 3, frame)]
    (track,) = read_tracks(PosesSource(save("a.skeleton", "\n".join(lines))), HERE, clips("a"), main_rows)
    assert track.present.all()
    assert set(track.xyz[..., 2].ravel().tolist()) == {3.0}
    np.testing.assert_allclose(track.xyz[..., 1], -0.2, rtol=1e-6)


def test_npz_and_mat_as_before_and_what_they_need(tmp_path):
    arrays = {"ids": np.array(["a"]), "lengths": np.array([2]), "xy_px": np.ones((2, 13, 2)), "m": np.ones((2, 13, 3))}
    np.savez(tmp_path / "p.npz", **arrays)
    source = PosesSource(tmp_path / "p.npz", "penn_13", fps=30.0, xyz="m", xyz_axes="x -y z")
    (track,) = read_tracks(source, HERE, clips("a"))
    assert (track.fps, track.xyz[0, 0].tolist()) == (30.0, [1, -1, 1])
    with pytest.raises(DataError, match=r"expected a skeleton for an .npz file, got none; set skeleton"):
        read_tracks(PosesSource(tmp_path / "p.npz"), HERE, clips("a"))
    with pytest.raises(ShapeError, match="skeleton coco_17"):
        read_tracks(PosesSource(tmp_path / "p.npz", "coco_17"), HERE, clips("a"))
    fields = {"x": np.ones((2, 13)), "y": np.ones((2, 13)), "visibility": np.ones((2, 13)), "nframes": 2}
    savemat(tmp_path / "7.mat", fields | {"dimensions": [[240, 320, 2]], "action": "bowl", "train": 1})
    for skeleton in ("penn_13", None):
        assert read_tracks(PosesSource(tmp_path / "7.mat", skeleton), HERE, clips("7"))[0].height_width == (240, 320)
    with pytest.raises(DataError, match=r"expected skeleton 'penn_13' for .mat files, got 'coco_17'"):
        read_tracks(PosesSource(tmp_path / "7.mat", "coco_17"), HERE, clips("7"))


def test_settings_are_checked_and_old_ones_stay_valid():
    poses = {"path": "p.npz", "skeleton": "penn_13", "ids": "names", "lengths": "l", "xy": "uv"}
    tree = {"name": "x", "data": {"clips": {"path": "c.csv"}, "poses": poses}}
    assert parse_config(tree, "t").data.poses == PosesSource(Path("p.npz"), "penn_13", "names", "l", "uv")
    more = {"path": "p", "format": "openpose", "height_width": [240, 320], "fps": 29.97, "convert_to": "coco_17"}
    found = parse_config({**tree, "data": {**tree["data"], "poses": more}}, "t").data.poses
    assert (found.format, found.height_width, found.fps) == ("openpose", (240, 320), 29.97)
    for wrong in ({"format": "kinect"}, {"fps": 0}, {"height_width": [0, 5]}, {"height_width": 5}):
        with pytest.raises(ConfigError, match=r"data.poses."):
            parse_config({**tree, "data": {**tree["data"], "poses": {"path": "p", **wrong}}}, "t")


def test_files_of_a_folder_of_poses_are_listed(save, joints):
    path = save("poses/run/run_0_keypoints.json", openpose(joints))
    loud = save("poses/B.SKELETON", "0")
    save("poses/notes.txt", "")
    save("clips.csv", "clip,label,split\n")
    config = DataConfig(ClipsSource(Path("clips.csv")), poses=PosesSource(Path("poses")))
    assert {path, loud} <= set(files_of(config, path.parents[2]))
    assert not any(file.suffix == ".txt" for file in files_of(config, path.parents[2]))


def test_two_files_of_one_clip(save, joints):
    save("poses/a.json", coco(joints, video_id="x"))
    path = save("poses/b.json", coco(joints, video_id="x"))
    with pytest.raises(DataError, match=r"expected unique clips, got 1 of them repeated \(x\)"):
        read_tracks(PosesSource(path.parent), HERE, clips("x"))


def test_one_thousand_frames_of_nothing_are_all_absent(save):
    document = {"images": [{"id": i, "file_name": f"a/{i}.jpg"} for i in range(1000)], "annotations": []}
    (track,) = read_tracks(PosesSource(save("x.json", document)), HERE, clips("a"), main_rows)
    assert track.xy.shape == (1000, 17, 2)
    assert not track.present.any()
