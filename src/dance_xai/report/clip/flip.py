"""The smallest change that flips the decision, as a sum that adds up."""

from __future__ import annotations

from collections.abc import Callable

from dance_xai.report.waterfall import Waterfall, waterfall
from dance_xai.types import Contribution, Flip
from dance_xai.types.numbers import decimal


def flip_fall(flip: Flip, *, top: int = 8) -> Waterfall:
    """From the lead as it is, through what each change takes from it, to the lead of the rival (below 0)."""
    terms = [
        Contribution(
            each.concept,
            each.kind,
            each.name,
            activation=each.after - each.before,
            weight=-each.gain / (each.after - each.before),
            value=-each.gain,
        )
        for each in flip.changes
    ]
    return waterfall(flip.margin, terms, flip.margin_after, top=top)


def change_teller(flip: Flip | None) -> Callable[[Contribution], str]:
    """What tells, for a row of ``flip_fall``, from where to where its concept is changed."""
    told = {each.concept: f"{_told(each.before)} → {_told(each.after)}" for each in (flip.changes if flip else ())}
    return lambda term: told[term.concept]


def _told(value: float) -> str:
    return decimal(value, 2, sign=True)
