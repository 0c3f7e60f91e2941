"""What arms and legs do in a window, as facts: which measure goes where, how often, how far."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from dance_xai.motion.course import REPEATED, TIMED, Pattern, course_of
from dance_xai.motion.figure import Figure, foot_level, hand_level, is_frontal, is_lying
from dance_xai.types import FloatArray

Measure = Literal[
    "height",
    "aside",
    "reach",
    "circle",
    "lift",
    "spread",
    "stride",
    "tall",
    "upper",
    "bow",
    "lean",
    "sway",
    "turn",
    "jump",
    "travel",
]
SIDES = ("left", "right")

MOVES = 0.08
"""Statures a hand must go to move: 14 cm of an adult. Jitter of 2 cm stays below it."""

LIFTS = 0.07
"""Statures a foot must leave the height of the other; less is perspective or a heel."""

SPREADS = 0.12
"""Statures by which the distance between the feet must change; less is a shift of weight."""

CROSSES = 0.04
"""Statures a foot must be on either side of the other for the legs to pass each other."""

ELBOW = 0.4
"""Share of the way of the hand below which the elbow rests, and the hand moves rather than the arm."""

SIDEWAYS = 0.36
"""Share of its rise by which an arm must go outward as well to rise sideways."""

STEEP = 0.75
"""An arm that goes up at least this share of what it goes sideways rises."""

STRETCH = 0.7
"""Share of the way of a hand by which its distance from the shoulder must change to stretch or bend."""

ROUND = 0.5
"""Least width over height of the path of a hand that circles, or height over width, and least over largest radius."""

WHOLE_TURN = 300.0
"""Degrees a hand must go round the middle of its path to circle."""

STRAIGHT = 0.42
"""Statures from hip to ankle from which a leg is straight; it is 0.49 long."""


@dataclass(frozen=True)
class Fact:
    """What one limb, or the body, does.

    Attributes:
        limb: ``arm``, ``hand``, ``leg``, ``foot``, ``feet``, ``legs``, ``trunk`` or ``body``.
        side: ``left``, ``right``, ``both``, or None for what has no sides.
        measure: What changes.
        pattern: How it changes; up is: higher, outward, longer, lifted, wider, taller, turned away.
        extent: How far, statures.
        top: Where the limb is at its highest, such as ``shoulder height``; None where that says nothing.
        bottom: Where it is at its lowest.
        sideways: It goes out to the side as it rises.
        raised: What a hand also does while it is up: ``swings`` to and fro, ``stretches`` and bends, or None.
        in_turn: Left and right by turns.
        per_second: Cycles per second, None where it does not repeat or the time is not known.
    """

    limb: str
    side: str | None
    measure: Measure
    pattern: Pattern
    extent: float
    top: str | None = None
    bottom: str | None = None
    sideways: bool = False
    raised: Literal["swings", "stretches"] | None = None
    in_turn: bool = False
    per_second: float | None = None

    @property
    def returns(self) -> bool:
        """Whether it comes back to where it began, at least once."""
        return self.pattern in ("up and down", "down and up", "repeated")


def arm_facts(figure: Figure, seconds: float | None) -> list[Fact]:
    """What each arm does whose hand and shoulder are seen; ``still`` where it does not move."""
    return [_arm(figure, side, seconds) for side in SIDES if {f"{side}_wrist", f"{side}_shoulder"} <= set(figure)]


def leg_facts(figure: Figure, seconds: float | None) -> list[Fact]:
    """Feet that leave the height of the other foot, and feet that part, close or pass each other.

    Nothing while the person lies, or where one foot is not seen.
    """
    if "feet" not in figure or is_lying(figure):
        return []
    lifts = [_lift(figure, side, seconds) for side in SIDES]
    lifted = max(fact.extent if fact.pattern != "still" else 0.0 for fact in lifts)
    feet = _feet(figure, seconds)
    return [*lifts, feet] if feet.extent > 2 * lifted else lifts


def _arm(figure: Figure, side: str, seconds: float | None) -> Fact:
    hand = figure[f"{side}_wrist"] - figure[f"{side}_shoulder"]
    out, down = hand[:, 0] * _outward(figure, side, hand), _reaches_feet(figure, side)
    measure, values = _arm_measure(hand, out)
    if is_lying(figure):
        measure, values = "reach", np.linalg.norm(hand, axis=1)
    elif down:
        measure, values = "height", (figure[f"{side}_wrist"] - figure["feet"])[:, 1]
    main = course_of(values, MOVES)
    raised, rate = (
        _while_raised(hand, seconds) if measure == "height" and 0 < main.stretches < REPEATED else (None, None)
    )
    return Fact(
        limb="hand" if down else _arm_or_hand(figure, side, hand),
        side=side,
        measure=measure,
        pattern="repeated" if measure == "circle" else main.pattern,
        extent=main.extent,
        top=hand_level(figure, side, main.high),
        bottom=hand_level(figure, side, main.low),
        sideways=is_frontal(figure) and float(out.max() - out[main.low]) >= max(SIDEWAYS * main.extent, MOVES),
        raised=raised,
        per_second=rate or main.per_second(len(hand), seconds),
    )


def _reaches_feet(figure: Figure, side: str) -> bool:
    """Whether a hand comes down to the feet, which a trunk that bends does without moving the arm at the shoulder."""
    lowest = int(figure[f"{side}_wrist"][:, 1].argmin())
    return hand_level(figure, side, lowest) == "the feet"


def _while_raised(
    hand: FloatArray, seconds: float | None
) -> tuple[Literal["swings", "stretches"] | None, float | None]:
    """What a hand does in the longest time in which it is in the upper half of its way, and how often."""
    high = hand[:, 1] >= (hand[:, 1].min() + hand[:, 1].max()) / 2
    edges = np.flatnonzero(np.diff(np.r_[False, high, False].astype(np.int8)))
    start, stop = max(edges.reshape(-1, 2), key=lambda run: int(run[1] - run[0]))
    swing = course_of(hand[start:stop, 0], MOVES)
    if swing.stretches >= TIMED:
        share = (stop - start - 1) / (len(hand) - 1)
        return "swings", swing.per_second(stop - start, None if seconds is None else share * seconds)
    reach = course_of(np.linalg.norm(hand[start:stop], axis=1), MOVES)
    inside = 0 < start and stop < len(hand)
    return ("stretches" if inside and reach.pattern in ("up and down", "repeated") else None), None


def _arm_measure(hand: FloatArray, out: FloatArray) -> tuple[Measure, FloatArray]:
    """What best tells the way of a hand around its shoulder, and its values."""
    across, high = np.ptp(hand, axis=0)
    reach = np.linalg.norm(hand, axis=1)
    if min(across, high) >= MOVES and _circles(hand):
        return "circle", hand[:, 1]
    if high >= STEEP * across:
        return "height", hand[:, 1]
    if np.ptp(reach) >= STRETCH * across:
        return "reach", reach
    return "aside", out


def _circles(hand: FloatArray) -> bool:
    """Whether a hand goes round the middle of its path about once or more, never near the middle."""
    size = np.ptp(hand, axis=0)
    x, y = ((hand - hand.min(axis=0)) / size - 0.5).T
    angle, radius = np.unwrap(np.arctan2(y, x)), np.hypot(x, y)
    whole = abs(angle[-1] - angle[0]) >= np.deg2rad(WHOLE_TURN)
    return bool(whole and min(size) >= ROUND * max(size) and radius.min() >= ROUND * radius.max())


def _outward(figure: Figure, side: str, hand: FloatArray) -> float:
    """+1 where the outside of an arm is to the right of the picture, else -1.

    From the side it is where the hand goes farthest.
    """
    if not is_frontal(figure):
        return float(np.sign(hand[np.abs(hand[:, 0]).argmax(), 0]))
    width = np.median((figure["left_shoulder"] - figure["right_shoulder"])[:, 0])
    return float(np.sign(width) * (1 if side == "left" else -1))


def _arm_or_hand(figure: Figure, side: str, hand: FloatArray) -> str:
    """``arm`` where the elbow goes along, ``hand`` where it rests or is not seen."""
    elbow = figure.get(f"{side}_elbow")
    if elbow is None:
        return "hand"
    way = np.ptp(elbow - figure[f"{side}_shoulder"], axis=0).max()
    return "arm" if way >= ELBOW * np.ptp(hand, axis=0).max() else "hand"


def _lift(figure: Figure, side: str, seconds: float | None) -> Fact:
    """How a foot leaves the height of the other one."""
    ankle, other = figure[f"{side}_ankle"], figure[f"{'right' if side == 'left' else 'left'}_ankle"]
    lift = np.maximum(ankle - other, 0)[:, 1]
    course = course_of(lift, LIFTS)
    hip = figure.get(f"{side}_hip")
    straight = hip is not None and np.linalg.norm((hip - ankle)[course.high]) >= STRAIGHT
    top = foot_level(figure, side, course.high)
    rate = course.per_second(len(lift), seconds)
    return Fact("leg" if straight else "foot", side, "lift", course.pattern, course.extent, top, per_second=rate)


def _feet(figure: Figure, seconds: float | None) -> Fact:
    """How the feet part and close, or pass each other."""
    apart = (figure["left_ankle"] - figure["right_ankle"])[:, 0]
    crossing = apart.min() < -CROSSES and apart.max() > CROSSES
    course = course_of(apart if crossing else np.abs(apart), SPREADS)
    rate = course.per_second(len(apart), seconds)
    if crossing:
        return Fact("legs", None, "stride", course.pattern, course.extent, per_second=rate)
    return Fact("feet", None, "spread", course.pattern, course.extent, per_second=rate)
