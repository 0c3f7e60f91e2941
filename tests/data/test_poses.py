from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.io import savemat

from dance_xai.data.poses import read_penn_clip, read_penn_folder, read_penn_mat, read_pose_npz
from dance_xai.data.skeletons import COCO_17, KINECT_20, PENN_13
from dance_xai.errors import DataError, ShapeError


def arrays(**changes: Any) -> dict[str, Any]:
    """Two clips of 3 and 2 frames; the second frame of the second clip shows nobody."""
    xy = np.random.default_rng(0).uniform(0, 100, (5, 13, 2)).astype(np.float32)
    visible = np.ones((5, 13), np.uint8)
    visible[4] = 0
    visible[0, 3] = 0
    given = {"ids": np.array(["a", "b"]), "lengths": np.array([3, 2]), "xy_px": xy, "visible": visible} | changes
    return {name: array for name, array in given.items() if array is not None}


def saved(tmp_path: Path, **changes: Any) -> Path:
    path = tmp_path / "poses.npz"
    np.savez(path, **arrays(**changes))
    return path


def test_tracks_are_cut_at_the_lengths_and_absence_is_kept(tmp_path: Path) -> None:
    sizes, given = np.array([[240, 320], [480, 640]]), arrays()
    a, b = read_pose_npz(saved(tmp_path, height_width=sizes, fps=np.array([25.0, np.nan])), skeleton=PENN_13)
    np.testing.assert_array_equal(a.xy, given["xy_px"][:3])
    np.testing.assert_array_equal(b.xy, given["xy_px"][3:])
    assert (a.confidence[0, 3], a.confidence[0, 2]) == (0, 1)
    assert (a.present.tolist(), b.present.tolist()) == ([True] * 3, [True, False])
    assert (a.fps, b.fps, a.height_width, b.height_width) == (25.0, None, (240, 320), (480, 640))


def test_tracks_are_views_in_the_order_asked_for(tmp_path: Path) -> None:
    b, a = read_pose_npz(saved(tmp_path), skeleton=PENN_13, ids=["b", "a"])
    assert (a.clip, b.clip, len(a.xy), len(b.xy)) == ("a", "b", 3, 2)
    assert b.xy.base is not None
    assert a.xy.base is b.xy.base
    assert a.confidence.base is b.confidence.base


def test_confidence_is_taken_before_visible_and_without_either_all_joints_count(tmp_path: Path) -> None:
    confidence = np.full((5, 13), 0.5)
    track = read_pose_npz(saved(tmp_path, confidence=confidence, fps=np.array(30)), skeleton=PENN_13)[1]
    assert (set(track.confidence.ravel().tolist()), track.fps) == ({0.5}, 30.0)
    assert read_pose_npz(saved(tmp_path, visible=None), skeleton=PENN_13)[1].present.all()


def test_joints_that_are_not_finite_are_not_seen_and_those_outside_the_frame_are(tmp_path: Path) -> None:
    xy = arrays()["xy_px"]
    xy[1, 2, 0], xy[3], xy[0, 0] = np.nan, np.inf, (-50, 9999)
    a, b = read_pose_npz(saved(tmp_path, xy_px=xy), skeleton=PENN_13)
    assert (a.confidence[1, 2], a.confidence[0, 0]) == (0, 1)
    assert a.xy[0, 0].tolist() == [-50, 9999]
    assert b.present.tolist() == [False, False]
    assert np.isfinite(a.xy).all()
    assert np.isfinite(b.xy).all()


@settings(max_examples=40, deadline=None)
@given(
    lengths=st.lists(st.integers(1, 4), min_size=1, max_size=5),
    data=st.data(),
)
def test_any_file_gives_back_its_frames(
    tmp_path_factory: pytest.TempPathFactory, lengths: list[int], data: st.DataObject
) -> None:
    frames = sum(lengths)
    xy = data.draw(hnp.arrays(np.float32, (frames, 13, 2), elements=st.floats(-1e4, 1e4, width=32) | st.just(np.nan)))
    confidence = data.draw(hnp.arrays(np.float32, (frames, 13), elements=st.floats(0, 1, width=32) | st.just(np.nan)))
    path = tmp_path_factory.mktemp("poses") / "p.npz"
    ids = np.array([str(i) for i in range(len(lengths))])
    np.savez(path, ids=ids, lengths=np.array(lengths), xy_px=xy, confidence=confidence)
    tracks = read_pose_npz(path, skeleton=PENN_13)
    assert [len(track.xy) for track in tracks] == lengths
    seen = np.isfinite(xy).all(-1) & (np.nan_to_num(confidence) > 0)
    np.testing.assert_array_equal(np.concatenate([t.confidence for t in tracks]) > 0, seen)
    np.testing.assert_array_equal(np.concatenate([t.xy for t in tracks])[seen], xy[seen])
    np.testing.assert_array_equal(np.concatenate([t.present for t in tracks]), seen.any(1))


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"lengths": np.array([3, 3])}, DataError, r"expected 6 frames, as the file states, got 5"),
        ({"lengths": np.array([5, 0])}, DataError, r"at least one frame per clip, got 0"),
        ({"lengths": np.array([3, 1, 1])}, ShapeError, r"expected 2 whole numbers, got shape \(3,\)"),
        ({"lengths": np.array([3.0, 2.0])}, ShapeError, r"whole numbers, got shape \(2,\) of float64"),
        ({"lengths": None}, DataError, r"expected the array lengths, got ids, xy_px, visible"),
        ({"ids": np.array(["a", "a"])}, DataError, r"'ids': expected unique ids"),
        ({"ids": np.array([1, 2])}, DataError, r"'ids': expected a list of strings"),
        ({"xy_px": np.zeros((5, 17, 2))}, ShapeError, r"\(F, 13, 2\) for skeleton penn_13, got shape \(5, 17, 2\)"),
        ({"xy_px": np.zeros((5, 13, 3))}, ShapeError, r"\(F, 13, 2\)"),
        ({"xy_px": np.full((5, 13, 2), "x")}, ShapeError, r"expected numbers"),
        ({"visible": np.ones((5, 12))}, ShapeError, r"'visible': expected numbers of shape \(5, 13\)"),
        ({"confidence": np.full((5, 13), 80.0)}, DataError, r"'confidence': expected values in 0..1, got 80..80"),
        ({"confidence": np.full((5, 13), np.inf)}, DataError, r"values in 0..1, got inf..inf"),
        ({"height_width": np.ones((3, 2), int)}, ShapeError, r"'height_width': .* shape \(2, 2\)"),
        ({"height_width": np.zeros((2, 2), int)}, ShapeError, r"'height_width': expected positive"),
        ({"fps": np.ones(3)}, ShapeError, r"'fps': expected one number or 2"),
        ({"fps": np.array([25.0, 0.0])}, DataError, r"'fps': expected positive numbers or NaN, got 0"),
        ({"fps": np.array(np.inf)}, DataError, r"'fps': expected positive numbers or NaN, got inf"),
    ],
)
def test_bad_files_are_one_clear_line(tmp_path: Path, changes: Any, error: type, message: str) -> None:
    with pytest.raises(error, match=message) as caught:
        read_pose_npz(saved(tmp_path, **changes), skeleton=PENN_13)
    assert "\n" not in str(caught.value)


def test_missing_clips_and_truncated_files(tmp_path: Path) -> None:
    path = saved(tmp_path)
    with pytest.raises(DataError, match=r"expected poses of 3 clips, got none of 2 \(c, d\)"):
        read_pose_npz(path, skeleton=PENN_13, ids=["c", "a", "d"])
    path.write_bytes(path.read_bytes()[:500])
    with pytest.raises(DataError, match=r"truncated"):
        read_pose_npz(path, skeleton=PENN_13)


def test_metres_are_turned_to_right_down_away(tmp_path: Path) -> None:
    metres = np.random.default_rng(1).normal(size=(5, 13, 3)).astype(np.float32)
    metres[2, 3, 1] = np.nan
    path = saved(tmp_path, m=metres)
    a, b = read_pose_npz(path, skeleton=PENN_13, xyz_array="m", xyz_axes="x -y z")
    assert a.xyz is not None
    assert b.xyz is not None
    np.testing.assert_array_equal(b.xyz, metres[3:] * np.array([1, -1, 1], np.float32))
    assert a.xyz[2, 3, 1] == 0
    turned = read_pose_npz(path, skeleton=PENN_13, xyz_array="m", xyz_axes="-z x y")[1].xyz
    np.testing.assert_array_equal(turned, metres[3:][..., [2, 0, 1]] * np.array([-1, 1, 1], np.float32))
    for axes in ("x y", "x y y", "x +y z", ""):
        with pytest.raises(DataError, match=r"xyz_axes: expected x, y and z in some order"):
            read_pose_npz(path, skeleton=PENN_13, xyz_array="m", xyz_axes=axes)
    with pytest.raises(ShapeError, match=r"'m': expected numbers of shape \(5, 13, 3\), got \(5, 13, 2\)"):
        read_pose_npz(saved(tmp_path, m=metres[..., :2]), skeleton=PENN_13, xyz_array="m")


def mat(tmp_path: Path, **changes: Any) -> Path:
    grid = np.arange(26).reshape(2, 13)
    fields = {"x": grid, "y": grid * 2, "visibility": np.ones((2, 13), np.uint8), "dimensions": [[240, 320, 2]]}
    fields |= {"nframes": 2, "action": "bowl", "train": -1} | changes
    path = tmp_path / "0042.mat"
    savemat(path, {name: value for name, value in fields.items() if value is not None})
    return path


def test_a_label_file_gives_clip_and_track(tmp_path: Path) -> None:
    visibility = np.ones((2, 13), np.uint8)
    visibility[1] = 0
    clip, track = read_penn_clip(mat(tmp_path, visibility=visibility))
    assert (clip.id, clip.label, clip.split) == ("0042", "bowl", "test")
    assert (track.clip, track.fps, track.height_width) == ("0042", None, (240, 320))
    assert track.present.tolist() == [True, False]
    assert track.xy[1, 0].tolist() == [13, 26]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"visibility": None}, r"expected the key visibility of a Penn Action label file, got x, y, dimensions"),
        ({"nframes": 3}, r"expected 3 frames, as the file states, got 2"),
        ({"x": np.zeros((2, 17)), "y": np.zeros((2, 17))}, r"\(F, 13, 2\) for skeleton penn_13"),
        ({"x": np.zeros((3, 13))}, r"expected the arrays of a Penn Action label file"),
        ({"nframes": [[1, 2]]}, r"expected the arrays of a Penn Action label file"),
        ({"dimensions": 3}, r"expected the arrays of a Penn Action label file"),
        ({"visibility": np.ones((3, 13))}, r"'visibility': expected numbers of shape \(2, 13\)"),
    ],
)
def test_bad_label_files_are_one_clear_line(tmp_path: Path, changes: Any, message: str) -> None:
    with pytest.raises(DataError, match=message) as caught:
        read_penn_mat(mat(tmp_path, **changes))
    assert "\n" not in str(caught.value)


def test_unreadable_label_files(tmp_path: Path) -> None:
    path = mat(tmp_path)
    content = path.read_bytes()
    for damaged in (content[: len(content) // 2], b"", b"not a mat file at all", b"\x89HDF\r\n\x1a\n" * 40):
        path.write_bytes(damaged)
        with pytest.raises(DataError, match=r"0042.mat: expected"):
            read_penn_mat(path)
    with pytest.raises(DataError, match=r"found nothing there"):
        read_penn_mat(tmp_path / "none.mat")
    with pytest.raises(DataError, match=r"expected a folder with .mat files, found none"):
        read_penn_folder(tmp_path / "none")


def test_label_files_agree_with_the_npz(shared: Path) -> None:
    pairs = read_penn_folder(shared / "penn_action" / "labels_sample")
    path = shared / "penn_action" / "keypoints.npz"
    tracks = read_pose_npz(path, skeleton=PENN_13, ids=[clip.id for clip, _ in pairs])
    with np.load(path) as file:
        row = {clip: i for i, clip in enumerate(file["ids"].tolist())}
        action, train = file["action"], file["official_train"]
    assert len(pairs) == 7
    for (clip, one), other in zip(pairs, tracks, strict=True):
        np.testing.assert_array_equal(one.xy, other.xy)
        np.testing.assert_array_equal(one.confidence, other.confidence)
        np.testing.assert_array_equal(one.present, other.present)
        assert (one.clip, one.height_width, one.fps) == (other.clip, other.height_width, other.fps)
        assert clip.label == action[row[clip.id]]
        assert clip.split == ("train" if train[row[clip.id]] == 1 else "test")


def test_the_real_data_sets(shared: Path) -> None:
    penn = read_pose_npz(shared / "penn_action" / "keypoints.npz", skeleton=PENN_13)
    assert (len(penn), sum(len(track.xy) for track in penn)) == (2326, 163841)
    hidden = np.mean(np.concatenate([track.confidence.ravel() for track in penn]) == 0)
    assert 0.2 < hidden < 0.24
    utd = read_pose_npz(
        shared / "utd_mhad" / "skeletons.npz", skeleton=KINECT_20, id_array="names", xy_array="joints_uv_px"
    )
    assert (len(utd), sum(len(track.xy) for track in utd)) == (861, 58299)
    with pytest.raises(ShapeError, match=r"skeleton coco_17"):
        read_pose_npz(shared / "penn_action" / "keypoints.npz", skeleton=COCO_17)


def test_real_metres_fall_on_the_real_pixels(shared: Path) -> None:
    path = shared / "utd_mhad" / "skeletons.npz"
    names = {"id_array": "names", "xy_array": "joints_uv_px", "xyz_array": "joints_xyz_m", "xyz_axes": "x -y z"}
    track = read_pose_npz(path, skeleton=KINECT_20, **names)[7]
    assert track.xyz is not None
    for axis in (0, 1):
        away = track.xyz[..., axis] / track.xyz[..., 2]
        slope, centre = np.polyfit(away.ravel(), track.xy[..., axis].ravel(), 1)
        assert slope == pytest.approx(285.63, abs=0.5)
        assert centre == pytest.approx((160, 120)[axis], abs=0.5)
