"""How well activations agree with targets, one figure per concept; rows unknown in either are left out."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from dance_xai.model.ranking import score_rankings
from dance_xai.types import FloatArray


def cos_cubed(activations: FloatArray, targets: FloatArray) -> FloatArray:
    """Cosine of the centred, cubed columns, in -1..1: large deviations count most.

    Args:
        activations: (N, C), NaN where unknown.
        targets: (N, C), NaN where unknown.

    Returns:
        (C,), NaN for a column that does not vary.

    Source: LF-CBM, section 3.
    """
    a, t = _centred(activations, targets)
    return _divide((a**3 * t**3).sum(axis=0), np.sqrt((a**6).sum(axis=0) * (t**6).sum(axis=0)))


def r2(activations: FloatArray, targets: FloatArray) -> FloatArray:
    """Share of the targets' variance explained, at most 1; NaN for a target that does not vary."""
    known = _known(activations, targets)
    error = np.where(known, activations - targets, 0.0)
    _, t = _centred(activations, targets)
    return 1 - _divide((error**2).sum(axis=0), (t**2).sum(axis=0))


def average_precision(activations: FloatArray, targets: FloatArray) -> FloatArray:
    """Mean precision at the positives, in 0..1, ties as in scikit-learn; NaN without positives.

    Args:
        activations: (N, C), NaN where unknown.
        targets: (N, C) in {0, 1}, NaN where unknown.
    """
    known = _known(activations, targets)
    return score_rankings(np.where(known, activations, 0.0), np.where(known, targets, np.nan)).average_precision


SCORES: dict[str, Callable[[FloatArray, FloatArray], FloatArray]] = {
    "cos_cubed": cos_cubed,
    "r2": r2,
    "average_precision": average_precision,
}


def mean_score(scores: FloatArray) -> float:
    """Mean over the concepts for which the score is defined; minus infinity when there are none."""
    defined = scores[~np.isnan(scores)]
    return float(defined.mean()) if len(defined) else -np.inf


def _known(activations: FloatArray, targets: FloatArray) -> np.ndarray:
    return ~(np.isnan(activations) | np.isnan(targets))


def _centred(activations: FloatArray, targets: FloatArray) -> tuple[FloatArray, FloatArray]:
    known = _known(activations, targets)
    count = np.maximum(known.sum(axis=0), 1)
    parts = []
    for values in (activations, targets):
        filled = np.where(known, values, 0.0)
        parts.append(np.where(known, filled - filled.sum(axis=0) / count, 0.0))
    return parts[0], parts[1]


def _divide(above: FloatArray, below: FloatArray) -> FloatArray:
    quotient: FloatArray = np.divide(above, below, out=np.full(above.shape, np.nan), where=below > 0)
    return quotient
