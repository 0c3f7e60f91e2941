"""Corrections of some clips, made again for clips that are like them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from dance_xai.errors import DataError, check_shape
from dance_xai.types import BoolArray, FloatArray

LIKENESS = 0.9
FEWEST = 0.5


@dataclass(frozen=True, eq=False)
class CorrectionMemory:
    """Corrections of some clips, applied to clips whose other activations are alike.

    Concepts that any correction sets do not count for the likeness: they are what was read wrongly, and so a clip that
    has been corrected is corrected the same way again, which changes nothing more. Where more than half of the concepts
    have been set in some clip, all of them count: a few would make any clip alike.

    Attributes:
        likeness: Least cosine of the activations, -1..1, from which a clip is like a remembered one.
        seen: (M, C) activations of the remembered clips as the model read them.
        values: (M, C) activations they were set to, NaN where nothing was corrected.

    Source: ours.
    """

    likeness: float
    seen: FloatArray
    values: FloatArray

    @classmethod
    def empty(cls, n_concepts: int, *, likeness: float = LIKENESS) -> CorrectionMemory:
        """Nothing remembered yet.

        Raises:
            DataError: ``likeness`` outside -1..1.
        """
        if not -1 <= likeness <= 1:
            raise DataError(f"likeness: expected a cosine in -1..1, got {likeness}; 0.9 is usual")
        nothing = np.zeros((0, n_concepts))
        return cls(likeness, nothing, nothing)

    def remember(self, concepts: FloatArray, corrected: FloatArray) -> CorrectionMemory:
        """A memory with further clips: (N, C) activations before and after the correction.

        Raises:
            ShapeError: They do not fit the memory.
        """
        check_shape("concept activations", concepts, ("N", self.seen.shape[1]))
        check_shape("corrected activations", corrected, concepts.shape)
        values = np.where(corrected != concepts, corrected, np.nan)
        return replace(self, seen=np.concatenate([self.seen, concepts]), values=np.concatenate([self.values, values]))

    def find(self, concepts: FloatArray) -> tuple[FloatArray, BoolArray]:
        """What the remembered clip that is most like each clip was set to, where one is like enough.

        Args:
            concepts: (N, C).

        Returns:
            (N, C) values to set, NaN where nothing is, and (N,) which clips are like a remembered one.

        Raises:
            ShapeError: They do not fit the memory.
        """
        check_shape("concept activations", concepts, ("N", self.seen.shape[1]))
        if not len(self.seen):
            return np.full(concepts.shape, np.nan), np.zeros(len(concepts), dtype=bool)
        kept = np.asarray(np.isnan(self.values).all(axis=0))
        kept = kept if kept.sum() >= FEWEST * len(kept) else np.ones_like(kept)
        cosine = _unit(concepts[:, kept]) @ _unit(self.seen[:, kept]).T
        nearest = cosine.argmax(axis=1)
        alike = cosine[np.arange(len(concepts)), nearest] >= self.likeness
        return np.where(alike[:, None], self.values[nearest], np.nan), alike

    def apply(self, concepts: FloatArray) -> tuple[FloatArray, BoolArray]:
        """(N, C) activations corrected as the remembered clips were, and (N,) which clips that are; see ``find``."""
        values, alike = self.find(concepts)
        return np.where(np.isfinite(values), values, concepts), alike


def _unit(rows: FloatArray) -> FloatArray:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12))
