"""What a model says of train clips it has not seen, as it is and after an edit: heads fitted on the other folds."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from dance_xai.edit.clips import EditClips
from dance_xai.edit.operations import apply
from dance_xai.edit.replaying import Past
from dance_xai.errors import DataError, ShapeError, check_shape
from dance_xai.model.bottleneck import ConceptBottleneck
from dance_xai.model.head.threads import one_thread
from dance_xai.model.layer import LinearLayer
from dance_xai.types import FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class Proposed:
    """An edit by the name and arguments of its record.

    Attributes:
        operation: For example ``resolve``.
        arguments: Its plain arguments.
    """

    operation: str
    arguments: Mapping[str, Any]


def apply_all(model: ConceptBottleneck, clips: EditClips, proposed: Sequence[Proposed]) -> ConceptBottleneck:
    """The model after some edits, one after another.

    Raises:
        DataError: An edit is impossible.
    """
    for each in proposed:
        model, _ = apply(model, clips, each.operation, dict(each.arguments))
    return model


@dataclass(frozen=True, eq=False)
class HeldOut:
    """Train clips in folds; every figure of a clip comes from heads that were fitted without its fold.

    Attributes:
        model: The model that is looked into.
        ids: N train clip ids.
        concepts: (N, C) standardised activations, of layers that have not seen the clip where there are layers.
        labels: (N,) class indices of the model; every class in at least two folds.
        folds: (N,) fold of each clip.
        inputs: (N, D) what the concept layers read, so that edits may change layers, and heads are fitted, as the
            model's is, on what layers say of clips they have seen; None: layers stay, and heads are fitted on
            ``concepts``.
        models: Per fold, in their order, the model made without it (``Past.without``), where ``model`` was edited;
            empty: its head is fitted as one that has not been.

    Raises:
        ShapeError: The parts do not fit each other.
        DataError: A class whose clips all lie in one fold.

    Source: ours.
    """

    model: ConceptBottleneck
    ids: tuple[str, ...]
    concepts: FloatArray
    labels: IntArray
    folds: IntArray
    inputs: FloatArray | None = None
    models: tuple[ConceptBottleneck, ...] = ()

    def __post_init__(self) -> None:
        count = len(self.ids)
        check_shape("concept activations", self.concepts, (count, len(self.model.bank)))
        check_shape("labels", self.labels, (count,))
        check_shape("folds", self.folds, (count,))
        if self.inputs is not None:
            check_shape("inputs", self.inputs, (count, "D"))
        count = len(np.unique(self.folds))
        if len(self.models) not in (0, count):
            raise ShapeError(f"models: expected one per fold ({count}), got {len(self.models)}; make one for each")
        for row, label in enumerate(self.model.classes):
            held = np.unique(self.folds[self.labels == row])
            if len(held) < 2:
                raise DataError(
                    f"class {label!r}: expected train clips in at least 2 folds to hold one out, got {len(held)}; "
                    "add clips, or drop the class"
                )

    @property
    def _read(self) -> FloatArray:
        """(N, D) what models of the folds read: the inputs, or without them the activations themselves."""
        return self.concepts if self.inputs is None else self.inputs

    @cached_property
    def _clips(self) -> EditClips:
        labels = tuple(self.model.classes[label] for label in self.labels)
        return EditClips(self.ids, self._read, labels, np.ones(len(self.ids), dtype=bool))

    @cached_property
    def fold_models(self) -> tuple[ConceptBottleneck, ...]:
        """A model per fold, made without it, that gives its clips their held-out activations."""
        if self.models:
            return self.models if self.inputs is not None else tuple(map(_of_activations, self.models))
        reader = self.model if self.inputs is not None else _of_activations(self.model)
        past = Past(reader, self._clips, self.concepts)
        return tuple(past.without(np.flatnonzero(held)) for _, held in self.parts())

    @cached_property
    def logits(self) -> FloatArray:
        """(N, Y) of the model as it is."""
        with one_thread():
            return self._collect(self.fold_models)

    def after(self, *proposed: Proposed) -> FloatArray:
        """(N, Y) after some edits, made on the other folds each time; what was asked before is not computed again.

        Raises:
            DataError: An edit is impossible.
        """
        key = json.dumps([(each.operation, each.arguments) for each in proposed])
        if key not in self._known:
            models = [
                apply_all(model, replace(self._clips, train=rest), proposed)
                for (rest, _), model in zip(self.parts(), self.fold_models, strict=True)
            ]
            with one_thread():
                self._known[key] = self._collect(models)
        return self._known[key].copy()

    @cached_property
    def _known(self) -> dict[str, FloatArray]:
        return {}

    def parts(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """(N,) rows to fit on, and rows held out, fold by fold."""
        for fold in np.unique(self.folds):
            yield self.folds != fold, self.folds == fold

    def _collect(self, models: Sequence[ConceptBottleneck]) -> FloatArray:
        logits = np.zeros((len(self.ids), len(self.model.classes)))
        for (_, held), model in zip(self.parts(), models, strict=True):
            logits[held] = model.logits(self._read[held])
        return logits


def _of_activations(model: ConceptBottleneck) -> ConceptBottleneck:
    """The same head on activations that are given."""
    width = len(model.bank)
    layer = LinearLayer(np.eye(width), np.zeros(width))
    return replace(model, layer=layer, mean=np.zeros(width), std=np.ones(width))
