"""The best head with at most so many weights per class, chosen on the train rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from dance_xai.errors import DataError
from dance_xai.model.folds import stratified_folds
from dance_xai.model.head.datafit import CrossEntropy
from dance_xai.model.head.fit import SparseHead, certified, check_allowed, check_strengths, prepare, uncentred
from dance_xai.model.head.selection import Fold, split_folds
from dance_xai.model.head.support import Refit, path_refits, pruned_refits, within
from dance_xai.model.head.threads import suited_threads
from dance_xai.types import BoolArray, FloatArray, IntArray

Support = Literal["pruned", "path"]
N_FOLDS = 3


def heads_at_nec(
    concepts: FloatArray,
    labels: IntArray,
    necs: Sequence[float],
    *,
    alpha: float = 0.99,
    support: Support = "pruned",
    relax: Sequence[float] = (1.0, 0.1),
    folds: IntArray | None = None,
    n_classes: int | None = None,
    allowed: BoolArray | None = None,
) -> dict[float, SparseHead]:
    """For each NEC, the best head with at most nec * Y non-zero weights.

    Every head is optimal on its own support for its ``lam`` and ``alpha``; its ``kkt`` says so.

    Args:
        concepts: (N, C) finite, standardised; train rows only.
        labels: (N,) in 0..Y-1.
        necs: Weights per class, each above 0.
        alpha: In (0, 1].
        support: ``path``: the densest support within the budget on the L1 path, refitted with the L1
            strength times a factor of ``relax``; ``relax=(1.0,)`` is the plain path. ``pruned``: a dense
            head loses its least salient weights a twentieth at a time, refitted in between under a weak
            penalty times a factor. At small NEC pruning finds better supports.
        relax: Factors in (0, 1]; the best per NEC by accuracy over ``folds``, ties by cross entropy.
        folds: (N,) fold of each row; three stratified ones by default. Not used with one factor.
        n_classes: Y.
        allowed: (Y, C) support the weights must keep to, or (2, Y, C) as in `fit_head`.

    Raises:
        ShapeError, DataError: As `fit_head`; a NEC or factor out of range.

    Source: relaxed lasso (Meinshausen, 2007); optimal brain surgeon (Hassibi and Stork, 1992).
    """
    raw = prepare(concepts, labels, n_classes, "float64")
    datafit, mean = raw.centred()
    check_strengths(1.0, alpha)
    if not necs or min(necs) <= 0 or not relax or min(relax) <= 0 or max(relax) > 1:
        raise DataError(
            f"heads_at_nec: expected necs above 0 and factors in (0, 1], got {list(necs)} and {list(relax)}"
        )
    recipe = Recipe(tuple(necs), tuple(relax), alpha, support)
    allowed = check_allowed(allowed, datafit)
    with suited_threads(datafit):
        heads = recipe.refits(datafit, allowed)
        chosen = dict.fromkeys(necs, relax[0])
        if len(relax) > 1:
            if folds is None:
                folds = stratified_folds(labels, N_FOLDS, np.random.default_rng(0))
            parts = split_folds(concepts - mean, labels, folds, datafit.shape[0], allowed)
            chosen = recipe.best_factors(parts)
        return {nec: own_optimum(raw, heads[nec, factor], mean, allowed) for nec, factor in chosen.items()}


@dataclass(frozen=True)
class Recipe:
    """What `heads_at_nec` tries; the same on all rows and within each fold."""

    necs: tuple[float, ...]
    relax: tuple[float, ...]
    alpha: float
    support: Support

    def refits(self, datafit: CrossEntropy, allowed: BoolArray | None) -> dict[tuple[float, float], Refit]:
        """A head per NEC and factor."""
        sizes = {nec: int(nec * datafit.shape[0] + 1e-9) for nec in self.necs}
        find = pruned_refits if self.support == "pruned" else path_refits
        found = find(datafit, sorted(set(sizes.values())), self.relax, self.alpha, allowed)
        return {(nec, factor): found[size, factor] for nec, size in sizes.items() for factor in self.relax}

    def best_factors(self, parts: Sequence[Fold]) -> dict[float, float]:
        """Per NEC, the factor that is right most often on held-out rows; ties by cross entropy."""
        scores: dict[tuple[float, float], FloatArray] = {}
        for part in parts:
            for key, head in self.refits(part.datafit, part.allowed).items():
                right, cross_entropy = part.score(head.coefficients)
                scores[key] = scores.get(key, np.zeros(2)) + np.array([-right, cross_entropy])
        return {nec: min(self.relax, key=lambda factor: tuple(scores[nec, factor])) for nec in self.necs}


def own_optimum(datafit: CrossEntropy, head: Refit, mean: FloatArray, allowed: BoolArray | None) -> SparseHead:
    """A head of centred concepts for concepts as given, certified on its own support."""
    coefficients = uncentred(head.coefficients, mean)
    return certified(datafit, coefficients, head.lam, head.alpha, within(coefficients, allowed))
