"""What a report is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from dance_xai.errors import DataError, check_shape
from dance_xai.types import Activations, BoolArray, ConceptBank, Drop, FloatArray

ZERO = 1e-5  # weights up to this size count as zero, as in the NEC


@dataclass(frozen=True)
class Predictions:
    """What the model said about the test clips.

    Attributes:
        ids: N clip ids.
        true: N class indices, -1 where the label is not known; such clips are left out of every count.
        predicted: N class indices.
    """

    ids: tuple[str, ...] = ()
    true: tuple[int, ...] = ()
    predicted: tuple[int, ...] = ()

    @property
    def scored(self) -> tuple[tuple[str, int, int], ...]:
        """(id, true, predicted) of the clips with a known label."""
        return tuple(row for row in zip(self.ids, self.true, self.predicted, strict=True) if row[1] >= 0)


@dataclass(frozen=True)
class Table:
    """A table of figures to show as it is.

    Attributes:
        title: What it is about.
        columns: Heads of the columns; the first names the rows.
        rows: Cells as text or numbers, each row as long as ``columns``; None shows a dash.
        note: How to read it.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str | float | int | None, ...], ...]
    note: str = ""


@dataclass(frozen=True, eq=False)
class ReportData:
    """Everything on a report page; all but the model may be empty.

    Attributes:
        title: For example the name of the data set.
        classes: Y class names.
        bank: C concepts.
        weight: (Y, C) head weights.
        bias: (Y,) head biases.
        activations: predicted or grounded.
        metrics: The object of ``dance evaluate --json``; keys may be missing.
        drops: What was left out, and why.
        config: The resolved settings, nested mappings of plain values.
        predictions: On test clips.
        tables: Further tables, for example of clustering quality.
        fps: Frames per second of the clips, None when unknown.

    Raises:
        ShapeError: Weights or biases do not fit classes and concepts.
        DataError: Predictions that do not fit each other or the classes.
    """

    title: str
    classes: tuple[str, ...]
    bank: ConceptBank
    weight: FloatArray
    bias: FloatArray
    activations: Activations = "predicted"
    metrics: Mapping[str, Any] = field(default_factory=dict)
    drops: tuple[Drop, ...] = ()
    config: Mapping[str, Any] = field(default_factory=dict)
    predictions: Predictions = field(default_factory=Predictions)
    tables: tuple[Table, ...] = ()
    fps: float | None = None

    def __post_init__(self) -> None:
        check_shape("head weights", self.weight, (len(self.classes), len(self.bank)))
        check_shape("head biases", self.bias, (len(self.classes),))
        said = self.predictions
        if not len(said.ids) == len(said.true) == len(said.predicted):
            lengths = (len(said.ids), len(said.true), len(said.predicted))
            raise DataError(f"predictions: expected as many ids, labels and predictions, got {lengths}; pass one each")
        wrong = {k for k in said.true if k < -1} | {k for k in said.predicted if k < 0}
        wrong |= {k for k in (*said.true, *said.predicted) if k >= len(self.classes)}
        if wrong:
            raise DataError(
                f"predictions: expected class indices in 0..{len(self.classes) - 1}, got {sorted(wrong)}; "
                "use -1 for a label that is not known"
            )

    @property
    def used(self) -> BoolArray:
        """(Y, C) True where a weight counts as non-zero."""
        return np.asarray(np.abs(self.weight) > ZERO)
