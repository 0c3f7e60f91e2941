"""The penalty: elastic net on the weights, none on the bias, with a price for each sign.

``g(W) = sum_kj up[k,j] max(W[k,j], 0) + down[k,j] max(-W[k,j], 0) + l2[k,j]/2 W[k,j]^2``, with up = down = lam * alpha
and l2 = lam * (1 - alpha) on weights, 0 on the bias column. An infinite price forbids: both where a concept may not be
used for a class, one where its weight may have one sign only.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dance_xai.types import BoolArray, FloatArray


@dataclass(frozen=True, eq=False)
class ElasticNet:
    """Strengths per coefficient.

    Attributes:
        up: (Y, C + 1) in 0..inf, price of positive values; inf forbids them.
        down: (Y, C + 1) in 0..inf, price of negative values; inf forbids them.
        l2: (Y, C + 1) finite, not negative.
    """

    up: FloatArray
    down: FloatArray
    l2: FloatArray

    @classmethod
    def build(cls, lam: float, alpha: float, shape: tuple[int, int], allowed: BoolArray | None = None) -> ElasticNet:
        """Strengths for (Y, C + 1) coefficients.

        ``allowed`` is (Y, C), or (2, Y, C): where positive weights, and where negative ones, may be used.
        """
        price, l2 = np.full((2, *shape), lam * alpha), np.full(shape, lam * (1 - alpha))
        price[..., -1] = l2[:, -1] = 0.0
        if allowed is not None:
            price[..., :-1][~np.broadcast_to(allowed, price[..., :-1].shape)] = np.inf
        return cls(price[0], price[1], l2)

    @property
    def free(self) -> BoolArray:
        """(Y, C + 1) True where nothing keeps a coefficient at 0."""
        return np.asarray((self.up == 0) & (self.down == 0))

    def value(self, coefficients: FloatArray) -> float:
        """Penalty at (Y, C + 1) coefficients."""
        used = coefficients != 0
        w = coefficients[used]
        return float(np.where(w > 0, self.up[used], self.down[used]) @ np.abs(w) + self.l2[used] @ (w * w) / 2)

    def violation(self, coefficients: FloatArray, gradient: FloatArray) -> FloatArray:
        """Distance of 0 to the subdifferential, per coefficient (Y, C + 1).

        Args:
            coefficients: W.
            gradient: Of the datafit at W.
        """
        slope = gradient + self.l2 * coefficients
        result = np.maximum(np.maximum(slope - self.down, -slope - self.up), 0)
        for used, pull in ((coefficients > 0, self.up), (coefficients < 0, -self.down)):
            result[used] = np.abs(slope[used] + pull[used])
        return np.asarray(result)
