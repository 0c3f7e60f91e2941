"""Short sentences that say what a chart shows, for readers who cannot see it move."""

from __future__ import annotations

import numpy as np

from dance_xai.report.numbers import decimal
from dance_xai.types import BoolArray, Contribution, FloatArray, Skeleton

STILL = 0.15


def movement(poses: FloatArray, seen: BoolArray, skeleton: Skeleton) -> str:
    """Say which joints travel furthest in a pose window, and along which axis.

    Args:
        poses: (L, K, 2), x to the right, y down.
        seen: (L, K).
        skeleton: Names of the K joints.

    Returns:
        For example ``both wrists move most, mainly up and down``.
    """
    both = seen[1:] & seen[:-1]
    steps = np.where(both[..., None], np.abs(np.diff(poses, axis=0)), 0.0)  # (L-1, K, 2)
    path = np.hypot(steps[..., 0], steps[..., 1]).sum(axis=0)  # (K,)
    if not both.any():
        return "hardly any joint is seen"
    body = float(np.ptp(poses[seen], axis=0).max())
    if path.max() < STILL * body:
        return "nearly still"
    first, second = (int(j) for j in np.argsort(-path, kind="stable")[:2])
    return f"{_joints(first, second, path, skeleton)} most, {_axis(steps[:, [first, second]].sum(axis=(0, 1)))}"


def _joints(first: int, second: int, path: FloatArray, skeleton: Skeleton) -> str:
    names = [skeleton.joints[j].replace("_", " ") for j in (first, second)]
    if skeleton.mirror[first] == second and path[second] > 0.6 * path[first]:
        return f"both {_plural(names[0].split(' ', 1)[1])} move"
    if path[second] > 0.75 * path[first]:
        return f"{names[0]} and {names[1]} move"
    return f"{names[0]} moves"


def _plural(joint: str) -> str:
    return {"foot": "feet"}.get(joint, joint + "s")


def _axis(travel: FloatArray) -> str:
    across, along = travel
    if across > 1.6 * along:
        return "mainly sideways"
    return "mainly up and down" if along > 1.6 * across else "in all directions"


def reason(term: Contribution) -> str:
    """Why a contribution has its sign: ``more than usual (+2.10) × weight +0.83``."""
    much = "more than usual" if term.activation > 0 else "less than usual" if term.activation < 0 else "as usual"
    return f"{much} ({decimal(term.activation, 2, sign=True)}) × weight {decimal(term.weight, 2, sign=True)}"


def label(text: str) -> str:
    """A class name as read: ``baseball_pitch`` -> ``baseball pitch``."""
    return text.replace("_", " ")
