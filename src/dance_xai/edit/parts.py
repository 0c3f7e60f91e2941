"""What edits are made of: a record, a head with other numbers, concepts with other columns."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from dance_xai.edit.content import content_hash
from dance_xai.errors import DataError
from dance_xai.model.bottleneck import ConceptBottleneck
from dance_xai.model.head import SparseHead
from dance_xai.model.layer import LinearLayer
from dance_xai.types import Concept, Edit, FloatArray


@dataclass(frozen=True, eq=False)
class Column:
    """One concept with everything the model knows of it.

    Attributes:
        concept: What it is.
        weight: (D,) row of the concept layer.
        bias: Raw activation of a zero input.
        mean: Raw activation that counts as 0.
        std: Raw activation per unit, above 0.
        use: (Y,) weights of the head.
    """

    concept: Concept
    weight: FloatArray
    bias: float
    mean: float
    std: float
    use: FloatArray


def record(model: ConceptBottleneck, operation: str, **arguments: Any) -> Edit:
    """The record of an edit of this model."""
    return Edit(operation, arguments, content_hash(model))


def by_hand(head: SparseHead, weight: FloatArray, bias: FloatArray) -> SparseHead:
    """A head with other numbers; what was certified of the old ones says nothing of these."""
    return replace(head, weight=weight, bias=bias, kkt=math.nan, objective=math.nan)


def column(model: ConceptBottleneck, at: int) -> Column:
    """One concept of the model."""
    layer = model.layer
    return Column(
        model.bank.concepts[at],
        layer.weight[at],
        float(layer.bias[at]),
        float(model.mean[at]),
        float(model.std[at]),
        model.head.weight[:, at],
    )


def with_columns(model: ConceptBottleneck, columns: Sequence[Column]) -> ConceptBottleneck:
    """The same model with these concepts and no others.

    Raises:
        DataError: There are none.
    """
    if not columns:
        raise DataError("concepts: expected at least one to remain, got none; keep one")
    weight, use = (np.stack([getattr(one, name) for one in columns]) for name in ("weight", "use"))
    bias, mean, std = (np.array([getattr(one, name) for one in columns]) for name in ("bias", "mean", "std"))
    return replace(
        model,
        bank=replace(model.bank, concepts=tuple(one.concept for one in columns)),
        layer=LinearLayer(weight, bias),
        mean=mean,
        std=std,
        head=by_hand(model.head, np.ascontiguousarray(use.T), model.head.bias.copy()),
    )


def columns_of(model: ConceptBottleneck) -> list[Column]:
    """All concepts of the model, in bank order."""
    return [column(model, at) for at in range(len(model.bank))]


def finite(value: float, what: str) -> float:
    """A finite number.

    Raises:
        DataError: It is something else.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise DataError(f"{what}: expected a finite number, got {value!r}; change it")
    return float(value)
