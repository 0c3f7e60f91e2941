"""A model, the train clips it was made with, each held out once, and new clips."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np

from dance_xai.edit.heldout import HeldOut, Proposed, apply_all, concepts_by_fold
from dance_xai.errors import DataError
from dance_xai.model.bottleneck import ConceptBottleneck
from dance_xai.model.head.threads import one_thread
from dance_xai.types import FloatArray, IntArray

Steps: TypeAlias = Sequence[Proposed]
"""Edits, one after another."""


@dataclass(frozen=True, eq=False)
class Logits:
    """What a model says, never of clips its head was fitted on.

    Attributes:
        held: (N, Y) of train clips, each by a model made without its fold.
        new: (M, Y) of new clips.
    """

    held: FloatArray
    new: FloatArray


@dataclass(frozen=True, eq=False)
class Comparison:
    """Old clips and new ones before one model.

    Layers and heads made without a clip read it a little otherwise than those of the model, which have seen more clips.
    So what has moved is judged by new clips in folds too: each is read by the model of one fold, drawn at random, and
    where nothing has moved, old and new clips could be exchanged. What the model says of new clips is said by itself.

    Attributes:
        held: The model, and N train clips of its classes in folds.
        new: (M, D) new clips, as the model reads them.
        seed: Of the folds of the new clips.

    Raises:
        DataError: Fewer than two new clips.

    Source: ours.
    """

    held: HeldOut
    new: FloatArray
    seed: int = 0

    def __post_init__(self) -> None:
        if len(self.new) < 2:
            raise DataError(f"new clips: expected at least 2 to compare with, got {len(self.new)}; add clips")

    @property
    def model(self) -> ConceptBottleneck:
        """The model."""
        return self.held.model

    @property
    def labels(self) -> IntArray:
        """(N,) classes of the train clips."""
        return self.held.labels

    @cached_property
    def folds(self) -> IntArray:
        """(M,) fold of each new clip."""
        return share_out(self.held.folds, len(self.new), np.random.default_rng(self.seed))

    @cached_property
    def concepts(self) -> FloatArray:
        """(M, C) standardised activations of the new clips, each by the model of its fold."""
        return concepts_by_fold(self.held.fold_models, self.folds, self.new)

    def logits(self, steps: Steps = ()) -> Logits:
        """What the model says after some edits, made on the other folds each time for the train clips.

        Raises:
            DataError: An edit is impossible.
        """
        edited = apply_all(self.model, self.held.clips, steps)
        held = self.held.after(*steps)
        with one_thread():
            return Logits(held, edited.logits(self.new))


def share_out(folds: IntArray, count: int, rng: np.random.Generator) -> IntArray:
    """(count,) folds of other clips at random, each fold in proportion to its share of (N,) folds, to the clip."""
    return rng.permutation(np.sort(folds)[(2 * np.arange(count) + 1) * len(folds) // (2 * count)])
