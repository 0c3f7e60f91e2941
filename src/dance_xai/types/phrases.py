"""Object and scene phrases: proposed, judged, embedded."""

from __future__ import annotations

from dataclasses import dataclass

from dance_xai.types.names import FloatArray, Kind


@dataclass(frozen=True)
class Proposal:
    """A phrase that a proposer names for a class.

    Attributes:
        kind: ``object`` or ``scene``.
        text: The phrase as proposed.
        label: The class it was proposed for.
        count: Samples that named it, at least 1.
        samples: Samples asked for, at least ``count``.
    """

    kind: Kind
    text: str
    label: str
    count: int = 1
    samples: int = 1


@dataclass(frozen=True)
class PhraseEntry:
    """One phrase of a phrase set, and what became of it.

    Attributes:
        kind: ``object`` or ``scene``.
        text: The phrase.
        classes: The classes it was proposed for; empty where nobody said.
        agreement: Share of the samples that named it, the highest over its classes; 1 without sampling.
        kept: Whether it may become a concept.
        reason: Why it was dropped; None when kept.
        value: The figure behind the reason, or None.
        similarity: Mean of its highest similarities over train clips, None where not measured.
        auc: How often a train clip of its classes is more similar to it than another, 0..1, None where not measured.
        by_user: True when a person decided; filters leave such a decision alone.
    """

    kind: Kind
    text: str
    classes: tuple[str, ...] = ()
    agreement: float = 1.0
    kept: bool = True
    reason: str | None = None
    value: float | None = None
    similarity: float | None = None
    auc: float | None = None
    by_user: bool = False


@dataclass(frozen=True)
class PhraseSource:
    """Who proposed phrases, and how they were asked.

    Attributes:
        name: A language model as its server calls it, ``bundled:NAME``, or a file.
        classes: The classes it was asked for.
        samples: Answers per class; None where nobody was asked.
        prompts: Kind, version and SHA-256 of every prompt used.
    """

    name: str
    classes: tuple[str, ...] = ()
    samples: int | None = None
    prompts: tuple[tuple[Kind, int, str], ...] = ()


@dataclass(frozen=True)
class PhraseSet:
    """Object and scene phrases of a data set, objects first, with a verdict on each.

    Attributes:
        classes: Y class names they were proposed for; empty where nobody said.
        entries: The phrases, unique per kind.
        sources: Who proposed them, in the order in which they were asked.
    """

    classes: tuple[str, ...]
    entries: tuple[PhraseEntry, ...]
    sources: tuple[PhraseSource, ...] = ()

    def of(self, kind: Kind, *, kept: bool = True) -> tuple[PhraseEntry, ...]:
        """The entries of one kind that are kept, or dropped."""
        return tuple(entry for entry in self.entries if entry.kind == kind and entry.kept == kept)


@dataclass(frozen=True, eq=False)
class Phrases:
    """Text concepts of one kind with their embeddings in the dual encoder's space.

    Attributes:
        kind: ``object`` or ``scene``.
        texts: C phrases.
        embeddings: (C, E) finite floats, any norm.
    """

    kind: Kind
    texts: tuple[str, ...]
    embeddings: FloatArray
