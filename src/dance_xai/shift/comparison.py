"""A model, the train clips it was made with, each held out once, and new clips."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from dance_xai.edit import EditClips
from dance_xai.edit.operations import apply
from dance_xai.errors import DataError, check_shape
from dance_xai.model.bottleneck import ConceptBottleneck
from dance_xai.model.head import SparseHead, fit_head
from dance_xai.model.head.threads import one_thread
from dance_xai.model.layer import LinearLayer
from dance_xai.types import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class Step:
    """One edit by the name and arguments of its record.

    Attributes:
        operation: For example ``ablate``.
        arguments: Its plain arguments.
    """

    operation: str
    arguments: Mapping[str, Any]


Steps = Sequence[Step]


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

    Raises:
        ShapeError: The parts do not fit each other.
        DataError: A class whose clips all lie in one fold, or fewer than two new clips.
    """

    model: ConceptBottleneck
    train: EditClips
    held: FloatArray
    folds: IntArray
    new: FloatArray

    def __post_init__(self) -> None:
        check_shape("concept activations", self.held, (len(self.train.ids), len(self.model.bank)))
        check_shape("folds", self.folds, (len(self.train.ids),))
        if len(self.new) < 2:
            raise DataError(f"new clips: expected at least 2 to compare with, got {len(self.new)}; add clips")
        for row, label in enumerate(self.model.classes):
            if len(np.unique(self.folds[self.labels == row])) < 2:
                raise DataError(f"class {label!r}: expected train clips in at least 2 folds, got fewer; add clips")

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
        edited = _after(self.model, self.train, steps)
        held = np.zeros((len(self.held), len(self.model.classes)))
        for (rest, out), head in zip(self._parts(), self._heads, strict=True):
            model = _after(self._reader.with_head(head), replace(self._seen, train=rest), steps)
            with one_thread():
                held[out] = model.logits(self.held[out])
        with one_thread():
            return Logits(held, edited.logits(self.new))

    @cached_property
    def _seen(self) -> EditClips:
        return replace(self.train, inputs=self.held)

    @cached_property
    def _reader(self) -> ConceptBottleneck:
        """The same model, reading activations in place of inputs."""
        width = len(self.model.bank)
        layer = LinearLayer(np.eye(width), np.zeros(width))
        return replace(self.model, layer=layer, mean=np.zeros(width), std=np.ones(width))

    @cached_property
    def _heads(self) -> tuple[SparseHead, ...]:
        """A head per fold, fitted on the other folds; one changed by hand may use what it uses."""
        head = self.model.head
        used = None if np.isfinite(head.kkt) else head.weight != 0
        given: dict[str, Any] = {"lam": head.lam, "alpha": head.alpha, "n_classes": len(self.model.classes)}
        return tuple(
            fit_head(self.held[rest], self.labels[rest], allowed=used, init=head, **given) for rest, _ in self._parts()
        )

    def _parts(self) -> Iterator[tuple[BoolArray, BoolArray]]:
        for fold in np.unique(self.folds):
            yield self.folds != fold, self.folds == fold


def _after(model: ConceptBottleneck, clips: EditClips, steps: Steps) -> ConceptBottleneck:
    for step in steps:
        model, _ = apply(model, clips, step.operation, dict(step.arguments))
    return model
