"""Motions of the whole body that the arms or the trunk lead."""

from __future__ import annotations

from dance_xai.planted.channels import GUARD, STANDING, pose
from dance_xai.planted.motion import Motion


def arm_raise() -> Motion:
    """Both arms go out to the sides, up to the shoulders, and down again."""
    half = pose(upper=(0.75, -0.65, 0.05), fore=(0.7, -0.7, 0.15))
    up = pose(upper=(1.0, 0.06, 0.05), fore=(1.0, -0.02, 0.12), spine=(-3, 0, 0))
    keys = ((0.0, STANDING), (0.2, half), (0.4, up), (0.58, up), (0.8, half), (1.0, STANDING))
    return Motion("arm raise", 2.0, keys)


def wave() -> Motion:
    """The right hand goes up and waves."""
    arm = {"right_upper": (0.8, 0.1, 0.25), "spine": (0, 0, -3), "hips": (0.03, -0.01, 0)}
    out = pose(**arm, right_fore=(0.75, 0.9, 0.2), head=(0, -4))
    back = pose(**arm, right_fore=(-0.45, 1.0, 0.25), head=(0, -8))
    swings = tuple((0.2 + 0.1 * i, back if i % 2 else out) for i in range(7))
    return Motion("wave", 2.6, ((0.0, STANDING), *swings, (1.0, STANDING)))


def jumping_jack() -> Motion:
    """Jump with legs apart and arms overhead, and back."""
    side = {"upper": (1.0, 0.1, 0.05), "fore": (1.0, 0.2, 0.1)}
    dip = pose(hips=(0, -0.09, -0.02), pelvis=(6, 0, 0))
    flight = pose(hips=(0, 0.06, 0), feet=(0.22, 0.08, 0), **side)
    apart = pose(hips=(0, -0.1, 0), feet=(0.36, 0, 0), upper=(0.42, 1, 0), fore=(-0.12, 1, 0.05))
    land = pose(apart, hips=(0, -0.15, -0.02))
    keys = (
        (0.0, STANDING),
        (0.12, dip),
        (0.3, flight),
        (0.44, apart),
        (0.54, land),
        (0.72, flight),
        (0.88, dip),
        (1.0, STANDING),
    )
    return Motion("jumping jack", 1.2, keys, repeats=(2, 3))


def toe_touch() -> Motion:
    """Bend down until the hands reach the feet."""
    half = pose(
        hips=(0, -0.03, -0.1), pelvis=(38, 0, 0), spine=(28, 0, 0), upper=(0.1, -0.35, 0.9), fore=(0, -0.2, 1.0)
    )
    down = pose(
        hips=(0, -0.05, -0.19),
        pelvis=(72, 0, 0),
        spine=(58, 0, 0),
        head=(12, 0),
        upper=(0.08, 0.62, 0.8),
        fore=(-0.08, 0.68, 0.75),
    )
    keys = ((0.0, STANDING), (0.22, half), (0.42, down), (0.58, down), (0.8, half), (1.0, STANDING))
    return Motion("toe touch", 2.4, keys)


def punch() -> Motion:
    """From a guard, a left and a right straight punch."""
    guard = pose(hips=(0, -0.07, 0), spine=(6, 0, 0), **GUARD)
    right = pose(
        guard,
        hips=(0.03, -0.08, 0.08),
        pelvis=(4, 14, 0),
        spine=(6, 26, 0),
        head=(0, -30),
        right_upper=(0.5, 0.08, 1.0),
        right_fore=(0.6, 0.1, 0.9),
    )
    left = pose(
        guard,
        hips=(-0.02, -0.08, 0.06),
        pelvis=(4, -10, 0),
        spine=(6, -20, 0),
        head=(0, 22),
        left_upper=(0.4, 0.08, 1.0),
        left_fore=(0.45, 0.1, 0.95),
    )
    keys = (
        (0.0, STANDING),
        (0.16, guard),
        (0.3, left),
        (0.42, guard),
        (0.56, right),
        (0.7, guard),
        (0.82, guard),
        (1.0, STANDING),
    )
    return Motion("punch", 1.9, keys)


def throw() -> Motion:
    """Wind up, step with the left foot, throw overhead with the right arm and follow through."""
    wind = pose(
        hips=(-0.05, -0.06, -0.1),
        pelvis=(-6, -22, 0),
        spine=(-10, -28, 6),
        left_foot=(0.05, 0.16, 0.12),
        right_upper=(0.9, 0.2, -0.45),
        right_fore=(0.25, 0.95, -0.35),
        left_upper=(0.25, 0.1, 1.0),
        left_fore=(-0.1, 0.25, 1.0),
    )
    cocked = {"right_upper": (0.85, 0.45, -0.1), "right_fore": (0.2, 0.8, -0.65)}
    step = pose(wind, hips=(0, -0.13, 0.12), pelvis=(2, -5, 0), left_foot=(0.05, 0, 0.42), **cocked)
    release = pose(
        step,
        hips=(0.02, -0.14, 0.2),
        pelvis=(10, 18, 0),
        spine=(12, 18, -8),
        right_upper=(0.4, 0.75, 0.6),
        right_fore=(0.1, 0.9, 0.55),
        left_upper=(0.35, -0.75, 0.3),
        left_fore=(0.0, -0.2, 0.9),
    )
    follow = pose(
        release,
        hips=(0.03, -0.18, 0.24),
        pelvis=(16, 26, 0),
        spine=(26, 28, -8),
        head=(-22, -12),
        right_foot=(0.05, 0.06, 0.06),
        right_upper=(-0.15, -0.35, 0.95),
        right_fore=(-0.55, -0.75, 0.45),
    )
    home = pose(hips=(0, -0.06, 0.08), left_foot=(0.05, 0.07, 0.18))
    keys = ((0.0, STANDING), (0.3, wind), (0.46, step), (0.54, release), (0.66, follow), (0.86, home), (1.0, STANDING))
    return Motion("overhead throw", 1.9, keys)
