"""Solve the head again, under constraints."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dance_xai.edit.clips import EditClips
from dance_xai.edit.constraints import Constraints, Pair
from dance_xai.edit.parts import finite, record
from dance_xai.errors import DataError
from dance_xai.model.bottleneck import ConceptBottleneck
from dance_xai.model.head import SparseHead, fit_head, heads_at_nec
from dance_xai.model.head.threads import one_thread
from dance_xai.types import BoolArray, Edit, FloatArray, IntArray

GOOD_START = 0.25  # of the loss without any weight; above it the path from no weights is the quicker way


def resolve(
    model: ConceptBottleneck,
    clips: EditClips,
    *,
    only: Sequence[str] = (),
    forbid: Sequence[Pair] = (),
    positive: Sequence[Pair] = (),
    negative: Sequence[Pair] = (),
    lam: float | None = None,
    nec: float | None = None,
) -> tuple[ConceptBottleneck, Edit]:
    """Fit the head again on the train clips of the model's classes: the exact optimum under the constraints.

    The head's ``kkt`` certifies it. Concepts that were switched off or fixed get no weight.

    Args:
        model: The model, unchanged.
        clips: Clips to learn from.
        only: Kinds that may be used; empty for all.
        forbid: (class, concept) pairs without a weight; class ``*`` stands for every class.
        positive: Pairs whose weight may not be negative.
        negative: Pairs whose weight may not be positive.
        lam: Strength of the penalty; that of the model by default.
        nec: Instead: the densest head on the path with at most so many weights per class.

    Raises:
        DataError: An unknown name, constraints that contradict each other, or a class without clips.
        SolverError: The optimum was not reached.

    Source: ours; the objective is the paper's (section 3).
    """
    if lam is not None and nec is not None:
        raise DataError("resolve: expected a strength or a number of weights per class, got both; give one")
    if nec is not None and nec <= 0:
        raise DataError(f"nec: expected a number of weights per class above 0, got {nec:g}; raise it")
    rules = Constraints(only, forbid, positive, negative)
    allowed = rules.mask(model)
    rows, labels = clips.training(model)
    _check_classes(model, labels)
    given: dict[str, object] = {"only": list(only)}
    given |= {name: [list(pair) for pair in getattr(rules, name)] for name in ("forbid", "positive", "negative")}
    given |= {name: finite(value, name) for name, value in (("lam", lam), ("nec", nec)) if value is not None}
    with one_thread():
        concepts = model.concepts(clips.inputs[rows])
        head = _solve(model.head, concepts, labels, allowed, lam, nec)
    return model.with_head(head), record(model, "resolve", **given)


def _solve(
    old: SparseHead,
    concepts: FloatArray,
    labels: IntArray,
    allowed: BoolArray | None,
    lam: float | None,
    nec: float | None,
) -> SparseHead:
    if nec is not None:
        path = heads_at_nec(concepts, labels, [nec], alpha=old.alpha, support="path", relax=(1.0,), allowed=allowed)
        return path[nec]
    init = old if _still_good(old, concepts, labels, allowed) else None
    return fit_head(concepts, labels, lam=old.lam if lam is None else lam, alpha=old.alpha, allowed=allowed, init=init)


def _still_good(old: SparseHead, concepts: FloatArray, labels: IntArray, allowed: BoolArray | None) -> bool:
    """Whether the old head, without what is not allowed, says enough of the classes to be worth starting from."""
    usable = np.ones((2, *old.weight.shape), dtype=bool) if allowed is None else allowed
    weight = np.where(np.where(old.weight > 0, *usable), old.weight, 0.0)
    logits = concepts @ weight.T + old.bias
    loss = np.mean(np.logaddexp.reduce(logits, axis=1) - logits[np.arange(len(labels)), labels])
    return bool(loss < GOOD_START * np.log(len(old.bias)))


def _check_classes(model: ConceptBottleneck, labels: IntArray) -> None:
    count = np.bincount(labels, minlength=len(model.classes))
    if not count.all():
        label = model.classes[int(np.argmin(count))]
        raise DataError(f"class {label!r}: expected train clips to solve with, got none; drop the class or add clips")
