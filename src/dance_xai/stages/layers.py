"""Concept layers: concepts predicted from the backbone feature; those that cannot be predicted are left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from dance_xai.data.dataset import Dataset
from dance_xai.errors import DataError
from dance_xai.model.adam import CrossEntropyAdam
from dance_xai.model.cos_cubed import CosCubed
from dance_xai.model.layer import ConceptLayerFit, LinearLayer
from dance_xai.model.logistic import Logistic
from dance_xai.model.ridge import Ridge
from dance_xai.stages.bank import BankResult
from dance_xai.stages.folds import train_folds
from dance_xai.stages.settings import LayerConfig
from dance_xai.text.filters import filter_predictable
from dance_xai.types import KINDS, ConceptBank, Drop, FloatArray, IntArray, Kind

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
    parts = [
        _fit_kind(bank.bank, kind, x, targets, folds, rng, config) for kind in KINDS if len(bank.bank.columns(kind))
    ]
    kept = np.concatenate([part.kept for part in parts])
    if not len(kept):
        raise DataError("concepts: expected one the layers can predict, got none; lower layers.min_similarity")
    return LayersResult(
        layer=LinearLayer(
            np.concatenate([part.layer.weight for part in parts if part.layer]),
            np.concatenate([part.layer.bias for part in parts if part.layer]),
        ),
        kept=kept,
        quality=tuple(each for part in parts for each in part.quality),
        report={name: value for part in parts for name, value in part.report.items()},
        drops=tuple(drop for part in parts for drop in part.drops),
    )


def _fit_kind(
    bank: ConceptBank,
    kind: Kind,
    x: FloatArray,
    targets: FloatArray,
    folds: IntArray,
    rng: np.random.Generator,
    config: LayerConfig,
) -> LayersResult:
    """The layer of one kind, for the concepts it can predict."""
    motion = kind == "motion"
    method = MOTION_FITS[config.motion] if motion else TEXT_FITS[config.text]
    lowest = config.min_average_precision if motion else config.min_similarity
    columns = bank.columns(kind)
    fit = method.fit(x, targets[:, columns], folds, rng)
    names = tuple(bank.names[column] for column in columns)
    good, drops = filter_predictable(names, kind, fit.score, minimum=-np.inf if lowest is None else lowest)
    return LayersResult(
        layer=LinearLayer(fit.layer.weight[good], fit.layer.bias[good]),
        kept=columns[good],
        quality=tuple({fit.score_name: round(float(fit.score[row]), 4)} for row in good),
        report={
            kind: {fit.score_name: round(float(np.nanmean(fit.score)), 4), "strength": np.unique(fit.strength).tolist()}
        },
        drops=drops,
    )
