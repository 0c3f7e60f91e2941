"""The body: bones keep their length, knees bend the right way, axes point where they say."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dance_xai.data.skeletons import COCO_17 as TABLE
from dance_xai.planted.body import COCO_17, RIGID_BONES, bend_knee, draw_bodies, place_joints, rotation
from dance_xai.planted.channels import SIZE, STANDING, pose

FLOOR = 0.045  # height of the ankle above the floor, share of the stature


def place(values, bodies):
    return dict(zip(COCO_17.joints, np.moveaxis(place_joints(values, bodies), 1, 0), strict=True))


def bone_lengths(joints):
    pairs = np.array([[COCO_17.joints.index(a), COCO_17.joints.index(b)] for a, b in RIGID_BONES])
    return np.linalg.norm(joints[:, pairs[:, 0]] - joints[:, pairs[:, 1]], axis=-1)


def test_the_skeleton_is_the_one_of_the_readers():
    assert COCO_17 == TABLE


@given(seed=st.integers(0, 10_000))
def test_bones_keep_their_length_in_any_pose(seed):
    rng = np.random.default_rng(seed)
    poses = STANDING + rng.normal(size=(20, SIZE)) * np.r_[np.full(3, 0.3), np.full(8, 40), np.full(18, 0.4)]
    lengths = bone_lengths(place_joints(poses, draw_bodies(1, rng).rows(np.zeros(20, dtype=int))))
    np.testing.assert_allclose(lengths, np.broadcast_to(lengths[0], lengths.shape), rtol=1e-9)


def test_bones_have_the_lengths_of_the_body():
    bodies = draw_bodies(30, np.random.default_rng(1))
    joints = place(np.tile(STANDING, (30, 1)), bodies)
    for (a, b), wanted in {
        ("left_hip", "left_knee"): bodies.thigh,
        ("right_knee", "right_ankle"): bodies.shank,
        ("left_shoulder", "left_elbow"): bodies.upper_arm,
        ("right_elbow", "right_wrist"): bodies.forearm,
        ("left_shoulder", "right_shoulder"): 2 * bodies.shoulder,
    }.items():
        np.testing.assert_allclose(np.linalg.norm(joints[a] - joints[b], axis=1), wanted)


def test_people_differ_but_are_people():
    bodies = draw_bodies(500, np.random.default_rng(2))
    joints = place_joints(np.tile(STANDING, (500, 1)), bodies)
    tall = joints[..., 1].max(axis=1)
    assert 0.85 < (tall / bodies.height).min() < (tall / bodies.height).max() < 1.1
    assert bodies.height.std() > 0.05
    assert (bodies.thigh / bodies.shank).std() > 0.03


def test_standing_is_upright_with_feet_on_the_floor_and_left_on_the_left():
    bodies = draw_bodies(5, np.random.default_rng(3))
    joints = place(np.tile(STANDING, (5, 1)), bodies)
    np.testing.assert_allclose(joints["left_ankle"][:, 1], FLOOR * bodies.height)
    order = ["left_ankle", "left_knee", "left_hip", "left_shoulder", "nose", "left_eye"]
    assert (np.diff([joints[name][:, 1] for name in order], axis=0) > 0).all()
    assert (joints["left_shoulder"][:, 0] > 0).all()
    assert (joints["nose"][:, 2] > joints["left_ear"][:, 2]).all()


def test_the_axes_of_a_rotation():
    forward, left, lean = rotation(np.array([[30.0, 0, 0], [0, 30, 0], [0, 0, 30]]))
    assert (forward @ [0, 1, 0])[2] > 0.4  # the head goes forward
    assert (left @ [0, 0, 1])[0] > 0.4  # the face goes to the left
    assert (lean @ [0, 1, 0])[0] < -0.4  # the head goes to the right
    mixed = rotation(np.random.default_rng(0).uniform(-180, 180, (20, 3)))
    np.testing.assert_allclose(mixed @ np.swapaxes(mixed, 1, 2), np.broadcast_to(np.eye(3), (20, 3, 3)), atol=1e-12)
    np.testing.assert_allclose(np.linalg.det(mixed), 1)


def test_feet_stay_and_knees_go_forward_when_the_hips_sink():
    depth = np.linspace(0.02, 0.5, 20)
    poses = np.stack([pose(hips=(0, -d, -0.4 * d)) for d in depth])
    joints = place(poses, draw_bodies(1, np.random.default_rng(4)).rows(np.zeros(20, dtype=int)))
    for side in ("left", "right"):
        np.testing.assert_allclose(joints[f"{side}_ankle"], joints[f"{side}_ankle"][[0]].repeat(20, axis=0), atol=1e-9)
        middle = (joints[f"{side}_hip"] + joints[f"{side}_ankle"]) / 2
        assert (joints[f"{side}_knee"][:, 2] > middle[:, 2]).all()
    bend = np.linalg.norm(joints["left_hip"] - joints["left_ankle"], axis=1)
    assert (np.diff(bend) < 0).all()


def test_a_foot_out_of_reach_is_reached_for():
    hip, target = np.array([[0.0, 1, 0]]), np.array([[0.0, -3, 0]])
    knee, ankle = bend_knee(hip, target, np.array([0.4]), np.array([0.4]), np.array([0.0, 0, 1]))
    np.testing.assert_allclose(np.linalg.norm(ankle - hip), 0.998 * 0.8)
    np.testing.assert_allclose([np.linalg.norm(knee - hip), np.linalg.norm(ankle - knee)], 0.4)
