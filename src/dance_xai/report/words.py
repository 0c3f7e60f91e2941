"""Short texts beside figures and names."""

from __future__ import annotations

from typing import TypeAlias

from dance_xai.motion.describe import describe_motion
from dance_xai.types import BoolArray, Contribution, FloatArray, Skeleton
from dance_xai.types.numbers import decimal

Window: TypeAlias = tuple[FloatArray, BoolArray]
"""(L, K, 2) body units and (L, K) seen."""


def looks_like(window: Window, skeleton: Skeleton, frames: int, fps: float | None) -> str:
    """What the body does in a pose window, in words.

    Args:
        window: (L, K, 2) body units and (L, K) seen.
        skeleton: Names of the K joints.
        frames: Frames of the clip that the L poses span, at least 1.
        fps: Frames per second of the clip, None when unknown: then no rates are told.
    """
    seconds = None if fps is None else (frames - 1) / fps
    return describe_motion(*window, skeleton, seconds=seconds).text


def reason(term: Contribution) -> str:
    """Why a contribution has its sign: ``more than usual (+2.10) × weight +0.83``."""
    much = "more than usual" if term.activation > 0 else "less than usual" if term.activation < 0 else "as usual"
    return f"{much} ({decimal(term.activation, 2, sign=True)}) × weight {decimal(term.weight, 2, sign=True)}"


def label(text: str) -> str:
    """A class name as read: ``baseball_pitch`` -> ``baseball pitch``."""
    return text.replace("_", " ")


def capitalise(text: str) -> str:
    """The first letter large, all others as they are."""
    return text[:1].upper() + text[1:]
