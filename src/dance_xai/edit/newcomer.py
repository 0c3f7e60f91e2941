"""One more row for a head whose other rows stay as they are.

With the other logits z fixed, the mean cross entropy of all classes depends on the new row like a logistic regression
with the offset ``logsumexp(z)``: the solver of the head does it, with one class held at that offset.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from dance_xai.errors import SolverError
from dance_xai.model.head.datafit import CrossEntropy
from dance_xai.model.head.penalty import ElasticNet
from dance_xai.model.head.solver import Point, solve
from dance_xai.types import BoolArray, FloatArray

PATH_LENGTH = 12
PATH_RATIO = 1e-3
LOOSE = 0.02
TIGHT = 1e-8
MAX_FOLDS = 5


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

    def datafit(self) -> tuple[CrossEntropy, FloatArray]:
        """The problem of two classes, all others and the new one, and its (N',) offsets."""
        counts = np.where(self.new, self.repeat, 1)
        labels = np.repeat(self.new, counts).astype(np.int64)
        return CrossEntropy(np.repeat(self.concepts, counts, axis=0), labels, 2), np.repeat(self.others, counts)

    def largest_lam(self) -> tuple[float, Point]:
        """The smallest strength at which the new row has no weights, and the solution there."""
        datafit, offset = self.datafit()
        start = np.zeros(datafit.shape)
        logits = datafit.logits(start)
        logits[0] += offset
        no_weights = np.zeros(datafit.shape[1] - 1, dtype=bool)
        penalty = _penalty(1.0, self.alpha, datafit.shape, no_weights)
        point = solve(datafit, penalty, Point.at(datafit, penalty, start, logits), TIGHT)
        slope = datafit.gradient(point.probability)[1, :-1]
        return float(np.abs(slope).max(initial=0.0)) / self.alpha, point

    def path(self, lams: FloatArray, tol: float) -> Iterator[Row]:
        """Rows along decreasing strengths; ``tol``: violation as a share of the strength."""
        (datafit, _), (_, point) = self.datafit(), self.largest_lam()
        for lam in lams.tolist():
            point = solve(datafit, _penalty(lam, self.alpha, datafit.shape), point, tol * lam)
            weight, bias = point.coefficients[1, :-1], float(point.coefficients[1, -1])
            yield Row(weight.copy(), bias, lam, point.kkt)


def fit_newcomer(problem: Newcomer, most: int, lam: float | None = None) -> Row:
    """The row of a new class: strength by held-out cross entropy over inner folds of the given clips.

    Args:
        problem: The clips.
        most: Weights the row may have.
        lam: A strength instead of the choice.

    Raises:
        SolverError: The optimum was not reached.
    """
    top, _ = problem.largest_lam()
    lams = np.geomspace(top, top * PATH_RATIO, PATH_LENGTH)
    if lam is not None:
        lams = np.append(lams[lams > lam], lam)
    chosen = len(lams) - 1 if lam is not None else _choose(problem, lams)
    rows = list(problem.path(lams[: chosen + 1], LOOSE))
    within = [at for at, row in enumerate(rows) if np.count_nonzero(row.weight) <= most]
    *_, row = problem.path(lams[: within[-1] + 1], LOOSE * 1e-4)
    if row.kkt > LOOSE * row.lam:
        raise SolverError(
            f"new class: expected a violation of at most {LOOSE * row.lam:.0e}, got {row.kkt:.0e}; add clips"
        )
    return row


def _choose(problem: Newcomer, lams: FloatArray) -> int:
    count = int(problem.new.sum())
    if count < 2:
        return len(lams) // 2
    folds = np.empty(len(problem.new), dtype=np.int64)
    for side in (problem.new, ~problem.new):
        folds[side] = np.arange(side.sum()) % min(MAX_FOLDS, count)
    scores = np.zeros(len(lams))
    for fold in np.unique(folds):
        held = problem.part(folds == fold)
        scores += [held.loss(row) for row in problem.part(folds != fold).path(lams, LOOSE)]
    return int(np.argmin(scores))


def _penalty(lam: float, alpha: float, shape: tuple[int, int], allowed: BoolArray | None = None) -> ElasticNet:
    """The others cannot move; the new row pays as in any head."""
    mask = np.zeros((shape[0], shape[1] - 1), dtype=bool)
    mask[1] = True if allowed is None else allowed
    penalty = ElasticNet.build(lam, alpha, shape, mask)
    penalty.up[0] = penalty.down[0] = np.inf
    return penalty
