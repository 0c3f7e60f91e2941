"""Which clips truly have a concept, given that its activation is measured with noise.

The activation of each concept is a mixture of two normal distributions with one variance, of clips without and with
it, and each class has its own share of clips with it. A clip that lies low for its noise alone is then not taken for
one that lacks the concept: where nearly all of a class have it, the class says so.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from dance_xai.errors import check_shape
from dance_xai.types import FloatArray, IntArray

ROUNDS = 200
ENOUGH = 1e-4
LEAST_SPREAD = 1e-6
DOUBT = 0.05
"""Clips by which the share of a class is kept from 0 and 1; small, so that a few unlucky measurements are not taken for
a minority."""


@dataclass(frozen=True, eq=False)
class Possession:
    """Which clips have which concept.

    Attributes:
        has: (N, C) in 0..1, how likely each clip has each concept; 0 throughout for a concept that does not vary.
        misjudged: (C,) share of clips that their noise alone would put on the wrong side of the middle between clips
            with and clips without the concept, 0..1/2.
    """

    has: FloatArray
    misjudged: FloatArray


def possession(concepts: FloatArray, labels: IntArray) -> Possession:
    """Tell clips with a concept from clips without it.

    Args:
        concepts: (N, C) activations of train clips.
        labels: (N,) class indices, 0 or above.

    Source: ours; maximum likelihood by expectation and maximisation (Dempster et al. 1977) from Otsu's division (1979).
    """
    check_shape("concept activations", concepts, ("N", "C"))
    check_shape("labels", labels, (len(concepts),))
    spread = concepts.std(axis=0)
    varies = spread > LEAST_SPREAD
    values = concepts[:, varies] / spread[varies]
    member = np.eye(int(labels.max()) + 1)[labels]  # (N, Y)
    member = member[:, member.any(axis=0)]
    has = (values > division(values)).astype(np.float64)
    for _ in range(ROUNDS):
        before, has = has, _expect(values, has, member)
        if np.abs(has - before).max(initial=0.0) < ENOUGH:
            break
    found, misjudged = np.zeros(concepts.shape), np.full(concepts.shape[1], 0.5)
    found[:, varies] = has
    high, low, variance = _components(values, has)
    misjudged[varies] = [math.erfc(half / math.sqrt(2)) / 2 for half in (high - low) / (2 * np.sqrt(variance))]
    return Possession(found, misjudged)


def division(values: FloatArray) -> FloatArray:
    """(C,) where to divide the clips in two by (N, C) values, so that the variance between the halves is largest."""
    ordered = np.sort(values, axis=0)
    count = len(ordered)
    below = np.arange(1, count)[:, None]  # (N - 1, 1) clips under each cut
    left = np.cumsum(ordered, axis=0)[:-1] / below
    right = (ordered.sum(axis=0) - left * below) / (count - below)
    at = (below * (count - below) * (right - left) ** 2).argmax(axis=0)
    column = np.arange(values.shape[1])
    return np.asarray((ordered[at, column] + ordered[at + 1, column]) / 2)


def _expect(values: FloatArray, has: FloatArray, member: FloatArray) -> FloatArray:
    """One round: (N, C) probabilities -> means, variance and shares -> (N, C) probabilities."""
    high, low, variance = _components(values, has)
    share = (member.T @ has + DOUBT) / (member.sum(axis=0)[:, None] + 2 * DOUBT)  # (Y, C)
    log_odds = member @ np.log(share / (1 - share)) + (high - low) * (values - (high + low) / 2) / variance
    return np.asarray(1 / (1 + np.exp(-np.clip(log_odds, -500, 500))))


def _components(values: FloatArray, has: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """(C,) mean of clips with each concept, (C,) of clips without it, (C,) variance around the two."""
    total, count = has.sum(axis=0), len(values)
    high = (has * values).sum(axis=0) / np.maximum(total, LEAST_SPREAD)
    low = ((1 - has) * values).sum(axis=0) / np.maximum(count - total, LEAST_SPREAD)
    variance = (has * (values - high) ** 2 + (1 - has) * (values - low) ** 2).mean(axis=0) + LEAST_SPREAD
    return high, low, variance
