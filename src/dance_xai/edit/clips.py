"""The clips an edit may learn from, looked up by id when it is made and when it is replayed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from dance_xai.errors import DataError, check_shape
from dance_xai.model.bottleneck import ConceptBottleneck
from dance_xai.types import BoolArray, Edit, FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class EditClips:
    """Clips of a RUN.

    Attributes:
        ids: N different clip ids.
        inputs: (N, D) what the model reads.
        labels: N class names, None where unknown.
        train: (N,) True where a clip may be learnt from.

    Raises:
        ShapeError: The parts do not fit each other.
        DataError: An id that appears twice.
    """

    ids: tuple[str, ...]
    inputs: FloatArray
    labels: tuple[str | None, ...]
    train: BoolArray

    def __post_init__(self) -> None:
        check_shape("inputs", self.inputs, (len(self.ids), "D"))
        check_shape("labels", np.zeros(len(self.labels)), (len(self.ids),))
        check_shape("train", self.train, (len(self.ids),))
        if len(self._row) != len(self.ids):
            raise DataError("clips: expected different ids, got one twice; rename it")

    @cached_property
    def _row(self) -> dict[str, int]:
        return {clip: row for row, clip in enumerate(self.ids)}

    def rows(self, ids: Sequence[str]) -> IntArray:
        """Rows of some clips.

        Raises:
            DataError: No such clip, or one named twice.
        """
        for clip in ids:
            if clip not in self._row:
                known = ", ".join(self.ids[:3])
                raise DataError(
                    f"clip {clip!r}: expected one of the {len(self.ids)} clips ({known}, ...), got another; "
                    "check the id"
                )
        if len(set(ids)) != len(ids):
            twice = next(clip for clip in ids if list(ids).count(clip) > 1)
            raise DataError(f"clip {twice!r}: expected each clip once, got it twice; name it once")
        return np.array([self._row[clip] for clip in ids], dtype=np.int64)

    def require_train(self, ids: Sequence[str], what: str) -> None:
        """Refuse clips that may not be learnt from, which would go on counting as test clips.

        Raises:
            DataError: One is no train clip, or none of these clips.
        """
        for clip, row in zip(ids, self.rows(ids), strict=True):
            if not self.train[row]:
                raise DataError(f"{what}: expected train clips, got {clip!r}, which is none; leave it out")

    def training(self, model: ConceptBottleneck) -> tuple[IntArray, IntArray]:
        """Rows to learn from, and their class indices in the model."""
        index = {label: position for position, label in enumerate(model.classes)}
        classes = np.array([index.get(label or "", -1) for label in self.labels], dtype=np.int64)
        rows = np.flatnonzero(self.train & (classes >= 0))
        return rows, classes[rows]

    def after(self, edit: Edit) -> EditClips:
        """The clips as they stand after an edit: those of an added class belong to it and are learnt from."""
        if edit.operation != "add_class":
            return self
        rows, labels, train = self.rows(edit.arguments["ids"]), list(self.labels), self.train.copy()
        for row in rows:
            labels[row] = edit.arguments["label"]
        train[rows] = True
        return replace(self, labels=tuple(labels), train=train)
