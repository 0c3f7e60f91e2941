"""Concepts whose effect differs between subgroups: another person, view or source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from dance_xai.edit.lookup import short_name
from dance_xai.errors import check_shape
from dance_xai.model.bottleneck import ConceptBottleneck
from dance_xai.types import FloatArray, IntArray, Kind

LEAST_CLIPS = 3
LEAST_VARIANCE = 1e-12


@dataclass(frozen=True)
class GroupEffect:
    """What a concept does in one subgroup.

    Attributes:
        group: The subgroup.
        clips: Clips of the class in it.
        effect: How much the concept lifts the class: its mean contribution to the class's logit over clips of the
            class, less that over clips of other classes.
    """

    group: str
    clips: int
    effect: float


@dataclass(frozen=True)
class UnevenConcept:
    """A concept whose effect on a class depends on the subgroup.

    Attributes:
        attribute: What tells the subgroups apart, for example ``subject``.
        label: The class.
        kind: motion, object or scene.
        concept: Its name, ``kind:name`` where two kinds share it.
        effects: Per subgroup with enough clips, largest effect first.
        chance: How often so large a difference would come by chance if there were none; corrected for the number of
            concepts, classes and attributes compared.
    """

    attribute: str
    label: str
    kind: Kind
    concept: str
    effects: tuple[GroupEffect, ...]
    chance: float


def uneven_concepts(
    model: ConceptBottleneck,
    concepts: FloatArray,
    labels: IntArray,
    attributes: Mapping[str, Sequence[str | None]],
    *,
    level: float = 0.05,
) -> tuple[UnevenConcept, ...]:
    """Find concepts whose effect on a class differs between subgroups, the surest first.

    Args:
        model: The model.
        concepts: (N, C) standardised activations of train clips.
        labels: (N,) class indices.
        attributes: Per attribute the N subgroups of the clips, None where unknown.
        level: Largest chance that is reported.

    Raises:
        ShapeError: Arrays that do not fit together.

    Source: ours; an F test of equal effects, Holm's correction (1979).
    """
    check_shape("concept activations", concepts, (len(labels), len(model.bank)))
    found = []
    for attribute, groups in attributes.items():
        check_shape(attribute, np.zeros(len(groups)), (len(labels),))
        names = np.array([group or "" for group in groups])
        for label, column in np.argwhere(model.head.weight):
            terms = model.head.weight[label, column] * concepts[:, column]
            one = _compare(terms, labels == label, names)
            if one is not None:
                kind, name = model.bank.concepts[column].kind, short_name(model.bank, int(column))
                found.append(UnevenConcept(attribute, model.classes[label], kind, name, *one))
    return _corrected(found, level)


def _compare(terms: FloatArray, own: np.ndarray, names: np.ndarray) -> tuple[tuple[GroupEffect, ...], float] | None:
    """Effects per subgroup and the chance of their differences; None without two subgroups to compare."""
    from scipy.stats import f

    parts = {group: (terms[(names == group) & own], terms[(names == group) & ~own]) for group in set(names) - {""}}
    parts = {group: pair for group, pair in sorted(parts.items()) if min(map(len, pair)) >= LEAST_CLIPS}
    if len(parts) < 2:
        return None
    inside, outside = (_variance([pair[side] for pair in parts.values()]) for side in (0, 1))
    weight = 1 / np.maximum([inside / len(one) + outside / len(two) for one, two in parts.values()], LEAST_VARIANCE)
    values = np.array([one.mean() - two.mean() for one, two in parts.values()])
    statistic = float((weight * (values - np.average(values, weights=weight)) ** 2).sum()) / (len(parts) - 1)
    effects = [
        GroupEffect(group, len(parts[group][0]), float(value)) for group, value in zip(parts, values, strict=True)
    ]
    rest = sum(len(one) for one, _ in parts.values()) - len(parts)
    return tuple(sorted(effects, key=lambda one: -one.effect)), float(f.sf(statistic, len(parts) - 1, rest))


def _variance(parts: Sequence[FloatArray]) -> float:
    """Within groups, the same for all of them."""
    count = sum(len(part) for part in parts) - len(parts)
    return float(sum(((part - part.mean()) ** 2).sum() for part in parts) / count)


def _corrected(found: list[UnevenConcept], level: float) -> tuple[UnevenConcept, ...]:
    """Those that are surer than chance, given how many were compared."""
    kept, highest = [], 0.0
    for rank, one in enumerate(sorted(found, key=lambda each: each.chance)):
        highest = max(highest, min(1.0, one.chance * (len(found) - rank)))
        if highest > level:
            break
        kept.append(replace(one, chance=highest))
    return tuple(kept)
