"""What a class or a concept means to the model as a whole."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from dance_xai.errors import DataError
from dance_xai.explain.terms import ConceptModel, class_index, shares
from dance_xai.types import ConceptBank, FloatArray, Kind


@dataclass(frozen=True)
class ClassTerm:
    """One concept a class uses.

    Attributes:
        concept: Column in the bank.
        kind: motion, object or scene.
        name: Name of the concept.
        weight: W[k, j], not 0.
        activation: Mean standardised activation over the given clips, None without clips.
        contribution: Mean contribution over the given clips, None without clips.
    """

    concept: int
    kind: Kind
    name: str
    weight: float
    activation: float | None = None
    contribution: float | None = None


@dataclass(frozen=True)
class ClassSummary:
    """How the model recognises one class.

    Attributes:
        label: Class name.
        bias: Class bias.
        terms: Concepts with a non-zero weight; largest mean contribution in size first (largest weight without clips).
        shares: Share per kind of the mean absolute contributions (of the absolute weights without clips).
        clips: Clips averaged over, 0 without.
        logit: Mean logit over the clips: ``bias + sum of mean contributions``; None without clips.
    """

    label: str
    bias: float
    terms: tuple[ClassTerm, ...]
    shares: dict[Kind, float]
    clips: int = 0
    logit: float | None = None


@dataclass(frozen=True)
class ConceptSummary:
    """What one concept does in the model.

    Attributes:
        concept: Column in the bank.
        kind: motion, object or scene.
        name: Name of the concept.
        weights: (class name, weight) of the classes that use it, largest absolute weight first.
        strongest: (row of the given clips, activation) of the clips that have it most, strongest first.
        size: Train windows in the cluster (motion).
        clips: Train clips that have the concept (motion).
        spread: Mean distance of the members to the centre (motion).
        quality: Figures measured on train folds.
    """

    concept: int
    kind: Kind
    name: str
    weights: tuple[tuple[str, float], ...]
    strongest: tuple[tuple[int, float], ...] = ()
    size: int | None = None
    clips: int | None = None
    spread: float | None = None
    quality: dict[str, float] = field(default_factory=dict)


def explain_class(model: ConceptModel, label: str, *, x: FloatArray | None = None) -> ClassSummary:
    """Explain what a class is to the model.

    Args:
        model: Concepts, classes and a linear head.
        label: Class name.
        x: (N, D) inputs of the clips to average over, for example the test clips of the class; None for weights only.

    Raises:
        DataError: No such class.
        ShapeError: ``x`` does not fit the model.
    """
    k = class_index(model.classes, label)
    weight, bias = model.head.weight[k], float(model.head.bias[k])
    used = np.flatnonzero(weight)
    if x is None or len(x) == 0:
        terms = [_term(model.bank, int(j), weight) for j in used]
        return ClassSummary(label, bias, _by_size(terms), shares((term.kind, term.weight) for term in terms))
    activation = model.concepts(x)  # (N, C)
    mean, size = activation.mean(axis=0), np.abs(activation * weight).mean(axis=0)
    terms = [_term(model.bank, int(j), weight, mean) for j in used]
    share = shares((model.bank.concepts[j].kind, float(size[j])) for j in used)
    return ClassSummary(label, bias, _by_size(terms), share, len(x), bias + float(weight @ mean))


def explain_concept(
    model: ConceptModel, concept: int | str, *, x: FloatArray | None = None, top: int = 5
) -> ConceptSummary:
    """Explain what a concept does.

    Args:
        model: Concepts, classes and a linear head.
        concept: Column in the bank, or the name of a concept.
        x: (N, D) inputs of clips to look for the strongest activations in.
        top: How many of them to name, at least 0.

    Raises:
        DataError: No such concept.
        ShapeError: ``x`` does not fit the model.
    """
    j = _concept_index(model.bank, concept)
    weight = model.head.weight[:, j]
    order = np.argsort(-np.abs(weight), kind="stable")[: np.count_nonzero(weight)]
    one = model.bank.concepts[j]
    return ConceptSummary(
        concept=j,
        kind=one.kind,
        name=one.name,
        weights=tuple((model.classes[k], float(weight[k])) for k in order),
        strongest=() if x is None or len(x) == 0 else _strongest(model.concepts(x)[:, j], top),
        size=one.size,
        clips=one.clips,
        spread=one.spread,
        quality=dict(one.quality),
    )


def _term(bank: ConceptBank, j: int, weight: FloatArray, mean: FloatArray | None = None) -> ClassTerm:
    concept = bank.concepts[j]
    term = ClassTerm(j, concept.kind, concept.name, float(weight[j]))
    if mean is None:
        return term
    return ClassTerm(j, concept.kind, concept.name, term.weight, float(mean[j]), float(weight[j] * mean[j]))


def _by_size(terms: list[ClassTerm]) -> tuple[ClassTerm, ...]:
    def size(term: ClassTerm) -> float:
        return abs(term.weight if term.contribution is None else term.contribution)

    return tuple(sorted(terms, key=lambda term: (-size(term), term.concept)))


def _strongest(activation: FloatArray, top: int) -> tuple[tuple[int, float], ...]:
    rows = np.argsort(-activation, kind="stable")[:top]
    return tuple((int(row), float(activation[row])) for row in rows)


def _concept_index(bank: ConceptBank, concept: int | str) -> int:
    if isinstance(concept, int | np.integer) and 0 <= concept < len(bank):
        return int(concept)
    if isinstance(concept, str) and concept in bank.names:
        return bank.names.index(concept)
    raise DataError(
        f"concept: expected a name in the bank or a column in 0..{len(bank) - 1}, got {concept!r}; list the bank"
    )
