"""Motions of the whole body that the legs lead."""

from __future__ import annotations

from dance_xai.planted.channels import GUARD, STANDING, mirrored, pose
from dance_xai.planted.motion import Motion


def squat() -> Motion:
    """Hips down and back, trunk and arms forward, knees over the feet."""
    down = pose(
        hips=(0, -0.5, -0.24),
        pelvis=(34, 0, 0),
        spine=(10, 0, 0),
        head=(-32, 0),
        upper=(0.12, 0.45, 0.9),
        fore=(-0.05, 0.55, 0.85),
    )
    return Motion("squat", 2.3, ((0.0, STANDING), (0.42, down), (0.55, down), (1.0, STANDING)))


def lunge() -> Motion:
    """A long step with the right foot, hips down, hands at the waist, and back."""
    arms = {"upper": (0.75, -0.75, -0.3), "fore": (-0.85, -0.45, 0.5)}
    lift = pose(hips=(0.03, -0.03, 0.06), right_foot=(0.05, 0.14, 0.22), **arms)
    reach = pose(hips=(0, -0.12, 0.28), right_foot=(0.05, 0, 0.7), left_foot=(0.04, 0.05, 0.02), **arms)
    down = pose(reach, hips=(0, -0.44, 0.36), left_foot=(0.04, 0.12, 0.06), spine=(4, 0, 0))
    keys = (
        (0.0, STANDING),
        (0.14, lift),
        (0.28, reach),
        (0.46, down),
        (0.58, down),
        (0.74, reach),
        (0.87, lift),
        (1.0, STANDING),
    )
    return Motion("lunge", 2.6, keys)


def walk() -> Motion:
    """Step on the spot, arms swinging against the legs."""
    both = pose(hips=(0, -0.035, 0))
    left = pose(
        hips=(-0.035, -0.01, 0.0),
        pelvis=(2, -5, 3),
        spine=(2, 9, -3),
        left_foot=(0.03, 0.3, 0.1),
        left_upper=(0.2, -0.9, -0.42),
        left_fore=(0.1, -1.0, 0.05),
        right_upper=(0.12, -0.85, 0.5),
        right_fore=(-0.1, -0.3, 0.95),
    )
    keys = ((0.0, both), (0.25, left), (0.5, both), (0.75, mirrored(left)), (1.0, both))
    return Motion("walk in place", 1.15, keys, repeats=(2, 3), cyclic=True)


def kick() -> Motion:
    """Right knee up, leg out to the front, knee back, foot down."""
    lean = {"hips": (0.09, -0.04, 0.0), **GUARD}
    knee = pose(**lean, pelvis=(-6, 0, 0), spine=(6, 0, 0), right_foot=(0.02, 0.42, 0.22))
    kick = pose(knee, pelvis=(-18, 0, 0), spine=(4, 8, 0), right_foot=(0.0, 0.85, 0.95), head=(6, 0))
    kick = pose(kick, left_upper=(0.3, -0.6, 0.6), right_upper=(0.5, -0.8, -0.25), right_fore=(0.3, -0.7, 0.5))
    down = pose(hips=(0.05, -0.04, 0), right_foot=(0.04, 0.08, 0.06), **GUARD)
    keys = (
        (0.0, STANDING),
        (0.12, pose(**lean)),
        (0.3, knee),
        (0.44, kick),
        (0.5, kick),
        (0.64, knee),
        (0.84, down),
        (1.0, STANDING),
    )
    return Motion("front kick", 1.8, keys)


def sit() -> Motion:
    """Sit down on something, stay a moment, stand up."""
    lean = pose(
        hips=(0, -0.16, -0.2),
        pelvis=(32, 0, 0),
        spine=(12, 0, 0),
        head=(-22, 0),
        upper=(0.15, -0.6, 0.6),
        fore=(0, -0.5, 0.8),
    )
    touch = pose(lean, hips=(0, -0.5, -0.44), pelvis=(26, 0, 0))
    seated = pose(
        hips=(0, -0.52, -0.46), pelvis=(-6, 0, 0), spine=(8, 0, 0), upper=(0.16, -0.9, 0.35), fore=(-0.12, -0.4, 0.95)
    )
    keys = (
        (0.0, STANDING),
        (0.14, lean),
        (0.32, touch),
        (0.44, seated),
        (0.62, seated),
        (0.72, touch),
        (0.88, lean),
        (1.0, STANDING),
    )
    return Motion("sit down", 3.0, keys)


def hop() -> Motion:
    """Crouch, jump with both feet while the arms swing up, land softly."""
    crouch = pose(
        hips=(0, -0.24, -0.08),
        pelvis=(22, 0, 0),
        spine=(8, 0, 0),
        head=(-18, 0),
        upper=(0.25, -0.9, -0.5),
        fore=(0.15, -1, 0),
    )
    leave = pose(hips=(0, 0.05, 0.01), feet=(0.05, 0.07, 0), upper=(0.2, -0.25, 0.9), fore=(0, 0.2, 0.95))
    top = pose(hips=(0, 0.22, 0.01), feet=(0.05, 0.27, -0.04), upper=(0.25, 0.1, 0.95), fore=(0, 0.6, 0.8))
    land = pose(leave, upper=(0.3, -0.6, 0.55), fore=(0.1, -0.3, 0.8))
    give = pose(crouch, hips=(0, -0.2, -0.06), upper=(0.25, -0.9, 0.15), fore=(0.1, -0.8, 0.5))
    keys = (
        (0.0, STANDING),
        (0.28, crouch),
        (0.42, leave),
        (0.52, top),
        (0.62, land),
        (0.74, give),
        (1.0, STANDING),
    )
    return Motion("hop", 1.35, keys, repeats=(1, 2))
