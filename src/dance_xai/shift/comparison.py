"""A model, the train clips it was made with, each held out once, and new clips."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from dance_xai.edit import EditClips
from dance_xai.edit.heldout import HeldOut, Proposed, apply_all
from dance_xai.errors import DataError, check_shape
from dance_xai.model.bottleneck import ConceptBottleneck
from dance_xai.model.head.threads import one_thread
from dance_xai.types import FloatArray, IntArray

Steps: TypeAlias = Sequence[Proposed]
"""Edits, one after another."""


@dataclass(frozen=True, eq=False)
class Logits:
    """What a model says, never of clips its head was fitted on.

    Attributes:
        held: (N, Y) of train clips, each by a head fitted without its fold.
        new: (M, Y) of new clips.
    """

    held: FloatArray
    new: FloatArray


@dataclass(frozen=True, eq=False)
class Comparison:
    """Old clips and new ones before one model.

    Attributes:
        model: The model.
        train: N train clips of its classes, as it reads them.
        held: (N, C) their standardised activations, of layers that have not seen the clip where there are layers.
        folds: (N,) fold of each train clip.
        new: (M, D) new clips, as the model reads them.
        models: Per fold the model made without it, where it was edited, as for ``HeldOut``.

    Raises:
        ShapeError: The parts do not fit each other.
        DataError: A class whose clips all lie in one fold, or fewer than two new clips.
    """

    model: ConceptBottleneck
    train: EditClips
    held: FloatArray
    folds: IntArray
    new: FloatArray
    models: tuple[ConceptBottleneck, ...] = ()

    def __post_init__(self) -> None:
        check_shape("concept activations", self.held, (len(self.train.ids), len(self.model.bank)))
        check_shape("folds", self.folds, (len(self.train.ids),))
        if len(self.new) < 2:
            raise DataError(f"new clips: expected at least 2 to compare with, got {len(self.new)}; add clips")
        _ = self._held_out  # checks the folds

    @cached_property
    def labels(self) -> IntArray:
        """(N,) classes of the train clips."""
        _, labels = self.train.training(self.model)
        check_shape("labels", labels, (len(self.train.ids),))
        return labels

    @cached_property
    def concepts(self) -> FloatArray:
        """(M, C) standardised activations of the new clips."""
        return self.model.concepts(self.new)

    def logits(self, steps: Steps = ()) -> Logits:
        """What the model says after some edits, made on the other folds each time for the train clips.

        Raises:
            DataError: An edit is impossible.
        """
        edited = apply_all(self.model, self.train, steps)
        held = self._held_out.after(*steps)
        with one_thread():
            return Logits(held, edited.logits(self.new))

    @cached_property
    def _held_out(self) -> HeldOut:
        return HeldOut(self.model, self.train.ids, self.held, self.labels, self.folds, models=self.models)
