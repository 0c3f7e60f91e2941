"""Stratified folds of train rows."""

from __future__ import annotations

import numpy as np

from dance_xai.errors import DataError
from dance_xai.types import IntArray


def stratified_folds(labels: IntArray, n_folds: int, rng: np.random.Generator) -> IntArray:
    """Deal the rows of each class into folds at random, as evenly as possible.

    Args:
        labels: (N,) class indices.
        n_folds: At least 2.
        rng: Shuffles the rows of each class.

    Returns:
        (N,) fold of each row, 0..n_folds-1.

    Raises:
        DataError: Fewer than 2 folds, or a class with a single row.
    """
    labels = np.asarray(labels)
    if n_folds < 2:
        raise DataError(f"folds: expected at least 2, got {n_folds}; hold something out")
    folds = np.zeros(len(labels), dtype=np.int64)
    start = 0
    for label in np.unique(labels):
        rows = np.flatnonzero(labels == label)
        if len(rows) < 2:
            raise DataError(
                f"folds: expected at least 2 rows of class {label}, got 1; add clips or leave the class out"
            )
        folds[rng.permutation(rows)] = (start + np.arange(len(rows))) % n_folds
        start += len(rows)
    return folds
