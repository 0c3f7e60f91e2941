"""Whether the head has too few weights: how it does on held-out train clips, beside heads with more."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dance_xai.model.folds import stratified_folds
from dance_xai.model.head import SparseHead, choose_lam, fit_head
from dance_xai.types import FloatArray, IntArray

LAM_RATIO, N_LAMBDAS = 1e-2, 25  # weaker penalties take the longest, and a head near one has weights enough
ERRORS = 2.0  # standard errors of the better accuracy that a gain must exceed to be spoken of
SAME = 0.2  # of the largest weight: as far as a head may be from the plain optimum that it is compared as


@dataclass(frozen=True)
class Denser:
    """A head with more weights that does clearly better on held-out train clips.

    Attributes:
        now: Share of held-out train clips that are right under the penalty of the head, in 0..1.
        then: The same under the weaker penalty.
        nec: Non-zero weights per class of the head fitted under it.
    """

    now: float
    then: float
    nec: float


def denser_head(
    concepts: FloatArray, labels: IntArray, head: SparseHead, *, n_folds: int, rng: np.random.Generator
) -> Denser | None:
    """Look for a weaker penalty under which held-out train clips are right more often than chance explains.

    Test clips are not looked at.

    Args:
        concepts: (N, C) activations of train clips that the head reads.
        labels: (N,) class indices.
        head: Fitted on them.
        n_folds: Folds of the train clips.
        rng: Draws the folds.

    Returns:
        None where no weaker penalty does clearly better, or where the head is not the optimum of its penalty alone:
        pruned, under constraints, or changed by hand.

    Raises:
        DataError: Too few clips of a class for folds.

    Source: ours.
    """
    if not np.isfinite(head.kkt) or not _is_plain(concepts, labels, head):
        return None
    folds = stratified_folds(labels, n_folds, rng)
    choice = choose_lam(
        concepts,
        labels,
        folds=folds,
        alpha=head.alpha,
        n_lambdas=N_LAMBDAS,
        lam_ratio=LAM_RATIO,
        n_classes=len(head.bias),
    )
    now = float(choice.accuracy[np.abs(np.log(choice.lams / head.lam)).argmin()])
    then = float(choice.accuracy.max())
    if choice.lam >= head.lam or then - now <= ERRORS * np.sqrt(then * (1 - then) / len(labels)):
        return None
    better = fit_head(concepts, labels, lam=choice.lam, alpha=head.alpha, n_classes=len(head.bias))
    return Denser(now, then, better.nec)


def _is_plain(concepts: FloatArray, labels: IntArray, head: SparseHead) -> bool:
    """Whether nothing but its penalty keeps the weights of a head few."""
    plain = fit_head(concepts, labels, lam=head.lam, alpha=head.alpha, n_classes=len(head.bias), init=head)
    return bool(np.abs(plain.weight - head.weight).max() <= SAME * np.abs(head.weight).max())


def denser_words(found: Denser, nec: float) -> str:
    """One clause for a person: what the head gives away, and what to set.

    Args:
        found: The denser head.
        nec: Non-zero weights per class of the head.
    """
    gain = f"{100 * (found.then - found.now):.1f} points"
    return (
        f"on train clips held out, {found.nec:.1f} weights per class are right {gain} more often than {nec:.1f}; "
        "allow more with head.nec, or let head.choose = 'cv' choose"
    )
