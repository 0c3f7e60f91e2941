"""What the body as a whole does in a window: sinks, bends, leans, turns, jumps, moves away."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dance_xai.motion.course import course_of
from dance_xai.motion.figure import ANKLES, Figure, is_lying, is_on_the_floor, is_upright
from dance_xai.motion.limbs import Fact, Measure
from dance_xai.types import FloatArray

SINKS = 0.08
"""Statures by which the height of the hips above the feet must change: 14 cm of an adult."""

BOWS = 0.1
"""Statures by which the height of the shoulders above the hips must change: a bow of 50 degrees."""

LEANS = 0.1
"""Statures the shoulders must go sideways from above the hips: a lean of 20 degrees."""

SWAYS = 0.05
"""Statures the shoulders must be on either side of the hips to sway."""

TURNS = 0.1
"""Statures by which the width of the shoulders must change for a turn; it must also come down to half or less."""

JUMPS = 0.06
"""Statures by which feet and hips must be above where they rest: 10 cm of an adult."""

TRAVELS = 0.3
"""Statures the hips must go to one side to move away: a step."""

LOW_BOW = 0.1
"""Height of the shoulders above the hips below which the trunk is bent far."""


def body_facts(figure: Figure, seconds: float | None) -> list[Fact]:
    """What hips and shoulders do, of what is seen; ``still`` where they do not move."""
    if "hips" not in figure:
        return []
    if "shoulders" in figure and (is_lying(figure) or is_on_the_floor(figure)):
        return [_fact("upper body", "upper", _above_the_feet(figure), SINKS, seconds)]
    facts = [_trunk(figure, seconds)] if "shoulders" in figure else []
    if "feet" in figure:
        facts += [_jump(figure, seconds) if _jumps(figure) else _sink(figure, seconds)]
    if is_upright(figure) and {"left_shoulder", "right_shoulder"} <= set(figure):
        facts += [_turn(figure, seconds)]
    if "place" in figure:
        facts += [_fact("body", "travel", np.abs(figure["place"] - figure["place"][0])[:, 0], TRAVELS, seconds)]
    return facts


def _fact(limb: str, measure: Measure, values: FloatArray, least: float, seconds: float | None) -> Fact:
    course = course_of(values, least)
    return Fact(limb, None, measure, course.pattern, course.extent, per_second=course.per_second(len(values), seconds))


def _above_the_feet(figure: Figure) -> FloatArray:
    """(L,) height of the shoulders above the feet that are seen."""
    feet = np.mean([figure[name][:, 1] for name in ANKLES if name in figure], axis=0)
    return np.asarray(figure["shoulders"][:, 1] - feet)


def _trunk(figure: Figure, seconds: float | None) -> Fact:
    """Whether it bends (the shoulders come down to the hips) or leans (they go aside)."""
    aside, above = (figure["shoulders"] - figure["hips"]).T
    sways = aside.min() < -SWAYS and aside.max() > SWAYS
    lean = aside if sways else np.abs(aside)
    if np.ptp(above) >= BOWS and np.ptp(above) >= 0.5 * np.ptp(lean):
        fact = _fact("trunk", "bow", above, BOWS, seconds)
        return replace(fact, bottom="far" if above.min() < LOW_BOW else None)
    return _fact("trunk", "sway" if sways else "lean", lean, LEANS, seconds)


def _sink(figure: Figure, seconds: float | None) -> Fact:
    """How high the hips are above the lower foot."""
    return _fact("body", "tall", figure["hips"][:, 1] - _ground(figure), SINKS, seconds)


def _ground(figure: Figure) -> FloatArray:
    """(L,) height of the lower foot."""
    return np.minimum(figure["left_ankle"][:, 1], figure["right_ankle"][:, 1])


def _jumps(figure: Figure) -> bool:
    """Whether both feet leave the ground while the hips are above where they usually are."""
    if "place" not in figure:
        return False
    off = _ground(figure) - _ground(figure).min()
    hips = figure["place"][:, 1] - np.median(figure["place"][:, 1])
    return bool(((off >= JUMPS) & (hips >= JUMPS / 2)).any())


def _jump(figure: Figure, seconds: float | None) -> Fact:
    ground = _ground(figure)
    return _fact("body", "jump", ground - ground.min(), JUMPS, seconds)


def _turn(figure: Figure, seconds: float | None) -> Fact:
    """How the width of the shoulders shrinks and grows as the body turns."""
    width = (figure["left_shoulder"] - figure["right_shoulder"])[:, 0]
    narrows = np.abs(width).min() <= 0.5 * np.abs(width).max()
    return _fact("body", "turn", width if narrows else np.zeros_like(width), TURNS, seconds)
