"""The datafit: mean cross entropy of a linear softmax classifier.

``f(W) = 1/N sum_i [ logsumexp(z_i) - z_i[y_i] ]``, ``z_i = W x_i``.

Coefficients are one (Y, C + 1) matrix whose last column is the bias, so x_i ends with a 1.
Everything with one value per clip is stored class-major, (Y, N) or (C + 1, N): the Hessian takes
whole rows of it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from dance_xai.types import FloatArray, IntArray

Rows = NDArray[np.floating[Any]]


class CrossEntropy:
    """Value, gradient and Hessian of the mean cross entropy.

    Args:
        concepts: (N, C) finite floats.
        labels: (N,) class of each row, 0..n_classes-1.
        n_classes: Y.
        dtype: Precision of the products with the data.
    """

    def __init__(self, concepts: FloatArray, labels: IntArray, n_classes: int, dtype: DTypeLike = np.float64) -> None:
        self.size = concepts.shape[0]
        self.columns: Rows = np.ones((concepts.shape[1] + 1, self.size), dtype=dtype)  # (C + 1, N)
        self.columns[:-1] = concepts.T
        self._single = self.columns.astype(np.float32, copy=False)
        self._target = (np.asarray(labels), np.arange(self.size))
        self.shape = (n_classes, len(self.columns))

    def centred(self) -> tuple[CrossEntropy, FloatArray]:
        """The same problem with concepts of mean 0, which their bias follows, and the (C,) means."""
        mean = self.columns[:-1].mean(axis=1, dtype=np.float64)
        rows = self.columns[:-1].T - mean.astype(self.columns.dtype)
        return CrossEntropy(rows, self._target[0], self.shape[0], self.columns.dtype), mean

    def restrict(self, columns: IntArray) -> CrossEntropy:
        """The datafit of some concepts only."""
        return CrossEntropy(self.columns[columns].T, self._target[0], self.shape[0], self.columns.dtype)

    def logits(self, coefficients: FloatArray) -> Rows:
        """(Y, C + 1) -> (Y, N)."""
        return np.asarray(coefficients.astype(self.columns.dtype, copy=False) @ self.columns)

    def value(self, logits: Rows) -> tuple[float, Rows]:
        """Mean cross entropy at (Y, N) logits, and the (Y, N) probabilities."""
        top = logits.max(axis=0)
        probability = np.exp(logits - top)
        total = probability.sum(axis=0)
        probability /= total
        loss = np.log(total, dtype=np.float64) + top - logits[self._target]
        return float(loss.mean()), probability

    def gradient(self, probability: Rows) -> FloatArray:
        """Gradient (Y, C + 1) in float64 at the given probabilities."""
        residual = probability.copy()
        residual[self._target] -= 1
        slope = np.asarray(residual @ self.columns.T, dtype=np.float64)
        slope /= self.size
        return slope

    def hessian(self, probability: Rows, classes: IntArray, columns: IntArray) -> Rows:
        """Hessian (A, A) between the coefficients (classes[a], columns[a]), classes ascending.

        ``H[a, b] = 1/N sum_i p_k (1[k = l] - p_l) x_j x_m``. Same-class blocks use p (1 - p) as one
        factor, so a confident clip loses no digits. A block of one class alone comes in float32: many
        of those only approximate a large Hessian anyway.
        """
        present, first = np.unique(classes, return_index=True)
        data = (self._single if len(present) == 1 else self.columns)[columns]  # (A, N)
        result = np.empty((len(classes), len(classes)), dtype=data.dtype)
        if len(present) > 1:
            weighted = data * probability[classes]
            np.matmul(weighted, -weighted.T, out=result)
        for k, start, stop in zip(present, first, [*first[1:], len(classes)], strict=True):
            spread = (probability[k] * (1 - probability[k])).astype(data.dtype, copy=False)
            result[start:stop, start:stop] = (data[start:stop] * spread) @ data[start:stop].T
        result /= self.size
        return result

    def null(self) -> FloatArray:
        """The best (Y, C + 1) coefficients without any weight: centred log priors."""
        prior = np.bincount(self._target[0], minlength=self.shape[0]) / self.size
        coefficients = np.zeros(self.shape)
        coefficients[:, -1] = np.log(prior) - np.log(prior).mean()
        return coefficients
