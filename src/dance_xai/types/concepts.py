"""Concepts and what their layer must predict."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from dance_xai.types.names import FloatArray, IntArray, Kind
from dance_xai.types.poses import Prototype, Skeleton


@dataclass(frozen=True, eq=False)
class Concept:
    """One human-understandable concept.

    Attributes:
        kind: motion, object or scene.
        name: The phrase; for motion a short stable name such as ``motion 07``.
        size: Train windows in the cluster (motion); None for phrases.
        clips: Train clips that have the concept: at least one window of the cluster (motion).
        spread: Mean distance of the members to the centre in descriptor units (motion).
        prototype: The window to show (motion), None when the source has no poses.
        members: (M, 2) rows of (clip row in the manifest, first frame), nearest to the centre first.
        quality: Measured on train folds: for example ``{"average_precision": 0.61}``.
    """

    kind: Kind
    name: str
    size: int | None = None
    clips: int | None = None
    spread: float | None = None
    prototype: Prototype | None = None
    members: IntArray | None = None
    quality: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class ConceptBank:
    """All concepts, motion first, then object, then scene; kinds are column slices.

    Attributes:
        concepts: C concepts in that order.
        skeleton: Of the motion prototypes, None without poses.
    """

    concepts: tuple[Concept, ...]
    skeleton: Skeleton | None = None

    def __len__(self) -> int:
        return len(self.concepts)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(concept.name for concept in self.concepts)

    def slice(self, kind: Kind) -> slice:
        """Columns of one kind (possibly empty)."""
        columns = [i for i, concept in enumerate(self.concepts) if concept.kind == kind]
        return slice(columns[0], columns[-1] + 1) if columns else slice(0, 0)

    def columns(self, *kinds: Kind) -> IntArray:
        """Column indices of the given kinds, in bank order."""
        return np.flatnonzero([concept.kind in kinds for concept in self.concepts])


@dataclass(frozen=True, eq=False)
class ConceptTargets:
    """What the concept layer must predict, one column per concept of the bank.

    Attributes:
        ids: N clip ids.
        values: (N, C): motion in {0, 1}, object and scene similarities; NaN where unknown.
    """

    ids: tuple[str, ...]
    values: FloatArray
