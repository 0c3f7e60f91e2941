"""Class names for labels that are positions in a class list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dance_xai.data.layouts.entries import Entry
from dance_xai.data.npz import refuse_duplicates
from dance_xai.errors import DataError


def name_labels(
    entries: Sequence[Entry], names: Sequence[str] | None, where: str
) -> tuple[list[Entry], tuple[str, ...]]:
    """Name the labels that are positions in a class list, and put the classes in order.

    Args:
        entries: The clips.
        names: The class list; without one, classes are sorted, numbers by value.
        where: What an error calls the class list.

    Returns:
        The clips, and the classes that they belong to.

    Raises:
        DataError: A label is not in the class list, or a class is listed twice.
    """
    found = {entry.label for entry in entries}
    if names is None:
        return list(entries), tuple(sorted(found, key=lambda label: (int(label) if label.isdecimal() else -1, label)))
    refuse_duplicates(where, names, "classes")
    if found.isdisjoint(names) and all(label.isdecimal() for label in found):
        names_of = {label: names[int(label)] for label in found if int(label) < len(names)}
    else:
        names_of = {name: name for name in names}
    for entry in entries:
        if entry.label not in names_of:
            raise DataError(
                f"{entry.where}: expected one of the {len(names)} classes of {where}, or its number from 0, "
                f"got {entry.label!r}; correct one of them"
            )
    named = [replace(entry, label=names_of[entry.label]) for entry in entries]
    taken = {entry.label for entry in named}
    return named, tuple(name for name in names if name in taken)
