"""The regularisation path: heads from the sparsest to the densest, each warm-started from the one before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from dance_xai.errors import DataError
from dance_xai.model.head.datafit import CrossEntropy
from dance_xai.model.head.fit import (
    SparseHead,
    certified,
    check_allowed,
    check_strengths,
    largest_lam,
    offset_factor,
    prepare,
    reached,
    rounding_floor,
    uncentred,
    useful_tol,
)
from dance_xai.model.head.penalty import ElasticNet
from dance_xai.model.head.solver import Point, solve
from dance_xai.model.head.threads import suited_threads
from dance_xai.types import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class HeadPath:
    """Heads along decreasing lam.

    Attributes:
        heads: P heads, from the sparsest (no weights, lam = lam_max) to the densest.
    """

    heads: tuple[SparseHead, ...]

    @property
    def lams(self) -> FloatArray:
        """(P,) strengths, decreasing."""
        return np.array([head.lam for head in self.heads])

    @property
    def nec(self) -> FloatArray:
        """(P,) non-zero weights per class."""
        return np.array([head.nec for head in self.heads])


def fit_head_path(
    concepts: FloatArray,
    labels: IntArray,
    *,
    alpha: float = 0.99,
    n_lambdas: int = 100,
    lam_ratio: float = 1e-4,
    max_nec: float | None = None,
    n_classes: int | None = None,
    allowed: BoolArray | None = None,
    tol: float = 1e-6,
) -> HeadPath:
    """Heads for ``n_lambdas`` strengths from lam_max (no weights) down to ``lam_ratio * lam_max``.

    Args:
        concepts: (N, C) finite, standardised.
        labels: (N,) in 0..Y-1.
        alpha: In (0, 1].
        n_lambdas: Strengths, evenly spaced in log lam.
        lam_ratio: In (0, 1).
        max_nec: The first head with more non-zero weights per class ends the path.
        n_classes: Y.
        allowed: (Y, C) support the weights must keep to, or (2, Y, C) as in `fit_head`.
        tol: On the violation of each head, or lam / 100 if that is less.

    Raises:
        ShapeError, DataError, SolverError: As `fit_head`.
    """
    raw = prepare(concepts, labels, n_classes, "float64")
    allowed = check_allowed(allowed, raw)
    datafit, mean = raw.centred()
    lams = lam_grid(datafit, alpha, n_lambdas, lam_ratio, allowed)
    floor, heads = rounding_floor(raw), []
    tols = np.array([useful_tol(tol, lam, floor) for lam in lams])
    with suited_threads(datafit):
        solutions = walk(datafit, lams, alpha, allowed, tols / offset_factor(mean))
        for (lam, point), goal in zip(solutions, tols, strict=False):
            heads.append(reached(certified(raw, uncentred(point.coefficients, mean), lam, alpha, allowed), goal))
            if max_nec is not None and heads[-1].nec > max_nec:
                break
    return HeadPath(tuple(heads))


def lam_grid(
    datafit: CrossEntropy, alpha: float, n_lambdas: int, lam_ratio: float, allowed: BoolArray | None = None
) -> FloatArray:
    """(P,) strengths from lam_max down, evenly spaced in log lam."""
    if not (0 < alpha <= 1 and 0 < lam_ratio < 1 and n_lambdas >= 1):
        raise DataError(
            f"path: expected alpha in (0, 1], lam_ratio in (0, 1) and n_lambdas from 1, got {alpha}, {lam_ratio}, "
            f"{n_lambdas}; correct them"
        )
    top = largest_lam(datafit, alpha, allowed)
    check_strengths(top, alpha)
    return np.geomspace(top, top * lam_ratio, n_lambdas)


def walk(
    datafit: CrossEntropy, lams: FloatArray, alpha: float, allowed: BoolArray | None, tols: FloatArray
) -> Iterator[tuple[float, Point]]:
    """Solutions along decreasing strengths."""
    point: Point | FloatArray = datafit.null()
    for lam, tol in zip(lams.tolist(), tols.tolist(), strict=True):
        point = solve(datafit, ElasticNet.build(lam, alpha, datafit.shape, allowed), point, tol)
        yield lam, point
