"""How often the model is right: overall with an interval, per class, and what it confuses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dance_xai.errors import DataError, check_shape
from dance_xai.types import FloatArray, IntArray


@dataclass(frozen=True)
class ClassAccuracy:
    """One class on the scored clips.

    Attributes:
        label: Class name.
        n: Clips of the class.
        correct: Of these, how many are predicted right.
        predicted: Clips predicted as the class, right or wrong.
        accuracy: ``correct / n`` in 0..1, None without clips.
        precision: ``correct / predicted`` in 0..1, None when never predicted.
    """

    label: str
    n: int
    correct: int
    predicted: int
    accuracy: float | None
    precision: float | None


@dataclass(frozen=True, eq=False)
class Accuracy:
    """Top-1 accuracy of one set of predictions.

    Attributes:
        n: Clips scored.
        correct: Clips predicted right.
        accuracy: ``correct / n`` in 0..1.
        interval: 95 % bootstrap interval of the accuracy.
        mean_class_accuracy: Mean over the classes that have clips.
        per_class: Y entries in class order.
        confusion: (Y, Y) counts, true class in rows, predicted class in columns.
    """

    n: int
    correct: int
    accuracy: float
    interval: tuple[float, float]
    mean_class_accuracy: float
    per_class: tuple[ClassAccuracy, ...]
    confusion: IntArray


def measure_accuracy(
    labels: IntArray, predicted: IntArray, classes: Sequence[str], *, rng: np.random.Generator
) -> Accuracy:
    """Score predictions against the truth.

    Args:
        labels: (N,) true class indices in 0..Y-1.
        predicted: (N,) predicted class indices in 0..Y-1.
        classes: Y class names.
        rng: Draws the bootstrap.

    Raises:
        DataError: No clips, different lengths, or an index outside the classes.
    """
    confusion = confusion_matrix(labels, predicted, len(classes))
    totals = confusion.sum(axis=1)
    right = confusion.diagonal()
    n, correct = int(totals.sum()), int(right.sum())
    return Accuracy(
        n=n,
        correct=correct,
        accuracy=correct / n,
        interval=bootstrap_interval(correct, n, rng=rng),
        mean_class_accuracy=float(np.mean(right[totals > 0] / totals[totals > 0])),
        per_class=_per_class(confusion, classes),
        confusion=confusion,
    )


def confusion_matrix(labels: IntArray, predicted: IntArray, n_classes: int) -> IntArray:
    """Count pairs of true class (rows) and predicted class (columns).

    Args:
        labels: (N,) true class indices.
        predicted: (N,) predicted class indices.
        n_classes: Y.

    Returns:
        (Y, Y) counts that sum to N.

    Raises:
        DataError: No clips, different lengths, or an index outside 0..Y-1.
    """
    check_labels("labels", labels, n_classes)
    check_labels("predictions", predicted, n_classes)
    check_shape("predictions", predicted, (len(labels),))
    pairs = labels * n_classes + predicted
    return np.bincount(pairs, minlength=n_classes**2).reshape(n_classes, n_classes)


def check_labels(name: str, labels: IntArray, n_classes: int) -> None:
    """Refuse labels that are missing or outside the classes.

    Raises:
        DataError: No labels, not a vector, or a value outside 0..Y-1.
    """
    check_shape(name, labels, ("N",))
    if labels.size == 0:
        raise DataError(f"{name}: expected at least one clip, got none; check the split column of the clips")
    low, high = int(labels.min()), int(labels.max())
    if low < 0 or high >= n_classes:
        raise DataError(
            f"{name}: expected class indices in 0..{n_classes - 1}, got {low}..{high}; leave out clips without a label"
        )


def bootstrap_interval(
    correct: int, n: int, *, rng: np.random.Generator, level: float = 0.95, draws: int = 20_000
) -> tuple[float, float]:
    """Percentile bootstrap interval of an accuracy.

    Drawing n clips with replacement and counting the right ones is a binomial draw with rate ``correct / n``, so each
    resample costs one number instead of n. All right (or all wrong) gives an interval of width zero.

    Args:
        correct: Clips predicted right.
        n: Clips scored, at least 1.
        rng: Draws the resamples.
        level: Coverage in 0..1.
        draws: Number of resamples.

    Returns:
        (low, high) in 0..1.

    Source: Efron, "Bootstrap methods" (1979), percentile method.
    """
    rates = rng.binomial(n, correct / n, size=draws) / n
    low, high = np.quantile(rates, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def correct_share(weight: FloatArray, bias: FloatArray, concepts: FloatArray, labels: IntArray) -> float:
    """Accuracy in 0..1 of the linear head ``concepts @ weight.T + bias`` on (N,) labels."""
    return float(np.mean((concepts @ weight.T + bias).argmax(axis=1) == labels))


def _per_class(confusion: IntArray, classes: Sequence[str]) -> tuple[ClassAccuracy, ...]:
    totals, predicted, right = confusion.sum(axis=1), confusion.sum(axis=0), confusion.diagonal()
    return tuple(
        ClassAccuracy(label, int(n), int(hits), int(said), _share(hits, n), _share(hits, said))
        for label, n, hits, said in zip(classes, totals, right, predicted, strict=True)
    )


def _share(part: int, whole: int) -> float | None:
    return float(part / whole) if whole else None
