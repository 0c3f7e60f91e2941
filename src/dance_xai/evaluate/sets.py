"""The sets of columns whose accuracy is compared: the concepts, each kind alone, and the controls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from dance_xai.evaluate.inputs import EvaluationInput
from dance_xai.evaluate.sparsity import NECS, accuracy_at_nec
from dance_xai.model.head.nec import Support
from dance_xai.types import FloatArray, IntArray, Kind

Pair = tuple[FloatArray, FloatArray]  # activations of train clips (N, C) and test clips (M, C)
Curve = dict[str, float]

KIND_SETS: dict[str, tuple[Kind, ...]] = {
    "all": ("motion", "object", "scene"),
    "motion": ("motion",),
    "object": ("object",),
    "scene": ("scene",),
    "context": ("object", "scene"),
}
SETS: tuple[str, ...] = (*KIND_SETS, "random", "features", "grounded")


def activation_sets(
    inputs: EvaluationInput, *, rng: np.random.Generator, n_random: int = 3
) -> tuple[dict[str, tuple[Pair, ...]], dict[str, str]]:
    """Collect the columns of every set.

    ``all`` and its parts are the activations the model itself reads. ``random`` is as many random directions of the
    backbone features as the bank has concepts, drawn several times. ``grounded`` is measured from the evidence.

    Args:
        inputs: Model and clips.
        rng: Draws the random directions.
        n_random: Draws of ``random``; their accuracies are averaged.

    Returns:
        The pairs of each set in `SETS` (several for ``random``, none when not available), and notes by set name.
    """
    sets: dict[str, tuple[Pair, ...]] = {}
    for name, kinds in KIND_SETS.items():
        columns = inputs.model.bank.columns(*kinds)
        sets[name] = ((inputs.concepts[0][:, columns], inputs.concepts[1][:, columns]),) if len(columns) else ()
    features, grounded = inputs.features, inputs.grounded
    width = len(inputs.model.bank)
    sets["random"] = () if features is None else tuple(random_directions(features, width, rng) for _ in range(n_random))
    sets["features"] = () if features is None else (features,)
    sets["grounded"] = () if grounded is None else (grounded,)
    return sets, _notes(sets, inputs.is_grounded, width)


def random_directions(features: Pair, width: int, rng: np.random.Generator) -> Pair:
    """Project features on random Gaussian directions, the same ones for train and test.

    Args:
        features: (N, F) of train clips and (M, F) of test clips.
        width: Number of directions C.
        rng: Draws them.

    Returns:
        (N, C) and (M, C).
    """
    directions = rng.standard_normal((features[0].shape[1], width))
    return features[0] @ directions, features[1] @ directions


def set_curves(
    sets: Mapping[str, Sequence[Pair]],
    train_labels: IntArray,
    test_labels: IntArray,
    *,
    necs: Sequence[float] = NECS,
    support: Support = "path",
) -> dict[str, Curve | None]:
    """Accuracy within each budget for every set, averaged over its draws; None for a set without columns.

    Args:
        sets: Pairs of train and test activations by set name.
        train_labels: (N,) class indices.
        test_labels: (M,) class indices.
        necs: Budgets of non-zero weights per class.
        support: How the weights within a budget are found, the same way for all sets: ``path`` or ``pruned``.
    """
    return {
        name: mean_curve(
            [accuracy_at_nec(a, train_labels, b, test_labels, necs=necs, support=support) for a, b in pairs]
        )
        for name, pairs in sets.items()
    }


def mean_curve(curves: Sequence[Curve]) -> Curve | None:
    """Mean of curves over the same budgets, None without any."""
    return {key: float(np.mean([curve[key] for curve in curves])) for key in curves[0]} if curves else None


def _notes(sets: Mapping[str, Sequence[Pair]], grounded: bool, width: int) -> dict[str, str]:
    notes = {name: f"the bank has no {' or '.join(kinds)} concepts" for name, kinds in KIND_SETS.items()}
    notes["random"] = notes["features"] = "no backbone features were given for a model that reads evidence"
    notes["grounded"] = "no evidence was given to measure the concepts from"
    notes = {name: reason for name, reason in notes.items() if not sets[name]}
    if sets["random"]:
        notes["random"] = f"mean of {len(sets['random'])} draws of {width} random directions of the features"
    if grounded:
        notes["all"] = "the model reads grounded activations, so all and grounded are measured alike"
    return notes
