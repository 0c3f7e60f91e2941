"""Correct concepts of a clip and see the prediction follow: which to correct first, by hand, and for similar clips."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np

from dance_xai.diagnose.presence import division
from dance_xai.edit.lookup import find_concept
from dance_xai.errors import DataError, check_shape
from dance_xai.model.bottleneck import ConceptBottleneck
from dance_xai.types import KINDS, BoolArray, FloatArray, IntArray, Kind

Policy: TypeAlias = Literal["random", "uncertainty", "contribution"] | Kind
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


@dataclass(frozen=True, eq=False)
class CorrectionMemory:
    """Corrections of some clips, applied to clips whose activations are alike.

    Attributes:
        likeness: Least cosine of the activations, -1..1, from which a clip is like a remembered one.
        seen: (M, C) activations of the remembered clips as the model read them.
        shift: (M, C) what the correction added, 0 where nothing was corrected.
    """

    likeness: float
    seen: FloatArray
    shift: FloatArray

    @classmethod
    def empty(cls, n_concepts: int, *, likeness: float = 0.9) -> CorrectionMemory:
        """Nothing remembered yet.

        Raises:
            DataError: ``likeness`` outside -1..1.
        """
        if not -1 <= likeness <= 1:
            raise DataError(f"likeness: expected a cosine in -1..1, got {likeness}; 0.9 is usual")
        nothing = np.zeros((0, n_concepts))
        return cls(likeness, nothing, nothing)

    def remember(self, concepts: FloatArray, corrected: FloatArray) -> CorrectionMemory:
        """A memory with further clips: (N, C) activations before and after the correction.

        Raises:
            ShapeError: They do not fit the memory.
        """
        check_shape("concept activations", concepts, ("N", self.seen.shape[1]))
        check_shape("corrected activations", corrected, concepts.shape)
        return replace(
            self,
            seen=np.concatenate([self.seen, concepts]),
            shift=np.concatenate([self.shift, corrected - concepts]),
        )

    def apply(self, concepts: FloatArray) -> tuple[FloatArray, BoolArray]:
        """Correct clips as the remembered clip that is most like each, where one is like enough.

        Args:
            concepts: (N, C).

        Returns:
            (N, C) activations and (N,) which clips were corrected.

        Raises:
            ShapeError: They do not fit the memory.
        """
        check_shape("concept activations", concepts, ("N", self.seen.shape[1]))
        if not len(self.seen):
            return concepts, np.zeros(len(concepts), dtype=bool)
        cosine = _unit(concepts) @ _unit(self.seen).T
        nearest = cosine.argmax(axis=1)
        alike = cosine[np.arange(len(concepts)), nearest] >= self.likeness
        return np.where(alike[:, None], concepts + self.shift[nearest], concepts), alike


def _unit(rows: FloatArray) -> FloatArray:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12))
