"""The official artefacts of a data set as a RUN."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from dance_xai.artifacts import code_fingerprint, write_run
from dance_xai.data.official import OfficialArtifacts, OfficialSplit, read_official
from dance_xai.errors import DataError
from dance_xai.features.affinity import affinities
from dance_xai.features.calibration import calibrate
from dance_xai.model.bottleneck import ConceptBottleneck
from dance_xai.model.head.fit import certified, prepare
from dance_xai.model.layer import LinearLayer
from dance_xai.stages.bank import BankResult
from dance_xai.stages.grounded import Evidence
from dance_xai.types import (
    KINDS,
    Clip,
    Concept,
    ConceptBank,
    ConceptTargets,
    Drop,
    Features,
    FloatArray,
    Kind,
    Manifest,
    Split,
)
from dance_xai.workflows.runs import drops_tree
from dance_xai.workflows.scoring import score

NOTE = "imported official artefacts: the paper's protocol, which clusters test clips with train and tunes on test"


def import_official_run(
    folder: Path, out: Path, *, splits: Path | None = None, classes: Sequence[str] | None = None
) -> dict[str, Any]:
    """Turn official artefacts into a RUN and score it.

    Returns:
        The figures of ``dance evaluate``.

    Raises:
        DanceError: The artefacts are incomplete, unsafe or do not fit, or the labels of the clips are not known.
    """
    official = read_official(folder, splits=splits, classes=classes)
    manifest = _manifest(folder, official)
    features = Features("official backbone feature", manifest.ids, _stack(official, "features"))
    affinity = _affinities(official, manifest.ids)
    bank, drops = _bank(official, manifest.ids, affinity)
    model = _model(official, bank.bank, features.values[manifest.rows("train")], manifest)
    text = bank.bank.columns("object", "scene")
    similarities = bank.targets.values[:, text]
    evidence = Evidence(text, calibrate(similarities[manifest.rows("train")])(similarities))
    metrics = score(model, manifest, bank, evidence, features)
    write_run(
        out,
        {
            "config": {"name": f"official {folder.name}", "source": NOTE, "activations": "predicted"},
            "inputs": {"data_root": str(folder.resolve()), "files": {}, "version": code_fingerprint()},
            "manifest": manifest,
            "bank": bank,
            "evidence": evidence,
            "features": features,
            "model": model,
            "metrics": metrics,
            "drops": drops_tree(drops),
        },
    )
    return metrics


def _splits(official: OfficialArtifacts) -> dict[Split, OfficialSplit]:
    return {"train": official.train, "test": official.test}


def _stack(official: OfficialArtifacts, name: str) -> FloatArray:
    return np.concatenate([getattr(split, name) for split in _splits(official).values()])


def _manifest(folder: Path, official: OfficialArtifacts) -> Manifest:
    clips: list[Clip] = []
    for name, split in _splits(official).items():
        if split.labels is None:
            raise DataError(
                f"{folder}: expected the labels of the videos in a splits folder beside it, got none; pass --splits DIR"
            )
        clips += [
            Clip(clip, official.classes[label], name) for clip, label in zip(split.ids, split.labels, strict=True)
        ]
    return Manifest(tuple(clips), official.classes)


def _affinities(official: OfficialArtifacts, ids: tuple[str, ...]) -> dict[Kind, FloatArray]:
    video = Features("official dual encoder", ids, _stack(official, "affinity_features"))
    return {kind: affinities(video, phrases) for kind, phrases in official.phrases.items()}


def _bank(
    official: OfficialArtifacts, ids: tuple[str, ...], affinity: dict[Kind, FloatArray]
) -> tuple[BankResult, tuple[Drop, ...]]:
    labels = _stack(official, "motion_labels")
    parts, concepts, source, drops = [np.where(labels >= 0, labels, np.nan)], [], [], []
    for kind in KINDS:
        names = official.layers[kind].names
        if kind == "motion":
            concepts += [Concept(kind, f"motion {int(name) + 1:02d}") for name in names]
            source += list(range(len(names)))
            continue
        texts = official.phrases[kind].texts
        columns = [texts.index(name) for name in names]
        concepts += [Concept(kind, name) for name in names]
        source += columns
        parts.append(affinity[kind][:, columns])
        drops += [Drop(kind, text, "dropped in the official release") for text in texts if text not in names]
    targets = ConceptTargets(ids, np.concatenate(parts, axis=1))
    return BankResult(ConceptBank(tuple(concepts)), targets, np.array(source, dtype=np.int64)), tuple(drops)


def _model(official: OfficialArtifacts, bank: ConceptBank, train: FloatArray, manifest: Manifest) -> ConceptBottleneck:
    layers = [official.layers[kind] for kind in KINDS]
    weight = np.concatenate([layer.weight for layer in layers]).astype(np.float64)
    mean = np.concatenate([layer.mean for layer in layers]).astype(np.float64)
    std = np.concatenate([layer.std for layer in layers]).astype(np.float64)
    layer = LinearLayer(weight, np.zeros(len(weight)))
    labels = manifest.labels[manifest.rows("train")]
    datafit = prepare((layer(train) - mean) / std, labels, len(official.classes), "float64")
    coefficients = np.column_stack([official.head_weight, official.head_bias]).astype(np.float64)
    head = certified(datafit, coefficients, official.lam, official.alpha, None)
    return ConceptBottleneck(bank, official.classes, layer, mean, std, head, "predicted", "official backbone feature")
