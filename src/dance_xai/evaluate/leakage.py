"""How much class information the activations carry beyond what their concepts mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from dance_xai.errors import check_shape
from dance_xai.evaluate.accuracy import correct_share
from dance_xai.evaluate.sets import Curve
from dance_xai.evaluate.sparsity import standardise
from dance_xai.model.head import choose_lam, fit_head
from dance_xai.types import BoolArray, FloatArray, IntArray

GAP_NECS: tuple[str, ...] = ("3", "5")


@dataclass(frozen=True)
class Probe:
    """Linear probes of the class on the same clips and concepts.

    Attributes:
        predicted: Test accuracy in 0..1 from the activations the model reads.
        targets: Test accuracy from the true concept targets.
        surplus: ``predicted - targets``. What the targets cannot tell, the concepts' meaning cannot have told: a
            surplus is leakage, or targets that are a noisy measurement of the concepts. Below 0, the activations lose
            class information that the targets have.
        train_clips: Train clips with all targets known.
        test_clips: Test clips with all targets known.
    """

    predicted: float
    targets: float
    surplus: float
    train_clips: int
    test_clips: int


@dataclass(frozen=True)
class Leakage:
    """Gaps between the concepts and their controls, in accuracy (0..1) at NEC 3 and 5.

    Attributes:
        evidence_gap: ``all - grounded`` by budget: what measured activations do not reach. None without either set.
        random_gap: ``all - random`` by budget: what concepts add to arbitrary directions. None without either set.
        probe: Linear probes, None when targets are missing or unknown for too many clips.
    """

    evidence_gap: dict[str, float] | None
    random_gap: dict[str, float] | None
    probe: Probe | None


def accuracy_gap(curves: Mapping[str, Curve | None], other: str) -> dict[str, float] | None:
    """Accuracy of ``all`` minus that of another set at the budgets of `GAP_NECS` both have; None without either set."""
    ours, theirs = curves.get("all"), curves.get(other)
    if ours is None or theirs is None:
        return None
    return {key: ours[key] - theirs[key] for key in GAP_NECS if key in ours and key in theirs}


def class_probe(
    concepts: tuple[FloatArray, FloatArray],
    targets: tuple[FloatArray, FloatArray],
    labels: tuple[IntArray, IntArray],
    *,
    folds: IntArray,
) -> Probe | None:
    """Compare linear probes of the class from activations and from true targets.

    Concepts without any known train target are left out, then clips with an unknown target. The strength of each probe
    is chosen by cross-validation on train.

    Args:
        concepts: (N, C) and (M, C) activations of train and test.
        targets: (N, C) and (M, C) concept targets, NaN where unknown.
        labels: (N,) and (M,) class indices.
        folds: (N,) fold of each train clip.

    Returns:
        The probes; None when the known train clips of a class lie in fewer than two folds, or no test clip is known.

    Raises:
        ShapeError: Arrays that do not fit together.
    """
    for activations, truth in zip(concepts, targets, strict=True):
        check_shape("concept targets", truth, activations.shape, finite=False)
    columns = np.isfinite(targets[0]).any(axis=0)
    train, test = (np.asarray(np.isfinite(part[:, columns]).all(axis=1)) for part in targets)
    if not (columns.any() and test.any() and _can_hold_out(labels[0], folds, train)):
        return None
    known = (labels[0][train], labels[1][test], folds[train])
    scores = [_probe(pair[0][train][:, columns], pair[1][test][:, columns], *known) for pair in (concepts, targets)]
    return Probe(scores[0], scores[1], scores[0] - scores[1], int(train.sum()), int(test.sum()))


def _can_hold_out(labels: IntArray, folds: IntArray, rows: BoolArray) -> bool:
    """Whether the chosen rows have every class in at least two folds."""
    return all(len(np.unique(folds[rows & (labels == label)])) >= 2 for label in np.unique(labels))


def _probe(
    train: FloatArray, test: FloatArray, train_labels: IntArray, test_labels: IntArray, folds: IntArray
) -> float:
    train, test = standardise(train, test)
    choice = choose_lam(train, train_labels, folds=folds)
    head = fit_head(train, train_labels, lam=choice.lam)
    return correct_share(head.weight, head.bias, test, test_labels)
