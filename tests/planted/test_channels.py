"""A pose and its mirror image."""

from __future__ import annotations

import numpy as np
import pytest

from dance_xai.planted.body import COCO_17, draw_bodies, place_joints
from dance_xai.planted.channels import FOREARMS, SIZE, SLOTS, STANDING, mirrored, pose


def test_the_slots_cover_every_channel_once():
    covered = np.concatenate([np.arange(SIZE)[slot] for slot in SLOTS.values()])
    assert covered.tolist() == list(range(SIZE))
    assert len(FOREARMS) == 6


def test_pose_changes_only_what_is_named_and_both_sides_at_once():
    changed = pose(fore=(0, 1, 0))
    np.testing.assert_array_equal(changed[SLOTS["left_fore"]], changed[SLOTS["right_fore"]])
    np.testing.assert_array_equal(np.delete(changed, FOREARMS), np.delete(STANDING, FOREARMS))
    with pytest.raises(KeyError):
        pose(tail=(0, 0, 0))


def test_a_mirrored_pose_puts_the_joints_in_mirrored_places():
    rng = np.random.default_rng(0)
    poses = STANDING + rng.normal(size=(50, SIZE)) * 0.2
    poses[:, SLOTS["pelvis"]] = rng.uniform(-30, 30, (50, 3))
    poses[:, SLOTS["spine"]] = rng.uniform(-30, 30, (50, 3))
    poses[:, SLOTS["head"]] = rng.uniform(-30, 30, (50, 2))
    bodies = draw_bodies(50, rng)
    straight, turned = place_joints(poses, bodies), place_joints(mirrored(poses), bodies)
    np.testing.assert_allclose(turned, straight[:, COCO_17.mirror] * [-1, 1, 1], atol=1e-12)
    np.testing.assert_array_equal(mirrored(mirrored(poses)), poses)
