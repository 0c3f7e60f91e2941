"""What an evaluation reads: a model and, for train and test, arrays with one row per clip."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from dance_xai.errors import DataError, check_shape
from dance_xai.evaluate.accuracy import check_labels
from dance_xai.types import FloatArray, IntArray

if TYPE_CHECKING:
    from dance_xai.model.bottleneck import ConceptBottleneck


@dataclass(frozen=True, eq=False)
class EvaluationRows:
    """The clips of one split; every array has one row per clip, in the same order.

    Attributes:
        inputs: (N, D) what the model reads: backbone features, or the evidence of a grounded model.
        labels: (N,) class indices of the model.
        targets: (N, C) concept targets in bank order, NaN where unknown; None when there are none.
        features: (N, F) raw backbone features for the controls. None: the inputs of a predicted model, nothing for a
            grounded one.
        grounded: (N, G) activations measured from the evidence. None: the concepts of a grounded model, nothing for a
            predicted one.
    """

    inputs: FloatArray
    labels: IntArray
    targets: FloatArray | None = None
    features: FloatArray | None = None
    grounded: FloatArray | None = None


@dataclass(frozen=True, eq=False)
class EvaluationInput:
    """A model with the clips it was fitted on and the clips it is scored on.

    Attributes:
        model: The concept bottleneck.
        train: Train clips: everything that is chosen is chosen here.
        test: Test clips: only scored.

    Raises:
        DataError: A split without clips, labels outside the classes, or arrays that do not fit together.
    """

    model: ConceptBottleneck
    train: EvaluationRows
    test: EvaluationRows

    def __post_init__(self) -> None:
        for split, rows in (("train", self.train), ("test", self.test)):
            check_labels(f"{split} labels", rows.labels, len(self.model.classes))
            _check_rows(split, rows, len(self.model.bank))
        if len(np.unique(self.train.labels)) < 2:
            raise DataError("train labels: expected at least two classes, got one; check the split column of the clips")

    @property
    def is_grounded(self) -> bool:
        """Whether the model itself reads measured evidence."""
        return self.model.activations == "grounded"

    @cached_property
    def concepts(self) -> tuple[FloatArray, FloatArray]:
        """(N, C) and (M, C) activations the head reads, train and test."""
        return self.model.concepts(self.train.inputs), self.model.concepts(self.test.inputs)

    @cached_property
    def features(self) -> tuple[FloatArray, FloatArray] | None:
        """Raw backbone features of train and test, None when not available."""
        given = _pair(self.train.features, self.test.features)
        return given or (None if self.is_grounded else (self.train.inputs, self.test.inputs))

    @cached_property
    def grounded(self) -> tuple[FloatArray, FloatArray] | None:
        """Activations measured from evidence of train and test, None when not available."""
        return _pair(self.train.grounded, self.test.grounded) or (self.concepts if self.is_grounded else None)

    @cached_property
    def targets(self) -> tuple[FloatArray, FloatArray] | None:
        """(N, C) and (M, C) concept targets of train and test, None when not available."""
        return _pair(self.train.targets, self.test.targets)


def _pair(train: FloatArray | None, test: FloatArray | None) -> tuple[FloatArray, FloatArray] | None:
    return None if train is None or test is None else (train, test)


def _check_rows(split: str, rows: EvaluationRows, n_concepts: int) -> None:
    n = len(rows.labels)
    check_shape(f"{split} inputs", rows.inputs, (n, "D"))
    if rows.targets is not None:
        check_shape(f"{split} concept targets", rows.targets, (n, n_concepts), finite=False)
    if rows.features is not None:
        check_shape(f"{split} features", rows.features, (n, "F"))
    if rows.grounded is not None:
        check_shape(f"{split} grounded activations", rows.grounded, (n, "G"))
