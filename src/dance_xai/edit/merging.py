"""Merge two concepts into one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dance_xai.edit.clips import EditClips
from dance_xai.edit.lookup import find_concept, free_name, short_name
from dance_xai.edit.parts import Column, columns_of, record, with_columns
from dance_xai.errors import DataError
from dance_xai.model.bottleneck import ConceptBottleneck
from dance_xai.model.head.threads import one_thread
from dance_xai.types import Concept, Edit


def merge(
    model: ConceptBottleneck, clips: EditClips, *, first: str, second: str, name: str
) -> tuple[ConceptBottleneck, Edit]:
    """Put one concept in the place of two of the same kind: its activation is their standardised sum.

    A class weighs it so that its contribution is the mean weight of the two times the sum of their activations: a
    class that weighed both alike predicts as before.

    Args:
        model: The model, unchanged.
        clips: Train clips, over which the sum is standardised.
        first: Name of a concept; the merged one takes its place.
        second: Name of another.
        name: Name of the merged one; it may be one of the two.

    Raises:
        DataError: No such concept, different kinds, or a name that is taken.

    Source: ours.
    """
    a, b = (find_concept(model.bank, each) for each in (first, second))
    columns = columns_of(model)
    one, two = columns[a], columns[b]
    if a == b:
        raise DataError(f"merge: expected two different concepts, got {first!r} twice; name another")
    if one.concept.kind != two.concept.kind:
        raise DataError(
            f"merge: expected two concepts of one kind, got {one.concept.kind} and {two.concept.kind}; choose others"
        )
    same_kind = [each.concept.name for each in columns if each.concept.kind == one.concept.kind]
    free_name([taken for taken in same_kind if taken not in (one.concept.name, two.concept.name)], name, "concept")
    names = [short_name(model.bank, at) for at in (a, b)]
    edit = record(model, "merge", first=names[0], second=names[1], name=name)
    columns[a] = _sum(one, two, name, _spread(model, clips, a, b))
    del columns[b]
    return with_columns(model, columns), edit


def _spread(model: ConceptBottleneck, clips: EditClips, a: int, b: int) -> float:
    """Standard deviation over train clips of the sum of two activations; 1 where it does not vary."""
    rows, _ = clips.training(model)
    with one_thread():
        spread = float(model.concepts(clips.inputs[rows])[:, [a, b]].sum(axis=1).std()) if len(rows) else 1.0
    return spread if spread > 1e-9 else 1.0


def _sum(one: Column, two: Column, name: str, spread: float) -> Column:
    return Column(
        _joined(one.concept, two.concept, name),
        one.weight / one.std + two.weight / two.std,
        one.bias / one.std + two.bias / two.std,
        one.mean / one.std + two.mean / two.std,
        spread,
        (one.use + two.use) * (spread / 2),
    )


def _joined(one: Concept, two: Concept, name: str) -> Concept:
    larger = one if (one.size or 0) >= (two.size or 0) else two
    size = None if one.size is None or two.size is None else one.size + two.size
    members = None if one.members is None or two.members is None else np.concatenate([one.members, two.members])
    return replace(larger, name=name, size=size, clips=None, spread=None, members=members, quality={})
