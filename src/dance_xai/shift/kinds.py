"""One kind in old and new clips: its activations, its bonds with classes, and what the other kinds say."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dance_xai.edit.lookup import short_name
from dance_xai.shift.bonds import Bond, compare_bonds
from dance_xai.shift.candidates import by_kinds, used_kinds, used_pairs
from dance_xai.shift.comparison import Comparison
from dance_xai.shift.moves import Move, compare_activations, scale
from dance_xai.shift.permuting import benjamini_hochberg, judge_permuted, permuted_signs
from dance_xai.shift.proposing import Opinion, opinion_after, opinion_without
from dance_xai.types import FloatArray, IntArray, Kind


@dataclass(frozen=True, eq=False)
class KindLook:
    """What has become of a kind.

    Attributes:
        kind: motion, object or scene.
        columns: (K,) its concepts.
        moves: K moves, in the same order.
        p_moved: That none of its activations has moved.
        pairs: (P, 2) its weights in the head, as (class, concept).
        bonds: P bonds, in the same order; none without other kinds.
        p_bonds: That none of them has moved.
        opinion: What the other kinds say; None where the head uses none.
        alone: What this kind says alone.
    """

    kind: Kind
    columns: IntArray
    moves: tuple[Move, ...]
    p_moved: float
    pairs: IntArray
    bonds: tuple[Bond, ...]
    p_bonds: float
    opinion: Opinion | None
    alone: Opinion

    def moved_columns(self, level: float) -> IntArray:
        """Concepts called moved at a false discovery rate."""
        return self.columns[[one.rate <= level for one in self.moves]]

    def moved_pairs(self, level: float) -> IntArray:
        """Weights whose bond is called moved at a false discovery rate, at least the most moved one."""
        rates = np.array([one.rate for one in self.bonds])
        return np.asarray(self.pairs[rates <= max(level, rates.min())])


def look(comparison: Comparison, kind: Kind, rng: np.random.Generator) -> KindLook:
    """Compare one kind in old and new clips."""
    columns = comparison.model.bank.columns(kind)
    moves, p_moved = _moves(comparison, kind, columns, rng)
    pairs, opinion = used_pairs(comparison.model, kind), opinion_without(comparison, [kind])
    alone = opinion_after(comparison, by_kinds([kind]))
    if opinion is None:
        return KindLook(kind, columns, moves, p_moved, pairs, (), 1.0, None, alone)
    bonds, p_bonds = bonds_of(comparison, kind, (opinion.held, opinion.new), comparison.concepts, rng)
    return KindLook(kind, columns, moves, p_moved, pairs, bonds, p_bonds, opinion, alone)


def _moves(
    comparison: Comparison, kind: Kind, columns: IntArray, rng: np.random.Generator
) -> tuple[tuple[Move, ...], float]:
    model, old, new = comparison.model, comparison.held.concepts[:, columns], comparison.concepts[:, columns]
    energy, test = compare_activations(old, new, rng)
    spread = scale(old)
    figures = zip(
        (new.mean(axis=0) - old.mean(axis=0)) / spread,
        new.std(axis=0) / spread,
        energy,
        test.p,
        benjamini_hochberg(test.p),
        np.abs(model.head.weight[:, columns]).sum(axis=0) / np.abs(model.head.weight).sum(),
        strict=True,
    )
    names = [short_name(model.bank, int(column)) for column in columns]
    return tuple(Move(kind, name, *map(float, row)) for name, row in zip(names, figures, strict=True)), test.p_any


def bonds_of(
    comparison: Comparison,
    kind: Kind,
    member: tuple[FloatArray, FloatArray],
    new: FloatArray,
    rng: np.random.Generator,
) -> tuple[tuple[Bond, ...], float]:
    """Bonds of a kind with classes, and how likely none has moved.

    Args:
        comparison: Old clips and new ones.
        kind: motion, object or scene.
        member: How likely each old, and each new, clip belongs to each class.
        new: (M, C) activations of the new clips.
        rng: Of the permutations.
    """
    model, pairs = comparison.model, used_pairs(comparison.model, kind)
    shifts, test = compare_bonds((comparison.held.concepts, member[0]), (new, member[1]), pairs, rng)
    spread = scale(comparison.held.concepts)
    found = []
    for (row, column), shift, p, rate in zip(pairs, shifts, test.p, benjamini_hochberg(test.p), strict=True):
        name, weight = short_name(model.bank, int(column)), model.head.weight[row, column]
        found.append(
            Bond(
                label=model.classes[row],
                kind=kind,
                concept=name,
                shift=float(shift / spread[column]),
                contribution=float(weight * shift),
                p=float(p),
                rate=float(rate),
            )
        )
    return tuple(found), test.p_any


def fallen_apart(one: KindLook, two: KindLook, rng: np.random.Generator) -> float:
    """How likely two kinds agree about classes in new clips as they do in old ones, against less."""
    old, new = ((a * b).sum(axis=1) for a, b in ((one.alone.held, two.alone.held), (one.alone.new, two.alone.new)))
    signs, values = permuted_signs(len(new), len(old), rng), np.concatenate([new, old])
    lost = (~signs) @ values / len(old) - signs @ values / len(new)
    return judge_permuted(lost[:, None]).p_any


def contributions(comparison: Comparison) -> dict[tuple[str, Kind], float]:
    """How far each kind moves the mean logit of each class."""
    model = comparison.model
    terms = model.head.weight * (comparison.concepts.mean(axis=0) - comparison.held.concepts.mean(axis=0))
    return {
        (label, kind): float(terms[row, model.bank.columns(kind)].sum())
        for row, label in enumerate(model.classes)
        for kind in used_kinds(model)
    }
