"""Word lists of the phrase filters: plain files, one comment line on top, read once."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def word_list(name: str) -> frozenset[str]:
    """The entries of ``<name>.txt``, which stand between commas and line ends.

    Args:
        name: File name without its ending.

    Source: ours.
    """
    return frozenset(entry.strip() for line in _lines(name) for entry in line.split(",") if entry.strip())


@cache
def word_map(name: str) -> dict[str, tuple[str, ...]]:
    """The lines ``word: one, another`` of ``<name>.txt``.

    Args:
        name: File name without its ending.

    Source: ours.
    """
    pairs = (line.partition(":") for line in _lines(name))
    return {word.strip(): tuple(each.strip() for each in rest.split(",")) for word, _, rest in pairs}


def _lines(name: str) -> list[str]:
    text = (files("dance_xai.text.lexicon") / f"{name}.txt").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
