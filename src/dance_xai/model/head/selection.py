"""The choice of lam by cross-validation on the train rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from dance_xai.errors import DataError, check_shape
from dance_xai.model.head.datafit import CrossEntropy
from dance_xai.model.head.fit import check_allowed, prepare
from dance_xai.model.head.path import lam_grid, walk
from dance_xai.model.head.threads import suited_threads
from dance_xai.types import BoolArray, FloatArray, IntArray

LOOSE = 0.02
ABSENT = -1e3
LEAST_PROBABILITY = 1e-9


@dataclass(frozen=True, eq=False)
class LamChoice:
    """A chosen strength and what it was chosen from.

    Attributes:
        lam: The choice.
        lams: (P,) strengths, decreasing, the same for all folds.
        accuracy: (P,) share of held-out rows that are right, in 0..1.
        cross_entropy: (P,) mean over held-out rows.
    """

    lam: float
    lams: FloatArray
    accuracy: FloatArray
    cross_entropy: FloatArray


@dataclass(frozen=True, eq=False)
class Fold:
    """A train part ready to be fitted, and its held-out part.

    A class may be missing from the train part: it is left out there, and its held-out rows are wrong.
    """

    datafit: CrossEntropy
    allowed: BoolArray | None
    present: IntArray
    n_classes: int
    held_concepts: FloatArray
    held_labels: IntArray

    @classmethod
    def split(
        cls, concepts: FloatArray, labels: IntArray, held: BoolArray, n_classes: int, allowed: BoolArray | None
    ) -> Fold:
        present, inside = np.unique(labels[~held], return_inverse=True)
        if len(present) < 2:
            raise DataError(
                f"folds: expected 2 or more classes outside each fold, got {len(present)}; use other folds or more rows"
            )
        datafit = CrossEntropy(concepts[~held], inside, len(present))
        mask = None if allowed is None else allowed[..., present, :]
        return cls(datafit, mask, present, n_classes, concepts[held], labels[held])

    def score(self, coefficients: FloatArray) -> tuple[float, float]:
        """Right rows and summed cross entropy on the held-out part, for (present, C + 1) coefficients."""
        logits = np.full((len(self.held_labels), self.n_classes), ABSENT)
        logits[:, self.present] = self.held_concepts @ coefficients[:, :-1].T + coefficients[:, -1]
        probability = np.exp(logits - logits.max(axis=1, keepdims=True))
        probability /= probability.sum(axis=1, keepdims=True)
        own = probability[np.arange(len(logits)), self.held_labels]
        right = np.count_nonzero(logits.argmax(axis=1) == self.held_labels)
        return float(right), float(-np.log(np.maximum(own, LEAST_PROBABILITY)).sum())

    def path_scores(self, lams: FloatArray, alpha: float) -> list[tuple[float, float]]:
        """`score` at each strength."""
        solutions = walk(self.datafit, lams, alpha, self.allowed, LOOSE * lams)
        return [self.score(point.coefficients) for _, point in solutions]


def split_folds(
    concepts: FloatArray, labels: IntArray, folds: IntArray, n_classes: int, allowed: BoolArray | None
) -> list[Fold]:
    """One Fold per distinct value of ``folds`` (N,)."""
    labels, folds = np.asarray(labels), np.asarray(folds)
    check_shape("folds", folds, (len(labels),))
    if len(np.unique(folds)) < 2:
        raise DataError("folds: expected at least 2 folds, got 1; see stratified_folds")
    return [Fold.split(concepts, labels, folds == fold, n_classes, allowed) for fold in np.unique(folds)]


def choose_lam(
    concepts: FloatArray,
    labels: IntArray,
    *,
    folds: IntArray,
    alpha: float = 0.99,
    n_lambdas: int = 50,
    lam_ratio: float = 1e-3,
    rule: Literal["best", "one_standard_error"] = "best",
    n_classes: int | None = None,
    allowed: BoolArray | None = None,
) -> LamChoice:
    """Choose lam by cross-validation over one grid for all folds.

    Args:
        concepts: (N, C) finite, standardised.
        labels: (N,) in 0..Y-1.
        folds: (N,) fold of each row, see `stratified_folds`.
        alpha: In (0, 1].
        n_lambdas: Strengths, evenly spaced in log lam from lam_max of all rows.
        lam_ratio: Smallest over largest strength.
        rule: ``best``: highest accuracy, ties by cross entropy. ``one_standard_error``: the largest
            lam whose accuracy is within one standard error (over folds) of the best.
        n_classes: Y.
        allowed: (Y, C) support the weights must keep to, or (2, Y, C) as in `fit_head`.

    Raises:
        ShapeError, DataError: As `fit_head`; fewer than 2 folds.

    Source: ours.
    """
    datafit, mean = prepare(concepts, labels, n_classes, "float64").centred()
    allowed = check_allowed(allowed, datafit)
    lams = lam_grid(datafit, alpha, n_lambdas, lam_ratio, allowed)
    parts = split_folds(concepts - mean, labels, folds, datafit.shape[0], allowed)
    with suited_threads(datafit):
        scores = np.array([part.path_scores(lams, alpha) for part in parts])  # (folds, P, 2)
    accuracy, cross_entropy = scores.sum(axis=0).T / len(labels)
    best = int(np.lexsort((cross_entropy, -accuracy))[0])
    if rule == "one_standard_error":
        sizes = np.array([len(part.held_labels) for part in parts])
        error = float(np.std(scores[:, best, 0] / sizes, ddof=1) / np.sqrt(len(parts)))
        best = int(np.flatnonzero(accuracy >= accuracy[best] - error)[0])
    return LamChoice(float(lams[best]), lams, accuracy, cross_entropy)
