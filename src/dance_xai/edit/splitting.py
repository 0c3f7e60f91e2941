"""Split a motion concept in two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dance_xai.edit.clips import EditClips
from dance_xai.edit.lookup import find_concept, free_name, short_name
from dance_xai.edit.parts import Column, columns_of, record, with_columns
from dance_xai.errors import DataError
from dance_xai.model.bottleneck import ConceptBottleneck
from dance_xai.model.head.threads import one_thread
from dance_xai.types import Concept, Edit, FloatArray

STRENGTHS = np.geomspace(1e-3, 1e2, 11)
LEAST_VARIANCE = 1e-2


@dataclass(frozen=True, eq=False)
class Divide:
    """Tells the clips of two halves apart: ``x @ weight + bias`` are log-odds of the first half.

    Attributes:
        weight: (D,).
        bias: A number.
    """

    weight: FloatArray
    bias: float


def split(
    model: ConceptBottleneck,
    clips: EditClips,
    *,
    concept: str,
    halves: Sequence[Sequence[str]],
    names: Sequence[str] | None = None,
) -> tuple[ConceptBottleneck, Edit]:
    """Put two concepts in the place of a motion concept that shows two movements.

    Each half is the concept plus or minus half the log-odds that tell the clips of the halves apart. The weights of
    each class are shared so that the model predicts as before (to rounding) until they are changed.

    Args:
        model: The model, unchanged; with predicted activations.
        clips: Clips to learn from.
        concept: Name of a motion concept.
        halves: Ids of train clips that show the first movement, and of others that show the second; at least 2 each.
        names: Of the halves; by default the old name with a and b.

    Raises:
        DataError: Not such a concept, too few clips, other clips than train clips, or halves that look alike.

    Source: ours.
    """
    at = find_concept(model.bank, concept)
    columns = columns_of(model)
    parent = columns[at]
    _check(model, parent.concept, halves)
    clips.require_train([clip for half in halves for clip in half], f"split {concept!r}")
    first, second = names or [f"{parent.concept.name} {letter}" for letter in "ab"]
    same_kind = [one.concept.name for one in columns if one.concept.kind == "motion" and one is not parent]
    free_name(same_kind, first, "concept")
    free_name([*same_kind, first], second, "concept")
    ids = [list(half) for half in halves]
    edit = record(model, "split", concept=short_name(model.bank, at), halves=ids, names=[first, second])
    with one_thread():
        divide = _tell_apart(clips.inputs[clips.rows([*ids[0], *ids[1]])], len(ids[0]), concept)
        train = clips.inputs[clips.training(model)[0]]
        columns[at : at + 1] = [
            _half(parent, divide, sign, _described(parent.concept, name, half, clips), train)
            for sign, name, half in ((0.5, first, ids[0]), (-0.5, second, ids[1]))
        ]
    return with_columns(model, columns), edit


def _check(model: ConceptBottleneck, concept: Concept, halves: Sequence[Sequence[str]]) -> None:
    if concept.kind != "motion":
        raise DataError(
            f"split {concept.name!r}: expected a motion concept, got a phrase ({concept.kind}), which has no windows "
            "to divide; put two phrases in its place and fit again"
        )
    if model.activations == "grounded":
        raise DataError(
            f"split {concept.name!r}: expected predicted activations, got measured ones, which follow their windows; "
            "fit again with more clusters"
        )
    if len(halves) != 2 or min(len(half) for half in halves) < 2:
        raise DataError(
            f"split {concept.name!r}: expected two halves of at least 2 clips, got {[len(half) for half in halves]}; "
            "name more clips"
        )


def _tell_apart(x: FloatArray, first: int, name: str) -> Divide:
    """Ridge regression to +1 and -1, its strength and its scale from what it says of clips left out."""
    x = x.astype(np.float64)
    sign = np.where(np.arange(len(x)) < first, 1.0, -1.0)
    mean = x.mean(axis=0)
    kernel = (x - mean) @ (x - mean).T
    unit = max(float(np.trace(kernel)) / len(x), 1e-12)
    spectrum = np.linalg.eigh(kernel + unit)  # the constant lets a bias in
    looks = [_leave_one_out(*spectrum, sign, strength * unit) for strength in STRENGTHS]
    dual, held_out = min(looks, key=lambda look: float(((sign - look[1]) ** 2).sum()))
    agreement = float((sign * held_out).mean())
    if agreement <= 0 or (np.sign(held_out) == sign).mean() <= 0.5:
        raise DataError(f"split {name!r}: expected halves that the inputs tell apart, got none; choose other clips")
    scale = 2 * agreement / max(float((held_out - agreement * sign).var()), LEAST_VARIANCE)
    weight = scale * (dual @ (x - mean))
    return Divide(weight, float(scale * unit * dual.sum() - weight @ mean))


def _leave_one_out(
    values: FloatArray, vectors: FloatArray, sign: FloatArray, strength: float
) -> tuple[FloatArray, FloatArray]:
    """(n,) dual coefficients of kernel ridge regression, and what it says of each row when that is left out."""
    inverse = (vectors / (values + strength)) @ vectors.T
    dual = inverse @ sign
    return dual, sign - dual / np.diag(inverse)


def _half(parent: Column, divide: Divide, sign: float, concept: Concept, train: FloatArray) -> Column:
    """Means lie as far above and below the parent's as the halves do, so that the two sum up to it."""
    weight, bias = parent.weight + sign * divide.weight, parent.bias + sign * divide.bias
    mean = parent.mean + sign * float((train @ divide.weight + divide.bias).mean())
    spread = float((train @ weight + bias).std())
    std = spread if spread > 1e-9 else 1.0
    return Column(concept, weight, bias, mean, std, parent.use * (std / (2 * parent.std)))


def _described(parent: Concept, name: str, half: Sequence[str], clips: EditClips) -> Concept:
    """What is known of a half: its clips, its members, and the prototype if it is one of them."""
    shown = parent.prototype if parent.prototype is not None and parent.prototype.clip in half else None
    members = parent.members
    if members is not None:
        members = members[np.isin(members[:, 0], clips.rows(half))]
    return Concept("motion", name, clips=len(half), prototype=shown, members=members)
