"""What a report is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from dance_xai.diagnose import Diagnosis
from dance_xai.errors import DataError, check_shape
from dance_xai.report.duplicates import Duplicate
from dance_xai.types import Activations, BoolArray, ConceptBank, Drop, FloatArray, Prototype

ZERO = 1e-5  # weights up to this size count as zero, as in the NEC


@dataclass(frozen=True)
class Predictions:
    """What the model said about the test clips.

    Attributes:
        ids: N clip ids.
        true: N class indices, -1 where the label is not known; such clips are left out of every count.
        predicted: N class indices.
        activations: (N, C) what the head reads of each clip, None when not known: then mistakes are not explained.
    """

    ids: tuple[str, ...] = ()
    true: tuple[int, ...] = ()
    predicted: tuple[int, ...] = ()
    activations: FloatArray | None = None

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
        fps: Frames per second of clips that are not in ``rates``, None when unknown.
        rates: Frames per second by clip id, where clips differ.
        quality: What was measured of clusters, phrases and layers on train clips, by ``motion``, ``text``, ``layers``.
        members: By column of a motion concept a few of its train windows, the nearest to its centre first.
        duplicates: Concepts that are hard to tell apart.
        train_counts: Train clips of each class; empty when not known.
        notes: What a reader must know of this report, one sentence each.
        diagnosis: What goes wrong in this model and why; None where nobody looked.

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
    rates: Mapping[str, float] = field(default_factory=dict)
    quality: Mapping[str, Any] = field(default_factory=dict)
    members: Mapping[int, tuple[Prototype, ...]] = field(default_factory=dict)
    duplicates: tuple[Duplicate, ...] = ()
    train_counts: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()
    diagnosis: Diagnosis | None = None

    def __post_init__(self) -> None:
        check_shape("head weights", self.weight, (len(self.classes), len(self.bank)))
        check_shape("head biases", self.bias, (len(self.classes),))
        said = self.predictions
        if not len(said.ids) == len(said.true) == len(said.predicted):
            lengths = (len(said.ids), len(said.true), len(said.predicted))
            raise DataError(f"predictions: expected as many ids, labels and predictions, got {lengths}; pass one each")
        if said.activations is not None:
            check_shape("activations of the predictions", said.activations, (len(said.ids), len(self.bank)))
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

    def rate(self, clip: str) -> float | None:
        """Frames per second of a clip, None when unknown."""
        return self.rates.get(clip, self.fps)

    @property
    def test_counts(self) -> tuple[int, ...]:
        """Y numbers of test clips with a known label."""
        true = [true for _, true, _ in self.predictions.scored]
        return tuple(np.bincount(np.array(true, dtype=np.int64), minlength=len(self.classes)).tolist())
