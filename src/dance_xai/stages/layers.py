"""Concept layers: concepts predicted from the backbone feature; those that cannot be predicted are left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from dance_xai.data.dataset import Dataset
from dance_xai.errors import DataError
from dance_xai.model.adam import CrossEntropyAdam
from dance_xai.model.cos_cubed import CosCubed
from dance_xai.model.layer import ConceptLayerFit, LayerFit, LinearLayer
from dance_xai.model.logistic import Logistic
from dance_xai.model.ridge import Ridge
from dance_xai.stages.bank import BankResult
from dance_xai.stages.folds import train_folds
from dance_xai.stages.settings import LayerConfig
from dance_xai.types import Concept, Drop, FloatArray, IntArray

MOTION_FITS: Mapping[str, ConceptLayerFit] = {"logistic": Logistic(), "bce": CrossEntropyAdam()}
TEXT_FITS: Mapping[str, ConceptLayerFit] = {"ridge": Ridge(), "cos_cubed": CosCubed()}


@dataclass(frozen=True, eq=False)
class LayersResult:
    """The fitted concept layers.

    Attributes:
        layer: (C, D) for the kept concepts; None without backbone features.
        kept: (C,) columns of the full bank that are kept, in order.
        quality: Per kept concept, what was measured on held-out train folds.
        report: Means per kind.
        drops: Concepts left out, with reasons.
    """

    layer: LinearLayer | None
    kept: IntArray
    quality: tuple[dict[str, float], ...]
    report: dict[str, Any] = field(default_factory=dict)
    drops: tuple[Drop, ...] = ()


def fit_layers(data: Dataset, bank: BankResult, config: LayerConfig, seed: int) -> LayersResult:
    """Fit the concept layers on train clips and drop the concepts they cannot predict there.

    Raises:
        DataError: No concept is left.

    Source: paper, section 3.3; dropping by held-out similarity is LF-CBM's.
    """
    if data.features is None:
        everything = np.arange(len(bank.bank))
        return LayersResult(None, everything, tuple({} for _ in everything))
    rows = data.manifest.rows("train")
    folds = train_folds(data.manifest, config.folds)
    x, targets = data.features.values[rows].astype(np.float64), bank.targets.values[rows]
    rng = np.random.default_rng(seed)
    motion, text = bank.bank.columns("motion"), bank.bank.columns("object", "scene")
    fits = [
        (columns, method.fit(x, targets[:, columns], folds, rng))
        for columns, method in ((motion, MOTION_FITS[config.motion]), (text, TEXT_FITS[config.text]))
        if len(columns)
    ]
    score = np.concatenate([fit.score for _, fit in fits])
    lowest = np.where(np.arange(len(score)) < len(motion), config.min_average_precision, config.min_similarity)
    kept = np.flatnonzero(score >= lowest)
    if not len(kept):
        raise DataError("concepts: expected one the layers can predict, got none; lower layers.min_similarity")
    weight = np.concatenate([fit.layer.weight for _, fit in fits])[kept]
    bias = np.concatenate([fit.layer.bias for _, fit in fits])[kept]
    quality = tuple(_quality(columns, column, fit) for columns, fit in fits for column in columns)
    return LayersResult(
        layer=LinearLayer(weight, bias),
        kept=kept,
        quality=tuple(quality[column] for column in kept),
        report={fit.score_name: round(float(np.nanmean(fit.score)), 4) for _, fit in fits},
        drops=tuple(
            Drop(concept.kind, concept.name, "not predictable on held-out train folds", _rounded(score[column]))
            for column, concept in enumerate(bank.bank.concepts)
            if column not in set(kept.tolist())
        ),
    )


def with_quality(concepts: tuple[Concept, ...], quality: tuple[dict[str, float], ...]) -> tuple[Concept, ...]:
    """Concepts that carry what was measured of them."""
    return tuple(replace(concept, quality=each) for concept, each in zip(concepts, quality, strict=True))


def _quality(columns: IntArray, column: int, fit: LayerFit) -> dict[str, float]:
    score = float(fit.score[int(np.searchsorted(columns, column))])
    return {fit.score_name: round(score, 4)} if np.isfinite(score) else {}


def _rounded(value: FloatArray) -> float | None:
    return round(float(value), 4) if np.isfinite(value) else None
