"""Concept layers: input -> concept activations, linear, and what every way of fitting one hands back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol, runtime_checkable

import numpy as np

from dance_xai.errors import DataError, check_shape
from dance_xai.types import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class LinearLayer:
    """``activations = x @ weight.T + bias``.

    Attributes:
        weight: (C, D) one row per concept.
        bias: (C,) activation of a zero input.
    """

    weight: FloatArray
    bias: FloatArray

    def __call__(self, x: FloatArray) -> FloatArray:
        """(N, D) inputs -> (N, C) activations."""
        return np.asarray(x @ self.weight.T + self.bias)


@dataclass(frozen=True, eq=False)
class LayerFit:
    """A fitted layer and how well it does on rows it has not seen.

    Attributes:
        layer: Fitted on all given rows.
        strength: (C,) chosen on held-out folds: of the penalty, or the number of steps.
        score: (C,) of the held-out activations, higher is better; NaN where it is undefined.
        score_name: What the score is: ``cos_cubed``, ``r2`` or ``average_precision``.
        out_of_fold: (N, C) activation of each row by a layer that has not seen its fold; NaN where the target is
            unknown or the row was never held out.
        refit: Makes ``fold_layers``, which most users of a fit do not need.
    """

    layer: LinearLayer
    strength: FloatArray
    score: FloatArray
    score_name: str
    out_of_fold: FloatArray
    refit: Callable[[], Mapping[int, LinearLayer]]

    @cached_property
    def fold_layers(self) -> Mapping[int, LinearLayer]:
        """Per fold that was held out the layer fitted without it: what ``out_of_fold`` is made by."""
        return self.refit()


@runtime_checkable
class ConceptLayerFit(Protocol):
    """A way to fit a concept layer. All behind it pass the same contract test."""

    def fit(self, x: FloatArray, targets: FloatArray, folds: IntArray, rng: np.random.Generator) -> LayerFit:
        """Fit a layer to (N, C) targets on (N, D) inputs; everything is chosen on the given folds.

        Args:
            x: (N, D) finite inputs of train clips.
            targets: (N, C), NaN where unknown; such rows are left out of that concept.
            folds: (N,) fold of each row, at least two different ones.
            rng: For the methods that start at random.

        Raises:
            ShapeError: Shapes that do not fit, or inputs that are not finite.
            DataError: Too little to hold out a fold, or targets the method cannot use.
        """
        ...


def check_fit_input(x: FloatArray, targets: FloatArray, folds: IntArray) -> BoolArray:
    """Check what a fit is given and return (N, C) True where the target is known.

    Raises:
        ShapeError: Shapes that do not fit, inputs that are not finite, infinite targets.
        DataError: Fewer than two folds, or a concept whose known targets lie all in one fold.
    """
    check_shape("features", x, ("N", "D"))
    check_shape("targets", targets, (len(x), "C"), finite=False)
    check_shape("folds", folds, (len(x),))
    known: BoolArray = ~np.isnan(targets)
    check_shape("targets", np.where(known, targets, 0.0), targets.shape)
    held = np.unique(folds)
    if len(held) < 2:
        raise DataError(f"folds: expected at least 2 different folds, got {len(held)}; use more folds or more clips")
    covered = sum(known[folds == fold].any(axis=0).astype(np.int64) for fold in held)
    if (covered < 2).any():
        column = int(np.argmax(covered < 2))
        raise DataError(
            f"targets: expected known values in at least 2 folds for every concept, got {int(covered[column])} for "
            f"concept {column}; drop that concept or use other folds"
        )
    return known


def check_binary(targets: FloatArray) -> None:
    """Refuse targets other than 0, 1 and NaN.

    Raises:
        DataError: The first value that is something else.
    """
    odd = ~(np.isnan(targets) | (targets == 0) | (targets == 1))
    if odd.any():
        row, column = np.argwhere(odd)[0]
        raise DataError(
            f"targets: expected 0, 1 or NaN, got {targets[row, column]:g} for clip {row}, concept {column}; "
            "use ridge for targets that are not labels"
        )


def columns_by_rows(known: BoolArray) -> list[tuple[BoolArray, IntArray]]:
    """Group the columns of an (N, C) mask that know the same rows: pairs of (N,) rows and their columns."""
    patterns, group = np.unique(known, axis=1, return_inverse=True)
    return [(patterns[:, i], np.flatnonzero(group.ravel() == i)) for i in range(patterns.shape[1])]
