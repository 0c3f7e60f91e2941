"""The paper's object and scene layer: maximise the cos-cubed similarity of LF-CBM."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dance_xai.model.adam import Schedule, fit_by_adam
from dance_xai.model.layer import LayerFit
from dance_xai.types import FloatArray, IntArray

TINY = 1e-12


@dataclass(frozen=True)
class CosCubed:
    """Maximise the mean over concepts of ``cos((a - mean a)^3, (t - mean t)^3)``; no bias.

    Attributes:
        steps: Full-batch Adam steps to choose from on held-out train folds.
        rate: Learning rate of LF-CBM.
        held_out: Folds held out in turn.

    Source: LF-CBM, section 3; the paper, section 3.3.
    """

    steps: tuple[int, ...] = (100, 200, 400, 700, 1000)
    rate: float = 1e-3
    held_out: int = 1

    def fit(self, x: FloatArray, targets: FloatArray, folds: IntArray, rng: np.random.Generator) -> LayerFit:
        """See ``ConceptLayerFit``."""
        schedule = Schedule(self.steps, self.rate, self.held_out)
        return fit_by_adam(x, targets, folds, rng, slope=cos_cubed_slope, schedule=schedule, score="cos_cubed")


def cos_cubed_slope(activations: FloatArray, targets: FloatArray, known: FloatArray) -> FloatArray:
    """Derivative of minus the mean similarity by the activations.

    Args:
        activations: (N, C).
        targets: (N, C), 0 where unknown.
        known: (N, C) 1 where the target is known, else 0.

    Returns:
        (N, C), 0 where unknown.
    """
    count = known.sum(axis=0)
    a = _centre(activations, known, count)
    aim = _unit(_centre(targets, known, count) ** 3)
    cube = a**3
    length = np.sqrt((cube * cube).sum(axis=0)) + TINY
    cosine = (cube * aim).sum(axis=0) / length
    by_cube = (aim - cosine * cube / length) / length
    return np.asarray(-_centre(3 * a * a * by_cube, known, count) / activations.shape[1], dtype=activations.dtype)


def _centre(values: FloatArray, known: FloatArray, count: FloatArray) -> FloatArray:
    return np.asarray(known * (values - (known * values).sum(axis=0) / count))


def _unit(values: FloatArray) -> FloatArray:
    return np.asarray(values / (np.sqrt((values * values).sum(axis=0)) + TINY))
