"""Edits that make a model lean less on what has moved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from dance_xai.edit.heldout import Proposed
from dance_xai.edit.lookup import EVERY_CLASS, short_name
from dance_xai.model.bottleneck import ConceptBottleneck
from dance_xai.shift.comparison import Steps
from dance_xai.types import KINDS, IntArray, Kind

HALF = 0.5


def used_kinds(model: ConceptBottleneck) -> tuple[Kind, ...]:
    """Kinds that have a weight in the head."""
    return tuple(kind for kind in KINDS if np.any(model.head.weight[:, model.bank.columns(kind)]))


def used_pairs(model: ConceptBottleneck, kind: Kind) -> IntArray:
    """(P, 2) rows of (class, concept) of a kind that have a weight."""
    pairs = np.argwhere(model.head.weight != 0)
    return np.asarray(pairs[np.isin(pairs[:, 1], model.bank.columns(kind))])


def without(model: ConceptBottleneck, kinds: Sequence[Kind]) -> Steps | None:
    """The head solved again without some kinds; None where no other kind is used."""
    others = [kind for kind in used_kinds(model) if kind not in kinds]
    return by_kinds(others) if others else None


def by_kinds(kinds: Sequence[Kind]) -> Steps:
    """The head solved again with some kinds alone."""
    return (Proposed("resolve", {"only": list(kinds)}),)


def switched_off(model: ConceptBottleneck, kind: Kind) -> Iterator[Steps]:
    """A kind switched off, as the head is and solved again."""
    yield (Proposed("ablate", {"kinds": [kind], "concepts": []}),)
    again = without(model, [kind])
    if again is not None:
        yield again


def concepts_off(model: ConceptBottleneck, columns: IntArray) -> Iterator[Steps]:
    """Some concepts switched off, forbidden, or weighed by half."""
    names = [short_name(model.bank, int(column)) for column in columns]
    yield (Proposed("ablate", {"kinds": [], "concepts": names}),)
    yield (Proposed("resolve", {"forbid": [[EVERY_CLASS, name] for name in names]}),)
    yield _halved(model, np.argwhere((model.head.weight != 0) & np.isin(np.arange(len(model.bank)), columns)))


def pairs_off(model: ConceptBottleneck, pairs: IntArray) -> Iterator[Steps]:
    """Some concepts forbidden to some classes, or to all, or weighed by half there."""
    named = [[model.classes[row], short_name(model.bank, int(column))] for row, column in pairs]
    yield (Proposed("resolve", {"forbid": named}),)
    yield (Proposed("resolve", {"forbid": [[EVERY_CLASS, name] for name in dict.fromkeys(name for _, name in named)]}),)
    yield _halved(model, pairs)


def _halved(model: ConceptBottleneck, pairs: IntArray) -> Steps:
    named = [(model.classes[row], short_name(model.bank, int(column))) for row, column in pairs]
    given = {"change": "scale", "value": HALF}
    return tuple(Proposed("change_weight", {"label": label, "concept": name, **given}) for label, name in named)
