"""A phrase set and what was proposed later, as one set: nothing that is there is lost or decided anew."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from dance_xai.text.form import key
from dance_xai.types import PhraseEntry, PhraseSet, PhraseSource


def join(phrases: PhraseSet, later: PhraseSet) -> PhraseSet:
    """Add what is new.

    Args:
        phrases: Its entries keep their order, text and verdict; a phrase that was proposed again, in whatever form,
            takes over the classes and the higher agreement.
        later: Entries of no such phrase are added as they are.

    Returns:
        Objects first; classes and sources of both, those of ``phrases`` first.

    Source: ours.
    """
    entries = list(phrases.entries)
    place = {_identity(entries[i]): i for i in sorted(range(len(entries)), key=lambda i: entries[i].kept)}
    for entry in later.entries:
        if (at := place.get(_identity(entry))) is None:
            entries.append(entry)
        else:
            entries[at] = _again(entries[at], entry)
    return PhraseSet(
        _union(phrases.classes, later.classes),
        tuple(sorted(entries, key=lambda entry: entry.kind)),
        _sources((*phrases.sources, *later.sources)),
    )


def still_to_ask(phrases: PhraseSet, source: PhraseSource) -> tuple[str, ...]:
    """The classes of a source that it has not yet been asked for, so that what was removed since does not come back."""
    asked = {name for each in phrases.sources if _same(each, source) for name in each.classes}
    return tuple(name for name in source.classes if name not in asked)


def _identity(entry: PhraseEntry) -> tuple[str, str]:
    return entry.kind, key(entry.text)


def _again(entry: PhraseEntry, later: PhraseEntry) -> PhraseEntry:
    classes = _union(entry.classes, later.classes)
    return replace(entry, classes=classes, agreement=max(entry.agreement, later.agreement) if entry.classes else 1.0)


def _union(one: Iterable[str], other: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*one, *other]))


def _sources(sources: Iterable[PhraseSource]) -> tuple[PhraseSource, ...]:
    """Each source once, with all its classes."""
    found: dict[PhraseSource, tuple[str, ...]] = {}
    for source in sources:
        bare = replace(source, classes=())
        found[bare] = _union(found.get(bare, ()), source.classes)
    return tuple(replace(bare, classes=classes) for bare, classes in found.items())


def _same(one: PhraseSource, other: PhraseSource) -> bool:
    return replace(one, classes=()) == replace(other, classes=())
