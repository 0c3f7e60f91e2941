"""Correct concepts of a clip and see the prediction follow: which to correct first, and by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from dance_xai.diagnose.presence import division
from dance_xai.edit.lookup import find_concept
from dance_xai.errors import DataError, check_shape
from dance_xai.model.bottleneck import ConceptBottleneck
from dance_xai.types import KINDS, BoolArray, FloatArray, IntArray, Kind

Policy: TypeAlias = Literal["random", "uncertainty", "contribution"] | Kind
LEAST_FALL = 3
"""Clips that must be lost for a fall to be spoken of."""
POLICIES: tuple[Policy, ...] = ("random", "uncertainty", "contribution", *KINDS)


@dataclass(frozen=True)
class InterventionCurve:
    """Accuracy against the number of corrected concepts per clip.

    Attributes:
        policy: Which concepts come first: ``random``; ``uncertainty``, those nearest to the middle between clips with
            and without them; ``contribution``, those that move the margin of the prediction most; a kind: only concepts
            of it, by contribution.
        corrected: How many, rising from 0.
        accuracy: Share of clips that are right, 0..1.
    """

    policy: Policy
    corrected: tuple[int, ...]
    accuracy: tuple[float, ...]


def intervention_curves(
    model: ConceptBottleneck,
    concepts: FloatArray,
    wanted: FloatArray,
    labels: IntArray,
    *,
    train: FloatArray,
    rng: np.random.Generator,
    policies: Sequence[Policy] = POLICIES,
    most: int = 10,
) -> tuple[InterventionCurve, ...]:
    """Correct the concepts of every clip one after the other.

    Only concepts that some class uses and whose right value differs from what the model read are corrected; a clip with
    fewer of them is left as it is from there on.

    Args:
        model: The model.
        concepts: (N, C) standardised activations, N at least 1.
        wanted: (N, C) as they should be, from labels or a person.
        labels: (N,) class indices.
        train: (M, C) activations of train clips, which say where the middle of a concept is.
        rng: Draws the random order.
        policies: Which orders to try; a kind of which the model has no concepts is left out.
        most: Largest number of corrections.

    Raises:
        ShapeError: Arrays that do not fit together.

    Source: interventions as in Koh et al. (2020); policies after Chauhan et al. (2023).
    """
    check_shape("concept activations", concepts, (len(labels), len(model.bank)))
    check_shape("corrected activations", wanted, concepts.shape)
    useful = (wanted != concepts) & (model.head.weight != 0).any(axis=0)
    curves = []
    for policy in policies:
        if any(concept.kind == policy for concept in model.bank.concepts) or policy not in KINDS:
            order = _order(model, concepts, useful, policy, train, rng)
            scores = [_accuracy(model, np.where(order < k, wanted, concepts), labels) for k in range(most + 1)]
            curves.append(InterventionCurve(policy, tuple(range(most + 1)), tuple(scores)))
    return tuple(curves)


def falling_words(
    model: ConceptBottleneck,
    curves: Sequence[InterventionCurve],
    concepts: FloatArray,
    wanted: FloatArray,
    labels: IntArray,
    *,
    train: FloatArray,
    rng: np.random.Generator,
) -> str | None:
    """Why correcting concepts lowers accuracy, beside as many corrections of other clips; None where it does not.

    Args:
        model: The model.
        curves: What correcting brought.
        concepts: As for ``intervention_curves``.
        wanted: Likewise.
        labels: Likewise.
        train: Likewise.
        rng: Draws whose corrections each clip gets.

    Source: ours.
    """
    worst = min(curves, key=lambda one: one.accuracy[-1] - one.accuracy[0], default=None)
    if worst is None or (worst.accuracy[0] - worst.accuracy[-1]) * len(labels) < LEAST_FALL:
        return None
    others = np.where(wanted != concepts, wanted[rng.permutation(len(wanted))], concepts)
    count = worst.corrected[-1]
    (chance,) = intervention_curves(
        model, concepts, others, labels, train=train, rng=rng, policies=(worst.policy,), most=count
    )
    before, after, others_after = worst.accuracy[0], worst.accuracy[-1], chance.accuracy[-1]
    return (
        f"setting {count} concepts ({worst.policy}) to their labels lowers accuracy from {before:.1%} to {after:.1%} "
        f"({others_after:.1%} with those of other clips); labels may be noisier than what the model reads, as those of "
        "motions are, which are taken at key frames alone"
    )


def _order(
    model: ConceptBottleneck,
    concepts: FloatArray,
    useful: BoolArray,
    policy: Policy,
    train: FloatArray,
    rng: np.random.Generator,
) -> FloatArray:
    """(N, C) place of each concept in the clip's order from 0; infinite where it is not corrected."""
    if policy == "random":
        priority = rng.random(concepts.shape)
    elif policy == "uncertainty":
        priority = -np.abs(concepts - division(train))
    else:
        logits = concepts @ model.head.weight.T + model.head.bias
        first, second = np.argsort(-logits, axis=1, kind="stable")[:, :2].T
        priority = np.abs((model.head.weight[first] - model.head.weight[second]) * concepts)
    if policy in KINDS:
        useful = useful & np.array([concept.kind == policy for concept in model.bank.concepts])
    order = np.argsort(np.where(useful, -priority, np.inf), axis=1, kind="stable")
    return np.where(useful, np.argsort(order, axis=1, kind="stable"), np.inf)


def _accuracy(model: ConceptBottleneck, concepts: FloatArray, labels: IntArray) -> float:
    said = (concepts @ model.head.weight.T + model.head.bias).argmax(axis=1)
    return float((said == labels).mean())


def correct(model: ConceptBottleneck, concepts: FloatArray, values: Mapping[str, float]) -> FloatArray:
    """(C,) activations of a clip with some of them set by hand.

    Args:
        model: The model.
        concepts: (C,) standardised activations.
        values: Standardised activations by name of the concept.

    Raises:
        DataError: No such concept, or a value that is not finite.
        ShapeError: The activations do not fit the model.
    """
    check_shape("concept activations", concepts, (len(model.bank),))
    changed = np.array(concepts, dtype=np.float64)
    for name, value in values.items():
        if not np.isfinite(value):
            raise DataError(f"concept {name!r}: expected a finite activation, got {value}; change it")
        changed[find_concept(model.bank, name)] = value
    return changed
