"""What a prototype does, in words. An aid for readers: the movement itself is the concept, never its words."""

from __future__ import annotations

from dataclasses import dataclass

from dance_xai.errors import check_shape
from dance_xai.motion.figure import figure_of, is_lying
from dance_xai.motion.limbs import Fact, arm_facts, leg_facts
from dance_xai.motion.pairing import paired
from dance_xai.motion.phrasing import sentence
from dance_xai.motion.trunk import body_facts
from dance_xai.types import BoolArray, FloatArray, Skeleton


@dataclass(frozen=True)
class MotionDescription:
    """A movement in words and as facts.

    Attributes:
        text: One sentence, at most 20 words, for example ``both arms rise sideways to shoulder height and fall; legs
            still``.
        parts: A fact per limb that is seen, left and right as one where they do the same; ``still`` ones too.
    """

    text: str
    parts: tuple[Fact, ...]


def describe_motion(
    poses: FloatArray, seen: BoolArray, skeleton: Skeleton, *, seconds: float | None
) -> MotionDescription:
    """Say what a body does in a pose window, from its kinematics alone.

    Left and right are the person's own, as the skeleton names them. Heights are told beside the body. A movement
    towards or away from the camera is not seen in two dimensions and is not spoken of; nor are jumps and ways through
    the room when each pose was centred on its own, as in windows cut by ``cut_windows`` from body units.

    Args:
        poses: (L, K, 2) body units (1 is the person's stature), x right, y down.
        seen: (L, K) True where the joint is known; others are never spoken of, whatever ``poses`` holds there.
        skeleton: Names of the K joints; what needs a joint it lacks is left out.
        seconds: From the first to the last pose, None when not known: then no rates are told.

    Raises:
        ShapeError: Arrays that do not fit each other or the skeleton.

    Source: ours.
    """
    joints = len(skeleton.joints)
    check_shape("poses", poses, ("L", joints, 2), finite=False)
    check_shape("seen", seen, (len(poses), joints))
    figure = figure_of(poses, seen, skeleton) if len(poses) else {}
    facts = [
        *paired(arm_facts(figure, seconds), figure),
        *paired(leg_facts(figure, seconds), figure),
        *body_facts(figure, seconds),
    ]
    return MotionDescription(sentence(facts, lying=is_lying(figure)), tuple(facts))
