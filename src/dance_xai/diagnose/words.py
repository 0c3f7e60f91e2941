"""A diagnosis as a person reads it."""

from __future__ import annotations

from collections.abc import Sequence

from dance_xai.diagnose.causes import Failure, Fault
from dance_xai.diagnose.proposals import Shortcut
from dance_xai.diagnose.subgroups import UnevenConcept
from dance_xai.diagnose.suspicion import Suspicion, Unjudged
from dance_xai.edit.heldout import Proposed
from dance_xai.edit.lookup import EVERY_CLASS
from dance_xai.types import counted
from dance_xai.types.numbers import decimal, percent

CAUSE_WORDS = {
    "no pose": "nobody was found to read motion from; with the usual motion of the class it would be right",
    "key frame missed": "a motion happens away from the key frames; had it been looked at, it would be right",
    "concept wrong": "concepts were read wrongly; with their labels it would be right",
    "weight wrong": "its concepts are right and tell the two classes apart, but the weights do not use them so",
    "same concepts": "its concepts are those of the other class; weights fitted to tell these two apart say so too",
}
SHOWN = 3
MOST_UNJUDGED = 8
LEAST_CHANCE = 0.001


def failure_words(one: Failure) -> str:
    """A failure in a sentence or two."""
    return f"{one.clip}, '{one.label}', is taken for '{one.said}': {cause_words(one)}"


def cause_words(one: Failure) -> str:
    """Why a clip is wrong, in a sentence that begins in lower case."""
    named = ", ".join(map(_fault_words, one.faults[:SHOWN]))
    more = f" and {len(one.faults) - SHOWN} more" if len(one.faults) > SHOWN else ""
    return CAUSE_WORDS[one.cause] + (f": {named}{more}." if named else ".")


def _fault_words(fault: Fault) -> str:
    if fault.wanted is None:
        return fault.concept
    return f"{fault.concept} ({_signed(fault.activation, 1)}, should be {_signed(fault.wanted, 1)})"


def shortcut_words(one: Shortcut) -> str:
    """A suspected shortcut, what speaks for it and what could be done, in a few sentences."""
    return f"{suspicion_words(one.suspicion)} {proposal_words(one)}"


def suspicion_words(doubt: Suspicion) -> str:
    """What speaks for a suspected shortcut, and how much of it noise could make."""
    side = _side(doubt.weight)
    makes = (
        f"makes {percent(doubt.mass, 0)} of the class's contributions"
        if doubt.mass
        else "reaches it through others only"
    )
    text = (
        f"'{doubt.label}' leans on {doubt.kind} '{doubt.concept}': {percent(doubt.share, 0)} of its train clips are "
        f"{side} it ({percent(doubt.elsewhere, 0)} of the others), and it {makes}. "
        f"Held-out clips of the class that are so are right in {_percent(doubt.usual)}, the {doubt.n_unusual} that are "
        f"not in {_percent(doubt.unusual)}; {doubt.misled} of {doubt.n_tempted} clips of other classes that are so are "
        "taken for it."
    )
    if doubt.through:
        text += f" {learnt_words(doubt)}"
    if doubt.motion_alone is not None:
        text += f" Motion alone finds {percent(doubt.motion_alone, 0)} of the class."
    if not doubt.is_credible:
        text += f" Doubtful: noise alone would make about {doubt.by_noise:.0f} clips look like exceptions."
    return text


def unjudged_words(found: Sequence[Unjudged]) -> str:
    """What could be shortcuts for all one knows, in a sentence."""
    each = [
        f"{one.kind} '{one.concept}' for '{one.label}' ({percent(one.share, 0)} of its clips {_side(one.weight)} it, "
        f"{percent(one.elsewhere, 0)} of the others; {counted(one.exceptions, 'exception')})"
        for one in found[:MOST_UNJUDGED]
    ]
    more = f", and {len(found) - MOST_UNJUDGED} more" if len(found) > MOST_UNJUDGED else ""
    return f"too few train clips break these associations to tell whether they are shortcuts: {', '.join(each)}{more}"


def learnt_words(doubt: Suspicion) -> str:
    """Which layers have learnt the concept of a suspicion, in a sentence."""
    named = ", ".join(f"'{one.concept}' ({_signed(one.correlation)})" for one in doubt.through[:SHOWN])
    layers = "The layer of" if len(doubt.through) == 1 else "The layers of"
    has = "has" if len(doubt.through) == 1 else "have"
    more = f" and {len(doubt.through) - SHOWN} more" if len(doubt.through) > SHOWN else ""
    return (
        f"{layers} {named}{more} {has} learnt '{doubt.concept}' besides: within a class, what is said beyond the "
        "concept's own label goes with it (correlation)."
    )


def proposal_words(one: Shortcut) -> str:
    """What could be done against a suspected shortcut, with what it costs and brings."""
    if one.edit is None or one.effect is None:
        return "No edit that was tried helps at so little cost."
    before, after = one.effect.turned
    points = f"{abs(100 * one.effect.cost):.1f}"
    costs = "costs nothing" if points == "0.0" else f"{'costs' if one.effect.cost > 0 else 'gains'} {points} points"
    text = (
        f"Proposed: {edit_words(one.edit)}. On held-out train clips this {costs}, "
        f"and if the association were turned round accuracy would be {percent(after)} in place of {percent(before)}"
    )
    control = "" if one.control is None else f" ({percent(one.control.turned[1])} with the weaker penalty alone)"
    return text + control + "."


def edit_words(edit: Proposed) -> str:
    """A proposed edit in a clause."""
    given = edit.arguments
    if edit.operation == "ablate":
        return f"switch off {', '.join(given['concepts'])}"
    weaker = f" with strength {given['lam']:.2g}" if "lam" in given else ""
    if given.get("only"):
        return f"solve again with {' and '.join(given['only'])} concepts only{weaker}"
    solve = f"solve again{_without(given.get('forbid', []))}{weaker}"
    if edit.operation != "detach":
        return solve
    freed = ", ".join(given.get("concepts", [])) or "the concepts of other kinds"
    away = [*(f"all {kind}s" for kind in given.get("kinds", [])), *given.get("sources", [])]
    return f"detach {freed} from {' and '.join(away)}, and {solve}"


def _without(pairs: Sequence[Sequence[str]]) -> str:
    if not pairs:
        return ""
    labels = dict.fromkeys("every class" if label == EVERY_CLASS else f"'{label}'" for label, _ in pairs)
    names = list(dict.fromkeys(name for _, name in pairs))
    what = ", ".join(names) if len(names) <= SHOWN else f"{', '.join(names[:SHOWN])} and {len(names) - SHOWN} more"
    return f" without {what} for {' and '.join(labels)}"


def uneven_words(one: UnevenConcept) -> str:
    """An uneven concept in a sentence."""
    most, least = one.effects[0], one.effects[-1]
    chance = f"less than {LEAST_CHANCE}" if one.chance < LEAST_CHANCE else decimal(one.chance, 3)
    return (
        f"'{one.concept}' lifts '{one.label}' by {_signed(most.effect)} where {one.attribute} is {most.group} and by "
        f"{_signed(least.effect)} where it is {least.group} (by chance: {chance})."
    )


def _percent(value: float | None) -> str:
    return "no clip" if value is None else percent(value, 0)


def _signed(value: float, digits: int = 2) -> str:
    return decimal(value, digits, sign=True)


def _side(weight: float) -> str:
    return "with" if weight > 0 else "without"
