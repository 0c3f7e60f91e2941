"""Joints nobody saw, inferred from those that were seen, for the descriptor only: they stay marked as unseen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from dance_xai.errors import DataError
from dance_xai.types import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class PoseImputer:
    """A Gaussian over single poses.

    Attributes:
        mean: (2K,) body units.
        covariance: (2K, 2K).
    """

    mean: FloatArray
    covariance: FloatArray

    def __call__(self, poses: FloatArray, seen: BoolArray) -> FloatArray:
        """Replace unseen joints by their expectation given the seen ones.

        Args:
            poses: (F, K, 2) body units.
            seen: (F, K).

        Returns:
            (F, K, 2) float32.
        """
        flat = poses.reshape(len(poses), -1).astype(np.float64)
        for rows, known in _patterns(seen):
            if not known.all():
                flat[np.ix_(rows, ~known)] = self._expect(flat[np.ix_(rows, known)], known)
        return flat.reshape(poses.shape).astype(np.float32)

    def _expect(self, values: FloatArray, known: BoolArray) -> FloatArray:
        expected: FloatArray = self.mean[~known] + (values - self.mean[known]) @ self._gain(known)
        return expected

    def _gain(self, known: BoolArray) -> FloatArray:
        return np.linalg.solve(self.covariance[np.ix_(known, known)], self.covariance[np.ix_(known, ~known)])


def fit_imputer(poses: FloatArray, seen: BoolArray, *, iterations: int = 12, ridge: float = 1e-3) -> PoseImputer:
    """Fit the Gaussian to incomplete poses by expectation maximisation.

    Args:
        poses: (F, K, 2) body units; unseen joints are ignored.
        seen: (F, K).
        iterations: Steps of the algorithm; the likelihood settles in about ten.
        ridge: Added to the diagonal, as a share of its mean, so that every block can be inverted.

    Raises:
        DataError: No frame has a seen joint, or a joint is never seen.

    Source: Dempster, Laird and Rubin (1977), section 4.1.
    """
    some = seen.any(axis=1)
    poses, seen = poses[some], seen[some]
    if not len(poses) or not seen.any(axis=0).all():
        raise DataError("poses: expected every joint to be seen in some train frame, got a joint never seen; drop it")
    mask = np.repeat(seen, 2, axis=1)
    values = poses.reshape(len(poses), -1).astype(np.float64)
    mean = (values * mask).sum(axis=0) / mask.sum(axis=0)
    spread = ((values - mean) ** 2 * mask).sum(axis=0) / mask.sum(axis=0)
    model = PoseImputer(mean, np.diag(spread + ridge * spread.mean()))
    patterns = list(_patterns(seen))
    for _ in range(iterations):
        model = _step(model, values, patterns, ridge)
    return model


def _step(
    model: PoseImputer, values: FloatArray, patterns: list[tuple[IntArray, BoolArray]], ridge: float
) -> PoseImputer:
    filled, extra = values.copy(), np.zeros_like(model.covariance)
    for rows, known in patterns:
        if known.all():
            continue
        filled[np.ix_(rows, ~known)] = model._expect(values[np.ix_(rows, known)], known)
        hidden = np.ix_(~known, ~known)
        left_over = model.covariance[hidden] - model.covariance[np.ix_(~known, known)] @ model._gain(known)
        extra[hidden] += len(rows) * left_over
    mean = filled.mean(axis=0)
    centred = filled - mean
    covariance = (centred.T @ centred + extra) / len(filled)
    return PoseImputer(mean, covariance + ridge * np.trace(covariance) / len(mean) * np.eye(len(mean)))


def _patterns(seen: BoolArray) -> Iterator[tuple[IntArray, BoolArray]]:
    """Rows that share what is seen, with the (2K,) mask of coordinates."""
    packed = np.ascontiguousarray(np.packbits(seen, axis=1))
    key = packed.view(np.dtype((np.void, packed.shape[1]))).ravel()
    unique, group = np.unique(key, return_inverse=True)
    order = np.argsort(group, kind="stable")
    for rows in np.split(order, np.cumsum(np.bincount(group, minlength=len(unique)))[:-1]):
        yield rows, np.repeat(seen[rows[0]], 2)
