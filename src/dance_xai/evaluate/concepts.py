"""Whether the concepts mean what they say: predicted activations against concept targets on test clips."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from dance_xai.errors import check_shape
from dance_xai.model.ranking import score_rankings
from dance_xai.model.scores import cos_cubed
from dance_xai.types import KINDS, BoolArray, ConceptBank, FloatArray, Kind

TOP_SHARE = 0.25  # the quarter of train clips with the largest similarity counts as having the phrase


@dataclass(frozen=True)
class ConceptScore:
    """One concept on the test clips whose target is known; figures are None where they are not defined.

    Attributes:
        concept: Column in the bank.
        kind: motion, object or scene.
        name: Name of the concept.
        known: Test clips with a known target.
        positives: Of these, clips that have the concept.
        prevalence: ``positives / known``, the average precision of chance.
        average_precision: In 0..1; None without both a clip with and a clip without the concept.
        auc: Area under the ROC curve in 0..1; None likewise.
        correlation: Pearson's, with the target as given, in -1..1.
        cos_cubed: Similarity of LF-CBM in -1..1: centred, cubed, cosine.
    """

    concept: int
    kind: Kind
    name: str
    known: int
    positives: int
    prevalence: float | None
    average_precision: float | None
    auc: float | None
    correlation: float | None
    cos_cubed: float | None


@dataclass(frozen=True)
class ConceptQuality:
    """All concepts, and the mean per kind over those that can be scored.

    Attributes:
        scores: C entries in bank order.
        average_precision: Mean per kind, None for a kind without a scored concept.
        auc: Mean per kind.
        chance: Mean prevalence of the scored concepts per kind: the average precision of a random order.
        correlation: Mean per kind.
        cos_cubed: Mean per kind.
        left_out: Concepts per kind with no test clip that has them, or none that has not.
    """

    scores: tuple[ConceptScore, ...]
    average_precision: dict[Kind, float | None]
    auc: dict[Kind, float | None]
    chance: dict[Kind, float | None]
    correlation: dict[Kind, float | None]
    cos_cubed: dict[Kind, float | None]
    left_out: dict[Kind, int]


def concept_quality(
    bank: ConceptBank, activations: FloatArray, targets: FloatArray, train_targets: FloatArray
) -> ConceptQuality:
    """Score every concept on test clips.

    A motion target says whether the clip has the concept. An object or scene target is a similarity; the clip "has" the
    phrase when its similarity is above the upper quartile of the train clips (`TOP_SHARE`).

    Args:
        bank: C concepts.
        activations: (M, C) of test clips; any scale.
        targets: (M, C) of test clips: motion in {0, 1}, object and scene similarities; NaN where unknown.
        train_targets: (N, C) of train clips, which alone set the thresholds.

    Raises:
        ShapeError: Arrays that do not fit together.

    Source: LF-CBM, arXiv 2304.06129, equation 2 (cos-cubed); the binarisation is ours.
    """
    check_shape("activations", activations, ("M", len(bank)))
    check_shape("concept targets", targets, activations.shape, finite=False)
    check_shape("train concept targets", train_targets, ("N", len(bank)), finite=False)
    motion = np.array([concept.kind == "motion" for concept in bank.concepts], dtype=bool)
    ranking = score_rankings(activations, binary_targets(targets, train_targets, motion))
    scored = (ranking.positives > 0) & (ranking.positives < ranking.known)
    pearson = correlation(activations, targets)
    figures = {
        "prevalence": np.where(ranking.known > 0, ranking.positives / np.maximum(ranking.known, 1), np.nan),
        "average_precision": np.where(scored, ranking.average_precision, np.nan),
        "auc": np.where(scored, ranking.auc, np.nan),
        "correlation": pearson,
        "cos_cubed": np.where(np.isnan(pearson), np.nan, cos_cubed(activations, targets)),
    }
    scores = tuple(
        ConceptScore(
            column,
            concept.kind,
            concept.name,
            int(ranking.known[column]),
            int(ranking.positives[column]),
            **{name: _number(values[column]) for name, values in figures.items()},
        )
        for column, concept in enumerate(bank.concepts)
    )
    return _summarise(scores)


def binary_targets(targets: FloatArray, train_targets: FloatArray, motion: BoolArray) -> FloatArray:
    """Turn similarities into has (1) and has not (0) by the upper quartile of train; motion columns stay.

    Args:
        targets: (M, C), NaN where unknown.
        train_targets: (N, C), NaN where unknown.
        motion: (C,) columns that are in {0, 1} already.

    Returns:
        (M, C) in {0, 1}, NaN where the target, or every train target of the column, is unknown.
    """
    threshold = np.full(targets.shape[1], np.nan)
    usable = np.isfinite(train_targets).any(axis=0) & ~motion
    if usable.any():
        threshold[usable] = np.nanquantile(train_targets[:, usable], 1 - TOP_SHARE, axis=0)
    known = np.isfinite(targets) & np.isfinite(threshold)
    return np.where(motion, targets, np.where(known, targets > threshold, np.nan))


def correlation(left: FloatArray, right: FloatArray) -> FloatArray:
    """Pearson's correlation of matching columns over the rows where both are known.

    Args:
        left: (N, C).
        right: (N, C).

    Returns:
        (C,) in -1..1, NaN where a column is constant or has no known row.
    """
    known = np.isfinite(left) & np.isfinite(right)
    a, b = _centre(left, known), _centre(right, known)
    norm = np.sqrt((a**2).sum(axis=0) * (b**2).sum(axis=0))
    cosine: FloatArray = np.divide((a * b).sum(axis=0), norm, out=np.full(norm.shape, np.nan), where=norm > 0)
    return cosine


def _centre(values: FloatArray, known: BoolArray) -> FloatArray:
    """Known entries minus their column mean over their largest size, others 0; a constant column is 0."""
    filled = np.where(known, values, 0.0)
    mean = filled.sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    centred = np.where(known, filled - mean, 0.0)
    largest = np.abs(centred).max(axis=0, initial=0.0)
    varies = (largest > 0) & (largest > 1e-12 * np.abs(mean))
    scaled: FloatArray = np.divide(centred, largest, out=np.zeros_like(centred), where=varies)
    return scaled


def _summarise(scores: tuple[ConceptScore, ...]) -> ConceptQuality:
    kinds = {kind: [score for score in scores if score.kind == kind] for kind in KINDS}
    scored = {kind: [s for s in group if s.average_precision is not None] for kind, group in kinds.items()}
    return ConceptQuality(
        scores=scores,
        average_precision={kind: _mean(s.average_precision for s in group) for kind, group in scored.items()},
        auc={kind: _mean(s.auc for s in group) for kind, group in scored.items()},
        chance={kind: _mean(s.prevalence for s in group) for kind, group in scored.items()},
        correlation={kind: _mean(s.correlation for s in group) for kind, group in kinds.items()},
        cos_cubed={kind: _mean(s.cos_cubed for s in group) for kind, group in kinds.items()},
        left_out={kind: len(kinds[kind]) - len(scored[kind]) for kind in KINDS},
    )


def _mean(values: Iterable[float | None]) -> float | None:
    """Mean of the defined values, None when none is."""
    numbers = [value for value in values if value is not None]
    return float(np.mean(numbers)) if numbers else None


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
