"""Concepts that are hard to tell apart: near duplicates a person may want to merge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from dance_xai.types import BoolArray, FloatArray, IntArray, Kind

ALIKE = 0.95
"""Two concepts count as near duplicates when a likeness is above this."""

Measure: TypeAlias = Literal["centres", "wordings", "activations"]


@dataclass(frozen=True)
class Duplicate:
    """Two concepts that are hard to tell apart.

    Attributes:
        first: Column in the bank.
        second: A later column.
        measure: ``centres``: cosine of the centres of two motions; ``wordings``: cosine of the embeddings of two
            phrases; ``activations``: correlation of what the model reads of any two concepts on train clips.
        value: The likeness, above `ALIKE` and at most 1.
    """

    first: int
    second: int
    measure: Measure
    value: float


def near_duplicates(
    kinds: Sequence[Kind], activations: FloatArray, vectors: Mapping[int, FloatArray]
) -> tuple[Duplicate, ...]:
    """Find the pairs of concepts that are alike in themselves, or for the model.

    Args:
        kinds: Of the C concepts.
        activations: (N, C) on train clips; a concept that never changes correlates with none.
        vectors: By column the centre of a motion or the embedding of a phrase, where known; compared within a kind.

    Returns:
        By size of likeness, the largest first; a pair may be there for two reasons.

    Source: ours.
    """
    centred = activations - activations.mean(axis=0) if len(activations) else activations
    found = [Duplicate(*pair, "activations", value) for pair, value in _alike(_unit(centred))]
    for kind in dict.fromkeys(kinds):
        columns = np.array([j for j in sorted(vectors) if kinds[j] == kind], dtype=np.int64)
        if len(columns) > 1:
            measure: Measure = "centres" if kind == "motion" else "wordings"
            unit = _unit(np.stack([vectors[j] for j in columns], axis=1))
            found += [Duplicate(int(columns[a]), int(columns[b]), measure, value) for (a, b), value in _alike(unit)]
    return tuple(sorted(found, key=lambda each: (-each.value, each.first, each.second)))


def _unit(columns: FloatArray) -> FloatArray:
    """Columns of length 1; a column of zeros stays."""
    length = np.linalg.norm(columns, axis=0)
    negligible: BoolArray = length <= 1e-9 * max(1.0, float(length.max(initial=0.0)))
    result: FloatArray = np.where(negligible, 0.0, columns / np.where(negligible, 1.0, length))
    return result


def _alike(unit: FloatArray) -> list[tuple[tuple[int, int], float]]:
    likeness = unit.T @ unit
    pairs: IntArray = np.argwhere(np.triu(likeness, 1) > ALIKE)
    return [((int(a), int(b)), min(1.0, float(likeness[a, b]))) for a, b in pairs]
