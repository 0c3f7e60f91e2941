"""What a head may use, as a person says it -> a mask for the solver."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dance_xai.edit.lookup import EVERY_CLASS, find_class, find_concept, find_kinds
from dance_xai.errors import DataError
from dance_xai.model.bottleneck import ConceptBottleneck
from dance_xai.types import BoolArray

Pair = Sequence[str]


@dataclass(frozen=True)
class Constraints:
    """What a head may use.

    Attributes:
        only: Kinds that may be used; empty for all.
        forbid: (class, concept) pairs without a weight; class ``*`` stands for every class.
        positive: Pairs whose weight may not be negative.
        negative: Pairs whose weight may not be positive.
    """

    only: Sequence[str] = ()
    forbid: Sequence[Pair] = ()
    positive: Sequence[Pair] = ()
    negative: Sequence[Pair] = ()

    def mask(self, model: ConceptBottleneck) -> BoolArray | None:
        """(2, Y, C): where a positive weight, and where a negative one, may be used; None without constraints.

        Raises:
            DataError: An unknown name, or constraints that contradict each other or leave a class without concepts.
        """
        if not (self.only or self.forbid or self.positive or self.negative):
            return None
        up, down = np.ones((2, len(model.classes), len(model.bank)), dtype=bool)
        forbidden, positive, negative = (_pairs(model, pairs) for pairs in (self.forbid, self.positive, self.negative))
        _refuse(model, positive & negative, "both positive and negative")
        _refuse(model, (positive | negative) & forbidden, "both forbidden and of one sign")
        if self.only:
            kept = model.bank.columns(*find_kinds(model.bank, self.only))
            outside = ~np.isin(np.arange(len(model.bank)), kept)
            _refuse(model, (positive | negative) & outside, "both of one sign and outside the kinds allowed")
            forbidden |= outside
        up &= ~(forbidden | negative)
        down &= ~(forbidden | positive)
        _leave_something(model, up | down)
        return np.stack([up, down])


def _pairs(model: ConceptBottleneck, pairs: Sequence[Pair]) -> BoolArray:
    """(Y, C) True at the pairs."""
    mask = np.zeros((len(model.classes), len(model.bank)), dtype=bool)
    for label, concept in pairs:
        row = slice(None) if label == EVERY_CLASS else find_class(model, label)
        mask[row, find_concept(model.bank, concept)] = True
    return mask


def _refuse(model: ConceptBottleneck, mask: BoolArray, what: str) -> None:
    if mask.any():
        row, at = np.argwhere(mask)[0]
        raise DataError(
            f"constraints: expected constraints that agree, got {model.bank.names[at]!r} for {model.classes[row]!r} "
            f"{what}; keep one of the two"
        )


def _leave_something(model: ConceptBottleneck, usable: BoolArray) -> None:
    empty = ~usable.any(axis=1)
    if empty.any():
        label = model.classes[int(np.argmax(empty))]
        raise DataError(
            f"constraints: expected a concept that each class may use, got none for {label!r}; forbid fewer"
        )
