"""What goes with what: the mean activation of a concept in clips of a class, old and new.

A scene can be as frequent as ever and yet go with another class. Without labels, the kinds other than that of the
concept say which class a clip belongs to.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dance_xai.shift.permuting import Judgement, judge_permuted, permuted_signs
from dance_xai.types import FloatArray, IntArray, Kind

LEAST_CLIPS = 2.0


@dataclass(frozen=True)
class Bond:
    """How the mean activation of a concept has moved in clips of a class.

    Attributes:
        label: The class.
        kind: motion, object or scene.
        concept: Name of the concept.
        shift: New mean less old mean, in standard deviations of train clips.
        contribution: The same times its weight: how far it moves the logit of the class, on average.
        p: By permutation, 0..1.
        rate: False discovery rate at which it is called moved, within its kind.
    """

    label: str
    kind: Kind
    concept: str
    shift: float
    contribution: float
    p: float
    rate: float


def compare_bonds(
    old: tuple[FloatArray, FloatArray], new: tuple[FloatArray, FloatArray], pairs: IntArray, rng: np.random.Generator
) -> tuple[FloatArray, Judgement]:
    """Test how far means within classes have moved.

    Args:
        old: (N, C) activations of old clips, and (N, Y) how likely each belongs to each class, rows summing to 1.
        new: The same of new clips.
        pairs: (P, 2) rows of (class, concept) to look at.
        rng: Of the permutations.

    Returns:
        (P,) shifts, 0 where a class has fewer than two clips on a side, and the test of their sizes.
    """
    signs = permuted_signs(len(new[0]), len(old[0]), rng)
    values, member = (np.concatenate([one, two]) for one, two in zip(new, old, strict=True))
    weight = member[:, pairs[:, 0]]
    weighted = weight * values[:, pairs[:, 1]]
    sides = [(side.astype(np.float64) @ weighted, side.astype(np.float64) @ weight) for side in (signs, ~signs)]
    (new_sum, new_count), (old_sum, old_count) = sides
    enough = (new_count[0] >= LEAST_CLIPS) & (old_count[0] >= LEAST_CLIPS)
    few = np.finfo(np.float64).tiny
    shifts = np.where(enough, new_sum / np.maximum(new_count, few) - old_sum / np.maximum(old_count, few), 0.0)
    return shifts[0], judge_permuted(np.abs(shifts))
