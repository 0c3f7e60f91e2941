"""With a few labels: edits chosen on one half of the labelled clips, measured on the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from dance_xai.errors import DataError, check_shape
from dance_xai.model.folds import stratified_folds
from dance_xai.shift.candidates import pairs_off, switched_off, used_kinds, used_pairs
from dance_xai.shift.comparison import Comparison, Steps
from dance_xai.shift.kinds import bonds_of
from dance_xai.types import BoolArray, IntArray, Kind

LEAST_LABELLED = 8
CERTAINTY = 2.33
"""Standard errors by which an edit must be better: 1 % on one side, as many are compared."""


@dataclass(frozen=True)
class Labelled:
    """An edit chosen with labels; shares of clips, 0..1.

    Attributes:
        chosen_on: Labelled clips the edit was chosen on.
        measured_on: The other labelled clips.
        steps: The edits; none where no edit is surely better on the first half.
        chosen: Accuracy on the first half before and after; too good for having been chosen there.
        measured: Accuracy on the second half before and after.
        held_out: Accuracy on held-out train clips before and after.
        tried: Edits compared.
    """

    chosen_on: int
    measured_on: int
    steps: Steps
    chosen: tuple[float, float]
    measured: tuple[float, float]
    held_out: tuple[float, float]
    tried: int


def choose_by_labels(
    comparison: Comparison,
    labels: IntArray,
    rng: np.random.Generator,
    also: tuple[Steps, ...] = (),
    *,
    trusted: Sequence[Kind] = (),
) -> Labelled:
    """Choose among edits by the labels of new clips.

    An edit is taken when it is better on the first half by 2.33 standard errors of the paired difference; which
    concepts go with other classes than before is seen on the first half too.

    Args:
        comparison: Old clips and new ones.
        labels: (M,) class indices of the new clips, -1 where unknown.
        rng: Of the halves and permutations.
        also: Further edits to compare.
        trusted: Kinds that no edit is tried against.

    Raises:
        DataError: Too few labelled clips.

    Source: ours.
    """
    check_shape("labels", labels, (len(comparison.new),))
    first, second = _halves(labels, rng)
    edits = [*_edits(comparison, labels, first, trusted, rng), *also]
    said = {number: comparison.logits(steps) for number, steps in enumerate([(), *edits])}
    right = {number: one.new.argmax(axis=1) == labels for number, one in said.items()}
    best = max(said, key=lambda number: _certain(right[0][first], right[number][first]))
    steps = () if best == 0 else edits[best - 1]
    held = [float(np.mean(said[number].held.argmax(axis=1) == comparison.labels)) for number in (0, best)]
    chosen, measured = ([float(right[number][half].mean()) for number in (0, best)] for half in (first, second))
    return Labelled(
        chosen_on=int(first.sum()),
        measured_on=int(second.sum()),
        steps=steps,
        chosen=(chosen[0], chosen[1]),
        measured=(measured[0], measured[1]),
        held_out=(held[0], held[1]),
        tried=len(edits),
    )


def _halves(labels: IntArray, rng: np.random.Generator) -> tuple[BoolArray, BoolArray]:
    rows = np.flatnonzero(labels >= 0)
    if len(rows) < LEAST_LABELLED:
        raise DataError(
            f"new clips: expected at least {LEAST_LABELLED} with a class of the model as label, got {len(rows)}; "
            "label more, or leave the labels out"
        )
    half = np.full(len(labels), -1)
    half[rows] = stratified_folds(labels[rows], 2, rng)
    return half == 0, half == 1


def _edits(
    comparison: Comparison, labels: IntArray, first: BoolArray, trusted: Sequence[Kind], rng: np.random.Generator
) -> Iterator[Steps]:
    """For each kind: off, or what goes with other classes than before forbidden and halved, most moved first."""
    model = comparison.model
    member = np.eye(len(model.classes))
    known = (member[comparison.labels], member[labels[first]])
    for kind in (each for each in used_kinds(model) if each not in trusted):
        yield from switched_off(model, kind)
        pairs = used_pairs(model, kind)
        bonds, _ = bonds_of(comparison, kind, known, comparison.concepts[first], rng)
        order = np.argsort([one.p for one in bonds], kind="stable")
        for count in (1, 3):
            yield from pairs_off(model, pairs[order[:count]])


def _certain(before: BoolArray, after: BoolArray) -> float:
    """By how much an edit is surely better; 0 for the model as it is."""
    change = after.astype(np.float64) - before
    return float(change.mean() - CERTAINTY * change.std() / np.sqrt(len(change)))
