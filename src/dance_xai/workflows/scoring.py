"""A fitted model and its clips -> the figures of ``dance evaluate``."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import numpy as np

from dance_xai.errors import DataError
from dance_xai.evaluate.evaluation import evaluate_model
from dance_xai.evaluate.inputs import EvaluationInput, EvaluationRows
from dance_xai.model.bottleneck import ConceptBottleneck
from dance_xai.stages.bank import BankResult
from dance_xai.stages.grounded import Evidence
from dance_xai.stages.request import NO_TEST
from dance_xai.types import Features, FloatArray, IntArray, Manifest, counted
from dance_xai.workflows.editing import edited_manifest
from dance_xai.workflows.runs import RunView


def score(
    model: ConceptBottleneck,
    manifest: Manifest,
    bank: BankResult,
    evidence: Evidence,
    features: Features | None,
    seed: int = 0,
) -> dict[str, Any]:
    """Evaluate on test clips; everything chosen on the way is chosen on train clips.

    Args:
        model: The concept bottleneck.
        manifest: N clips.
        bank: Concepts and their targets.
        evidence: Grounded measurements.
        features: (N, D) backbone features, None without.
        seed: Of bootstrap, folds and controls.

    Returns:
        The object of ``dance evaluate --json``.

    Raises:
        DataError: There are no test clips.
    """
    start = time.perf_counter()
    if not len(manifest.rows("test")):
        raise DataError(NO_TEST)
    rows = {
        split: _rows(manifest.rows(split), model, manifest, bank, evidence, features) for split in ("train", "test")
    }
    figures = evaluate_model(
        EvaluationInput(model, rows["train"], rows["test"]), rng=np.random.default_rng(seed)
    ).to_dict()
    partial = len(evidence.columns) < len(bank.bank)
    if partial and figures["accuracy_at_nec"]["grounded"] is not None:
        missing = len(bank.bank) - len(evidence.columns)
        figures["notes"]["grounded"] = f"{counted(missing, 'concept')} without evidence, left out of this set"
    return figures | {"seconds": round(time.perf_counter() - start, 3)}


def score_run(view: RunView, seed: int = 0) -> dict[str, Any]:
    """Evaluate the model of a RUN with its edits in force; ``model`` in the figures says which state was scored.

    Raises:
        DataError: There are no test clips of its classes.
    """
    if not view.edits.position:
        figures = score(view.model, view.manifest, view.bank, view.evidence, view.features, seed)
    else:
        evidence = view.evidence
        if view.model.activations == "grounded":
            evidence = replace(evidence, columns=np.arange(len(view.model.bank)))
        figures = score(view.model, edited_manifest(view), view.model_bank, evidence, view.features, seed)
    return figures | {"model": view.edits.content}


def _rows(
    rows: IntArray,
    model: ConceptBottleneck,
    manifest: Manifest,
    bank: BankResult,
    evidence: Evidence,
    features: Features | None,
) -> EvaluationRows:
    grounded = model.activations == "grounded"
    raw = None if features is None else features.values[rows]
    inputs: FloatArray | None = evidence.values[rows] if grounded else raw
    if inputs is None:
        raise DataError(
            "features: expected backbone features for a predicted model, got none; fit again with data.features"
        )
    targets = bank.targets.values[rows]
    return EvaluationRows(
        inputs=inputs,
        labels=manifest.labels[rows],
        targets=targets[:, evidence.columns] if grounded else targets,
        features=raw,
        grounded=evidence.values[rows] if evidence.values.shape[1] else None,
    )
