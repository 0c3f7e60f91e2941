"""The terms of one exact sum, shared by all explanations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

import numpy as np

from dance_xai.errors import DataError
from dance_xai.types import KINDS, Activations, ConceptBank, Contribution, FloatArray, Kind, WindowMatch


class Head(Protocol):
    """Class logits from concepts: ``weight`` (Y, C) and ``bias`` (Y,)."""

    @property
    def weight(self) -> FloatArray: ...

    @property
    def bias(self) -> FloatArray: ...


class ConceptModel(Protocol):
    """What an explanation needs of a model; `ConceptBottleneck` is one."""

    @property
    def bank(self) -> ConceptBank: ...

    @property
    def classes(self) -> tuple[str, ...]: ...

    @property
    def head(self) -> Head: ...

    @property
    def activations(self) -> Activations: ...

    def concepts(self, x: FloatArray) -> FloatArray: ...

    def logits(self, x: FloatArray) -> FloatArray: ...


def contributions(
    bank: ConceptBank, weight: FloatArray, activation: FloatArray, matches: Mapping[int, WindowMatch]
) -> tuple[Contribution, ...]:
    """The terms ``weight * activation`` with a non-zero weight, largest absolute value first.

    Args:
        bank: C concepts.
        weight: (C,) weights of one class, or the difference of two.
        activation: (C,) standardised activations of one clip.
        matches: Best window in the clip per motion concept.
    """
    terms = [
        Contribution(
            concept=int(j),
            kind=bank.concepts[j].kind,
            name=bank.concepts[j].name,
            activation=float(activation[j]),
            weight=float(weight[j]),
            value=float(weight[j] * activation[j]),
            match=matches.get(int(j)),
        )
        for j in np.flatnonzero(weight)
    ]
    return by_size(terms)


def by_size(terms: Iterable[Contribution]) -> tuple[Contribution, ...]:
    """Largest absolute value first; ties in bank order."""
    return tuple(sorted(terms, key=lambda term: (-abs(term.value), term.concept)))


def shares(terms: Iterable[tuple[Kind, float]]) -> dict[Kind, float]:
    """Share of the absolute values per kind, summing to 1; all 0 where every value is 0."""
    totals: dict[Kind, float] = dict.fromkeys(KINDS, 0.0)
    for kind, value in terms:
        totals[kind] += abs(value)
    whole = sum(totals.values())
    return {kind: total / whole if whole > 0 else 0.0 for kind, total in totals.items()}


def class_index(classes: tuple[str, ...], label: str) -> int:
    """Position of a class.

    Raises:
        DataError: No such class.
    """
    if label not in classes:
        raise DataError(f"class: expected one of {list(classes)}, got {label!r}; check the spelling")
    return classes.index(label)
