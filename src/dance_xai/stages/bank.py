"""The concept bank and its targets: motion first, then objects, then scenes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from dance_xai.errors import DataError
from dance_xai.stages.motion import MotionEvidence
from dance_xai.stages.text import TextEvidence
from dance_xai.targets.assemble import assemble
from dance_xai.types import Concept, ConceptBank, ConceptTargets, IntArray, Manifest


@dataclass(frozen=True, eq=False)
class BankResult:
    """Concepts, their targets, and where each came from.

    Attributes:
        bank: C concepts.
        targets: (N, C) values.
        source: (C,) column of each concept among the motion concepts, or among the phrases.
    """

    bank: ConceptBank
    targets: ConceptTargets
    source: IntArray

    def keep(self, columns: IntArray, quality: Sequence[dict[str, float]] | None = None) -> BankResult:
        """Only the given columns, in their order, with what else was measured of them if given."""
        concepts = tuple(self.bank.concepts[column] for column in columns)
        if quality is not None:
            pairs = zip(concepts, quality, strict=True)
            concepts = tuple(replace(one, quality=one.quality | each) for one, each in pairs)
        targets = replace(self.targets, values=self.targets.values[:, columns])
        return BankResult(replace(self.bank, concepts=concepts), targets, self.source[columns])


def build_bank(manifest: Manifest, motions: MotionEvidence, phrases: TextEvidence) -> BankResult:
    """Put motion, object and scene concepts side by side.

    Raises:
        DataError: There are no concepts at all.
    """
    motion = _motion_concepts(motions)
    text = _text_concepts(phrases)
    if not motion and not text:
        raise DataError("concepts: expected poses, motion labels or phrases, got none; add data.poses or data.objects")
    skeleton = None if motions.encoder is None else motions.encoder.skeleton
    kinds = np.array(phrases.kinds, dtype=object)
    targets = assemble(
        manifest.ids,
        {
            "motion": motions.targets,
            "object": phrases.targets[:, kinds == "object"],
            "scene": phrases.targets[:, kinds == "scene"],
        },
    )
    source = np.concatenate([np.arange(len(motion)), np.arange(len(text))]).astype(np.int64)
    return BankResult(ConceptBank((*motion, *text), skeleton), targets, source)


def _text_concepts(phrases: TextEvidence) -> tuple[Concept, ...]:
    figures = phrases.quality or tuple({} for _ in phrases.names)
    named = zip(phrases.kinds, phrases.names, figures, strict=True)
    return tuple(Concept(kind, name, quality=each) for kind, name, each in named)


def _motion_concepts(motions: MotionEvidence) -> tuple[Concept, ...]:
    if motions.motions is not None:
        return motions.motions.concepts
    return tuple(Concept("motion", f"motion {column + 1:02d}") for column in range(motions.targets.shape[1]))
