"""Edits, and what they change, in words and as plain data."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from dance_xai.edit import Difference


def in_words(operation: str, arguments: dict[str, Any]) -> str:
    """An edit on one line."""
    shown = [f"{name} {_brief(value)}" for name, value in arguments.items() if value not in ([], None)]
    return f"{operation.replace('_', ' ')}: {', '.join(shown)}" if shown else operation.replace("_", " ")


def difference_tree(difference: Difference) -> dict[str, Any]:
    """What changed as plain data."""
    tree = asdict(difference)
    return tree | {"better": difference.count("better"), "worse": difference.count("worse")}


def _brief(value: Any) -> str:
    if isinstance(value, list) and len(value) > 6:
        return f"{len(value)} clips"
    return str(value) if isinstance(value, str | int | float) else ", ".join(_brief(one) for one in value)
