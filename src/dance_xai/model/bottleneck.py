"""The one model class: input -> concept layer -> standardised concepts -> sparse head -> class logits.

Reading and writing belong to ``dance_xai.artifacts``, which hands its store to this class when it is imported
(``from dance_xai import ConceptBottleneck`` does that), so that this file knows no file format and no network.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar, Protocol, get_args

import numpy as np

from dance_xai.errors import ArtifactError, DataError, ShapeError, check_shape
from dance_xai.model.head import SparseHead
from dance_xai.model.layer import LinearLayer
from dance_xai.types import KINDS, Activations, ConceptBank, FloatArray, IntArray


class ModelStore(Protocol):
    """Where models are kept."""

    def save(self, model: ConceptBottleneck, folder: str | Path) -> None:
        """Write the model into a folder."""
        ...

    def load(self, source: str | Path) -> ConceptBottleneck:
        """Read the model from a folder or a hub id."""
        ...

    def push(self, model: ConceptBottleneck, repo: str, *, private: bool) -> str:
        """Upload the model and say where it lies."""
        ...


@dataclass(frozen=True, eq=False)
class ConceptBottleneck:
    """A classifier that predicts only through named concepts; ``logits == concepts @ weight.T + bias``.

    Attributes:
        bank: C concepts, motion first, then object, then scene.
        classes: Y class names.
        layer: Input -> raw activations, weight (C, D).
        mean: (C,) of the raw activations over train clips.
        std: (C,) of the raw activations over train clips, above 0.
        head: Standardised activations -> logits, weight (Y, C).
        activations: ``predicted`` (the input is a backbone feature) or ``grounded`` (the input is measured evidence).
        input_name: What the input is, for example ``videomae_b``; errors name it.

    Raises:
        ShapeError: The parts do not fit each other.
        DataError: Classes, kinds or the way of activation are not as described.

    Source: the paper, section 3 (``predicted``); ``grounded`` is ours.
    """

    bank: ConceptBank
    classes: tuple[str, ...]
    layer: LinearLayer
    mean: FloatArray
    std: FloatArray
    head: SparseHead
    activations: Activations
    input_name: str

    store: ClassVar[ModelStore | None] = None

    def __post_init__(self) -> None:
        concepts, classes = len(self.bank), len(self.classes)
        check_shape("layer.weight", self.layer.weight, (concepts, "D"))
        check_shape("layer.bias", self.layer.bias, (concepts,))
        check_shape("mean", self.mean, (concepts,))
        check_shape("std", self.std, (concepts,))
        check_shape("head.weight", self.head.weight, (classes, concepts))
        check_shape("head.bias", self.head.bias, (classes,))
        if not (self.std > 0).all():
            raise ShapeError(
                f"std: expected values above 0, got {self.std.min()} at concept {int(self.std.argmin())}; "
                "use 1 for a constant concept"
            )
        _check_names(self)

    @property
    def dimension(self) -> int:
        """Width D of the input."""
        return int(self.layer.weight.shape[1])

    def concepts(self, x: FloatArray) -> FloatArray:
        """(N, D) inputs -> (N, C) standardised activations; 0 is the train mean.

        Raises:
            ShapeError: ``x`` is not (N, D), not numbers, or not finite.
        """
        values = np.asarray(x)
        if values.dtype.kind not in "fiub":
            raise ShapeError(f"{self.input_name}: expected numbers, got dtype {values.dtype}; pass the feature array")
        check_shape(self.input_name, values, ("N", self.dimension))
        raw = self.layer(values.astype(np.float64, copy=False))  # (N, C)
        return np.asarray((raw - self.mean) / self.std, dtype=np.float64)

    def logits(self, x: FloatArray) -> FloatArray:
        """(N, D) inputs -> (N, Y) class logits."""
        return np.asarray(self.concepts(x) @ self.head.weight.T + self.head.bias, dtype=np.float64)

    def probabilities(self, x: FloatArray) -> FloatArray:
        """(N, D) inputs -> (N, Y) softmax probabilities, rows summing to 1."""
        logits = self.logits(x)
        odds = np.exp(logits - logits.max(axis=1, keepdims=True))
        return np.asarray(odds / odds.sum(axis=1, keepdims=True), dtype=np.float64)

    def predict(self, x: FloatArray) -> IntArray:
        """(N, D) inputs -> (N,) class indices."""
        return np.asarray(self.logits(x).argmax(axis=1))

    def with_head(self, head: SparseHead) -> ConceptBottleneck:
        """The same model with another head."""
        return replace(self, head=head)

    def save_pretrained(self, folder: str | Path) -> None:
        """Write the model into a folder, atomically; an earlier model there is replaced.

        Raises:
            ArtifactError: The folder holds something else, or cannot be written.
        """
        _store(self).save(self, folder)

    @classmethod
    def from_pretrained(cls, source: str | Path) -> ConceptBottleneck:
        """Read a model from a model folder, a RUN, or a hub id such as ``owner/name``.

        Raises:
            ArtifactError: Nothing there, damaged, or newer than this version.
            MissingExtraError: A hub id without the extra ``hf``.
        """
        return _store(cls).load(source)

    def push_to_hub(self, repo: str, *, private: bool = False) -> str:
        """Upload the model to a hub repository such as ``owner/name`` and return its address.

        Raises:
            ArtifactError: The upload failed.
            MissingExtraError: The extra ``hf`` is not installed.
        """
        return _store(self).push(self, repo, private=private)


def _store(owner: ConceptBottleneck | type[ConceptBottleneck]) -> ModelStore:
    if owner.store is None:
        raise ArtifactError("expected a model store, got none; use: from dance_xai import ConceptBottleneck")
    return owner.store


def _check_names(model: ConceptBottleneck) -> None:
    if len(set(model.classes)) != len(model.classes):
        raise DataError(f"classes: expected different names, got {model.classes}; rename one")
    order = [KINDS.index(concept.kind) for concept in model.bank.concepts]
    if order != sorted(order):
        raise DataError("bank: expected motion, then object, then scene concepts, got them mixed; sort the bank")
    if model.activations not in get_args(Activations):
        raise DataError(f"activations: expected one of {get_args(Activations)}, got {model.activations!r}; choose one")
