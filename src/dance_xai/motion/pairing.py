"""Left and right limbs that do the same are told of as one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dance_xai.motion.figure import HAND_LEVELS, Figure
from dance_xai.motion.limbs import Fact

IN_TURN = -0.3
"""Correlation of left and right below which they move in turn."""

TOGETHER = 0.9
"""Correlation of left and right above which they do the same, whatever small turns one of them makes."""

ALIKE = 0.6
"""The smaller of two movements is at least this share of the larger one where they are told of as one."""


def paired(facts: list[Fact], figure: Figure) -> list[Fact]:
    """Join the facts of left and right that have the same measure and pattern and are about as large.

    Feet that both leave the ground one after the other are joined whatever their patterns.

    Args:
        facts: Of arms or of legs, at most one per side; those without a side are kept as they are.
        figure: The body they come from.
    """
    sided = [fact for fact in facts if fact.side]
    if len(sided) < 2:
        return facts
    left, right = sided
    if not _alike(left, right, figure):
        return facts
    return [_joined(left, right, figure), *(fact for fact in facts if not fact.side)]


def _alike(left: Fact, right: Fact, figure: Figure) -> bool:
    if left.measure != right.measure:
        return False
    stills = [fact.pattern == "still" for fact in (left, right)]
    if any(stills):
        return all(stills)
    same = left.pattern == right.pattern or left.measure == "lift" or _hands_correlate(figure, left.measure) > TOGETHER
    size = min(left.extent, right.extent) >= ALIKE * max(left.extent, right.extent)
    return same and size and _near(left.top, right.top) and _near(left.bottom, right.bottom)


def _near(one: str | None, other: str | None) -> bool:
    """Whether two heights are the same, or next to each other and not above the head; not known goes with any."""
    if one not in HAND_LEVELS or other not in HAND_LEVELS or one == other:
        return True
    if HAND_LEVELS[-1] in (one, other):
        return False
    return abs(HAND_LEVELS.index(one) - HAND_LEVELS.index(other)) < 2


def _both(one: str | None, other: str | None, *, lower: bool) -> str | None:
    """The height that both reach, None where one is not known."""
    if one == other:
        return one
    if one not in HAND_LEVELS or other not in HAND_LEVELS:
        return None
    return HAND_LEVELS[(min if lower else max)(HAND_LEVELS.index(one), HAND_LEVELS.index(other))]


def _joined(left: Fact, right: Fact, figure: Figure) -> Fact:
    larger = left if left.extent >= right.extent else right
    by_turns = left.measure == "lift" and left.pattern != "still"
    rates = [fact.per_second for fact in (left, right) if fact.per_second is not None]
    return replace(
        left,
        limb=left.limb if left.limb == right.limb else {"hand": "arm", "arm": "arm"}.get(left.limb, "foot"),
        side="both",
        pattern="up and down" if by_turns and left.pattern != right.pattern else larger.pattern,
        extent=max(left.extent, right.extent),
        top=_both(left.top, right.top, lower=True),
        bottom=_both(left.bottom, right.bottom, lower=False),
        sideways=left.sideways and right.sideways,
        raised=left.raised if left.raised == right.raised else None,
        in_turn=by_turns or (left.pattern == "repeated" and _hands_correlate(figure, left.measure) < IN_TURN),
        per_second=float(np.mean(rates)) if len(rates) == 2 else None,
    )


def _hands_correlate(figure: Figure, measure: str) -> float:
    """Correlation of the ways of the two hands, up or across."""
    axis = 1 if measure == "height" else 0
    left, right = ((figure[f"{side}_wrist"] - figure[f"{side}_shoulder"])[:, axis] for side in ("left", "right"))
    return float(np.corrcoef(left, right)[0, 1])
