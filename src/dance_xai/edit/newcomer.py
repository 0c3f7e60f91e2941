"""One more row for a head whose other rows stay as they are.

With the other logits z fixed, the mean cross entropy of all classes depends on the new row like a logistic regression
with the offset ``logsumexp(z)``: the solver of the head does it, with one class held at that offset.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dance_xai.errors import SolverError
from dance_xai.model.head.datafit import CrossEntropy
from dance_xai.model.head.penalty import ElasticNet
from dance_xai.model.head.solver import Point, solve
from dance_xai.types import BoolArray, FloatArray

PATH_LENGTH = 8
PATH_RATIO = 1e-2
LOOSE = 0.02
TIGHT = 1e-8
MAX_FOLDS = 3


@dataclass(frozen=True, eq=False)
class Row:
    """A row of a head.

    Attributes:
        weight: (C,).
        bias: A number.
        lam: Strength it is optimal for.
        kkt: Largest violation of its optimality conditions.
    """

    weight: FloatArray
    bias: float
    lam: float
    kkt: float


@dataclass(frozen=True, eq=False)
class Newcomer:
    """Clips of the new class beside all others.

    Attributes:
        concepts: (N, C) standardised activations.
        others: (N,) logsumexp of the logits of the other classes.
        new: (N,) True for clips of the new class.
        repeat: How often each clip of the new class counts, so that the class weighs as much as an average one.
        alpha: Share of the L1 norm.
    """

    concepts: FloatArray
    others: FloatArray
    new: BoolArray
    repeat: int
    alpha: float

    def part(self, rows: BoolArray) -> Newcomer:
        """Some of the clips."""
        return Newcomer(self.concepts[rows], self.others[rows], self.new[rows], self.repeat, self.alpha)

    def loss(self, row: Row) -> float:
        """Summed cross entropy, up to what the other classes say of their own clips."""
        margin = self.concepts @ row.weight + row.bias - self.others
        each = np.logaddexp(0.0, np.where(self.new, -margin, margin))
        return float(each @ np.where(self.new, self.repeat, 1))

    def start(self) -> tuple[CrossEntropy, Point]:
        """The problem of two classes, all others and the new one, and its best solution without any weight."""
        counts = np.where(self.new, self.repeat, 1)
        labels = np.repeat(self.new, counts).astype(np.int64)
        datafit = CrossEntropy(np.repeat(self.concepts, counts, axis=0), labels, 2)
        logits = np.stack([np.repeat(self.others, counts), np.zeros(datafit.size)])
        no_weights = np.zeros(datafit.shape[1] - 1, dtype=bool)
        penalty = _penalty(1.0, self.alpha, datafit.shape, no_weights)
        return datafit, solve(datafit, penalty, Point.at(datafit, penalty, np.zeros(datafit.shape), logits), TIGHT)

    def row(self, datafit: CrossEntropy, point: Point, lam: float, tol: float) -> tuple[Row, Point]:
        """The row for a strength, from the solution for another; ``tol``: violation as a share of the strength."""
        point = solve(datafit, _penalty(lam, self.alpha, datafit.shape), point, tol * lam)
        return Row(point.coefficients[1, :-1].copy(), float(point.coefficients[1, -1]), lam, point.kkt), point

    def losses(self, held: Newcomer, lams: Sequence[float]) -> list[float]:
        """Loss on other clips of the rows for decreasing strengths."""
        (datafit, point), losses = self.start(), []
        for lam in lams:
            row, point = self.row(datafit, point, lam, LOOSE)
            losses.append(held.loss(row))
        return losses


def fit_newcomer(problem: Newcomer, most: int, lam: float | None = None) -> Row:
    """The row of a new class: strength by held-out cross entropy over inner folds of the given clips.

    Args:
        problem: The clips.
        most: Weights the row may have; strengths that need more are left out.
        lam: A strength instead of the choice; a stronger one is taken where it needs more weights.

    Raises:
        SolverError: The optimum was not reached.
    """
    datafit, point = problem.start()
    top = float(np.abs(datafit.gradient(point.probability)[1, :-1]).max(initial=0.0)) / problem.alpha
    lams = np.geomspace(top, top * PATH_RATIO, PATH_LENGTH).tolist()
    if lam is not None:
        lams = [*(one for one in lams if one > lam), lam]
    points = [point]
    for one in lams:
        row, point = problem.row(datafit, points[-1], one, LOOSE)
        if np.count_nonzero(row.weight) > most:
            break
        points.append(point)
    lams = lams[: len(points) - 1] or lams[:1]
    chosen = len(lams) - 1 if lam is not None else _choose(problem, lams)
    row, _ = problem.row(datafit, points[min(chosen + 1, len(points) - 1)], lams[chosen], LOOSE * 1e-4)
    if row.kkt > LOOSE * row.lam:
        raise SolverError(
            f"new class: expected a violation of at most {LOOSE * row.lam:.0e}, got {row.kkt:.0e}; add clips"
        )
    return row


def _choose(problem: Newcomer, lams: Sequence[float]) -> int:
    count = int(problem.new.sum())
    if count < 2:
        return len(lams) // 2
    folds = np.empty(len(problem.new), dtype=np.int64)
    for side in (problem.new, ~problem.new):
        folds[side] = np.arange(side.sum()) % min(MAX_FOLDS, count)
    parts = [(problem.part(folds != fold), problem.part(folds == fold)) for fold in np.unique(folds)]
    return int(np.argmin(np.sum([part.losses(held, lams) for part, held in parts], axis=0)))


def _penalty(lam: float, alpha: float, shape: tuple[int, int], allowed: BoolArray | None = None) -> ElasticNet:
    """The others cannot move; the new row pays as in any head."""
    mask = np.zeros((shape[0], shape[1] - 1), dtype=bool)
    mask[1] = True if allowed is None else allowed
    penalty = ElasticNet.build(lam, alpha, shape, mask)
    penalty.up[0] = penalty.down[0] = np.inf
    return penalty
