"""The smallest change of concepts that gives another decision. Exact for a linear head."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from dance_xai.errors import ShapeError, check_shape
from dance_xai.explain.terms import ConceptModel
from dance_xai.types import BoolArray, ConceptBank, Flip, FlipChange, FloatArray, IntArray

Norm = Literal["l1", "l2"]

BY = 0.01
"""Logits by which the rival must win at least; a tie is no decision."""


@dataclass(frozen=True, eq=False)
class _Rivals:
    """The decision against each of R rivals: changing the activation by ``step`` takes ``slope * step`` from a margin.

    Attributes:
        label: Class index of the decision.
        rival: (R,) class indices.
        margin: (R,) logit of the label minus that of the rival, at least 0.
        slope: (R, C) weight of the rival minus that of the label.
    """

    label: int
    rival: IntArray
    margin: FloatArray
    slope: FloatArray


def fewest_changes(
    model: ConceptModel,
    activation: FloatArray,
    *,
    low: FloatArray | None = None,
    high: FloatArray | None = None,
    by: float = BY,
) -> Flip | None:
    """The fewest concepts whose change gives another decision.

    Against one rival, each concept takes its own share from the margin whatever happens to the others, and k concepts
    take at most the sum of the k largest shares. The smallest k whose sum exceeds the margin is therefore exact, and
    the smallest over all rivals is the fewest of all: a decision changes only when some rival overtakes. Of several
    choices of k concepts the one that takes most is kept, and within ranges all its steps are then shortened alike
    until the rival just wins.

    Args:
        model: Concepts, classes and a linear head.
        activation: (C,) standardised activations of the clip.
        low: (C,) least value a concept may be changed to, for example of train clips. Without ``low`` and ``high``
            concepts are set to 0, as usual in train clips.
        high: (C,) largest value. A value of the clip that lies outside may stay.
        by: Logits by which the rival must win at least, above 0.

    Returns:
        None where no such change gives another decision.

    Raises:
        ShapeError: Arrays that do not fit the concepts, a low above its high, or only one of the two.

    Source: ours; the smallest change that alters a decision as in counterfactual explanation (Wachter et al. 2017).
    """
    rivals = _rivals(model, activation)
    bounds = _bounds(activation, low, high)
    if bounds is None:
        step = np.broadcast_to(-activation, rivals.slope.shape)
    else:
        step = np.where(rivals.slope > 0, bounds[1], bounds[0])  # (R, C) the farthest a concept can help
    gain = rivals.slope * step
    order = np.argsort(-gain, axis=1, kind="stable")
    total = np.cumsum(np.maximum(np.take_along_axis(gain, order, axis=1), 0), axis=1)
    wins = total >= rivals.margin[:, None] + by  # (R, C) with the largest 1, 2, ... gains
    if not wins.any():
        return None
    count = np.where(wins.any(axis=1), wins.argmax(axis=1), wins.shape[1])
    left = rivals.margin - total[:, count.min()]
    best = int(np.where(count == count.min(), left, np.inf).argmin())
    chosen = np.zeros_like(activation)
    concepts = order[best, : count[best] + 1]
    chosen[concepts] = step[best, concepts]
    return _flip(model, rivals, activation, chosen if bounds is None else _shorten(rivals, chosen, by))


def smallest_change(
    model: ConceptModel,
    activation: FloatArray,
    *,
    low: FloatArray,
    high: FloatArray,
    norm: Norm = "l2",
    cost: FloatArray | None = None,
    by: float = BY,
) -> Flip | None:
    """The change of least size inside ranges that gives another decision.

    ``l1``: the sum of ``cost * |change|``, a fractional knapsack filled by gain per cost. ``l2``: the sum of
    ``cost * change ** 2``, where every change is proportional to ``slope / cost`` up to its range. Both are solved
    exactly against each rival; the smallest over rivals is the smallest of all.

    Args:
        model: Concepts, classes and a linear head.
        activation: (C,) standardised activations of the clip.
        low: (C,) least value of each concept.
        high: (C,) largest value. A value of the clip that lies outside may stay.
        norm: How size is measured.
        cost: (C,) above 0, of changing each concept; 1 by default.
        by: Logits by which the rival must win at least, above 0.

    Returns:
        None where no change inside the ranges gives another decision.

    Raises:
        ShapeError: Arrays that do not fit, a low above its high, or a cost that is not above 0.

    Source: ours.
    """
    rivals = _rivals(model, activation)
    bounds = _bounds(activation, low, high)
    assert bounds is not None
    price = np.ones_like(activation) if cost is None else cost
    check_shape("cost of changes", price, (len(activation),))
    if (price <= 0).any():
        raise ShapeError(f"cost of changes: expected numbers above 0, got {price.min()}; leave concepts out by ranges")
    solve, size = SOLVERS[norm]
    found = [
        solve(slope, np.where(slope > 0, bounds[1], -bounds[0]), price, margin + by)
        for slope, margin in zip(rivals.slope, rivals.margin, strict=True)
    ]
    possible = [(size(step, price), row) for row, step in enumerate(found) if step is not None]
    if not possible:
        return None
    best = found[min(possible)[1]]
    assert best is not None
    return _flip(model, rivals, activation, best)


def _rivals(model: ConceptModel, activation: FloatArray) -> _Rivals:
    weight, bias = model.head.weight, model.head.bias
    check_shape("activations of the clip", activation, (weight.shape[1],))
    logits = weight @ activation + bias
    label = int(logits.argmax())
    rival = np.delete(np.arange(len(logits)), label)
    return _Rivals(label, rival, logits[label] - logits[rival], weight[rival] - weight[label])


def _bounds(
    activation: FloatArray, low: FloatArray | None, high: FloatArray | None
) -> tuple[FloatArray, FloatArray] | None:
    """(C,) farthest step down (at most 0) and up (at least 0); None without ranges."""
    if low is None and high is None:
        return None
    if low is None or high is None:
        raise ShapeError("low and high: expected both or neither, got one; pass both")
    check_shape("low", low, (len(activation),))
    check_shape("high", high, (len(activation),))
    if (low > high).any():
        raise ShapeError(f"low: expected at most high, got more for {int((low > high).sum())} concepts; swap them")
    return np.minimum(low - activation, 0), np.maximum(high - activation, 0)


def _shorten(rivals: _Rivals, step: FloatArray, by: float) -> FloatArray:
    """The shortest part of a step after which the first rival wins."""
    gain = rivals.slope @ step
    needed = np.full(len(gain), np.inf)
    np.divide(rivals.margin + by, gain, out=needed, where=gain > 0)
    return np.asarray(step * min(1.0, float(needed.min())))


def _flip(model: ConceptModel, rivals: _Rivals, activation: FloatArray, step: FloatArray) -> Flip:
    after = rivals.margin - rivals.slope @ step
    winner = int(after.argmin())
    gain = rivals.slope[winner] * step
    order = [int(j) for j in np.argsort(-gain, kind="stable") if step[j]]
    return Flip(
        label=model.classes[rivals.label],
        rival=model.classes[rivals.rival[winner]],
        changes=tuple(_change(model.bank, j, float(activation[j]), float(step[j]), float(gain[j])) for j in order),
        margin=float(rivals.margin[winner]),
        margin_after=float(after[winner]),
    )


def _change(bank: ConceptBank, j: int, before: float, step: float, gain: float) -> FlipChange:
    concept = bank.concepts[j]
    return FlipChange(j, concept.kind, concept.name, before, before + step, gain)


def _least_sum(slope: FloatArray, room: FloatArray, cost: FloatArray, needed: float) -> FloatArray | None:
    """Steps of least ``sum(cost * |step|)`` with ``slope @ step == needed``, each at most ``room`` in size."""
    pull = np.abs(slope)
    order = np.argsort(-pull / cost, kind="stable")
    full = (pull * room)[order]
    before = np.cumsum(full) - full
    taken = np.clip(needed - before, 0, full)
    if taken.sum() < needed * (1 - 1e-12):
        return None
    size = np.zeros_like(slope)
    np.divide(taken, pull[order], out=taken, where=pull[order] > 0)
    size[order] = taken
    return np.asarray(size * np.sign(slope))


def _least_squares(slope: FloatArray, room: FloatArray, cost: FloatArray, needed: float) -> FloatArray | None:
    """Steps of least ``sum(cost * step ** 2)`` with ``slope @ step == needed``, each at most ``room`` in size.

    Optimal steps are ``min(level * |slope| / cost, room)``; what they give grows with the level in straight pieces.
    """
    pull = np.abs(slope)
    useful: BoolArray = (pull > 0) & (room > 0)
    if (pull * room).sum() < needed:
        return None
    rate = pull / cost
    ends = np.where(useful, room / np.where(useful, rate, 1), 0.0)  # level at which a step is full
    levels = np.sort(ends[useful])
    given = np.array([(pull * np.minimum(level * rate, room)).sum() for level in levels])
    piece = min(int(np.searchsorted(given, needed)), len(levels) - 1)
    below, have = (levels[piece - 1], given[piece - 1]) if piece else (0.0, 0.0)
    growing = useful & (ends >= levels[piece])
    level = below + (needed - have) / (pull * rate)[growing].sum()
    return np.asarray(np.minimum(level * rate, room) * np.sign(slope))


def _sum_size(step: FloatArray, cost: FloatArray) -> float:
    return float((cost * np.abs(step)).sum())


def _squares_size(step: FloatArray, cost: FloatArray) -> float:
    return float((cost * step**2).sum())


Solver = Callable[[FloatArray, FloatArray, FloatArray, float], FloatArray | None]
SOLVERS: dict[Norm, tuple[Solver, Callable[[FloatArray, FloatArray], float]]] = {
    "l1": (_least_sum, _sum_size),
    "l2": (_least_squares, _squares_size),
}
