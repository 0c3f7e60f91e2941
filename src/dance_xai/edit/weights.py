"""Change one weight of the head."""

from __future__ import annotations

from typing import Literal, get_args

from dance_xai.edit.lookup import find_class, find_concept, short_name
from dance_xai.edit.parts import by_hand, finite, record
from dance_xai.errors import DataError
from dance_xai.model.bottleneck import ConceptBottleneck
from dance_xai.types import Edit

Change = Literal["set", "add", "scale"]


def change_weight(
    model: ConceptBottleneck, *, label: str, concept: str, change: Change, value: float
) -> tuple[ConceptBottleneck, Edit]:
    """Set the weight of a concept for a class, add to it, or scale it; all other weights stay bit for bit.

    Args:
        model: The model, unchanged.
        label: The class.
        concept: Name of the concept.
        change: ``set``, ``add`` or ``scale``.
        value: The number to set, add or multiply by.

    Raises:
        DataError: No such class or concept, or a weight that would not be finite.

    Source: the paper, model editing.
    """
    row, at = find_class(model, label), find_concept(model.bank, concept)
    if change not in get_args(Change):
        raise DataError(f"weight: expected set, add or scale, got {change!r}; choose one")
    value = finite(value, f"weight of {concept!r} for {label!r}")
    weight = model.head.weight.copy()
    old = float(weight[row, at])
    weight[row, at] = finite({"set": value, "add": old + value, "scale": old * value}[change], "new weight")
    edit = record(model, "change_weight", label=label, concept=short_name(model.bank, at), change=change, value=value)
    return model.with_head(by_hand(model.head, weight, model.head.bias.copy())), edit
