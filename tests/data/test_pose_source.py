"""Which poses are of which clips: by id, by the name of the video, and of which part of it."""

from __future__ import annotations

import json

import numpy as np
import pytest

from dance_xai.data.pose_files.clip_names import ClipNames, plain_name
from dance_xai.data.pose_source import PosesSource, read_tracks
from dance_xai.data.video import scan_video
from dance_xai.errors import DataError
from dance_xai.types import Clip

FPS = 25.0


def save_npz(path, fps=FPS, **lengths):
    """Poses whose first joint stands at x = number of the frame."""
    xy = np.concatenate([np.ones((n, 13, 2)) * np.arange(n)[:, None, None] for n in lengths.values()])
    rate = {} if fps is None else {"fps": fps}
    np.savez(path, ids=np.array(list(lengths)), lengths=np.array(list(lengths.values())), xy_px=xy, **rate)
    return PosesSource(path, "penn_13")


def frames_of(track):
    return track.xy[:, 0, 0].tolist()


def coco(*frames):
    keypoints = np.tile([3.0, 4.0, 1.0], 17).tolist()
    return [{"image_id": frame, "keypoints": keypoints, "score": 0.9} for frame in frames]


def save(path, document):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("name", "plain"),
    [("a.mp4", "a"), ("x/y/a.AVI", "a"), ("x\\a.mov", "a"), ("results_a", "a"), ("v1.5", "v1.5"), ("a", "a")],
)
def test_names_without_what_is_not_of_the_video(name, plain):
    assert plain_name(name) == plain


def test_a_folder_of_classes_and_a_folder_of_pose_files(tmp_path):
    clips = [Clip(f"train/{c}/{c}_{n}", path=tmp_path / f"train/{c}/{c}_{n}.mp4") for c in "ab" for n in range(2)]
    for clip in clips:
        save(tmp_path / "poses" / f"{clip.path.stem}.json", coco(0, 1, 2))
    found = read_tracks(PosesSource(tmp_path / "poses"), tmp_path, clips)
    assert [track.clip for track in found] == [clip.id for clip in clips]


@pytest.mark.parametrize("name", ["results_clip1.json", "clip1.json"])
def test_what_the_demos_of_mmpose_write(tmp_path, name):
    person = {"keypoints": [[1.0, 2.0]] * 17, "keypoint_scores": [0.5] * 17}
    save(tmp_path / "poses" / name, {"instance_info": [{"frame_id": 1, "instances": [person]}]})
    save(tmp_path / "poses" / "results_other.json", "not read")
    (track,) = read_tracks(PosesSource(tmp_path / "poses", format="mmpose_json"), tmp_path, [Clip("clip1")])
    assert track.clip == "clip1"


def test_videos_of_coco_by_file_name(tmp_path):
    document = {
        "videos": [{"id": 1, "name": "videos/clip1.mp4"}],
        "images": [{"id": 1, "video_id": 1, "frame_id": 0}],
        "annotations": [coco(1)[0]],
    }
    source = PosesSource(save(tmp_path / "x.json", document))
    (track,) = read_tracks(source, tmp_path, [Clip("train/a/clip1", path=tmp_path / "clip1.mp4")])
    assert track.clip == "train/a/clip1"


def test_alphapose_writes_a_folder_per_clip(tmp_path):
    for clip in ("a", "b"):
        save(tmp_path / "poses" / clip / "alphapose-results.json", [{**item, "idx": 1} for item in coco(0, 1)])
    (tmp_path / "poses" / "a" / "vis").mkdir()
    found = read_tracks(PosesSource(tmp_path / "poses"), tmp_path, [Clip("b"), Clip("a")])
    assert [track.clip for track in found] == ["b", "a"]


def test_a_broken_file_of_alphapose_costs_its_clip_only(tmp_path):
    save(tmp_path / "poses" / "a" / "alphapose-results.json", coco(0))
    (tmp_path / "poses" / "b").mkdir()
    (tmp_path / "poses" / "b" / "alphapose-results.json").write_text("{")
    lost = {}
    found = read_tracks(PosesSource(tmp_path / "poses"), tmp_path, [Clip("a"), Clip("b")], None, lost.setdefault)
    assert [track.clip for track in found] == ["a"] and list(lost) == ["b"]


def test_an_id_goes_before_the_name_of_a_video(tmp_path):
    source = save_npz(tmp_path / "p.npz", one=3, two=5)
    clips = [Clip("one", path=tmp_path / "two.mp4"), Clip("x/two", path=tmp_path / "b" / "other.mp4")]
    assert [len(track.xy) for track in read_tracks(source, tmp_path, clips)] == [3]


def test_videos_called_alike_are_not_told_by_name(tmp_path):
    source = save_npz(tmp_path / "p.npz", **{"001": 3, "b/001": 4})
    clips = [Clip(f"{c}/001", path=tmp_path / c / "001.mp4") for c in "ab"]
    assert [track.clip for track in read_tracks(source, tmp_path, clips)] == ["b/001"]
    assert "001" not in ClipNames(clips)


def test_two_sets_of_poses_for_one_clip(tmp_path):
    source = save_npz(tmp_path / "p.npz", **{"a.mp4": 3, "results_a": 4})
    with pytest.raises(DataError, match=r"expected one set of poses of clip 'a', got 'a.mp4', 'results_a'; keep one"):
        read_tracks(source, tmp_path, [Clip("a")])


def test_poses_of_no_clip_show_both_sides(tmp_path):
    source = save_npz(tmp_path / "p.npz", **{f"p{n}": 2 for n in range(5)})
    with pytest.raises(DataError) as caught:
        read_tracks(source, tmp_path, [Clip(f"c{n}") for n in range(4)])
    assert "got none of 4: the clips are called 'c0', 'c1', 'c2' and 1 more, the poses 'p0', 'p1', 'p2' and 2 more" in (
        str(caught.value)
    )


@pytest.mark.parametrize("fps", [FPS, None])
@pytest.mark.parametrize(("start", "end"), [(0.2, 0.6), (0.5, None), (None, 0.3), (0.21, 0.59), (0.0, 99.0)])
def test_parts_of_a_video_have_the_frames_that_its_video_has(tmp_path, write_video, numbered_frames, fps, start, end):
    path = write_video(tmp_path / "v.mp4", numbered_frames(20), fps=25)
    source = save_npz(tmp_path / "p.npz", fps, v=20)
    clip = Clip("v@part", path=path, start=start, end=end)
    video = scan_video(path, start=start, end=end)
    (track,) = read_tracks(source, tmp_path, [clip])
    first = video.timeline.first
    assert frames_of(track) == list(range(first, first + len(video.timeline.times)))
    assert (track.clip, track.fps, len(track.confidence), len(track.present)) == (
        "v@part", FPS, len(track.xy), len(track.xy),
    )  # fmt: skip


def test_several_parts_of_one_video(tmp_path):
    source = save_npz(tmp_path / "p.npz", v=20, w=10)
    clips = [Clip(f"v@{n}", path=tmp_path / "v.mp4", start=0.2 * n, end=0.2 * (n + 1)) for n in range(4)]
    found = read_tracks(source, tmp_path, [*clips, Clip("w")])
    assert [frames_of(track) for track in found] == [list(range(5 * n, 5 * n + 5)) for n in range(4)] + [[*range(10)]]


def test_a_part_that_has_the_name_of_its_video_leaves_the_others_theirs(tmp_path):
    clips = [Clip(name, path=tmp_path / "v.mp4", start=start) for name, start in (("v", 0.4), ("second", 0.6))]
    found = read_tracks(save_npz(tmp_path / "p.npz", v=20), tmp_path, clips)
    assert [frames_of(track)[0] for track in found] == [10, 15]


def test_poses_under_the_id_of_a_part_are_its_own(tmp_path):
    clip = Clip("jump", path=tmp_path / "v.mp4", start=0.4, end=0.8)
    assert frames_of(read_tracks(save_npz(tmp_path / "p.npz", jump=10), tmp_path, [clip])[0]) == list(range(10))
    lost = {}
    with pytest.raises(DataError, match="expected poses of 10 frames, as long as the clip, got 40"):
        read_tracks(save_npz(tmp_path / "p.npz", jump=40), tmp_path, [clip])
    source = save_npz(tmp_path / "p.npz", jump=40, w=4)
    assert [track.clip for track in read_tracks(source, tmp_path, [clip, Clip("w")], None, lost.setdefault)] == ["w"]
    assert list(lost) == ["jump"]


@pytest.mark.parametrize("fps", [FPS, None])
def test_poses_as_long_as_a_part_that_end_before_it_are_its_own(tmp_path, write_video, numbered_frames, fps):
    clip = Clip("v", path=write_video(tmp_path / "v.mp4", numbered_frames(20), fps=25), start=0.4, end=0.8)
    assert frames_of(read_tracks(save_npz(tmp_path / "p.npz", fps, v=10), tmp_path, [clip])[0]) == list(range(10))
    assert frames_of(read_tracks(save_npz(tmp_path / "p.npz", fps, v=20), tmp_path, [clip])[0]) == list(range(10, 20))
    with pytest.raises(DataError, match=r"expected poses of the whole video, got 5 frames that end before 0.4 s"):
        read_tracks(save_npz(tmp_path / "p.npz", fps, v=5), tmp_path, [clip])


def test_a_part_needs_a_rate(tmp_path):
    source = save_npz(tmp_path / "p.npz", None, v=20)
    with pytest.raises(DataError, match=r"expected a frame rate to cut the poses .* set data.poses.fps"):
        read_tracks(source, tmp_path, [Clip("v", path=tmp_path / "v.mp4", start=0.2)])
