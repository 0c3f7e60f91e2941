"""Which kinds have moved, what moved with them, and what to do about it, from unlabelled new clips."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np

from dance_xai.shift.bonds import Bond
from dance_xai.shift.candidates import concepts_off, pairs_off, switched_off, used_kinds
from dance_xai.shift.comparison import Comparison, Logits, Steps
from dance_xai.shift.estimates import Expected, expected_accuracy
from dance_xai.shift.kinds import KindLook, contributions, fallen_apart, look
from dance_xai.shift.moves import Move
from dance_xai.shift.proposing import (
    Against,
    Opinion,
    Proposal,
    agreement,
    agreement_left,
    best_edit,
    opinion_without,
)
from dance_xai.types import Kind

LEVEL = 0.05
Moved = Literal["activations", "bonds"]


@dataclass(frozen=True)
class KindShift:
    """What has become of one kind.

    Attributes:
        kind: motion, object or scene.
        p_moved: Of its activations: that nothing has moved, by permutation.
        p_bonds: Of its means within classes, as the other kinds tell classes; None without other kinds.
        moved: ``activations``, ``bonds``, or None where nothing has surely moved. Bonds are looked at when no
            activations have moved.
        concepts: Its concepts that are called moved, of all.
        agreement: How likely the model's prediction is by the other kinds: held-out train clips, new clips.
    """

    kind: Kind
    p_moved: float
    p_bonds: float | None
    moved: Moved | None
    concepts: tuple[int, int]
    agreement: tuple[float, float] | None


@dataclass(frozen=True)
class Finding:
    """New clips beside those a model was made with.

    Attributes:
        clips: New clips compared.
        kinds: One entry per kind that the head uses.
        moves: Every concept, most moved first within its kind.
        bonds: Every weight of the head, most moved first within its kind.
        contributions: (class, kind) -> how far the kind moves the mean logit of the class.
        expected: Accuracy expected of the model as it is.
        held_out: Its accuracy on held-out train clips.
        proposals: One per kind that has moved and whose use surely harms, to choose from: the highest expected accuracy
            first.
    """

    clips: int
    kinds: tuple[KindShift, ...]
    moves: tuple[Move, ...]
    bonds: tuple[Bond, ...]
    contributions: dict[tuple[str, Kind], float]
    expected: Expected
    held_out: float
    proposals: tuple[Proposal, ...]


def find_shift(
    comparison: Comparison, rng: np.random.Generator, *, trusted: Sequence[Kind] = (), level: float = LEVEL
) -> Finding:
    """Compare new clips with held-out train clips; nothing is known of the new ones but what the model reads.

    The kinds share the level, once for activations and once for bonds. A proposal must also surely bring something, so
    that one is made for nothing far more rarely than that.

    Args:
        comparison: Old clips and new ones.
        rng: Of the permutations.
        trusted: Kinds that nothing is proposed against.
        level: Chance of calling something moved where nothing has.

    Source: ours.
    """
    before = comparison.logits()
    looks = [look(comparison, kind, rng) for kind in used_kinds(comparison.model)]
    moved = _moved(looks, level, rng)
    proposals = [_propose(comparison, each, moved, before, level) for each in looks if each.kind not in trusted]
    return Finding(
        clips=len(comparison.new),
        kinds=tuple(_summary(each, moved, before, level) for each in looks),
        moves=tuple(one for each in looks for one in each.moves),
        bonds=tuple(one for each in looks for one in each.bonds),
        contributions=contributions(comparison),
        expected=expected_accuracy(before.held, comparison.labels, before.new),
        held_out=float(np.mean(before.held.argmax(axis=1) == comparison.labels)),
        proposals=tuple(sorted((one for one in proposals if one is not None), key=lambda one: -one.expected[1])),
    )


def _moved(looks: Sequence[KindLook], level: float, rng: np.random.Generator) -> dict[Kind, Moved]:
    """Kinds that have moved; where no activations have, those whose bonds have and without which the others agree."""
    bar = level / max(len(looks), 1)
    by_activations: dict[Kind, Moved] = {each.kind: "activations" for each in looks if each.p_moved <= bar}
    if by_activations:
        return by_activations
    loose = [each for each in looks if each.opinion and each.p_bonds <= bar]
    return {each.kind: "bonds" for each in loose if _others_agree(each, looks, level, rng)}


def _others_agree(each: KindLook, looks: Sequence[KindLook], level: float, rng: np.random.Generator) -> bool:
    """Whether the other kinds agree with each other as ever; else it is one of them that has moved."""
    others = [one for one in looks if one.kind != each.kind]
    return all(fallen_apart(one, two, rng) > level for one, two in combinations(others, 2))


def _propose(
    comparison: Comparison, each: KindLook, moved: dict[Kind, Moved], before: Logits, level: float
) -> Proposal | None:
    """The best edit against a kind that has moved, judged by the kinds whose activations have not, if there are any.

    Bonds loosen on both sides: of two kinds that no longer go together, the one that costs less to give up is given up.
    """
    if each.kind not in moved:
        return None
    by_bonds = moved[each.kind] == "bonds"
    opinion = each.opinion if by_bonds else opinion_without(comparison, list(moved)) or each.opinion
    if opinion is None:
        return None
    against = Against(each.kind, opinion, agreement_left(each.alone, opinion))
    return best_edit(comparison, against, _edits(comparison, each, moved[each.kind], level), before)


def _edits(comparison: Comparison, each: KindLook, moved: Moved, level: float) -> Iterator[Steps]:
    model = comparison.model
    yield from switched_off(model, each.kind)
    if moved == "bonds":
        pairs = each.moved_pairs(level)
        yield from pairs_off(model, pairs)
        return
    columns = each.moved_columns(level)
    columns = columns[np.any(model.head.weight[:, columns] != 0, axis=0)]
    if len(columns):
        yield from concepts_off(model, columns)


def _summary(each: KindLook, moved: dict[Kind, Moved], before: Logits, level: float) -> KindShift:
    return KindShift(
        kind=each.kind,
        p_moved=each.p_moved,
        p_bonds=each.p_bonds if each.opinion else None,
        moved=moved.get(each.kind),
        concepts=(sum(one.rate <= level for one in each.moves), len(each.moves)),
        agreement=None if each.opinion is None else _agreements(before, each.opinion),
    )


def _agreements(before: Logits, opinion: Opinion) -> tuple[float, float]:
    old, new = (float(agreement(*pair).mean()) for pair in ((before.held, opinion.held), (before.new, opinion.new)))
    return old, new
