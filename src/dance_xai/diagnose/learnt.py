"""What the layer of a concept has learnt of another: its activation goes with that one's target, its own does not.

Clips of one class are compared, and only what the activation says beyond its own target, which is measured without the
layer; so that two things that truly come together are not taken for a layer that confuses them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from dance_xai.edit.detaching import within
from dance_xai.errors import check_shape
from dance_xai.types import FloatArray, IntArray, Kind

CHANCE = 0.05
LEAST = 0.1
"""Correlation below which a layer is left in peace, however sure it is."""
LEAST_CLIPS = 20


@dataclass(frozen=True)
class Learnt:
    """A concept whose layer has learnt another one.

    Attributes:
        kind: motion, object or scene.
        concept: Its name, ``kind:name`` where two kinds share it.
        correlation: Of its held-out activation with the other's target, among clips of one class and beyond its own
            target, -1..1.
        weight: What the class gets of the other through it, per standard deviation of the other's activation.
    """

    kind: Kind
    concept: str
    correlation: float
    weight: float


@dataclass(frozen=True, eq=False)
class Lessons:
    """What each layer has learnt of each other concept.

    Attributes:
        concepts: (N, C) held-out activations.
        targets: (N, C) concept targets, NaN where unknown.
        labels: (N,) class indices.

    Raises:
        ShapeError: Arrays that do not fit together.

    Source: ours; partial correlation, Fisher's z with Bonferroni's correction.
    """

    concepts: FloatArray
    targets: FloatArray
    labels: IntArray

    def __post_init__(self) -> None:
        check_shape("concept activations", self.concepts, (len(self.labels), "C"))
        check_shape("concept targets", self.targets, self.concepts.shape, finite=False)

    @cached_property
    def correlation(self) -> FloatArray:
        """(C, C) of the activation of the row with the target of the column, 0 where chance would explain it."""
        return np.stack([self._row(column) for column in range(self.concepts.shape[1])])

    @cached_property
    def slope(self) -> FloatArray:
        """(C, C) by how much the activation of the row rises with that of the column, among clips of one class."""
        inside = within(self.concepts, self.labels)
        power = (inside**2).sum(axis=0)
        return np.asarray(np.divide(inside.T @ inside, power, out=np.zeros((len(power),) * 2), where=power > 1e-9))

    def _row(self, column: int) -> FloatArray:
        """(C,) correlations of one activation; a concept has not learnt itself."""
        from scipy.stats import norm

        width = self.concepts.shape[1]
        own = self.targets[:, column]
        rows = np.isfinite(own) if np.isfinite(own).any() else np.ones(len(own), dtype=bool)
        others = self.targets[rows]
        usable = np.isfinite(others).all(axis=0) & (np.arange(width) != column)
        count, found = int(rows.sum()), np.zeros(width)
        if count < LEAST_CLIPS:
            return found
        labels = self.labels[rows]
        said = within(self.concepts[rows][:, [column]], labels)
        given = within(np.where(usable, others, 0.0), labels)
        free = count - len(np.unique(labels)) - int(np.isfinite(own).any()) - 3
        if free < 1:
            return found
        if np.isfinite(own).any():
            meant = within(own[rows, None], labels)
            said, given = _beyond(said, meant), _beyond(given, meant)
        size = np.sqrt((said**2).sum() * (given**2).sum(axis=0))
        found = np.divide(said[:, 0] @ given, size, out=found, where=size > 1e-9)
        bound = np.tanh(norm.isf(CHANCE / (2 * max(width * (width - 1), 1))) / np.sqrt(free))
        return np.where(np.abs(found) > max(bound, LEAST), found, 0.0)


def _beyond(values: FloatArray, meant: FloatArray) -> FloatArray:
    """(N, C) what (N, 1) does not explain."""
    power = float((meant**2).sum())
    return values if power < 1e-9 else values - meant @ (meant.T @ values) / power
