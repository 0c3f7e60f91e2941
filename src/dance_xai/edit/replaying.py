"""A model as it would be had some clips not been learnt from: fitted without them, and its edits made again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from dance_xai.edit.clips import EditClips
from dance_xai.edit.operations import apply
from dance_xai.errors import DataError
from dance_xai.model.bottleneck import ConceptBottleneck
from dance_xai.model.head import fit_head
from dance_xai.model.head.threads import one_thread
from dance_xai.types import Edit, IntArray


@dataclass(frozen=True, eq=False)
class Past:
    """How a model came to be.

    Attributes:
        base: The model before any edit; what is asked without some clips hangs on its layers having not seen them.
        clips: N clips as they were before any edit.
        edits: Those made since, in order.
        seen: Edits that could only be made again with clips that should have been left out, filled while replaying.

    Source: ours.
    """

    base: ConceptBottleneck
    clips: EditClips
    edits: Sequence[Edit] = ()
    seen: dict[int, Edit] = field(default_factory=dict)

    def without(self, rows: IntArray) -> ConceptBottleneck:
        """The model with its head fitted, and its edits made, without some clips.

        Raises:
            DataError: An edit cannot be made without them.
            SolverError: An optimum was not reached.
        """
        train = self.clips.train.copy()
        train[rows] = False
        clips = replace(self.clips, train=train)
        with one_thread():
            model = self._fitted(clips)
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

    def _fitted(self, clips: EditClips) -> ConceptBottleneck:
        """The head fitted as that of the base model; one that was changed by hand says what it may use."""
        base, head = self.base, self.base.head
        rows, labels = clips.training(base)
        return base.with_head(
            fit_head(
                base.concepts(clips.inputs[rows]),
                labels,
                lam=head.lam,
                alpha=head.alpha,
                n_classes=len(base.classes),
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
