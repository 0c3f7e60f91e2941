"""How short the explanations are, and how accurate a head can be when they must be short."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from dance_xai.errors import check_shape
from dance_xai.evaluate.accuracy import correct_share
from dance_xai.model.head import heads_at_nec
from dance_xai.model.head.nec import Support
from dance_xai.types import FloatArray, IntArray

NECS: tuple[float, ...] = (1, 2, 3, 5, 10, 15, 20, 25, 30)
ANEC_NECS: tuple[float, ...] = (5, 10, 15, 20, 25, 30)
ZERO = 1e-5  # weights up to this size count as zero, as in the published head


def nec_per_class(weight: FloatArray) -> IntArray:
    """Count the non-zero weights (above 1e-5 in size) of each class.

    Args:
        weight: (Y, C) head weights.

    Returns:
        (Y,) counts; their mean is the NEC of the head.

    Source: VLG-CBM, arXiv 2408.01432, section 4 (number of effective concepts).
    """
    return np.asarray(np.count_nonzero(np.abs(weight) > ZERO, axis=1))


def accuracy_at_nec(
    train: FloatArray,
    train_labels: IntArray,
    test: FloatArray,
    test_labels: IntArray,
    *,
    necs: Sequence[float] = NECS,
    support: Support = "path",
) -> dict[str, float]:
    """Test accuracy of the best head within each budget of non-zero weights.

    Columns are standardised by train, heads are fitted and chosen on train; test rows are only scored. The head of a
    budget is the densest within it on the plain L1 path. Heads pruned from a dense one fit any columns better at small
    budgets, arbitrary directions most of all, so a figure is only comparable with others of the same ``support``.

    Args:
        train: (N, C) activations of train clips.
        train_labels: (N,) class indices.
        test: (M, C) activations of test clips.
        test_labels: (M,) class indices.
        necs: Budgets: non-zero weights per class on average.
        support: How the weights within a budget are found: ``path`` or ``pruned``.

    Returns:
        ``{"1": accuracy, "2": ...}`` in 0..1, one entry per budget.

    Raises:
        ShapeError: Arrays that do not fit together or are not finite.

    Source: VLG-CBM, arXiv 2408.01432, section 4.
    """
    check_shape("train activations", train, (len(train_labels), "C"))
    check_shape("test activations", test, (len(test_labels), train.shape[1]))
    train, test = standardise(train, test)
    heads = heads_at_nec(train, train_labels, necs, support=support, relax=(1.0,))
    return {nec_key(nec): correct_share(heads[nec].weight, heads[nec].bias, test, test_labels) for nec in necs}


def standardise(train: FloatArray, test: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Centre and scale both by the mean and deviation of train; columns that are constant on train become 0.

    Args:
        train: (N, C).
        test: (M, C).

    Returns:
        (N, C) and (M, C) float64.
    """
    train, test = train.astype(np.float64), test.astype(np.float64)
    mean, deviation = train.mean(axis=0), train.std(axis=0)
    varies = deviation > 1e-9 * np.maximum(1.0, np.abs(mean))
    scale = np.divide(1.0, deviation, out=np.zeros_like(deviation), where=varies)
    return (train - mean) * scale, (test - mean) * scale


def nec_key(nec: float) -> str:
    """Name of a budget in tables: ``5`` or ``2.5``."""
    return f"{nec:g}"


def anec(curve: Mapping[str, float] | None, necs: Sequence[float] = ANEC_NECS) -> float | None:
    """Average accuracy over budgets (5, 10, ..., 30 by default), None without a curve or when it lacks one.

    Source: VLG-CBM, arXiv 2408.01432, section 4 (ANEC-avg; ANEC-5 is the curve at 5).
    """
    keys = [nec_key(nec) for nec in necs]
    if curve is None or not all(key in curve for key in keys):
        return None
    return float(np.mean([curve[key] for key in keys]))
