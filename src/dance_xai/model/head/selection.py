"""Which strength: by held-out accuracy, or within a budget of weights. Only the given train rows decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dance_xai.errors import DataError, check_shape
from dance_xai.model.head.fit import SparseHead, fit_head, prepare
from dance_xai.model.head.path import HeadPath, fit_head_path, lam_grid, walk
from dance_xai.model.head.threads import suited_threads
from dance_xai.types import FloatArray, IntArray

SEARCH_STEPS = 5
SEARCH_TOL = 1e-6


@dataclass(frozen=True, eq=False)
class LamChoice:
    """What held-out folds say about each strength.

    Attributes:
        lam: The chosen strength.
        lams: (P,) strengths, decreasing.
        accuracy: (P,) share of held-out rows predicted right.
        cross_entropy: (P,) mean held-out cross-entropy.
    """

    lam: float
    lams: FloatArray
    accuracy: FloatArray
    cross_entropy: FloatArray


def choose_lam(
    concepts: FloatArray,
    labels: IntArray,
    *,
    folds: IntArray,
    alpha: float = 0.99,
    n_lambdas: int = 60,
    lam_ratio: float = 1e-3,
    one_error: bool = False,
) -> LamChoice:
    """Choose the strength with the best held-out accuracy, the smaller cross-entropy on a tie.

    Args:
        concepts: (N, C) standardised activations of train clips.
        labels: (N,) in 0..Y-1.
        folds: (N,) fold of each row; every class must have rows outside each fold.
        alpha: In (0, 1].
        n_lambdas: Strengths, the same for all folds.
        lam_ratio: Smallest over largest strength.
        one_error: Take the strongest penalty whose accuracy is within one standard error of the best instead.

    Raises:
        ShapeError, DataError, SolverError: As `fit_head`; also fewer than two folds.
    """
    lams = lam_grid(prepare(concepts, labels, None, "float64"), alpha, n_lambdas, lam_ratio)
    right, loss = held_out_path(concepts, labels, folds, lams, alpha)
    accuracy, cross_entropy = right.mean(axis=1), loss.mean(axis=1)
    best = int(np.lexsort((cross_entropy, -accuracy))[0])
    if one_error:
        error = right[best].std() / np.sqrt(len(labels))
        best = int(np.argmax(accuracy >= accuracy[best] - error))
    return LamChoice(float(lams[best]), lams, accuracy, cross_entropy)


def heads_at_nec(
    concepts: FloatArray,
    labels: IntArray,
    necs: Sequence[float],
    *,
    alpha: float = 0.99,
    folds: IntArray | None = None,
    n_lambdas: int = 60,
    lam_ratio: float = 1e-3,
) -> dict[float, SparseHead]:
    """For each budget the best head of the path with at most that many non-zero weights per class.

    The path is made finer below each budget, so that budgets are used up. Which head within a budget is best, the given
    folds decide; without folds it is the densest.

    Args:
        concepts: (N, C) standardised activations of train clips.
        labels: (N,) in 0..Y-1.
        necs: Budgets of non-zero weights per class, above 0.
        alpha: In (0, 1].
        folds: (N,) fold of each row, or None.
        n_lambdas: Strengths on the path before it is made finer.
        lam_ratio: Smallest over largest strength.

    Raises:
        ShapeError, DataError, SolverError: As `fit_head`; also a budget that is not above 0.

    Source: NEC is VLG-CBM's (section 4); the choice within a budget is ours.
    """
    if not necs or min(necs) <= 0:
        raise DataError(f"necs: expected budgets above 0, got {list(necs)}; name weights per class")
    path = fit_head_path(concepts, labels, alpha=alpha, n_lambdas=n_lambdas, lam_ratio=lam_ratio, max_nec=max(necs))
    heads = list(path.heads) + [head for nec in set(necs) for head in _finer(path, nec, concepts, labels)]
    heads.sort(key=lambda head: -head.lam)
    score = np.arange(len(heads), dtype=np.float64)
    if folds is not None:
        right, _ = held_out_path(concepts, labels, folds, np.array([head.lam for head in heads]), alpha)
        score = right.mean(axis=1)
    return {nec: _best_within(heads, score, nec) for nec in necs}


def held_out_path(
    concepts: FloatArray, labels: IntArray, folds: IntArray, lams: FloatArray, alpha: float
) -> tuple[FloatArray, FloatArray]:
    """Whether each row is predicted right by a head that has not seen its fold, and its cross-entropy: (P, N) each."""
    check_shape("folds", folds, (len(labels),))
    if len(np.unique(folds)) < 2:
        raise DataError("folds: expected at least 2 different folds, got 1; use more folds")
    right, loss = np.zeros((2, len(lams), len(labels)))
    n_classes = int(labels.max()) + 1
    for fold in np.unique(folds):
        out = folds == fold
        datafit = prepare(concepts[~out], labels[~out], n_classes, "float64")
        with suited_threads(datafit):
            for place, (_, point) in enumerate(walk(datafit, lams, alpha, None, SEARCH_TOL)):
                weight, bias = point.coefficients[:, :-1], point.coefficients[:, -1]
                logits = concepts[out] @ weight.T + bias
                right[place, out] = logits.argmax(axis=1) == labels[out]
                top = logits.max(axis=1)
                norm = np.log(np.exp(logits - top[:, None]).sum(axis=1)) + top
                loss[place, out] = norm - logits[np.arange(len(logits)), labels[out]]
    return right, loss


def _finer(path: HeadPath, nec: float, concepts: FloatArray, labels: IntArray) -> list[SparseHead]:
    """Heads between the last one within the budget and the first one beyond it, by bisection in log lam."""
    within = int(np.flatnonzero(path.nec <= nec)[-1])
    if within + 1 == len(path.heads):
        return []
    head, beyond = path.heads[within], path.heads[within + 1].lam
    found: list[SparseHead] = []
    for _ in range(SEARCH_STEPS):
        middle = fit_head(concepts, labels, lam=float(np.sqrt(head.lam * beyond)), alpha=head.alpha, init=head)
        if middle.nec <= nec:
            head = middle
            found.append(middle)
        else:
            beyond = middle.lam
    return found


def _best_within(heads: Sequence[SparseHead], score: FloatArray, nec: float) -> SparseHead:
    """The head with the best score within a budget, the denser one on a tie."""
    within = [place for place, head in enumerate(heads) if head.nec <= nec]
    return heads[max(within, key=lambda place: (score[place], place))]
