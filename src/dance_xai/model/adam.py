"""Concept layers as the paper fits them: no bias, no penalty, full-batch Adam, stopped after so many steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from dance_xai.model.layer import LayerFit, LinearLayer, check_binary, check_fit_input
from dance_xai.model.scores import SCORES, mean_score
from dance_xai.types import FloatArray, IntArray

Slope = Callable[[FloatArray, FloatArray, FloatArray], FloatArray]


@dataclass(frozen=True)
class Schedule:
    """When to look, and how much to hold out.

    Attributes:
        steps: Numbers of steps to choose from, by the mean held-out score; a single one is taken as given.
        rate: Adam's learning rate.
        held_out: Folds that are held out in turn; each costs as much as the fit itself.
    """

    steps: tuple[int, ...]
    rate: float = 1e-3
    held_out: int = 1


def fit_by_adam(
    x: FloatArray,
    targets: FloatArray,
    folds: IntArray,
    rng: np.random.Generator,
    *,
    slope: Slope,
    schedule: Schedule,
    score: str,
) -> LayerFit:
    """Fit ``x @ weight.T`` to the targets by Adam, the number of steps chosen on held-out folds.

    Args:
        x: (N, D).
        targets: (N, C), NaN where unknown.
        folds: (N,).
        rng: For the first weights, the same in every fold.
        slope: (activations, targets, known), each (N, C) -> (N, C) derivative of the loss by the activations.
        schedule: Steps, rate and folds.
        score: Key of ``SCORES``.
    """
    known = check_fit_input(x, targets, folds)
    single = np.asarray(x, dtype=np.float32)
    y = np.where(known, targets, 0.0).astype(np.float32)
    first = rng.uniform(-1, 1, (targets.shape[1], x.shape[1])).astype(np.float32) / np.sqrt(
        x.shape[1], dtype=np.float32
    )
    held_out = np.full((len(schedule.steps), *targets.shape), np.nan)
    paths: dict[int, list[FloatArray]] = {}
    for fold in np.unique(folds)[: schedule.held_out]:
        rows, out = folds != fold, folds == fold
        path = list(_path(single[rows], y[rows], known[rows].astype(np.float32), first, slope, schedule))
        paths[int(fold)] = path
        for position, weight in enumerate(path):
            held_out[position, out] = np.where(known[out], single[out] @ weight.T, np.nan)
    scores = [SCORES[score](part, targets) for part in held_out]
    chosen = int(np.argmax([mean_score(part) for part in scores]))
    *_, weight = _path(single, y, known.astype(np.float32), first, slope, schedule, upto=chosen)
    strength = np.full(len(weight), float(sorted(schedule.steps)[chosen]))
    refit = partial(_fold_layers, {fold: path[chosen] for fold, path in paths.items()})
    return LayerFit(_layer(weight), strength, scores[chosen], score, held_out[chosen], refit)


@dataclass(frozen=True)
class CrossEntropyAdam:
    """The paper's motion layer: binary cross-entropy, mean over clips and concepts.

    Attributes:
        steps: The paper's 3000; several to choose from.
        rate: The paper's 1e-3.
        held_out: Folds held out in turn.

    Source: paper, section 3.3, and the settings of its code.
    """

    steps: tuple[int, ...] = (3000,)
    rate: float = 1e-3
    held_out: int = 1

    def fit(self, x: FloatArray, targets: FloatArray, folds: IntArray, rng: np.random.Generator) -> LayerFit:
        """See ``ConceptLayerFit``.

        Raises:
            DataError: Also when targets are not 0, 1 or NaN.
        """
        check_binary(targets)
        schedule = Schedule(self.steps, self.rate, self.held_out)
        return fit_by_adam(
            x, targets, folds, rng, slope=_cross_entropy_slope, schedule=schedule, score="average_precision"
        )


def _cross_entropy_slope(activations: FloatArray, targets: FloatArray, known: FloatArray) -> FloatArray:
    return np.asarray(known * (0.5 * (1 + np.tanh(activations / 2)) - targets) / known.sum(), dtype=np.float32)


def _layer(weight: FloatArray) -> LinearLayer:
    return LinearLayer(weight.astype(np.float64), np.zeros(len(weight)))


def _fold_layers(weights: dict[int, FloatArray]) -> dict[int, LinearLayer]:
    return {fold: _layer(weight) for fold, weight in weights.items()}


def _path(
    x: FloatArray,
    y: FloatArray,
    known: FloatArray,
    first: FloatArray,
    slope: Slope,
    schedule: Schedule,
    upto: int | None = None,
) -> Iterator[FloatArray]:
    """(C, D) weights after each number of steps, fewest first; betas 0.9 and 0.999, epsilon 1e-8."""
    stops = sorted(schedule.steps)[: None if upto is None else upto + 1]
    weight, mean, square = first.copy(), np.zeros_like(first), np.zeros_like(first)
    for step in range(1, stops[-1] + 1):
        gradient = slope(x @ weight.T, y, known).T @ x
        mean += np.float32(0.1) * (gradient - mean)
        square += np.float32(0.001) * (gradient * gradient - square)
        root = np.sqrt(square / np.float32(1 - 0.999**step)) + np.float32(1e-8)
        weight = weight - np.float32(schedule.rate / (1 - 0.9**step)) * mean / root
        if step in stops:
            yield weight
