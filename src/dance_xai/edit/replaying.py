"""A model as it would be had some clips not been learnt from: fitted without them, and its edits made again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from dance_xai.edit.clips import EditClips
from dance_xai.edit.operations import apply
from dance_xai.errors import DataError, check_shape
from dance_xai.model.bottleneck import ConceptBottleneck
from dance_xai.model.head import fit_head
from dance_xai.model.head.threads import one_thread
from dance_xai.model.layer import LinearLayer
from dance_xai.types import Edit, FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class Past:
    """How a model came to be.

    Attributes:
        base: The model before any edit.
        clips: N clips as they were before any edit.
        held: (N, C) activations of the base model by layers that have not seen the clip; where there are no layers, or
            none is known, those it reads.
        edits: Those made since, in order.
        seen: Edits that could only be made again with clips that should have been left out, filled while replaying.

    Raises:
        ShapeError: The parts do not fit each other.

    Source: ours.
    """

    base: ConceptBottleneck
    clips: EditClips
    held: FloatArray
    edits: Sequence[Edit] = ()
    seen: dict[int, Edit] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_shape("held-out activations", self.held, (len(self.clips.ids), len(self.base.bank)))

    def without(self, rows: IntArray) -> ConceptBottleneck:
        """The model with its edits, made without some clips; it gives them their held-out activations.

        Layers are recovered as far as what was said of those clips shows them; the rest stays as all clips taught it.

        Raises:
            DataError: An edit cannot be made without them.
            SolverError: An optimum was not reached.
        """
        train = self.clips.train.copy()
        train[rows] = False
        clips = replace(self.clips, train=train)
        with one_thread():
            model = self._fitted(self._recovered(rows), clips)
        left = frozenset(self.clips.ids[row] for row in rows)
        for number, edit in enumerate(self.edits):
            model, made = self._again(model, clips, number, edit, left)
            clips = clips.after(made)
        return model

    def _again(
        self, model: ConceptBottleneck, clips: EditClips, number: int, edit: Edit, left: frozenset[str]
    ) -> tuple[ConceptBottleneck, Edit]:
        """An edit made without some clips, or, where the others do not suffice, with them."""
        fewer = _without(edit, left)
        try:
            return apply(model, clips, fewer.operation, fewer.arguments)
        except DataError:
            if fewer is edit or edit.operation != "split":
                raise
        self.seen[number] = edit
        train = clips.train.copy()
        train[clips.rows([clip for half in edit.arguments["halves"] for clip in half])] = True
        return apply(model, replace(clips, train=train), edit.operation, edit.arguments)[0], edit

    def _recovered(self, rows: IntArray) -> ConceptBottleneck:
        """The layers without some clips, from what they say of those: of all that agree the nearest to the model's."""
        base, x = self.base, self.clips.inputs[rows].astype(np.float64)
        missing = (self.held[rows] - base.concepts(x)) * base.std  # (n, C)
        if not len(rows) or not missing.any():
            return base
        mean = x.mean(axis=0)
        change = np.linalg.lstsq(x - mean, missing - missing.mean(axis=0), rcond=None)[0].T  # (C, D)
        bias = base.layer.bias + missing.mean(axis=0) - change @ mean
        return replace(base, layer=LinearLayer(base.layer.weight + change, bias))

    def _fitted(self, reader: ConceptBottleneck, clips: EditClips) -> ConceptBottleneck:
        """The head fitted as that of the base model; one that was changed by hand says what it may use."""
        head = self.base.head
        rows, labels = clips.training(reader)
        return reader.with_head(
            fit_head(
                reader.concepts(clips.inputs[rows]),
                labels,
                lam=head.lam,
                alpha=head.alpha,
                n_classes=len(reader.classes),
                allowed=None if np.isfinite(head.kkt) else head.weight != 0,
                init=head,
            )
        )


def _without(edit: Edit, left: frozenset[str]) -> Edit:
    """The same edit taught by fewer clips."""
    given = edit.arguments
    if edit.operation == "add_class":
        fewer = {"ids": [clip for clip in given["ids"] if clip not in left]}
    elif edit.operation == "split":
        fewer = {"halves": [[clip for clip in half if clip not in left] for half in given["halves"]]}
    else:
        return edit
    return replace(edit, arguments={**given, **fewer})
