"""One line of text, whatever came in."""

from __future__ import annotations

import unicodedata

_JOINERS = "\u200c\u200d"  # without them some scripts are spelled differently


def plain_line(text: str) -> str:
    """Text without control characters, with single spaces.

    Line breaks and tabs become spaces; other control characters, marks of direction and lone surrogates are left out.

    Source: Unicode Standard, section 4.5 (general categories Cc, Cf, Cs); ours.
    """
    spaced = " ".join(text.split())
    kept = "".join(c for c in spaced if c in _JOINERS or unicodedata.category(c) not in ("Cc", "Cf", "Cs"))
    return " ".join(kept.split())
