"""Whether the explanation is what the model does: switch off what it names and see the prediction move."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dance_xai.errors import check_shape
from dance_xai.evaluate.sparsity import ZERO
from dance_xai.types import BoolArray, FloatArray


@dataclass(frozen=True)
class Faithfulness:
    """Deletion curves over all scored clips: entry k-1 is after switching off k concepts.

    Attributes:
        removed: The k: 1..K.
        flips_top: Share of clips whose prediction changes when the k largest contributions to it are switched off.
        flips_random: The same for k random non-zero contributions, mean over draws.
        drop_top: Mean fall of the predicted logit for the k largest.
        drop_random: The same for k random ones.
        sum_error: Largest difference, over clips and k, between the fall of the logit and the removed contributions.
    """

    removed: tuple[int, ...]
    flips_top: tuple[float, ...]
    flips_random: tuple[float, ...]
    drop_top: tuple[float, ...]
    drop_random: tuple[float, ...]
    sum_error: float


def deletion_check(
    weight: FloatArray,
    bias: FloatArray,
    concepts: FloatArray,
    *,
    rng: np.random.Generator,
    most: int = 5,
    draws: int = 10,
) -> Faithfulness:
    """Switch concepts off (to 0, the train mean, for all classes) in the order of their contributions, and at random.

    Both orders take from the same pool, the non-zero contributions to the predicted class; a clip with fewer than k of
    them loses all it has in both.

    Args:
        weight: (Y, C) head weights.
        bias: (Y,) head bias.
        concepts: (N, C) standardised activations.
        rng: Draws the random orders.
        most: Largest number K of concepts to switch off.
        draws: Random orders per clip.

    Raises:
        ShapeError: Arrays that do not fit together.

    Source: deletion curves as in MoTIF, arXiv 2509.20899; the sum rule is ours.
    """
    check_shape("head weights", weight, ("Y", "C"))
    check_shape("head bias", bias, (len(weight),))
    check_shape("concept activations", concepts, ("N", weight.shape[1]))
    logits = concepts @ weight.T + bias
    predicted = logits.argmax(axis=1)
    contributions = weight[predicted] * concepts  # (N, C)
    pool = (np.abs(weight[predicted]) > ZERO) & (contributions != 0)
    rng_orders = [rng.random(concepts.shape) for _ in range(draws)]
    ranks = [_ranks(priority, pool) for priority in (contributions, *rng_orders)]
    head = (weight, bias, concepts, contributions, logits)
    outcome = np.array([[_delete(*head, rank < k) for k in range(1, most + 1)] for rank in ranks])  # (1+draws, K, 3)
    top, control = outcome[0], outcome[1:].mean(axis=0)
    return Faithfulness(
        removed=tuple(range(1, most + 1)),
        flips_top=tuple(top[:, 0].tolist()),
        flips_random=tuple(control[:, 0].tolist()),
        drop_top=tuple(top[:, 1].tolist()),
        drop_random=tuple(control[:, 1].tolist()),
        sum_error=float(outcome[:, :, 2].max()),
    )


def _ranks(priority: FloatArray, pool: BoolArray) -> FloatArray:
    """(N, C) position of each concept in its clip's order, largest priority first, infinite outside the pool."""
    order = np.argsort(np.where(pool, -priority, np.inf), axis=1, kind="stable")
    return np.where(pool, np.argsort(order, axis=1, kind="stable"), np.inf)


def _delete(
    weight: FloatArray,
    bias: FloatArray,
    concepts: FloatArray,
    contributions: FloatArray,
    logits: FloatArray,
    removed: BoolArray,
) -> tuple[float, float, float]:
    """Share of flipped predictions, mean fall of the predicted logit, largest error of the sum rule."""
    predicted = logits.argmax(axis=1)
    after = np.where(removed, 0.0, concepts) @ weight.T + bias
    rows = np.arange(len(concepts))
    fall = logits[rows, predicted] - after[rows, predicted]
    error = np.abs(fall - np.where(removed, contributions, 0.0).sum(axis=1)).max()
    return float(np.mean(after.argmax(axis=1) != predicted)), float(fall.mean()), float(error)
