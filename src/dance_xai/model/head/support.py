"""Supports of a wanted size: from the L1 path, or by pruning a dense head."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dance_xai.model.head.datafit import CrossEntropy
from dance_xai.model.head.fit import largest_lam
from dance_xai.model.head.path import lam_grid, walk
from dance_xai.model.head.penalty import ElasticNet
from dance_xai.model.head.solver import Point, QuadraticModel, solve
from dance_xai.types import BoolArray, FloatArray

LOOSE = 0.02
PATH_LENGTH = 40
PATH_RATIO = 1e-3
BISECTIONS = 6
CLOSE = 0.97
PRUNE_SHARE = 0.05
PRUNE_TOL = 0.3
PRUNE_START = 1e-3
PRUNE_LAM = 1e-2
PRUNE_ALPHA = 0.9
REFIT_TOL = 1e-8


@dataclass(frozen=True, eq=False)
class Refit:
    """A head that is optimal on its own support.

    Attributes:
        coefficients: (Y, C + 1).
        lam: Strength it is optimal for.
        alpha: Share of the L1 norm.
    """

    coefficients: FloatArray
    lam: float
    alpha: float


def used(coefficients: FloatArray) -> BoolArray:
    """(Y, C) True where a weight is not 0."""
    return np.asarray(coefficients[:, :-1] != 0)


def size_of(point: Point) -> int:
    """Non-zero weights of a solution."""
    return int(np.count_nonzero(used(point.coefficients)))


def within(coefficients: FloatArray, allowed: BoolArray | None) -> BoolArray:
    """What is allowed on the support of the coefficients: (Y, C), or (2, Y, C) where signs are told apart."""
    return used(coefficients) if allowed is None else np.asarray(used(coefficients) & allowed)


def refit(
    datafit: CrossEntropy, start: FloatArray, lam: float, alpha: float, tol: float, allowed: BoolArray | None
) -> Point:
    """The best head on the support of ``start``."""
    return solve(datafit, ElasticNet.build(lam, alpha, datafit.shape, within(start, allowed)), start, tol)


def trail(datafit: CrossEntropy, alpha: float, allowed: BoolArray | None, largest: int) -> list[tuple[float, Point]]:
    """Loose solutions along the path, up to the first with more than ``largest`` weights."""
    lams = lam_grid(datafit, alpha, PATH_LENGTH, PATH_RATIO, allowed)
    points = []
    for lam, point in walk(datafit, lams, alpha, allowed, LOOSE * lams):
        points.append((lam, point))
        if size_of(point) > largest:
            break
    return points


def densest_within(
    datafit: CrossEntropy, points: list[tuple[float, Point]], size: int, alpha: float, allowed: BoolArray | None
) -> tuple[float, Point]:
    """The densest solution with at most ``size`` weights, looked for between the points of the trail, too."""
    at = max((i for i, (_, p) in enumerate(points) if size_of(p) <= size), key=lambda i: (size_of(points[i][1]), i))
    lam, best = points[at]
    if at + 1 == len(points):
        return lam, best
    high, low = lam, points[at + 1][0]
    for _ in range(BISECTIONS):
        if size_of(best) >= CLOSE * size:
            break
        middle = float(np.sqrt(high * low))
        point = solve(datafit, ElasticNet.build(middle, alpha, datafit.shape, allowed), best, LOOSE * middle)
        if size_of(point) > size:
            low = middle
            continue
        high = middle
        if size_of(point) >= size_of(best):
            lam, best = middle, point
    return lam, best


def path_refits(
    datafit: CrossEntropy, sizes: Sequence[int], relax: Sequence[float], alpha: float, allowed: BoolArray | None
) -> dict[tuple[int, float], Refit]:
    """Relaxed lasso: per size and factor, the support from the path, refitted with the L1 strength times the factor."""
    points = trail(datafit, alpha, allowed, max(sizes))
    heads = {}
    for size in sizes:
        lam, point = densest_within(datafit, points, size, alpha, allowed)
        for factor in relax:
            weak = lam * (alpha * factor + 1 - alpha)
            share = lam * alpha * factor / weak
            solution = refit(datafit, point.coefficients, weak, share, min(REFIT_TOL, LOOSE * weak), allowed)
            heads[size, factor] = Refit(solution.coefficients, weak, share)
    return heads


def saliency(datafit: CrossEntropy, point: Point, strength: float) -> FloatArray:
    """(Y, C + 1) rise of the objective when one weight is forced to 0 and all others follow, to second order.

    ``w^2 / 2 (H^-1)_aa``; inf where there is no weight to remove.
    Source: the optimal brain surgeon (Hassibi and Stork, 1992), per class block when the support is large.
    """
    working = np.column_stack([used(point.coefficients), np.ones(datafit.shape[0], dtype=bool)])
    result = np.full(datafit.shape, np.inf)
    weights, diagonal = point.coefficients[working], np.empty(np.count_nonzero(working))
    for block, hessian in QuadraticModel(datafit, point.probability, working).blocks:
        ridge = np.eye(len(hessian)) * strength
        diagonal[block] = np.diag(np.linalg.inv(hessian + ridge))
    result[working] = weights**2 / (2 * diagonal)
    result[:, -1] = np.inf
    return result


def prune(
    datafit: CrossEntropy,
    start: FloatArray,
    sizes: Sequence[int],
    lam: float,
    alpha: float,
    allowed: BoolArray | None = None,
) -> dict[int, FloatArray]:
    """Remove the least salient weights of ``start``, refit, and repeat; keep the head at each size."""
    tol = PRUNE_TOL * lam
    point, heads = refit(datafit, start, lam, alpha, tol, allowed), {}
    for size in sorted(sizes, reverse=True):
        while (now := size_of(point)) > size:
            count = max(1, min(now - size, int(PRUNE_SHARE * now)))
            order = np.argsort(saliency(datafit, point, lam * (1 - alpha)), axis=None)[:count]
            smaller = point.coefficients.copy()
            smaller.flat[order] = 0.0
            point = refit(datafit, smaller, lam, alpha, tol, allowed)
        last = refit(datafit, point.coefficients, lam, alpha, min(REFIT_TOL, LOOSE * lam), allowed)
        heads[size] = last.coefficients
    return heads


def pruned_refits(
    datafit: CrossEntropy, sizes: Sequence[int], relax: Sequence[float], alpha: float, allowed: BoolArray | None
) -> dict[tuple[int, float], Refit]:
    """Pruned heads: per factor, a dense lasso head is pruned down to each size under that share of a weak penalty."""
    top = largest_lam(datafit, alpha, allowed)
    dense: Point | FloatArray = datafit.null()
    for lam in (top / 10, PRUNE_START * top):
        dense = solve(datafit, ElasticNet.build(lam, alpha, datafit.shape, allowed), dense, LOOSE * lam)
    assert isinstance(dense, Point)
    columns = np.flatnonzero(used(dense.coefficients).any(axis=0))
    part, kept = datafit.restrict(columns), np.append(columns, datafit.shape[1] - 1)
    mask = None if allowed is None else allowed[..., columns]
    heads = {}
    for factor in relax:
        lam = PRUNE_LAM * top * factor
        for size, small in prune(part, dense.coefficients[:, kept], sizes, lam, PRUNE_ALPHA, mask).items():
            coefficients = np.zeros(datafit.shape)
            coefficients[:, kept] = small
            heads[size, factor] = Refit(coefficients, lam, PRUNE_ALPHA)
    return heads
