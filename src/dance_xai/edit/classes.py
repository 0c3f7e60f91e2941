"""Add a class from a few clips, drop a class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from dance_xai.edit.clips import EditClips
from dance_xai.edit.lookup import find_class, free_name
from dance_xai.edit.newcomer import Newcomer, fit_newcomer
from dance_xai.edit.parts import by_hand, finite, record
from dance_xai.errors import DataError
from dance_xai.model.bottleneck import ConceptBottleneck
from dance_xai.model.head.threads import one_thread
from dance_xai.types import Edit

MOST_WEIGHTS = 10


def add_class(
    model: ConceptBottleneck,
    clips: EditClips,
    *,
    label: str,
    ids: Sequence[str],
    most: int = MOST_WEIGHTS,
    lam: float | None = None,
) -> tuple[ConceptBottleneck, Edit]:
    """Add a class from a few clips; the weights of all other classes stay bit for bit.

    The new row minimises the cross entropy of the given clips and of the train clips of all other classes, their
    logits held fixed, under the penalty of the head. The given clips weigh as much as an average class.

    Args:
        model: The model, unchanged.
        clips: Clips to learn from.
        label: Name of the new class.
        ids: Clips of the new class, whatever they were labelled before.
        most: Weights the new class may have.
        lam: Strength of the penalty; by default chosen on inner folds of the given clips. Where it needs more than
            ``most`` weights, the weakest on the way to it that does not; the record says which.

    Raises:
        DataError: A class of that name, no clips, unknown clips, or no train clips of the other classes.
        SolverError: The optimum was not reached.

    Source: ours; adding classes as in the paper.
    """
    free_name(model.classes, label, "class")
    if not ids:
        raise DataError(f"class {label!r}: expected clips to learn from, got none; name some")
    if most < 1:
        raise DataError(f"class {label!r}: expected at least 1 weight, got {most}; allow more")
    new = clips.rows(ids)
    rows, _ = clips.training(model)
    rows = np.setdiff1d(rows, new)
    if not len(rows):
        raise DataError(f"class {label!r}: expected train clips of the other classes beside it, got none; keep some")
    together = clips.inputs[np.concatenate([rows, new])]
    with one_thread():
        concepts = model.concepts(together)
        logits = concepts @ model.head.weight.T + model.head.bias
        repeat = max(1, round(len(rows) / len(model.classes) / len(new)))
        is_new = np.arange(len(concepts)) >= len(rows)
        problem = Newcomer(concepts, np.logaddexp.reduce(logits, axis=1), is_new, repeat, model.head.alpha)
        row = fit_newcomer(problem, most, None if lam is None else finite(lam, "lam"))
    head = by_hand(model.head, np.vstack([model.head.weight, row.weight]), np.append(model.head.bias, row.bias))
    given = {} if lam is None else {"lam": row.lam}  # of a path that ``most`` stopped early, the last one
    edit = record(model, "add_class", label=label, ids=list(ids), most=most, **given)
    return replace(model, classes=(*model.classes, label), head=head), edit


def drop_class(model: ConceptBottleneck, *, label: str) -> tuple[ConceptBottleneck, Edit]:
    """Take a class out of the model; the weights of all others stay bit for bit.

    Raises:
        DataError: No such class, or fewer than two would remain.

    Source: ours.
    """
    at = find_class(model, label)
    if len(model.classes) < 3:
        raise DataError(f"class {label!r}: expected at least two classes to remain, got one; add a class first")
    classes = (*model.classes[:at], *model.classes[at + 1 :])
    head = by_hand(model.head, np.delete(model.head.weight, at, axis=0), np.delete(model.head.bias, at))
    return replace(model, classes=classes, head=head), record(model, "drop_class", label=label)
