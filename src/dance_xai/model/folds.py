"""Folds that keep the share of every class."""

from __future__ import annotations

import numpy as np

from dance_xai.errors import DataError
from dance_xai.types import IntArray


def stratified_folds(labels: IntArray, n_folds: int, rng: np.random.Generator) -> IntArray:
    """Assign rows to folds at random; per class and in total, fold sizes differ by at most one.

    Args:
        labels: (N,) whole numbers.
        n_folds: In 2..N.
        rng: Source of the shuffle.

    Returns:
        (N,) fold of each row, 0..n_folds-1. A class with fewer rows than folds is absent from some.

    Raises:
        DataError: ``n_folds`` out of range.

    Source: ours.
    """
    labels = np.asarray(labels)
    if not 2 <= n_folds <= len(labels):
        raise DataError(f"folds: expected 2 to {len(labels)} (one row each), got {n_folds}; choose fewer folds")
    shuffled = rng.permutation(len(labels))
    by_class = shuffled[np.argsort(labels[shuffled], kind="stable")]
    folds = np.empty(len(labels), dtype=np.int64)
    folds[by_class] = np.arange(len(labels)) % n_folds
    return folds
