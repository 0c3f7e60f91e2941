"""Class names for labels that are positions in a class list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from dance_xai.data.layouts.entries import Entry
from dance_xai.data.npz import refuse_duplicates


def name_labels(
    entries: Sequence[Entry], names: Sequence[str] | None, where: str
) -> tuple[list[Entry], tuple[str, ...]]:
    """Name the labels that are positions in a class list, and put the classes in order.

    Args:
        entries: The clips.
        names: The class list; without one, classes are sorted, numbers by value.
        where: What an error calls the class list.

    Returns:
        The clips, of which those of other classes cannot be used, and the classes that they belong to.

    Raises:
        DataError: A class is listed twice.
    """
    found = {entry.label for entry in entries if entry.wrong is None}
    if names is None:
        return list(entries), tuple(sorted(found, key=lambda label: (int(label) if label.isdecimal() else -1, label)))
    refuse_duplicates(where, names, "classes")
    if found.isdisjoint(names) and all(label.isdecimal() for label in found):
        names_of = {label: names[int(label)] for label in found if int(label) < len(names)}
    else:
        names_of = {name: name for name in names}
    named = [_named(entry, names_of, f"the {len(names)} classes of {where}") for entry in entries]
    taken = {entry.label for entry in named if entry.wrong is None}
    return named, tuple(name for name in names if name in taken)


def _named(entry: Entry, names_of: Mapping[str, str], known: str) -> Entry:
    """The entry with the name of its class; one of another class cannot be used."""
    if entry.wrong is not None:
        return entry
    if entry.label in names_of:
        return replace(entry, label=names_of[entry.label])
    wrong = f"expected one of {known}, or its number from 0, got {entry.label!r}; correct one of them"
    return replace(entry, wrong=wrong)
