"""Average precision and area under the ROC curve, all columns at once, ties and unknown rows handled."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dance_xai.errors import check_shape
from dance_xai.types import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class RankingScores:
    """How well each column of scores puts the positive rows first.

    Attributes:
        average_precision: (C,) in 0..1, NaN without positive rows.
        auc: (C,) in 0..1, NaN without positive or without negative rows.
        known: (C,) rows with a known target.
        positives: (C,) rows with target 1.
    """

    average_precision: FloatArray
    auc: FloatArray
    known: IntArray
    positives: IntArray


def score_rankings(scores: FloatArray, targets: FloatArray) -> RankingScores:
    """Average precision and AUC per column; rows with an unknown target are left out of their column.

    Ties are handled as in scikit-learn: a threshold takes a whole group of equal scores at once.

    Args:
        scores: (N, C) finite, larger means more positive.
        targets: (N, C) in {0, 1}, NaN where unknown.

    Raises:
        ShapeError: Shapes that differ, or scores that are not finite.
    """
    check_shape("scores", scores, ("N", "C"))
    check_shape("targets", targets, scores.shape, finite=False)
    order = np.argsort(-scores, axis=0, kind="stable")
    ranked, truth = np.take_along_axis(scores, order, 0), np.take_along_axis(targets, order, 0)
    first, last = _tie_groups(ranked)
    positive, negative = truth == 1, truth == 0
    hits = np.take_along_axis(positive.cumsum(axis=0), last, 0)  # (N, C) positives down to the end of the tie
    misses = np.take_along_axis(negative.cumsum(axis=0), last, 0)
    misses_above = np.take_along_axis(negative.cumsum(axis=0) - negative, first, 0)
    positives, negatives = positive.sum(axis=0), negative.sum(axis=0)
    precision = _mean_over(positive, hits / np.maximum(hits + misses, 1), positives)
    beaten = _mean_over(positive, negatives - (misses + misses_above) / 2, positives)
    return RankingScores(precision, _divide(beaten, negatives), positives + negatives, positives)


def _tie_groups(ranked: FloatArray) -> tuple[IntArray, IntArray]:
    """First and last row, each (N, C), of the group of equal scores that a sorted entry belongs to."""
    rows = np.arange(len(ranked))[:, None]
    edge = np.ones((1, ranked.shape[1]), dtype=bool)
    change = ranked[1:] != ranked[:-1]
    opens, closes = np.vstack([edge, change]), np.vstack([change, edge])
    first = np.maximum.accumulate(np.where(opens, rows, 0), axis=0)
    last = np.minimum.accumulate(np.where(closes, rows, len(ranked) - 1)[::-1], axis=0)[::-1]
    return first, last


def _mean_over(chosen: BoolArray, values: FloatArray, count: IntArray) -> FloatArray:
    return _divide(np.where(chosen, values, 0.0).sum(axis=0), count)


def _divide(total: FloatArray, count: IntArray) -> FloatArray:
    """``total / count``, NaN where there is nothing to count."""
    quotient: FloatArray = np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)
    return quotient
