"""The sparse head on the activations, and with it the model."""

from __future__ import annotations

import numpy as np

from dance_xai.data.dataset import Dataset
from dance_xai.errors import ConfigError, DataError
from dance_xai.model.bottleneck import ConceptBottleneck
from dance_xai.model.folds import stratified_folds
from dance_xai.model.head import SparseHead, choose_lam, fit_head, heads_at_nec
from dance_xai.model.layer import LinearLayer
from dance_xai.stages.bank import BankResult
from dance_xai.stages.grounded import Evidence
from dance_xai.stages.layers import LayersResult
from dance_xai.stages.settings import HeadConfig
from dance_xai.types import Activations, FloatArray, IntArray


def fit_bottleneck(
    data: Dataset,
    bank: BankResult,
    layers: LayersResult,
    evidence: Evidence,
    activations: Activations,
    config: HeadConfig,
    seed: int,
) -> ConceptBottleneck:
    """Standardise the activations of train clips and fit the sparse head on them.

    Raises:
        ConfigError: The settings of the head contradict each other.
        DataError: Predicted activations without backbone features.
    """
    layer, inputs, name = _source(data, layers, evidence, activations)
    kept = bank if activations == "predicted" else bank.keep(evidence.columns)
    train = data.manifest.rows("train")
    raw = layer(inputs[train])
    mean, std = raw.mean(axis=0), raw.std(axis=0)
    std = np.where(std > 1e-12 * np.maximum(np.abs(mean), 1), std, 1.0)
    head = fit_sparse_head((raw - mean) / std, data.manifest.labels[train], config, seed)
    return ConceptBottleneck(kept.bank, data.manifest.classes, layer, mean, std, head, activations, name)


def fit_sparse_head(concepts: FloatArray, labels: IntArray, config: HeadConfig, seed: int) -> SparseHead:
    """Fit the head with its strength as configured; every choice is made on the given train rows.

    Args:
        concepts: (N, C) standardised activations.
        labels: (N,) class indices.
        config: How the strength is chosen.
        seed: Of the folds.
    """
    if config.choose == "lam":
        if config.lam is None:
            raise ConfigError("head.lam: expected a number above 0 for head.choose = 'lam', got none; set it")
        return fit_head(concepts, labels, lam=config.lam, alpha=config.alpha)
    if config.choose == "nec" and config.support == "path":
        return heads_at_nec(concepts, labels, [config.nec], alpha=config.alpha, support="path", relax=(1.0,))[
            config.nec
        ]
    folds = stratified_folds(labels, config.folds, np.random.default_rng(seed))
    if config.choose == "nec":
        return heads_at_nec(concepts, labels, [config.nec], alpha=config.alpha, folds=folds)[config.nec]
    lam = choose_lam(concepts, labels, folds=folds, alpha=config.alpha).lam
    return fit_head(concepts, labels, lam=lam, alpha=config.alpha)


def _source(
    data: Dataset, layers: LayersResult, evidence: Evidence, activations: Activations
) -> tuple[LinearLayer, FloatArray, str]:
    if activations == "predicted":
        if data.features is None or layers.layer is None:
            raise DataError("activations: expected data.features for 'predicted', got none; add them or use 'grounded'")
        return layers.layer, data.features.values, data.features.name
    width = evidence.values.shape[1]
    if not width:
        raise DataError("activations: expected poses or phrases to measure for 'grounded', got none; add data.poses")
    return LinearLayer(np.eye(width), np.zeros(width)), evidence.values, "evidence"
