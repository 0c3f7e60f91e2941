"""One sparse head: multinomial logistic regression with elastic net, solved to a certified optimum."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from dance_xai.errors import DataError, ShapeError, SolverError, check_shape
from dance_xai.model.head.datafit import CrossEntropy
from dance_xai.model.head.penalty import ElasticNet
from dance_xai.model.head.solver import Point, solve
from dance_xai.model.head.threads import suited_threads
from dance_xai.types import BoolArray, FloatArray, IntArray

Precision = Literal["float64", "float32"]
NONZERO = 1e-5
WARM_RATIO = 0.1
WARM_TOL = 0.5
ROUNDING = 64.0
TIGHT = 0.01


@dataclass(frozen=True, eq=False)
class SparseHead:
    """A sparse linear classifier on concepts: ``logits = concepts @ weight.T + bias``.

    Attributes:
        weight: (Y, C) float64.
        bias: (Y,) float64, mean zero.
        lam: Strength of the penalty it is optimal for.
        alpha: Share of the L1 norm in it.
        kkt: Largest violation of the optimality conditions of (weight, bias), measured in float64.
        objective: ``mean CE + lam*alpha*|W|_1 + lam*(1-alpha)/2*|W|_2^2``.
    """

    weight: FloatArray
    bias: FloatArray
    lam: float
    alpha: float
    kkt: float
    objective: float

    @property
    def nonzero(self) -> int:
        """Weights above 1e-5 in absolute value."""
        return support_size(self.weight)

    @property
    def nec(self) -> float:
        """Non-zero weights per class."""
        return self.nonzero / len(self.bias)

    @property
    def coefficients(self) -> FloatArray:
        """(Y, C + 1): weight and bias side by side."""
        return np.column_stack([self.weight, self.bias])


def support_size(weight: FloatArray) -> int:
    """Number of weights above 1e-5 in absolute value."""
    return int(np.count_nonzero(np.abs(weight) > NONZERO))


def fit_head(
    concepts: FloatArray,
    labels: IntArray,
    *,
    lam: float,
    alpha: float = 0.99,
    n_classes: int | None = None,
    allowed: BoolArray | None = None,
    init: SparseHead | None = None,
    tol: float = 1e-8,
    precision: Precision = "float64",
) -> SparseHead:
    """Minimise ``mean CE + lam*alpha*|W|_1 + lam*(1-alpha)/2*|W|_2^2`` over weights and free biases.

    Args:
        concepts: (N, C) finite activations; standardise them first, the penalty treats all alike.
        labels: (N,) class of each row, 0..Y-1; every class needs a row.
        lam: Strength, above 0.
        alpha: In 0..1; 1 is the lasso.
        n_classes: Y; the largest label + 1 by default.
        allowed: (Y, C) False where a concept may not be used for a class; its weight is exactly 0. Or (2, Y, C): where
            a positive weight, and where a negative one, may be used.
        init: A head to start from.
        tol: Stop when the largest violation of the optimality conditions is at most this, or lam / 100 if that is less.
        precision: float32 halves time and memory of large problems; its violation stays below about 1e-5.

    Raises:
        ShapeError: Wrong shapes, NaN or infinite activations.
        DataError: One class only, a class without rows, lam or alpha out of range.
        SolverError: The promised violation was not reached.

    Source: the objective is the paper's (section 3); the solver is ours.
    """
    check_strengths(lam, alpha)
    raw = prepare(concepts, labels, n_classes, precision)
    allowed = check_allowed(allowed, raw)
    datafit, mean = raw.centred()
    tol = useful_tol(tol, lam, rounding_floor(raw))
    exact = raw if precision == "float64" else prepare(concepts, labels, n_classes, "float64")
    with suited_threads(datafit):
        for start in (None,) if init is None else (init, None):  # far off a start may lead nowhere; the path does not
            begin = datafit.null() if start is None else start_from(start, mean, datafit, allowed)
            warm = warm_lams(lam, largest_lam(datafit, alpha, allowed)) if start is None else ()
            point = _follow(datafit, begin, (*warm, lam), alpha, allowed, tol / offset_factor(mean))
            head = certified(exact, uncentred(point.coefficients, mean), lam, alpha, allowed)
            if head.kkt <= 2 * tol:
                break
    return reached(head, tol)


def _follow(
    datafit: CrossEntropy,
    start: Point | FloatArray,
    lams: Sequence[float],
    alpha: float,
    allowed: BoolArray | None,
    tol: float,
) -> Point:
    """The optimum at the last strength, by way of those before."""
    for lam in lams[:-1]:
        start = solve(datafit, ElasticNet.build(lam, alpha, datafit.shape, allowed), start, WARM_TOL * lam)
    return solve(datafit, ElasticNet.build(lams[-1], alpha, datafit.shape, allowed), start, tol)


def prepare(concepts: ArrayLike, labels: ArrayLike, n_classes: int | None, precision: Precision) -> CrossEntropy:
    """Check activations and labels and make the datafit of them."""
    x, y = np.asarray(concepts), np.asarray(labels)
    if not np.issubdtype(x.dtype, np.floating):
        x = x.astype(np.float64)
    check_shape("concepts", x, ("N", "C"))
    check_shape("labels", y, (len(x),))
    if not np.issubdtype(y.dtype, np.integer):
        raise ShapeError(f"labels: expected whole numbers, got {y.dtype}; pass class indices")
    return CrossEntropy(x, y, check_labels(y, n_classes), np.dtype(precision))


def check_labels(labels: IntArray, n_classes: int | None) -> int:
    """Number of classes Y; every class must have a row."""
    if len(labels) == 0 or labels.min() < 0:
        raise DataError(
            f"labels: expected class indices from 0 on, got {len(labels)} rows with an unknown class; drop them"
        )
    counts = np.bincount(labels, minlength=n_classes or 0)
    if n_classes is not None and len(counts) > n_classes:
        raise DataError(f"labels: expected 0..{n_classes - 1}, got {len(counts) - 1}; correct n_classes or the labels")
    if np.count_nonzero(counts) < 2:
        raise DataError(f"labels: expected at least 2 classes, got only class {labels[0]}; add clips of another class")
    if not counts.all():
        empty = np.flatnonzero(counts == 0)
        raise DataError(
            f"labels: expected a train row for each of {len(counts)} classes, "
            f"got none for {empty[:5].tolist()}; add clips or remove the class"
        )
    return len(counts)


def check_strengths(lam: float, alpha: float) -> None:
    """Lam above 0, alpha in 0..1."""
    if not (np.isfinite(lam) and lam > 0):
        raise DataError(
            f"lam: expected a number above 0, got {lam}; without a penalty separable classes have no optimum"
        )
    if not 0 <= alpha <= 1:
        raise DataError(f"alpha: expected a number in 0..1, got {alpha}; 0.99 is the paper's choice")


def check_allowed(allowed: BoolArray | None, datafit: CrossEntropy) -> BoolArray | None:
    """A boolean (Y, C) or (2, Y, C) mask, or None."""
    if allowed is None:
        return None
    mask = np.asarray(allowed)
    shape = (datafit.shape[0], datafit.shape[1] - 1)
    check_shape("allowed", mask, (2, *shape) if mask.ndim == 3 else shape)
    return mask.astype(bool)


def rounding_floor(datafit: CrossEntropy) -> float:
    """The smallest violation that the precision of the products can resolve."""
    data = datafit.columns
    scale = float(np.sqrt(np.einsum("jn,jn->j", data, data).max() / datafit.size))
    return ROUNDING * float(np.finfo(data.dtype).eps) * scale


def useful_tol(tol: float, lam: float, floor: float) -> float:
    """A violation is small only beside lam, and never below rounding."""
    return max(min(tol, TIGHT * lam), floor)


def largest_lam(datafit: CrossEntropy, alpha: float, allowed: BoolArray | None) -> float:
    """The smallest lam at which all weights are 0; inf for alpha = 0."""
    _, probability = datafit.value(datafit.logits(datafit.null()))
    slope = datafit.gradient(probability)[:, :-1]
    top = float(np.stack([-slope, slope]).max(initial=0.0, where=True if allowed is None else allowed))
    return top / alpha if alpha > 0 else np.inf


def warm_lams(lam: float, top: float) -> list[float]:
    """A few strengths between ``top`` and ``lam``, each a tenth of the one before, largest first."""
    if not np.isfinite(top) or lam >= top:
        return []
    return [lam / WARM_RATIO**power for power in range(int(np.log(top / lam) / -np.log(WARM_RATIO)), 0, -1)]


def start_from(init: SparseHead, mean: FloatArray, datafit: CrossEntropy, allowed: BoolArray | None) -> FloatArray:
    """Coefficients of a head on centred concepts, without the weights that are not allowed."""
    coefficients = init.coefficients
    check_shape("init", coefficients, datafit.shape)
    if allowed is not None:
        up, down = np.broadcast_to(allowed, (2, *coefficients[:, :-1].shape))
        weight = coefficients[:, :-1]
        weight[np.where(weight > 0, ~up, ~down)] = 0.0
    return uncentred(coefficients, -mean)


def uncentred(coefficients: FloatArray, mean: FloatArray) -> FloatArray:
    """Coefficients for concepts as given, from those for concepts minus their (C,) mean."""
    result = coefficients.copy()
    result[:, -1] -= coefficients[:, :-1] @ mean
    return result


def offset_factor(mean: FloatArray) -> float:
    """How much larger a violation can be for concepts as given than for centred ones."""
    return 1.0 + float(np.abs(mean).max(initial=0.0))


def certified(
    datafit: CrossEntropy, coefficients: FloatArray, lam: float, alpha: float, allowed: BoolArray | None
) -> SparseHead:
    """A head with its objective and its violation, both measured afresh at the coefficients returned."""
    coefficients = coefficients.copy()
    coefficients[:, -1] -= coefficients[:, -1].mean()
    penalty = ElasticNet.build(lam, alpha, datafit.shape, allowed)
    point = Point.at(datafit, penalty, coefficients, datafit.logits(coefficients))
    kkt = float(penalty.violation(coefficients, datafit.gradient(point.probability)).max())
    return SparseHead(
        np.ascontiguousarray(coefficients[:, :-1]), coefficients[:, -1].copy(), lam, alpha, kkt, point.objective
    )


def reached(head: SparseHead, tol: float) -> SparseHead:
    """The head, if its violation is what was promised."""
    if not head.kkt <= 2 * tol:
        raise SolverError(
            f"sparse head: expected a violation of at most {tol:.0e}, got {head.kkt:.0e} at lam {head.lam:.2e}; "
            f"standardise the concepts or raise lam or tol"
        )
    return head
