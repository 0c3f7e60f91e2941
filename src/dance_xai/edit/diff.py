"""What changes from one model to another, clip by clip, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from dance_xai.edit.lookup import full_name
from dance_xai.errors import DataError
from dance_xai.model.bottleneck import ConceptBottleneck
from dance_xai.types import FloatArray

Effect = Literal["better", "worse", "other"]


@dataclass(frozen=True)
class Reason:
    """One term of the change of a margin.

    Attributes:
        name: ``kind:name`` of a concept, or ``bias``.
        value: How much it moved the margin of the new prediction over the old one.
    """

    name: str
    value: float


@dataclass(frozen=True)
class Change:
    """A clip that two models predict differently.

    Attributes:
        clip: Its id.
        label: Its class, None when unknown.
        before: What the first model says.
        after: What the second says.
        effect: ``better``: only the second is right; ``worse``: only the first; ``other``: neither, or unknown.
        margin: (before, after) margin of the second prediction over the first; None where a model lacks a class.
        reasons: Terms that moved the margin, largest first; they sum up to the change with those left out.
    """

    clip: str
    label: str | None
    before: str
    after: str
    effect: Effect
    margin: tuple[float, float] | None
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Difference:
    """Two models on the same clips.

    Attributes:
        clips: Clips compared.
        labelled: Of them, those with a known class.
        correct: (before, after) labelled clips that are right.
        changes: Clips that are predicted differently, worse first, then better, then other.
    """

    clips: int
    labelled: int
    correct: tuple[int, int]
    changes: tuple[Change, ...]

    def count(self, effect: Effect) -> int:
        """Changes with this effect."""
        return sum(change.effect == effect for change in self.changes)


def compare(
    before: ConceptBottleneck,
    after: ConceptBottleneck,
    inputs: tuple[FloatArray, FloatArray],
    *,
    ids: Sequence[str],
    labels: Sequence[str | None],
    top: int = 3,
) -> Difference:
    """Which clips are predicted differently, for better and for worse, and the contributions behind it.

    Args:
        before: A model.
        after: Another; concepts are compared by kind and name.
        inputs: What each reads, (N, D) and (N, D').
        ids: N clip ids.
        labels: N class names, None where unknown.
        top: Reasons to name per clip.

    Raises:
        DataError: The numbers of clips do not agree.

    Source: ours; the logits are exact sums, so the terms sum up to the change of the margin.
    """
    if not len(ids) == len(labels) == len(inputs[0]) == len(inputs[1]):
        raise DataError(
            f"compare: expected one row per clip, got {len(inputs[0])} and {len(inputs[1])} for {len(ids)}; "
            "pass the same clips"
        )
    sides = [_Side(model, x) for model, x in zip((before, after), inputs, strict=True)]
    said = [side.said() for side in sides]
    changes = [
        _change(sides, row, ids[row], labels[row], said[0][row], said[1][row], top)
        for row in range(len(ids))
        if said[0][row] != said[1][row]
    ]
    order = ("worse", "better", "other")
    return Difference(
        clips=len(ids),
        labelled=sum(label is not None for label in labels),
        correct=(_right(said[0], labels), _right(said[1], labels)),
        changes=tuple(sorted(changes, key=lambda change: order.index(change.effect))),
    )


class _Side:
    """One model with what it makes of the clips."""

    def __init__(self, model: ConceptBottleneck, x: FloatArray) -> None:
        self.model = model
        self.concepts = model.concepts(x)
        self.logits = self.concepts @ model.head.weight.T + model.head.bias

    def said(self) -> list[str]:
        return [self.model.classes[at] for at in self.logits.argmax(axis=1)]

    def knows(self, *labels: str) -> bool:
        return all(label in self.model.classes for label in labels)

    def margin(self, row: int, label: str, rival: str) -> tuple[float, dict[str, float]]:
        """Logit of ``label`` minus that of ``rival``, and its terms by name."""
        head, bank = self.model.head, self.model.bank
        a, b = (self.model.classes.index(name) for name in (label, rival))
        terms = (head.weight[a] - head.weight[b]) * self.concepts[row]
        named = {full_name(bank, int(at)): float(terms[at]) for at in np.flatnonzero(terms)}
        named["bias"] = float(head.bias[a] - head.bias[b])
        return float(self.logits[row, a] - self.logits[row, b]), named


def _right(said: Sequence[str], labels: Sequence[str | None]) -> int:
    return sum(one == label for one, label in zip(said, labels, strict=True))


def _change(
    sides: Sequence[_Side], row: int, clip: str, label: str | None, before: str, after: str, top: int
) -> Change:
    effect: Effect = "better" if after == label else "worse" if before == label else "other"
    if not all(side.knows(before, after) for side in sides):
        return Change(clip, label, before, after, effect, None, ())
    (old, was), (new, now) = (side.margin(row, after, before) for side in sides)
    moved = [Reason(name, now.get(name, 0.0) - was.get(name, 0.0)) for name in dict.fromkeys([*was, *now])]
    moved.sort(key=lambda reason: -abs(reason.value))
    return Change(clip, label, before, after, effect, (old, new), tuple(r for r in moved[:top] if r.value))
