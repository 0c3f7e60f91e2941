"""Phrases that somebody wrote down, for the classes of a data set."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from dance_xai.errors import DataError
from dance_xai.text.form import fold, key
from dance_xai.types import Kind, Proposal


@dataclass(frozen=True)
class ListedProposer:
    """A ``ConceptProposer`` over a list.

    Attributes:
        name: What errors and reports call the list.
        listed: Proposals of any kinds and classes. A label that is empty stands for phrases of no class: they are
            proposed once, after those of the classes, and keep the empty label.
    """

    name: str
    listed: tuple[Proposal, ...]

    def propose(self, classes: Sequence[str], kind: Kind) -> tuple[Proposal, ...]:
        """The phrases listed for these classes. Case, spaces, underscores and hyphens of class names do not count.

        Raises:
            DataError: The list has classes, and one that is asked for is not among them.
        """
        self._require(classes)
        chosen = [replace(each, label=label) for label in classes for each in self._of(label, kind)]
        return tuple(chosen) + self._of("", kind)

    def _of(self, label: str, kind: Kind) -> tuple[Proposal, ...]:
        return tuple(self._index.get((folded_label(label), kind), {}).values())

    @cached_property
    def _index(self) -> dict[tuple[str, Kind], dict[str, Proposal]]:
        """By class and kind, then by the key of the phrase; of equal phrases the first one listed."""
        index: dict[tuple[str, Kind], dict[str, Proposal]] = {}
        for each in self.listed:
            index.setdefault((folded_label(each.label), each.kind), {}).setdefault(key(each.text), each)
        return index

    @cached_property
    def _labels(self) -> dict[str, str]:
        """The classes of the list by what they are compared by."""
        return {folded_label(label): label for label in dict.fromkeys(each.label for each in self.listed) if label}

    def _require(self, classes: Sequence[str]) -> None:
        labels = self._labels
        missing = [label for label in classes if folded_label(label) not in labels]
        if labels and missing:
            near = difflib.get_close_matches(folded_label(missing[0]), list(labels), n=3, cutoff=0.5)
            hint = f"near names: {', '.join(labels[name] for name in near)}" if near else "no name is near"
            raise DataError(
                f"{self.name}: expected phrases for the class {missing[0]!r}, got none; {hint}; "
                "rename the class, add its phrases, or take another source"
            )


def folded_label(label: str) -> str:
    """What class names are compared by: case, spaces, underscores and hyphens do not count.

    Source: ours.
    """
    return "".join(c for c in fold(label) if c not in " _-")
