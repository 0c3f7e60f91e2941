"""Phrase sets onto disk: onto the file as it stands now, which a person may have edited in the meantime."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

from dance_xai.artifacts import write_file
from dance_xai.data.container import is_there
from dance_xai.data.phrase_sets import PhraseDocument, read_phrase_set, render_phrase_set
from dance_xai.errors import DataError
from dance_xai.types import Drop, PhraseSet
from dance_xai.workflows.phrase_views import rounded, verdict


@dataclass(frozen=True)
class Outcome:
    """What became of a file.

    Attributes:
        phrases: The set as it stands there now.
        added: Phrases that were not there before.
        changed: Phrases that were, and have another verdict.
        drops: What was left out of answers, with reasons.
    """

    phrases: PhraseSet
    added: int
    changed: int
    drops: tuple[Drop, ...] = ()


Renew = Callable[[PhraseSet], PhraseSet]
"""What stands in a file -> what shall stand there."""


def read_if_there(path: Path) -> PhraseDocument | None:
    """The phrase set in a file, None where there is no file.

    Raises:
        DataError: It is no phrase set.
    """
    return read_phrase_set(path) if is_there(path) else None


def write_renewed(path: Path, out: Path, earlier: PhraseDocument | None, renew: Renew) -> Outcome:
    """Renew a phrase set as it stands now, and write it whole.

    Args:
        path: The phrase set.
        out: Where it is written to.
        earlier: What stood there when the work began, which may be minutes ago; None for nothing.
        renew: Given what stands there now; where the file is gone, what stood there before.

    Raises:
        DataError: What stands there now is no phrase set any more; the new set is written beside it.

    Source: ours.
    """
    try:
        now = read_if_there(path) or earlier
    except DataError as error:
        beside = _free_name(out)
        _write(beside, earlier, renew)
        raise DataError(f"{error}; it has changed meanwhile and stays so, the new set stands in {beside}") from error
    return _write(out, now, renew)


def _write(out: Path, document: PhraseDocument | None, renew: Renew) -> Outcome:
    before = document.phrases if document else PhraseSet((), ())
    found = renew(before)
    found = replace(found, entries=tuple(map(rounded, found.entries)))
    write_file(out, render_phrase_set(found, document).encode())
    known = {(entry.kind, entry.text): entry for entry in before.entries}
    again = [(known[entry.kind, entry.text], entry) for entry in found.entries if (entry.kind, entry.text) in known]
    changed = sum(verdict(old) != verdict(new) for old, new in again)
    return Outcome(found, len(found.entries) - len(again), changed)


def _free_name(out: Path) -> Path:
    """``phrases.new.txt`` beside ``phrases.txt``, or the first such name with a number that is free."""
    names = (out.with_name(f"{out.stem}.new{number or ''}{out.suffix}") for number in count())
    return next(name for name in names if not name.exists())
