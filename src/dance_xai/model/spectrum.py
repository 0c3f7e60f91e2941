"""One eigendecomposition of the centred inputs, which serves all folds, strengths and concepts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dance_xai.errors import DataError
from dance_xai.types import FloatArray

CUTOFF = 1e-6  # singular values below this share of the largest are rounding of the squares they come from


@dataclass(frozen=True, eq=False)
class Spectrum:
    """``x == mean + (left * scale) @ right.T``, up to directions without any spread.

    Attributes:
        mean: (D,).
        left: (N, R) orthonormal columns, orthogonal to the constant.
        scale: (R,) singular values, largest first, above 0.
        right: (D, R) orthonormal columns.
    """

    mean: FloatArray
    left: FloatArray
    scale: FloatArray
    right: FloatArray

    @property
    def power(self) -> float:
        """Mean squared distance of a row to the mean."""
        return float((self.scale**2).sum() / len(self.left))


def spectrum(x: FloatArray) -> Spectrum:
    """Decompose (N, D) inputs through the smaller of their two squares.

    Raises:
        DataError: All rows are the same.
    """
    x = np.asarray(x, dtype=np.float64)
    mean = x.mean(axis=0)
    centred = x - mean
    wide = x.shape[0] <= x.shape[1]
    values, vectors = np.linalg.eigh(centred @ centred.T if wide else centred.T @ centred)
    scale = np.sqrt(np.maximum(values[::-1], 0.0))
    keep = scale > max(CUTOFF * scale[0], 1e-12 * float(np.abs(x).max()))
    if not keep.any():
        raise DataError("features: expected rows that differ, got the same values in every row; check the backbone")
    scale, vectors = scale[keep], vectors[:, ::-1][:, keep]
    other = (centred.T @ vectors if wide else centred @ vectors) / scale
    return Spectrum(mean, vectors, scale, other) if wide else Spectrum(mean, other, scale, vectors)
