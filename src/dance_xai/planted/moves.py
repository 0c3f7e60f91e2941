"""The twelve planted motions."""

from __future__ import annotations

from dance_xai.planted import arm_moves, leg_moves
from dance_xai.planted.motion import Motion

MOTIONS: tuple[Motion, ...] = (
    arm_moves.arm_raise(),
    arm_moves.wave(),
    arm_moves.jumping_jack(),
    arm_moves.toe_touch(),
    arm_moves.punch(),
    arm_moves.throw(),
    leg_moves.squat(),
    leg_moves.lunge(),
    leg_moves.walk(),
    leg_moves.kick(),
    leg_moves.sit(),
    leg_moves.hop(),
)
MOTION_NAMES: tuple[str, ...] = tuple(motion.name for motion in MOTIONS)
