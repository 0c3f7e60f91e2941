"""Where the activations of each concept lie in new clips, beside where they lie in held-out train clips."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dance_xai.errors import check_shape
from dance_xai.shift.permuting import Judgement, judge_permuted, permuted_signs
from dance_xai.types import BoolArray, FloatArray, Kind


@dataclass(frozen=True)
class Move:
    """How the activation of a concept has moved.

    Attributes:
        kind: motion, object or scene.
        concept: Its name.
        shift: New mean less old mean, in standard deviations of the old clips.
        spread: New standard deviation over the old one.
        energy: Energy distance of the two distributions, in the same units; 0 for equal ones.
        p: Of the energy distance, by permutation, 0..1.
        rate: False discovery rate at which it is called moved, within its kind.
        reliance: Its share of the absolute weights of the head, 0..1.
    """

    kind: Kind
    concept: str
    shift: float
    spread: float
    energy: float
    p: float
    rate: float
    reliance: float


def energy_distances(values: FloatArray, is_new: BoolArray) -> FloatArray:
    """Energy distances of columns under several ways to call rows new: (N, C) and (B, N) -> (B, C).

    In one dimension it is twice the integral of the squared difference of the distribution functions.

    Source: Szekely and Rizzo (2013).
    """
    check_shape("activations", values, ("N", "C"))
    mass = np.where(is_new, 1 / is_new.sum(axis=1, keepdims=True), -1 / (~is_new).sum(axis=1, keepdims=True))
    found = np.empty((len(is_new), values.shape[1]))
    for column, each in enumerate(values.T):
        order = np.argsort(each, kind="stable")
        gaps = np.diff(each[order])
        found[:, column] = 2 * np.cumsum(mass[:, order], axis=1)[:, :-1] ** 2 @ gaps
    return found


def compare_activations(old: FloatArray, new: FloatArray, rng: np.random.Generator) -> tuple[FloatArray, Judgement]:
    """Standardise by the old clips and test the energy distances: (N, C) and (M, C) -> (C,) distances, the test."""
    scaled = np.concatenate([new, old]) / scale(old)
    distances = energy_distances(scaled, permuted_signs(len(new), len(old), rng))
    return distances[0], judge_permuted(distances)


def scale(old: FloatArray) -> FloatArray:
    """(C,) standard deviations; 1 for a concept that does not vary."""
    spread = old.std(axis=0)
    return np.asarray(np.where(spread > 0, spread, 1.0))
