"""Each motion looks like what it is called, and moves like a person."""

from __future__ import annotations

import numpy as np
import pytest

from dance_xai.planted.body import COCO_17, draw_bodies, place_joints
from dance_xai.planted.channels import STANDING
from dance_xai.planted.moves import MOTION_NAMES, MOTIONS

STEPS = 201
BODY = draw_bodies(1, np.random.default_rng(0), spread=0)
HEIGHT = float(BODY.height[0])


def act(name):
    """Joints by name, (STEPS, 3) in shares of the stature."""
    motion = MOTIONS[MOTION_NAMES.index(name)]
    joints = place_joints(motion.at(np.linspace(0, 1, STEPS)), BODY.rows(np.zeros(STEPS, dtype=int))) / HEIGHT
    return dict(zip(COCO_17.joints, np.moveaxis(joints, 1, 0), strict=True))


def angle(a, b, c):
    """Degrees at ``b``."""
    u, v = a - b, c - b
    cosine = (u * v).sum(axis=1) / np.linalg.norm(u, axis=1) / np.linalg.norm(v, axis=1)
    return np.degrees(np.arccos(np.clip(cosine, -1, 1)))


def knee(joints, side):
    return angle(*(joints[f"{side}_{part}"] for part in ("hip", "knee", "ankle")))


def test_there_are_at_least_ten_motions_with_names_of_their_own():
    assert len(set(MOTION_NAMES)) == len(MOTIONS) >= 10


@pytest.mark.parametrize("motion", MOTIONS, ids=MOTION_NAMES)
def test_motions_run_through_their_keys_without_overshoot_from_standing_to_standing(motion):
    fine = motion.at(np.linspace(0, 1, 4001))
    low, high = motion.poses.min(axis=0), motion.poses.max(axis=0)
    assert (fine > low - 1e-9).all()
    assert (fine < high + 1e-9).all()
    np.testing.assert_allclose(motion._curve(motion.times), motion.poses, atol=1e-12)
    assert motion.times[0] == 0
    assert motion.times[-1] == 1
    start = motion.poses[0] if motion.cyclic else STANDING
    np.testing.assert_allclose(motion.poses[[0, -1]], np.stack([start, start]))


@pytest.mark.parametrize("name", MOTION_NAMES)
def test_motions_are_smooth_and_not_faster_than_people(name):
    motion = MOTIONS[MOTION_NAMES.index(name)]
    joints = np.stack(list(act(name).values()), axis=1) * HEIGHT
    speed = np.linalg.norm(np.diff(joints, axis=0), axis=-1) * (STEPS - 1) / motion.seconds
    assert speed.max() < 20  # metres per second; the hand of a good thrower
    jump = np.abs(np.diff(speed, axis=0)).max()
    assert jump < 0.25 * speed.max()


@pytest.mark.parametrize("name", MOTION_NAMES)
def test_a_foot_is_on_the_floor_unless_the_person_jumps_and_never_below(name):
    joints = act(name)
    lowest = np.minimum(joints["left_ankle"][:, 1], joints["right_ankle"][:, 1]) - 0.045
    assert lowest.min() > -1e-9
    assert (lowest.max() > 0.03) == (name in ("jumping jack", "hop"))


@pytest.mark.parametrize("name", MOTION_NAMES)
def test_knees_never_bend_backwards(name):
    joints = act(name)
    for side in ("left", "right"):
        hip, ankle = joints[f"{side}_hip"], joints[f"{side}_ankle"]
        line = (ankle - hip) / np.linalg.norm(ankle - hip, axis=1, keepdims=True)
        off = joints[f"{side}_knee"] - hip
        off -= (off * line).sum(axis=1, keepdims=True) * line
        assert (off[:, 2] + off[:, 1] > -1e-9).all()  # forward, or up when the leg is raised


@pytest.mark.parametrize("name", ["squat", "arm raise", "toe touch", "sit down", "wave", "punch"])
def test_feet_stay_where_they_are(name):
    joints = act(name)
    for side in ("left", "right"):
        assert np.ptp(joints[f"{side}_ankle"], axis=0).max() < 1e-9


def test_a_squat_goes_down_to_the_knees_with_hips_back_and_arms_forward():
    joints = act("squat")
    assert knee(joints, "left").min() < 80
    assert knee(joints, "left")[[0, -1]].min() > 155
    low = joints["left_hip"][:, 1].argmin()
    assert joints["left_hip"][low, 1] < joints["left_knee"][low, 1] + 0.05
    assert joints["left_hip"][low, 2] < -0.05 < 0 < joints["left_knee"][low, 2]
    assert joints["left_wrist"][low, 2] > joints["left_knee"][low, 2]
    balance = np.mean([joints[part][low, 2] for part in ("left_hip", "left_shoulder", "nose")])
    assert -0.1 < balance < 0.15  # above the feet


def test_a_wave_swings_one_raised_hand_several_times():
    joints = act("wave")
    raised = joints["right_wrist"][:, 1] > joints["right_shoulder"][:, 1] + 0.05
    swing = np.diff(np.sign(np.diff(joints["right_wrist"][raised, 0])))
    assert raised.mean() > 0.5
    assert (swing != 0).sum() >= 5
    assert (joints["left_wrist"][:, 1] < joints["left_shoulder"][:, 1]).all()


def test_a_jumping_jack_spreads_legs_and_arms_together():
    joints = act("jumping jack")
    apart = joints["left_ankle"][:, 0] - joints["right_ankle"][:, 0]
    wide = apart.argmax()
    assert apart[wide] > 2.5 * apart[0]
    assert min(joints[f"{side}_wrist"][wide, 1] for side in ("left", "right")) > joints["nose"][wide, 1]


def test_a_throw_brings_the_right_hand_from_behind_over_the_head_to_the_front():
    joints = act("overhead throw")
    wrist, nose = joints["right_wrist"], joints["nose"]
    back, front = wrist[:, 2].argmin(), wrist[:, 2].argmax()
    assert back < front
    assert wrist[back, 2] < -0.2
    assert (wrist[back:front, 1] > nose[back:front, 1]).any()
    assert wrist[int(0.7 * STEPS), 1] < joints["right_shoulder"][int(0.7 * STEPS), 1]


def test_a_kick_stretches_the_right_leg_forward_at_hip_height():
    joints = act("front kick")
    far = joints["right_ankle"][:, 2].argmax()
    assert joints["right_ankle"][far, 1] > joints["left_hip"][far, 1] - 0.15
    assert knee(joints, "right")[far] > 140
    assert knee(joints, "right").min() < 100
    assert joints["left_ankle"][:, 1].max() < 0.05


def test_walking_lifts_the_feet_in_turn_with_the_opposite_arm():
    joints = act("walk in place")
    lift = joints["left_ankle"][:, 1] - joints["right_ankle"][:, 1]
    arms = joints["right_wrist"][:, 2] - joints["left_wrist"][:, 2]
    assert np.corrcoef(lift, arms)[0, 1] > 0.9
    assert lift.max() > 0.1
    assert lift.min() < -0.1


def test_a_lunge_puts_the_right_foot_far_forward_and_the_left_knee_near_the_floor():
    joints = act("lunge")
    low = joints["left_knee"][:, 1].argmin()
    assert joints["right_ankle"][low, 2] - joints["left_ankle"][low, 2] > 0.25
    assert joints["left_knee"][low, 1] < 0.12
    assert abs(joints["right_knee"][low, 2] - joints["right_ankle"][low, 2]) < 0.1


def test_hands_reach_the_shoulders_in_an_arm_raise_and_the_feet_in_a_toe_touch():
    raised, bent = act("arm raise"), act("toe touch")
    top = raised["left_wrist"][:, 1].max() - raised["left_shoulder"][0, 1]
    assert abs(top) < 0.06
    low = bent["left_wrist"][:, 1].argmin()
    assert bent["left_wrist"][low, 1] < 0.15
    assert knee(bent, "left").min() > 140


def test_punches_are_straight_to_the_front_first_left_then_right():
    joints = act("punch")
    reach = {side: joints[f"{side}_wrist"][:, 2] for side in ("left", "right")}
    assert reach["left"].argmax() < reach["right"].argmax()
    for side, other in (("left", "right"), ("right", "left")):
        out = reach[side].argmax()
        assert reach[side][out] > 0.3
        assert reach[side][out] > reach[other][out] + 0.1
        assert abs(joints[f"{side}_wrist"][out, 1] - joints[f"{side}_shoulder"][out, 1]) < 0.06
        assert abs(joints[f"{side}_wrist"][out, 0]) < 0.15


def test_sitting_holds_level_thighs_and_an_upright_trunk():
    joints = act("sit down")
    middle = int(0.53 * STEPS)
    assert abs(joints["left_hip"][middle, 1] - joints["left_knee"][middle, 1]) < 0.04
    assert abs(joints["left_shoulder"][middle, 2] - joints["left_hip"][middle, 2]) < 0.06
    assert knee(joints, "left")[middle] < 110


def test_a_hop_leaves_the_floor_with_both_feet_after_a_crouch():
    joints = act("hop")
    ankles = np.minimum(joints["left_ankle"][:, 1], joints["right_ankle"][:, 1]) - 0.045
    assert ankles.max() > 0.08
    assert knee(joints, "left")[: ankles.argmax()].min() < 125
    assert knee(joints, "left")[ankles.argmax() :].min() < 130
