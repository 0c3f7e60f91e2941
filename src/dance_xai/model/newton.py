"""Many weighted logistic regressions on the same inputs at once: Newton steps by conjugate gradients."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dance_xai.types import FloatArray

SUFFICIENT = 1e-4
HALVINGS = 30
CONJUGATE_STEPS = 50


@dataclass(frozen=True, eq=False)
class Columns:
    """P problems ``sum_i weight_ip * logloss(y_ip, z_i b_p + c_p) + strength_p / 2 * |b_p|^2``.

    Attributes:
        z: (N, R) inputs all problems share.
        y: (N, P) in {0, 1}.
        weight: (N, P) at least 0; 0 leaves a row out.
        strength: (P,) above 0.
    """

    z: FloatArray
    y: FloatArray
    weight: FloatArray
    strength: FloatArray

    def take(self, columns: np.ndarray) -> Columns:
        """Some of the problems."""
        return Columns(self.z, self.y[:, columns], self.weight[:, columns], self.strength[columns])

    def value(self, logit: FloatArray, point: FloatArray) -> FloatArray:
        """(P,) objectives at (R + 1, P) points, of which ``logit`` are the (N, P) outputs."""
        loss = self.weight * (np.logaddexp(0, logit) - self.y * logit)
        return np.asarray(loss.sum(axis=0) + self.strength / 2 * (point[:-1] ** 2).sum(axis=0))

    def logit(self, point: FloatArray) -> FloatArray:
        """(N, P) outputs; the last row of a point is the bias."""
        return np.asarray(self.z @ point[:-1] + point[-1])

    def pull(self, residual: FloatArray, point: FloatArray) -> FloatArray:
        """(R + 1, P) transpose of ``logit``, plus the penalty's part."""
        return np.concatenate([self.z.T @ residual + self.strength * point[:-1], residual.sum(axis=0)[None]])


def start(problems: Columns) -> FloatArray:
    """(R + 1, P) zero weights and the log-odds of the positives as bias."""
    total = problems.weight.sum(axis=0)
    share = np.clip((problems.weight * problems.y).sum(axis=0) / np.maximum(total, 1e-12), 1e-3, 1 - 1e-3)
    point = np.zeros((problems.z.shape[1] + 1, len(share)), dtype=problems.z.dtype)
    point[-1] = np.log(share / (1 - share))
    return point


def minimise(problems: Columns, point: FloatArray, *, tolerance: float, max_steps: int = 50) -> FloatArray:
    """Minimise all problems from a given point.

    A problem without a positive or without a negative row has no finite optimum; it stays at its start.

    Args:
        problems: P problems.
        point: (R + 1, P) weights, and the bias in the last row.
        tolerance: Stop when the norm of the gradient is below this share of what it is at zero weights.
        max_steps: Newton steps at most.

    Returns:
        (R + 1, P).

    Source: truncated Newton with a diagonal preconditioner (Nocedal and Wright, chapter 7).
    """
    base = start(problems)
    logit = problems.logit(base)
    size = np.maximum(np.linalg.norm(_gradient(problems, logit, base), axis=0), np.finfo(logit.dtype).tiny)
    both = _has_both(problems)
    point = np.where(both, point, base)
    logit = problems.logit(point)
    for _ in range(max_steps):
        gradient = _gradient(problems, logit, point)
        share = np.linalg.norm(gradient, axis=0) / size
        active = np.flatnonzero(both & (share > tolerance))
        if not len(active):
            break
        part = problems.take(active)
        step = _newton_direction(part, logit[:, active], gradient[:, active], share[active])
        point[:, active], logit[:, active] = _search(
            part, point[:, active], logit[:, active], step, (gradient[:, active] * step).sum(axis=0)
        )
    return point


def _has_both(problems: Columns) -> np.ndarray:
    positive = (problems.weight * problems.y).sum(axis=0)
    return np.asarray((positive > 0) & ((problems.weight * (1 - problems.y)).sum(axis=0) > 0))


def _probability(logit: FloatArray) -> FloatArray:
    return np.asarray(0.5 * (1 + np.tanh(logit / 2)))


def _gradient(problems: Columns, logit: FloatArray, point: FloatArray) -> FloatArray:
    return problems.pull(problems.weight * (_probability(logit) - problems.y), point)


def _newton_direction(problems: Columns, logit: FloatArray, gradient: FloatArray, share: FloatArray) -> FloatArray:
    """Solve ``H step = -gradient`` by preconditioned conjugate gradients, one system per column, solved ones left out.

    The residual may be as large a share of the gradient as the root of ``share``, (P,), the gradient's own share of its
    size at zero weights: rough far from the optimum, fine near it.
    """
    system = _System.at(problems, logit)
    step, rest, at = np.zeros_like(gradient), -gradient, np.arange(len(share))
    direction = rest / system.diagonal
    energy = (rest * direction).sum(axis=0)
    goal = energy * np.minimum(0.01, share)
    for _ in range(CONJUGATE_STEPS):
        bent = system.bend(direction)
        length = _ratio(energy, (direction * bent).sum(axis=0))
        step[:, at] += length * direction
        rest = rest - length * bent
        scaled = rest / system.diagonal
        before, energy = energy, (rest * scaled).sum(axis=0)
        direction = scaled + _ratio(energy, before) * direction
        unsolved = energy > goal
        if not unsolved.any():
            break
        if 3 * unsolved.sum() < 2 * len(unsolved):
            system = system.take(unsolved)
            rest, direction = rest[:, unsolved], direction[:, unsolved]
            energy, goal, at = energy[unsolved], goal[unsolved], at[unsolved]
    return step


@dataclass(frozen=True, eq=False)
class _System:
    """The Hessians of some problems at a point: (N, P) curvatures and the (R + 1, P) diagonals."""

    problems: Columns
    curvature: FloatArray
    diagonal: FloatArray

    @classmethod
    def at(cls, problems: Columns, logit: FloatArray) -> _System:
        chance = _probability(logit)
        curvature = problems.weight * chance * (1 - chance)
        own = np.concatenate([(problems.z**2).T @ curvature + problems.strength, curvature.sum(axis=0)[None]])
        return cls(problems, curvature, np.maximum(own, np.finfo(own.dtype).tiny))

    def take(self, columns: np.ndarray) -> _System:
        return _System(self.problems.take(columns), self.curvature[:, columns], self.diagonal[:, columns])

    def bend(self, direction: FloatArray) -> FloatArray:
        """Hessian times direction, (R + 1, P)."""
        return self.problems.pull(self.curvature * self.problems.logit(direction), direction)


def _ratio(above: FloatArray, below: FloatArray) -> FloatArray:
    ratio: FloatArray = np.divide(above, below, out=np.zeros_like(above), where=below > 0)
    return ratio


def _search(
    problems: Columns, point: FloatArray, logit: FloatArray, step: FloatArray, slope: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Halve each column's step until it descends; a column that cannot within rounding stays."""
    change, value = problems.logit(step), problems.value(logit, point)
    rounding = 10 * np.finfo(value.dtype).eps * np.abs(value)
    length = np.ones_like(value)
    for _ in range(HALVINGS):
        reached = problems.value(logit + length * change, point + length * step)
        poor = reached > value + SUFFICIENT * length * slope + rounding
        if not poor.any():
            break
        length = np.where(poor, length / 2, length)
    return point + length * step, logit + length * change
