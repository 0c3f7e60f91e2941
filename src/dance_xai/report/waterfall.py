"""From the bias through the contributions to the logit, in steps that add up to the last digit shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from dance_xai.report.numbers import digits_for
from dance_xai.types import Contribution
from dance_xai.types.numbers import decimal, units

Role = Literal["bias", "term", "others", "rounding", "total"]


@dataclass(frozen=True)
class Step:
    """One row of a waterfall.

    Attributes:
        role: What the row is.
        value: Exact value of the step; for ``rounding``, what the rounded rows lack to the rounded total.
        text: The value as shown.
        left: Where the bar starts, in percent of the width.
        width: Its width in percent.
        term: The contribution of a ``term`` row.
        count: Contributions in an ``others`` row.
    """

    role: Role
    value: float
    text: str
    left: float = 0.0
    width: float = 0.0
    term: Contribution | None = None
    count: int = 0


@dataclass(frozen=True)
class Waterfall:
    """The rows, the decimals they show, and where zero lies in percent of the width."""

    steps: tuple[Step, ...]
    digits: int
    zero: float


INVISIBLE = 1e-9  # sums this small have no bars


def waterfall(bias: float, terms: Sequence[Contribution], total: float, *, top: int = 8) -> Waterfall:
    """Build the rows.

    Every number is the exact value rounded. Where the rounded rows miss the rounded total, a row ``rounding`` of a few
    units of the last digit says so, so that the column of numbers adds up as it stands.

    Args:
        bias: First step.
        terms: Contributions, largest absolute value first.
        total: ``bias`` plus the sum of all contributions.
        top: Contributions with a row of their own; the rest is summed in one row, with those that would show as 0 where
            these are several.
    """
    digits = digits_for([bias, total, *(term.value for term in terms[:top])])
    shown = _worth_a_row(terms, digits, top)
    rest = terms[len(shown) :]
    parts = [Step("bias", bias, "")]
    parts += [Step("term", term.value, "", term=term) for term in shown]
    if rest:
        parts.append(Step("others", sum(term.value for term in rest), "", count=len(rest)))
    residue = units(total, digits) - sum(units(part.value, digits) for part in parts)
    placed, zero = _place([*parts, Step("total", total, "")], digits)
    if residue:
        value = residue / 10**digits
        placed.insert(-1, Step("rounding", value, decimal(value, digits, sign=True), left=zero))
    return Waterfall(tuple(placed), digits, zero)


def _worth_a_row(terms: Sequence[Contribution], digits: int, top: int) -> Sequence[Contribution]:
    seen = sum(units(term.value, digits) != 0 for term in terms[:top])
    return terms[:seen] if len(terms) - seen > 1 else terms[:top]


def _place(parts: list[Step], digits: int) -> tuple[list[Step], float]:
    """Set text and bar of each part; the bias and the total start at zero."""
    spans = []
    at = 0.0
    for part in parts:
        start = 0.0 if part.role == "total" else at
        at = start + part.value
        spans.append((min(start, at), max(start, at)))
    low, high = min(left for left, _ in spans), max(right for _, right in spans)
    scale = 100 / (high - low) if high - low > INVISIBLE else 0.0
    placed = [
        replace(
            part,
            text=decimal(part.value, digits, sign=part.role != "total"),
            left=round((left - low) * scale, 3),
            width=round((right - left) * scale, 3),
        )
        for part, (left, right) in zip(parts, spans, strict=True)
    ]
    return placed, round(-low * scale, 3)
