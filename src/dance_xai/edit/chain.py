"""The edits of a model in order, and which of them are in force."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from dance_xai.edit.clips import EditClips
from dance_xai.edit.content import content_hash
from dance_xai.edit.operations import apply
from dance_xai.errors import ArtifactError, DataError
from dance_xai.model.bottleneck import ConceptBottleneck
from dance_xai.types import Edit


@dataclass(frozen=True)
class EditChain:
    """Edits of one base model. Undo and redo move ``position``; a new edit forgets what was undone.

    Attributes:
        base: Content hash of the model it starts from.
        edits: All edits, undone ones last.
        position: How many are in force, 0..len(edits).
        tip: Content hash of the model after all edits.
    """

    base: str
    edits: tuple[Edit, ...] = ()
    position: int = 0
    tip: str = ""

    @classmethod
    def start(cls, model: ConceptBottleneck) -> EditChain:
        """No edits of this model yet."""
        content = content_hash(model)
        return cls(content, tip=content)

    @property
    def active(self) -> tuple[Edit, ...]:
        """The edits in force."""
        return self.edits[: self.position]

    @property
    def content(self) -> str:
        """Content hash of the model with the edits in force."""
        return self.edits[self.position].parent if self.position < len(self.edits) else self.tip

    def apply(
        self, model: ConceptBottleneck, clips: EditClips, operation: str, arguments: dict[str, Any]
    ) -> tuple[ConceptBottleneck, EditChain]:
        """Make another edit.

        Args:
            model: The model with the edits in force.
            clips: Clips to learn from, as they were before any edit.
            operation: For example ``ablate``.
            arguments: Its arguments.

        Raises:
            ArtifactError: The chain was made for another model.
            DataError: The edit is impossible; nothing has changed.
        """
        _check_content(model, self.content)
        edited, edit = apply(model, self.clips(clips), operation, arguments)
        chain = EditChain(self.base, (*self.active, edit), self.position + 1, content_hash(edited))
        return edited, chain

    def undo(self) -> EditChain:
        """One edit less in force.

        Raises:
            DataError: None is in force.
        """
        if not self.position:
            raise DataError("undo: expected an edit to take back, got none; see the log")
        return replace(self, position=self.position - 1)

    def redo(self) -> EditChain:
        """One edit more in force.

        Raises:
            DataError: None was undone.
        """
        if self.position == len(self.edits):
            raise DataError("redo: expected an edit that was undone, got none; see the log")
        return replace(self, position=self.position + 1)

    def clips(self, clips: EditClips) -> EditClips:
        """The clips as they stand with the edits in force."""
        for edit in self.active:
            clips = clips.after(edit)
        return clips

    def replay(self, base: ConceptBottleneck, clips: EditClips) -> ConceptBottleneck:
        """Make the edits in force again, each checked against its record.

        Args:
            base: The model the chain starts from, unchanged.
            clips: Clips to learn from, as they were before any edit.

        Raises:
            ArtifactError: The chain was made for another model, or an edit now gives another one.
        """
        *_, model = self.steps(base, clips)
        return model

    def steps(self, base: ConceptBottleneck, clips: EditClips) -> Iterator[ConceptBottleneck]:
        """The base model, then the model after each edit in force."""
        _check_content(base, self.base)
        model = base
        yield model
        for number, edit in enumerate(self.active):
            model, _ = apply(model, clips, edit.operation, edit.arguments)
            clips = clips.after(edit)
            wanted = self.edits[number + 1].parent if number + 1 < len(self.edits) else self.tip
            if content_hash(model) != wanted:
                raise ArtifactError(
                    f"edit {number + 1} ({edit.operation}): expected the model {wanted[:12]}.. of its record, got "
                    f"{content_hash(model)[:12]}..; it was made from other clips, or by another version or machine: "
                    "make the edits again"
                )
            yield model


def _check_content(model: ConceptBottleneck, wanted: str) -> None:
    found = content_hash(model)
    if found != wanted:
        raise ArtifactError(
            f"edits: expected the model {wanted[:12]}.. they were made for, got {found[:12]}..; use that model, or "
            "start a new chain"
        )
