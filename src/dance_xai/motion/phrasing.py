"""Facts about a movement in plain words, one sentence, the largest movement first."""

from __future__ import annotations

from collections.abc import Sequence

from dance_xai.motion.limbs import Fact, Measure

VERBS: dict[Measure, tuple[str, ...]] = {
    "height": (
        "rise{s}{sideways}{from_bottom}{top}",
        "fall{s}{from_top}{bottom}",
        "rise{s}{sideways}{top} and fall{s}",
        "fall{s}{bottom} and rise{s}",
        "rise{s}{sideways}{top} and fall{s}",
    ),
    "aside": (
        "swing{s} out{top}",
        "swing{s} in{top}",
        "swing{s} out and in{top}",
        "swing{s} in and out{top}",
        "swing{s} to and fro{top}",
    ),
    "reach": (
        "stretch{es}{top}",
        "bend{s}{top}",
        "stretch{es} and bend{s}{top}",
        "bend{s} and stretch{es}{top}",
        "stretch{es} and bend{s}{top}",
    ),
    "circle": ("circle{s}{top}",) * 5,
    "lift": (
        "lift{s}{top}",
        "come{s} down",
        "lift{s}{top} and come{s} down",
        "come{s} down and lift{s}",
        "lift{s}{top}",
    ),
    "spread": ("part", "close", "part and close", "close and part", "part and close"),
    "stride": ("swing past each other",) * 5,
    "tall": ("rises", "sinks", "rises and sinks", "sinks and rises", "sinks and rises"),
    "upper": ("rises", "sinks", "rises and sinks", "sinks and rises", "rises and sinks"),
    "bow": (
        "straightens",
        "bends{bottom}",
        "straightens and bends{bottom}",
        "bends{bottom} and straightens",
        "bends{bottom} and straightens",
    ),
    "lean": (
        "leans over",
        "straightens",
        "leans over and straightens",
        "straightens and leans over",
        "leans over and straightens",
    ),
    "sway": (*("leans from one side to the other",) * 2, *("leans over and back",) * 2, "sways to and fro"),
    "turn": (*("turns",) * 2, *("turns to and fro",) * 3),
    "jump": ("jumps", "lands", "jumps", "lands and jumps", "jumps"),
    "travel": (*("moves sideways",) * 2, *("moves sideways and back",) * 3),
}
"""How a measure is said to change: up, down, up and down, down and up, repeated.

``{s}`` and ``{es}`` end the verb of one limb; ``{top}``, ``{bottom}`` say where.
"""

SHARES: dict[Measure, float] = {
    **dict.fromkeys(("lift", "spread", "stride", "tall", "upper", "bow"), 2.0),
    **dict.fromkeys(("lean", "sway", "turn"), 1.2),
    "jump": 4.0,
}
"""How much of the body a measure moves beside an arm, which is 1; a leg, or all above the hips, counts twice."""

FIELD = {"up": 0, "down": 1, "up and down": 2, "down and up": 3, "repeated": 4}
SAID_AGAIN = ("circle", "stride", "sway", "turn")
"""Measures whose words say by themselves that the movement repeats."""

LONGEST = 20
MINOR = 0.4
"""Share of the largest movement below which another is left out."""

QUIET = 0.05
"""Statures below which limbs are said to be still; those in between are not spoken of."""

SAME_RATE = 0.15
"""Relative difference below which two rates are one."""

MOST = 3


def sentence(facts: Sequence[Fact], *, lying: bool) -> str:
    """One sentence of at most ``LONGEST`` words.

    Args:
        facts: Of all limbs that are seen, still ones too.
        lying: Whether the person lies.
    """
    if not facts:
        return "hardly any joint is seen"
    moving = sorted((fact for fact in facts if fact.pattern != "still"), key=weight, reverse=True)
    shown = [fact for fact in moving if weight(fact) >= MINOR * weight(moving[0])][:MOST]
    clauses = _clauses(shown) or [_held(facts)]
    while len(clauses) > 1 and _words(clauses) > LONGEST - lying:
        clauses.pop()
    rest = _resting(facts)
    if shown and rest and _words([*clauses, rest]) <= LONGEST - lying:
        clauses.append(rest)
    return ("lying: " if lying else "") + "; ".join(clauses)


def _clauses(facts: Sequence[Fact]) -> list[str]:
    """Each fact in words; a rate that one of the facts before has too is not told again."""
    clauses: list[str] = []
    told: list[float] = []
    for fact in facts:
        rate = fact.per_second
        known = rate is not None and any(abs(before / rate - 1) < SAME_RATE for before in told)
        clauses.append(clause(fact, often=not known))
        told += [] if rate is None else [rate]
    return clauses


def weight(fact: Fact) -> float:
    """How much of a movement a fact is: its extent, more for more of the body and for both sides."""
    return fact.extent * SHARES.get(fact.measure, 1.0) * (1.5 if fact.side == "both" else 1.0)


def clause(fact: Fact, *, often: bool = True) -> str:
    """One fact in words, such as ``both arms rise sideways to shoulder height and fall``; ``often`` says how often."""
    one = "" if fact.side == "both" else "s"
    places = {"top": _to(fact.top), "bottom": _to(fact.bottom), "from_top": "", "from_bottom": ""}
    if fact.top and fact.bottom and fact.top != fact.bottom:
        places |= {"from_top": f" from {fact.top}", "from_bottom": f" from {fact.bottom}"}
    if fact.pattern in ("up", "down") and places["from_top"]:
        places |= {"top": f" to {fact.top}", "bottom": f" to {fact.bottom}"}
    if fact.measure in ("aside", "reach", "circle"):
        places["top"] = _at(fact.top)
    verbs = VERBS[fact.measure][FIELD["repeated" if fact.in_turn else fact.pattern]]
    said = verbs.format(s=one, es="es" if one else "", sideways=" sideways" if fact.sideways else "", **places)
    return f"{subject(fact)} {said}{_manner(fact, often)}"


def subject(fact: Fact) -> str:
    """``the left arm``, ``both feet``, ``the trunk``."""
    if fact.side == "both":
        return "both " + {"foot": "feet"}.get(fact.limb, fact.limb + "s")
    return f"the {fact.side} {fact.limb}" if fact.side else f"the {fact.limb}"


def _manner(fact: Fact, often: bool) -> str:
    """`` in turn, 1.2 per second``; how often is told of what a hand does while it is up, where it does something."""
    rate = "" if fact.per_second is None else f"{fact.per_second:.1f} per second"
    if fact.pattern == "repeated" and fact.measure not in SAID_AGAIN and not rate:
        rate = "repeatedly"
    turns = " in turn" if fact.in_turn else ""
    raised = {"swings": "swinging to and fro", "stretches": "stretching and bending", None: ""}[fact.raised]
    manner = " ".join(filter(None, (raised, rate if often else "")))
    return f"{turns}, {manner}" if manner else turns


def _to(place: str | None) -> str:
    """`` to the feet``, `` above the head``, `` far``."""
    if not place:
        return ""
    return f" {place}" if place.startswith("above") or place == "far" else f" to {place}"


def _at(place: str | None) -> str:
    if not place:
        return ""
    return f" {place}" if place.startswith("above") else f" at {place}"


def _held(facts: Sequence[Fact]) -> str:
    """Nothing moves: say so, and where hands are held that do not hang."""
    raised = [fact for fact in facts if fact.limb in ("arm", "hand") and fact.bottom in RAISED]
    if not raised:
        return "nearly still"
    return f"nearly still, {' and '.join(f'{subject(fact)}{_at(fact.bottom)}' for fact in raised)}"


RAISED = ("shoulder height", "head height", "above the head")


def _resting(facts: Sequence[Fact]) -> str:
    """Which of arms and legs are seen and rest."""
    groups = {
        "arms": [fact for fact in facts if fact.limb in ("arm", "hand")],
        "legs": [fact for fact in facts if fact.measure in ("lift", "spread", "stride", "tall", "jump")],
    }
    rest = [name for name, group in groups.items() if group and all(fact.extent < QUIET for fact in group)]
    return f"{rest[0]} still" if len(rest) == 1 else ""


def _words(clauses: Sequence[str]) -> int:
    return sum(len(text.split()) for text in clauses)
