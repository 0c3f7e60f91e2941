"""The penalty: elastic net on the weights, none on the bias.

``g(W) = sum_kj l1[k,j] |W[k,j]| + l2[k,j]/2 W[k,j]^2``, with l1 = lam * alpha and
l2 = lam * (1 - alpha) on weights, 0 on the bias column, and l1 = inf where a concept may not be
used for a class.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dance_xai.types import BoolArray, FloatArray


@dataclass(frozen=True, eq=False)
class ElasticNet:
    """Strengths per coefficient.

    Attributes:
        l1: (Y, C + 1) in 0..inf; inf forces the coefficient to 0.
        l2: (Y, C + 1) finite, not negative.
    """

    l1: FloatArray
    l2: FloatArray

    @classmethod
    def build(cls, lam: float, alpha: float, shape: tuple[int, int], allowed: BoolArray | None = None) -> ElasticNet:
        """Strengths for (Y, C + 1) coefficients; ``allowed`` is (Y, C)."""
        l1, l2 = np.full(shape, lam * alpha), np.full(shape, lam * (1 - alpha))
        l1[:, -1] = l2[:, -1] = 0.0
        if allowed is not None:
            l1[:, :-1][~allowed] = np.inf
        return cls(l1, l2)

    def value(self, coefficients: FloatArray) -> float:
        """Penalty at (Y, C + 1) coefficients."""
        used = coefficients != 0
        w = coefficients[used]
        return float(self.l1[used] @ np.abs(w) + self.l2[used] @ (w * w) / 2)

    def violation(self, coefficients: FloatArray, gradient: FloatArray) -> FloatArray:
        """Distance of 0 to the subdifferential, per coefficient (Y, C + 1).

        Args:
            coefficients: W.
            gradient: Of the datafit at W.
        """
        slope = gradient + self.l2 * coefficients
        at_zero = np.maximum(np.abs(slope) - self.l1, 0)
        used = coefficients != 0
        at_zero[used] = np.abs(slope[used] + self.l1[used] * np.sign(coefficients[used]))
        return at_zero
