"""Fonts: one family of those found on the machine, or the letters that come with Pillow."""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import Any

FAMILY = "Liberation Sans, Arial, Helvetica, sans-serif"
"""In vector files: fonts of one width."""

FILES = (
    ("LiberationSans-Regular.ttf", "LiberationSans-Bold.ttf"),
    ("Arial.ttf", "Arial Bold.ttf"),
    ("arial.ttf", "arialbd.ttf"),
    ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"),
    ("NotoSansCJK-Regular.ttc", "NotoSansCJK-Bold.ttc"),
)
"""(regular, bold); the first that has all letters of a text is taken."""

PLAIN = {"\N{MINUS SIGN}": "-", "–": "-", "—": "-", "×": "x", "…": "...", "²": "2", "→": "->"}
"""How to write what the letters of Pillow, plain ASCII, lack."""


def font_of(text: str, size: float, *, bold: bool = False) -> tuple[Any, str]:
    """A font in pixels, and the text in letters that it has.

    Letters that no font here has are written without their accents, or as a question mark.
    """
    text = "".join(" " if char.isspace() else char for char in text)
    for name in (pair[bold] for pair in FILES):
        font = _from_file(name, max(1, round(4 * size)) / 4)
        if font is not None and not _lacks(name, text):
            return font, text
    from PIL import ImageFont

    return ImageFont.load_default(max(1.0, size)), _plain(text)


def width_of(text: str, size: float, *, bold: bool = False) -> float:
    """How wide a text is, in the unit of ``size``."""
    font, shown = font_of(text, 32, bold=bold)
    return float(font.getlength(shown)) * size / 32


def fitted(text: str, size: float, most: float, *, bold: bool = False) -> str:
    """The text, or its beginning and three dots, no wider than ``most``."""
    if width_of(text, size, bold=bold) <= most:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if width_of(text[:middle] + "…", size, bold=bold) <= most else (low, middle - 1)
    return text[:low].rstrip() + "…"


def wrapped(text: str, size: float, most: float, lines: int) -> list[str]:
    """The text in at most so many lines no wider than ``most``; the last one ends in dots where it is cut."""
    words, found = text.split(), list[str]()
    while words and len(found) < lines - 1:
        count = 1
        while count < len(words) and width_of(" ".join(words[: count + 1]), size) <= most:
            count += 1
        found.append(" ".join(words[:count]))
        words = words[count:]
    return [fitted(line, size, most) for line in (*found, " ".join(words)) if line]


@cache
def _from_file(name: str, size: float) -> Any | None:
    from PIL import ImageFont

    try:
        return ImageFont.truetype(name, size)
    except OSError:
        return None


@cache
def _lacks(name: str, text: str) -> bool:
    """Whether a font shows some letter as the sign for a missing one."""
    font = _from_file(name, 32.0)
    assert font is not None
    missing = _shape(font, "\uffff")
    return any(_shape(font, char) == missing for char in set(text) if char != " ")


def _shape(font: Any, char: str) -> tuple[tuple[int, int], bytes]:
    mask = font.getmask(char)
    return mask.size, bytes(mask)


def _plain(text: str) -> str:
    spelled = "".join(PLAIN.get(char, char) for char in text)
    apart = unicodedata.normalize("NFKD", spelled)
    return "".join(char if char.isascii() else "?" for char in apart if not unicodedata.combining(char))
