"""What a model says of train clips it has not seen, as it is and after an edit: heads fitted on the other folds."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from dance_xai.edit.clips import EditClips
from dance_xai.edit.operations import apply
from dance_xai.edit.replaying import Past
from dance_xai.errors import DataError, ShapeError, check_shape
from dance_xai.model.bottleneck import ConceptBottleneck
from dance_xai.model.head.threads import one_thread
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
    """Train clips in folds; every figure of a clip comes from a model made without its fold.

    Attributes:
        model: The model that is looked into.
        clips: N train clips of its classes; every class in at least two folds.
        folds: (N,) fold of each clip.
        models: Per fold the model made without it, with layers that have not seen it where there are such; empty for a
            model that was not edited and whose layers have learnt nothing: it differs in its head alone.

    Raises:
        ShapeError: The parts do not fit each other.
        DataError: A class whose clips all lie in one fold.

    Source: ours.
    """

    model: ConceptBottleneck
    clips: EditClips
    folds: IntArray
    models: Mapping[int, ConceptBottleneck] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_shape("labels of train clips", self.labels, (len(self.ids),))
        check_shape("folds", self.folds, (len(self.ids),))
        names = set(np.unique(self.folds).tolist())
        if self.models and set(self.models) != names:
            raise ShapeError(f"models: expected one per fold {sorted(names)}, got {sorted(self.models)}; make one each")
        for row, label in enumerate(self.model.classes):
            held = np.unique(self.folds[self.labels == row])
            if len(held) < 2:
                raise DataError(
                    f"class {label!r}: expected train clips in at least 2 folds to hold one out, got {len(held)}; "
                    "add clips, or drop the class"
                )

    @property
    def ids(self) -> tuple[str, ...]:
        """N clip ids."""
        return self.clips.ids

    @cached_property
    def labels(self) -> IntArray:
        """(N,) class indices of the model."""
        return self.clips.training(self.model)[1]

    @cached_property
    def fold_models(self) -> Mapping[int, ConceptBottleneck]:
        """Per fold a model made without it."""
        if self.models:
            return self.models
        past = Past(self.model, self.clips)
        return {int(fold): past.without(np.flatnonzero(self.folds == fold)) for fold in np.unique(self.folds)}

    @cached_property
    def concepts(self) -> FloatArray:
        """(N, C) standardised activations, each clip's by the model made without it."""
        return concepts_by_fold(self.fold_models, self.folds, self.clips.inputs)

    @cached_property
    def logits(self) -> FloatArray:
        """(N, Y) of the model as it is."""
        return logits_by_fold(self.fold_models, self.folds, self.clips.inputs)

    def after(self, *proposed: Proposed) -> FloatArray:
        """(N, Y) after some edits, made on the other folds each time; what was asked before is not computed again.

        Raises:
            DataError: An edit is impossible.
        """
        key = json.dumps([(each.operation, each.arguments) for each in proposed])
        if key not in self._known:
            models = {
                fold: apply_all(model, replace(self.clips, train=self.folds != fold), proposed)
                for fold, model in self.fold_models.items()
            }
            self._known[key] = logits_by_fold(models, self.folds, self.clips.inputs)
        return self._known[key].copy()

    @cached_property
    def _known(self) -> dict[str, FloatArray]:
        return {}


def concepts_by_fold(models: Mapping[int, ConceptBottleneck], folds: IntArray, inputs: FloatArray) -> FloatArray:
    """(N, C) standardised activations of (N, D) inputs, each row's by the model of its fold."""
    found = np.empty((len(folds), len(next(iter(models.values())).bank)))
    for fold, model in models.items():
        found[folds == fold] = model.concepts(inputs[folds == fold])
    return found


def logits_by_fold(models: Mapping[int, ConceptBottleneck], folds: IntArray, inputs: FloatArray) -> FloatArray:
    """(N, Y) logits of (N, D) inputs, each row's by the model of its fold."""
    found = np.empty((len(folds), len(next(iter(models.values())).classes)))
    with one_thread():
        for fold, model in models.items():
            found[folds == fold] = model.logits(inputs[folds == fold])
    return found
