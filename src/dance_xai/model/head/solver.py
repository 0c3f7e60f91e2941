"""The solver: proximal Newton on a working set.

    repeat
        violation of the optimality conditions at W; stop when its largest entry is <= tol
        working set = bias, non-zero weights, worst violators
        quadratic model of the datafit there; coordinate descent minimises model + penalty
        W moves along that direction as far as the objective goes down (Armijo)

The model couples all classes while the working set is small. A large one gets one block per class:
steps are shorter-sighted and far cheaper. A model is kept over steps while it serves.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from dance_xai.model.head.datafit import CrossEntropy, Rows
from dance_xai.model.head.penalty import ElasticNet
from dance_xai.types import BoolArray, FloatArray

MAX_STEPS = 300
SWEEPS = 30
MAX_ROUNDS = 20
RIDGE = 1e-9
LEAST_CURVATURE = 1e-14
COUPLED_SIZE = 1500
INNER_TOL = 0.05
MAX_AGE = 6
GOOD_STEP = 0.15
UNCOVERED = 0.3
SUFFICIENT = 1e-4
HALVINGS = 30


@dataclass(frozen=True, eq=False)
class Point:
    """Coefficients and all that follows from them.

    Attributes:
        coefficients: (Y, C + 1), bias last.
        logits: (Y, N).
        probability: (Y, N).
        objective: Datafit + penalty.
        kkt: Largest violation of the optimality conditions; inf until it is measured.
    """

    coefficients: FloatArray
    logits: Rows
    probability: Rows
    objective: float
    kkt: float = np.inf

    @classmethod
    def at(cls, datafit: CrossEntropy, penalty: ElasticNet, coefficients: FloatArray, logits: Rows) -> Point:
        loss, probability = datafit.value(logits)
        return cls(coefficients, logits, probability, loss + penalty.value(coefficients))


class QuadraticModel:
    """Second-order model of the datafit on a working set, around fixed probabilities."""

    def __init__(self, datafit: CrossEntropy, probability: Rows, working: BoolArray) -> None:
        classes, columns = np.nonzero(working)
        self.working = working
        self.coupled = len(classes) <= COUPLED_SIZE
        edges = [0, len(classes)] if self.coupled else np.searchsorted(classes, np.arange(len(working) + 1)).tolist()
        slices = [slice(start, stop) for start, stop in pairwise(edges)]
        self.blocks: list[tuple[slice, Rows]] = [
            (block, datafit.hessian(probability, classes[block], columns[block])) for block in slices
        ]
        self.age = 0

    def direction(self, coefficients: FloatArray, gradient: FloatArray, penalty: ElasticNet, tol: float) -> FloatArray:
        """(Y, C + 1) step from the coefficients to the minimum of model + penalty."""
        self.age += 1
        on = self.working
        slope, new, up, down, l2 = gradient[on], coefficients[on], penalty.up[on], penalty.down[on], penalty.l2[on]
        for block, hessian in self.blocks:
            minimise_model(hessian, slope[block], new[block], up[block], down[block], l2[block], tol)
        step = np.zeros_like(coefficients)
        step[on] = new - coefficients[on]
        return step

    def serves(self, violation: FloatArray, progress: float) -> bool:
        """Is one more step with this model worth it? ``progress``: kkt now over kkt a step ago."""
        if self.age >= MAX_AGE or progress >= (GOOD_STEP if self.coupled else 1.0):
            return False
        uncovered: float = violation[~self.working].max(initial=0.0)
        return uncovered <= UNCOVERED * float(violation.max())


def minimise_model(
    hessian: Rows, slope: FloatArray, w: FloatArray, up: FloatArray, down: FloatArray, l2: FloatArray, tol: float
) -> None:
    """Minimise ``slope.d + d.H.d/2`` + penalty at w + d, in place: ``w`` becomes w + d, ``slope`` its slope.

    Coordinate descent finds the support; where columns are alike it then creeps, and solving for the
    support at once, as far as no weight changes its sign, does the rest.
    """
    from dance_xai.model.head.coordinate import descend

    for _ in range(MAX_ROUNDS):
        if descend(hessian, slope, w, up, down, l2, tol, SWEEPS) < SWEEPS:
            return
        priced = (up > 0) | (down > 0)
        free = (w != 0) | ~priced
        rows = hessian[:, free].astype(np.float64)
        diagonal = np.diag(hessian)[free]
        system = rows[free] + np.diag(l2[free] + RIDGE * (diagonal + diagonal.mean()) + LEAST_CURVATURE)
        pull = np.where(w > 0, up, np.where(w < 0, -down, 0.0))
        move = np.linalg.solve(system, -(slope + l2 * w + pull)[free])
        flips = priced[free] & (w[free] * (w[free] + move) < 0)
        crossing = np.divide(-w[free], move, out=np.ones_like(move), where=flips)
        length = crossing.min()
        w[free] = np.where(crossing > length, w[free] + length * move, 0.0) if length < 1 else w[free] + move
        slope += rows @ (length * move)


def working_set(violation: FloatArray, coefficients: FloatArray, penalty: ElasticNet) -> BoolArray:
    """Bias, non-zero weights, and the worst violators: at most twice as many as those (or 50)."""
    kept = (coefficients != 0) | penalty.free
    fresh = np.where(kept, 0.0, violation)
    room = max(50, 2 * int(kept.sum()))
    if np.count_nonzero(fresh) > room:
        fresh[fresh < np.partition(fresh, -room, axis=None)[-room]] = 0.0
    return np.asarray(kept | (fresh > 0))


def line_search(datafit: CrossEntropy, penalty: ElasticNet, point: Point, step: FloatArray, slope: float) -> Point:
    """The first of the steps 1, 1/2, 1/4, ... that lowers the objective enough; the point itself if none does.

    ``slope``: what model and penalty promise for the whole step, at first order; negative.
    """
    shift = datafit.logits(step)
    rounding = 4 * float(np.finfo(shift.dtype).eps) * abs(point.objective)
    size = 1.0
    for _ in range(HALVINGS):
        new = Point.at(datafit, penalty, point.coefficients + size * step, point.logits + size * shift)
        if new.objective <= point.objective + SUFFICIENT * size * slope + rounding:
            return new
        size /= 2
    return point


def solve(datafit: CrossEntropy, penalty: ElasticNet, start: FloatArray | Point, tol: float) -> Point:
    """Minimise datafit + penalty until kkt <= tol, or until no step helps any more.

    Args:
        datafit: Mean cross entropy of N rows.
        penalty: Strengths.
        start: (Y, C + 1) coefficients with no forbidden value; or a solution for other strengths.
        tol: On the largest violation of the optimality conditions.
    """
    coefficients, logits = (
        (start.coefficients, start.logits) if isinstance(start, Point) else (start, datafit.logits(start))
    )
    point, model, last = Point.at(datafit, penalty, coefficients, logits), None, np.inf
    for _ in range(MAX_STEPS):
        gradient = datafit.gradient(point.probability)
        violation = penalty.violation(point.coefficients, gradient)
        point = replace(point, kkt=float(violation.max()))
        if point.kkt <= tol:
            break
        if model is None or not model.serves(violation, point.kkt / last):
            model = QuadraticModel(datafit, point.probability, working_set(violation, point.coefficients, penalty))
        step = model.direction(point.coefficients, gradient, penalty, INNER_TOL * point.kkt)
        slope = float(np.sum(gradient * step)) + penalty.value(point.coefficients + step)
        new = line_search(datafit, penalty, point, step, slope - penalty.value(point.coefficients))
        if new is point and model.age == 1:
            break
        point, last = new, point.kkt
    return point
