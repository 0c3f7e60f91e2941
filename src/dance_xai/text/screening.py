"""A phrase set through the filters that need no video: form, wording and repeats, within and across kinds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Annotated

from annotated_types import Ge

from dance_xai.text.filters import REPEATED
from dance_xai.text.form import key
from dance_xai.text.naming import ClassNames
from dance_xai.text.nouns import is_place
from dance_xai.text.repeats import loose_forms
from dance_xai.text.wording import WORDING_CHECKS, WordingCheck, judge_length, judge_wording
from dance_xai.types import Drop, PhraseEntry, PhraseSet

STRICT = {"extra": "forbid"}

OTHER_KIND = "repeated in the other kind"
NEAR = "nearly the same as another phrase"
BY_HAND = "dropped by hand"


@dataclass(frozen=True)
class ScreenOptions:
    """Which phrases the wording alone leaves out.

    Attributes:
        max_words: Most words of a phrase; longer ones describe an event, not a thing (the paper's longest has 5).
        max_characters: Most characters, for languages that do not divide words; the paper's longest has 29.
        checks: The checks on the wording that are made; all by default, since each finds phrases that cannot be a
            concept of this kind. Leave one out when it does not fit the data.
        near: Also drop what is nearly the same ("grassy field" beside "grass field"); two such concepts share their
            evidence and split its weight.
    """

    __pydantic_config__ = STRICT
    max_words: Annotated[int, Ge(1)] = 6
    max_characters: Annotated[int, Ge(1)] = 60
    checks: tuple[WordingCheck, ...] = WORDING_CHECKS
    near: bool = True


def screen(phrase_set: PhraseSet, *, options: ScreenOptions | None = None) -> PhraseSet:
    """Drop what the wording says is no object or scene concept, and repeats.

    Order and texts stay; what was dropped before stays dropped; decisions of a person (``by_user``) are left alone, and
    a phrase that a person kept wins over its repeats. Of the same phrase in both kinds the scene stays when its last
    word is a place, else the object. Of near repeats the one proposed for most classes stays, then the one that most
    samples named, then the shorter. The one that stays takes over the classes and the agreement of its repeats.

    Args:
        phrase_set: Phrases of both kinds.
        options: Which checks are made; all by default.

    Returns:
        The same entries with verdicts: ``reason``, and ``value`` where there is a figure (words, characters, letters;
        for near repeats the share of letters alike in 0..1).

    Source: paper, section 3.2, and LF-CBM, section 3 (length, class names, likeness); ours (the rest).
    """
    options = options or ScreenOptions()
    proposed = (name for entry in phrase_set.entries for name in entry.classes)
    names = ClassNames.of(tuple(dict.fromkeys([*phrase_set.classes, *proposed])))
    entries = [_judged(entry, names, options) for entry in phrase_set.entries]
    _settle(entries, {i: key(entries[i].text) for i in _open(entries)})
    if options.near:
        keys = {i: key(entries[i].text) for i in _open(entries)}
        forms = loose_forms(set(keys.values()))
        _settle(entries, {i: forms[each] for i, each in keys.items()})
    return replace(phrase_set, entries=tuple(entries))


def drops_of(phrase_set: PhraseSet) -> tuple[Drop, ...]:
    """The phrases of a set that are dropped, as reasons for a report."""
    lost = (entry for entry in phrase_set.entries if not entry.kept)
    return tuple(Drop(entry.kind, entry.text, entry.reason or BY_HAND, entry.value) for entry in lost)


def _judged(entry: PhraseEntry, names: ClassNames, options: ScreenOptions) -> PhraseEntry:
    if entry.by_user or not entry.kept:
        return entry
    length = judge_length(entry.text, max_words=options.max_words, max_characters=options.max_characters)
    if length:
        return replace(entry, kept=False, reason=length[0], value=length[1])
    reason = judge_wording(entry.text, names, options.checks)
    return replace(entry, kept=False, reason=reason) if reason else entry


def _open(entries: list[PhraseEntry]) -> list[int]:
    return [i for i, entry in enumerate(entries) if entry.kept]


def _settle(entries: list[PhraseEntry], form: dict[int, str]) -> None:
    """Of the entries of one form keep one, or those that a person kept."""
    groups: dict[str, list[int]] = {}
    for i, each in form.items():
        groups.setdefault(each, []).append(i)
    for group in groups.values():
        if len(group) > 1:
            _keep_one(entries, sorted(group, key=lambda i: _rank(entries[i])))


def _keep_one(entries: list[PhraseEntry], group: list[int]) -> None:
    fixed = [i for i in group if entries[i].by_user]
    kind = "scene" if is_place(key(entries[group[0]].text)) else "object"
    best = next((i for i in group if entries[i].kind == kind), group[0])
    winners = fixed or [best]
    repeats = [i for i in group if i not in winners]
    if not fixed:
        entries[best] = _merged(entries[best], (entries[i] for i in repeats))
    for i in repeats:
        entries[i] = _repeated(entries[i], entries[winners[0]])


def _rank(entry: PhraseEntry) -> tuple[bool, int, float, int, str]:
    """Who stays, first is best; does not depend on the order of the entries."""
    form = key(entry.text)
    return not entry.by_user, -len(entry.classes), -entry.agreement, len(form), form


def _merged(entry: PhraseEntry, repeats: Iterable[PhraseEntry]) -> PhraseEntry:
    alike = (entry, *repeats)
    classes = tuple(dict.fromkeys(name for each in alike for name in each.classes))
    return replace(entry, classes=classes, agreement=max(each.agreement for each in alike))


def _repeated(entry: PhraseEntry, winner: PhraseEntry) -> PhraseEntry:
    mine, other = key(entry.text), key(winner.text)
    if mine != other:
        first, second = sorted((mine, other))
        value = SequenceMatcher(None, first, second, autojunk=False).ratio()
        return replace(entry, kept=False, reason=NEAR, value=value)
    return replace(entry, kept=False, reason=REPEATED if entry.kind == winner.kind else OTHER_KIND)
