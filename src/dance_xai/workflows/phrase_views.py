"""Phrase sets to look at, wherever they are: in a file, in a RUN, or in the package; and two of them side by side."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from dance_xai.data.container import is_there
from dance_xai.data.phrase_sets import read_phrase_set
from dance_xai.errors import DataError
from dance_xai.extract.phrase_sources import NAMED, open_phrases, proposer_of
from dance_xai.text.screening import BY_HAND, screen
from dance_xai.types import Concept, Drop, Kind, PhraseEntry, PhraseSet, counted
from dance_xai.workflows.runs import RunView, open_run

DIGITS = 4
"""Of figures in a file: more than a person compares, and enough to order phrases by."""


@dataclass(frozen=True)
class Change:
    """A phrase of two sets with another verdict in each."""

    before: PhraseEntry
    after: PhraseEntry


@dataclass(frozen=True)
class PhraseDiff:
    """What is different in a second set.

    Attributes:
        added: Phrases that only it has.
        removed: Phrases that only the first one has.
        changed: Phrases of both with another verdict.
    """

    added: tuple[PhraseEntry, ...]
    removed: tuple[PhraseEntry, ...]
    changed: tuple[Change, ...]


def verdict(entry: PhraseEntry) -> str:
    """What became of a phrase, in words: ``kept``, ``kept by hand``, ``dropped by hand``, or why it was dropped."""
    if entry.by_user:
        return "kept by hand" if entry.kept else BY_HAND
    return "kept" if entry.kept else entry.reason or BY_HAND


def rounded(entry: PhraseEntry) -> PhraseEntry:
    """The entry with its figures as they are shown and written; the one behind the reason only if it is another."""
    return replace(
        entry,
        agreement=round(entry.agreement, DIGITS),
        value=None if _round(entry.value) == _round(entry.similarity) else _round(entry.value),
        similarity=_round(entry.similarity),
        auc=_round(entry.auc),
    )


def find_phrase_set(place: str) -> PhraseSet:
    """The phrase set at a place.

    Args:
        place: A RUN folder, a phrase set, a ``.toml`` or ``.csv`` file of phrases per class, or ``bundled:NAME``;
            phrases per class are judged by their wording.

    Raises:
        DanceError: There is none, or it cannot be read.
    """
    if is_there(Path(place)) and Path(place).is_dir():
        return phrases_of_run(open_run(Path(place)))
    proposer = proposer_of(place, Path())
    if proposer is None:
        return read_phrase_set(place).phrases
    classes = tuple(dict.fromkeys(each.label for each in proposer.listed if each.label))
    return screen(open_phrases(place, Path(), classes))


def phrases_of_run(view: RunView) -> PhraseSet:
    """The object and scene phrases of a RUN, kept and dropped, with what is known and was measured of them."""
    proposed = view.run.load("phrases", PhraseSet) if "phrases" in view.run else PhraseSet(view.manifest.classes, ())
    known = {(entry.kind, entry.text): entry for entry in proposed.entries}
    figures = view.run.json("quality").get("text", {}) if "quality" in view.run else {}
    concepts = [concept for concept in view.bank.bank.concepts if concept.kind in NAMED]
    kept = {(concept.kind, concept.name): _kept(concept, known) for concept in concepts}
    lost = {(drop.stage, drop.item): _dropped(drop, known) for drop in view.drops if drop.stage in NAMED}
    entries = [rounded(_measured(entry, figures)) for entry in (lost | kept).values()]
    order = {identity: place for place, identity in enumerate(dict.fromkeys([*known, *kept, *lost]))}
    ranked = sorted(entries, key=lambda entry: (entry.kind, order[entry.kind, entry.text]))
    return replace(proposed, entries=tuple(ranked))


def differ(one: PhraseSet, other: PhraseSet) -> PhraseDiff:
    """Compare two sets, phrase by phrase.

    Source: ours.
    """
    before = {(entry.kind, entry.text): entry for entry in one.entries}
    after = {(entry.kind, entry.text): entry for entry in other.entries}
    both = [Change(before[each], after[each]) for each in before if each in after]
    return PhraseDiff(
        tuple(entry for each, entry in after.items() if each not in before),
        tuple(entry for each, entry in before.items() if each not in after),
        tuple(change for change in both if verdict(change.before) != verdict(change.after)),
    )


def for_class(phrases: PhraseSet, label: str) -> PhraseSet:
    """The phrases proposed for one class.

    Raises:
        DataError: The set has no such class, or nobody said for which classes its phrases are.
    """
    known = dict.fromkeys([*phrases.classes, *(name for entry in phrases.entries for name in entry.classes)])
    if label not in known:
        raise DataError(f"--class {label}: expected one of {', '.join(known) or 'none'}, got another; check the name")
    if not any(entry.classes for entry in phrases.entries):
        raise DataError(
            f"--class {label}: expected phrases of classes, got {counted(len(phrases.entries), 'phrase')} of no class, "
            "as in plain lists; leave --class out, or give phrases per class as data.phrases"
        )
    return replace(phrases, entries=tuple(entry for entry in phrases.entries if label in entry.classes))


def entry_tree(entry: PhraseEntry) -> dict[str, Any]:
    """An entry as plain data."""
    return {
        "kind": entry.kind,
        "phrase": entry.text,
        "classes": list(entry.classes),
        "kept": entry.kept,
        "verdict": verdict(entry),
        "by_user": entry.by_user,
        "value": entry.value,
        "similarity": entry.similarity,
        "agreement": entry.agreement,
        "auc": entry.auc,
    }


def set_tree(phrases: PhraseSet) -> dict[str, Any]:
    """A set as plain data."""
    sources = [
        {
            "name": source.name,
            "classes": list(source.classes),
            "samples": source.samples,
            "prompts": [{"kind": kind, "version": version, "sha256": sha} for kind, version, sha in source.prompts],
        }
        for source in phrases.sources
    ]
    return {"classes": list(phrases.classes), "sources": sources, "phrases": [*map(entry_tree, phrases.entries)]}


def diff_tree(difference: PhraseDiff) -> dict[str, Any]:
    """A comparison as plain data."""
    return {
        "added": [*map(entry_tree, difference.added)],
        "removed": [*map(entry_tree, difference.removed)],
        "changed": [
            {
                "kind": change.after.kind,
                "phrase": change.after.text,
                "before": verdict(change.before),
                "after": verdict(change.after),
            }
            for change in difference.changed
        ],
    }


_Known = dict[tuple[Kind, str], PhraseEntry]


def _kept(concept: Concept, known: _Known) -> PhraseEntry:
    entry = known.get((concept.kind, concept.name), PhraseEntry(concept.kind, concept.name))
    return replace(entry, kept=True, reason=None, value=None)


def _dropped(drop: Drop, known: _Known) -> PhraseEntry:
    kind: Kind = "object" if drop.stage == "object" else "scene"
    entry = known.get((kind, drop.item), PhraseEntry(kind, drop.item))
    by_user = entry.by_user and not entry.kept  # what a person kept may still be no concept that a layer can predict
    return replace(entry, kept=False, reason=drop.reason, value=drop.value, by_user=by_user)


def _measured(entry: PhraseEntry, figures: dict[str, Any]) -> PhraseEntry:
    found = figures.get(entry.kind, {}).get("phrases", {}).get(entry.text, {})
    return replace(entry, similarity=found.get("visibility", entry.similarity), auc=found.get("auc", entry.auc))


def _round(value: float | None) -> float | None:
    return None if value is None else round(float(value), DIGITS)
