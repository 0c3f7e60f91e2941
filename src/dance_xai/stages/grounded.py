"""Grounded activations: each concept measured from its own evidence, so that nothing else can leak in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dance_xai.motion.matching import similarity
from dance_xai.stages.bank import BankResult
from dance_xai.stages.motion import MotionEvidence
from dance_xai.stages.text import TextEvidence
from dance_xai.types import FloatArray, IntArray, Manifest


@dataclass(frozen=True, eq=False)
class Evidence:
    """What was measured of the concepts of a bank.

    Attributes:
        columns: (G,) bank columns that can be measured.
        values: (N, G) motion: similarity in 0..1 of the clip's best pose window to the concept's centre; object and
            scene: calibrated video-text similarity. A clip that shows nothing to measure has the train mean.
    """

    columns: IntArray
    values: FloatArray


def measure_evidence(manifest: Manifest, bank: BankResult, motions: MotionEvidence, phrases: TextEvidence) -> Evidence:
    """Collect the evidence for every concept that has any.

    Source: ours.
    """
    motion = bank.bank.columns("motion") if motions.matches is not None else np.zeros(0, dtype=np.int64)
    text = bank.bank.columns("object", "scene")
    parts: list[FloatArray] = [np.zeros((len(manifest.clips), 0))]
    if motions.matches is not None and motions.motions is not None:
        parts.append(similarity(motions.matches.distance[:, bank.source[motion]], motions.motions.scale))
    parts.append(phrases.calibrated[:, bank.source[text]])
    values = np.concatenate(parts, axis=1)
    known = np.where(np.isfinite(values), values, np.nan)[manifest.rows("train")]
    return Evidence(np.concatenate([motion, text]), np.where(np.isfinite(values), values, _column_means(known)))


def _column_means(values: FloatArray) -> FloatArray:
    known = np.isfinite(values)
    means: FloatArray = np.where(known, values, 0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    return means
