"""Cameras: left and right, up and down, near and far."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dance_xai.planted.body import COCO_17, draw_bodies, place_joints
from dance_xai.planted.camera import draw_cameras, project
from dance_xai.planted.channels import STANDING


def see(azimuth, elevation=0.0, **changes):
    """Pixels by joint name of one standing person."""
    cameras = draw_cameras(1, np.random.default_rng(0), azimuth=(azimuth, azimuth), elevation=(elevation, elevation))
    cameras = replace(cameras, **{name: np.array([value]) for name, value in changes.items()})
    joints = place_joints(STANDING[None], draw_bodies(1, np.random.default_rng(0)))
    xy = project(joints, np.zeros(1, dtype=int), np.zeros(1), cameras)[0]
    return dict(zip(COCO_17.joints, xy, strict=True))


def test_y_points_down_and_the_left_side_is_on_the_right_seen_from_the_front():
    seen = see(0)
    assert seen["nose"][1] < seen["left_hip"][1] < seen["left_ankle"][1]
    assert seen["left_shoulder"][0] > seen["right_shoulder"][0]
    behind = see(180)
    assert behind["left_shoulder"][0] < behind["right_shoulder"][0]


def test_from_the_persons_left_the_face_points_to_the_left_of_the_picture():
    seen = see(90)
    assert seen["nose"][0] < seen["left_ear"][0]
    width = abs(seen["left_shoulder"][0] - seen["right_shoulder"][0])
    assert width < 0.2 * abs(see(0)["left_shoulder"][0] - see(0)["right_shoulder"][0])


def test_from_above_the_body_is_shorter_and_the_nearer_side_lower():
    level, above = see(0), see(0, 40.0)
    height = [seen["left_ankle"][1] - seen["nose"][1] for seen in (level, above)]
    assert height[1] < 0.9 * height[0]


def test_size_falls_with_distance():
    near, far = see(0, distance=4.0), see(0, distance=8.0)
    ratio = (near["left_ankle"][1] - near["nose"][1]) / (far["left_ankle"][1] - far["nose"][1])
    assert 1.9 < ratio < 2.15


def test_drawn_cameras_show_the_whole_person():
    rng = np.random.default_rng(1)
    cameras = draw_cameras(400, rng, azimuth=(-180, 180), elevation=(-3, 12))
    joints = place_joints(np.tile(STANDING, (400, 1)), draw_bodies(400, rng))
    xy = project(joints, np.arange(400), rng.uniform(0, 5, 400), cameras)
    assert (xy > 0).all()
    assert (xy < cameras.height_width[:, None, ::-1]).all()
    share = np.ptp(xy[..., 1], axis=1) / cameras.height_width[:, 0]
    assert 0.3 < share.min() < share.max() < 0.75
