"""Edits, and what they change, in words and as plain data."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from dance_xai.edit import Difference

MOST = 6
PAIRS = ("forbid", "positive", "negative")
LISTS = {"ids": "clips", "halves": "clips", **dict.fromkeys(PAIRS, "pairs")}
"""What the lists of arguments have in them, where their names do not say so."""


def in_words(operation: str, arguments: dict[str, Any]) -> str:
    """An edit on one line."""
    shown = [f"{name} {_brief(value, name)}" for name, value in arguments.items() if value not in ([], None)]
    return f"{operation.replace('_', ' ')}: {', '.join(shown)}" if shown else operation.replace("_", " ")


def difference_tree(difference: Difference) -> dict[str, Any]:
    """What changed as plain data."""
    tree = asdict(difference)
    return tree | {"better": difference.count("better"), "worse": difference.count("worse")}


def _brief(value: Any, name: str) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    if not isinstance(value, list):
        return str(value)
    each = [":".join(pair) for pair in value] if name in PAIRS else [_brief(one, name) for one in value]
    return ", ".join(each) if len(each) <= MOST else f"{len(each)} {LISTS.get(name, 'in all')}"
