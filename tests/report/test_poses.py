import base64

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dance_xai.data.skeletons import COCO_17, KINECT_20, PENN_13
from dance_xai.errors import ShapeError
from dance_xai.report.poses import UNSEEN, pack, pack_skeleton, pack_track, round_seconds, views


def unpack(packed):
    steps = np.frombuffer(base64.b64decode(packed["xy"]), dtype="<i2").reshape(packed["rows"], packed["joints"], 2)
    return steps


@given(st.integers(0, 1000), st.sampled_from([1e-3, 1.0, 700.0]))
def test_poses_survive_packing_to_half_a_step(seed, size):
    rng = np.random.default_rng(seed)
    poses, seen = rng.normal(size=(5, 3, 2)) * size, rng.random((5, 3)) < 0.7
    packed = pack(poses, seen)
    steps = unpack(packed)
    assert ((steps == UNSEEN).all(axis=2) == ~seen).all()
    assert np.abs(steps[seen] * packed["unit"] - poses[seen]).max(initial=0) <= packed["unit"] * 0.5000001
    assert packed["unit"] <= np.abs(poses).max() / 30_000


def test_what_is_not_a_number_is_not_drawn():
    poses, seen = np.zeros((2, 2, 2)), np.ones((2, 2), dtype=bool)
    poses[0, 1, 0] = np.nan
    assert (unpack(pack(poses, seen))[0, 1] == UNSEEN).all()
    with pytest.raises(ShapeError, match="seen"):
        pack(poses, seen[:1])


@pytest.mark.parametrize("skeleton", [PENN_13, COCO_17, KINECT_20])
def test_skeletons_know_their_sides(skeleton):
    packed = pack_skeleton(skeleton)
    names = [(skeleton.joints[a], skeleton.joints[b], side) for a, b, side in packed["bones"]]
    assert ("left_elbow", "left_wrist", "left") in names
    assert ("right_knee", "right_ankle", "right") in names
    assert all(side == "middle" for a, b, side in names if a.split("_")[0] != b.split("_")[0])
    assert skeleton.joints[packed["head"]] in ("head", "nose")
    assert [skeleton.joints[j] for j in packed["trunk"]] == [
        "left_shoulder",
        "right_shoulder",
        "right_hip",
        "left_hip",
    ]
    tips = {skeleton.joints[j] for j in packed["tips"]}
    assert {"left", "right"} <= {name.split("_")[0] for name in tips}
    assert "head" not in tips


def test_all_figures_share_one_scale_and_fit():
    windows = {}
    for key, size in (("a", 1.0), ("b", 0.9), ("c", 1.0), ("tall", 1.6)):
        poses = np.array([[(-0.2 * size, -0.5 * size), (0.2 * size, 0.5 * size)]])
        windows[key] = (poses, np.ones((1, 2), dtype=bool))
    found = views(windows)
    assert found["a"]["half"] == found["b"]["half"] == found["c"]["half"] < found["tall"]["half"]
    for key, (poses, _) in windows.items():
        view = found[key]
        assert np.abs(poses - (view["x"], view["y"])).max() <= view["half"]
        assert view["floor"] == pytest.approx(poses[..., 1].max(), abs=0.01)
    assert views({}) == {}


def test_a_track_says_where_to_look(planted):
    track = planted.track()
    packed = pack_track(track)
    seen = (track.confidence > 0) & track.present[:, None]
    assert ((unpack(packed) == UNSEEN).all(axis=2) == ~seen).all()
    x0, y0, x1, y1 = packed["box"]
    assert (track.xy[seen] >= (x0, y0)).all()
    assert (track.xy[seen] <= (x1, y1)).all()
    assert packed["frame"] == [400, 300]


def test_a_track_without_a_person_still_packs(planted):
    track = planted.track()
    track.present[:] = False
    assert (unpack(pack_track(track)) == UNSEEN).all()


def test_round_seconds():
    assert round_seconds(60, 30.0) == 2.0
    assert round_seconds(60, None) == 2.4
    assert round_seconds(3, 30.0) == 1.2
