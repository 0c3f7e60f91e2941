"""Counts in words: one of a thing is not several."""

from __future__ import annotations


def counted(count: int, thing: str) -> str:
    """A count with its thing: ``1 class``, ``2 classes``, ``1,200 test clips``.

    Args:
        count: How many, from 0.
        thing: One of them, its noun last.

    Source: ours.
    """
    return f"{count:,} {thing if count == 1 else _several(thing)}"


def _several(thing: str) -> str:
    if thing.endswith(("s", "x", "sh", "ch")):
        return f"{thing}es"
    if thing.endswith("y") and thing[-2:-1] not in "aeou":
        return f"{thing[:-1]}ies"
    return f"{thing}s"
