"""How a phrase is built: its parts between prepositions, its last words, and which -ing words are movements."""

from __future__ import annotations

from functools import cache

from dance_xai.text.form import ARTICLES, base, fold, key, words
from dance_xai.text.lexicon import word_list

Part = tuple[str, ...]


def noun_parts(text: str) -> tuple[Part, ...]:
    """The parts of a phrase between prepositions and around "and" and "or", each a tuple of words as written.

    Articles, possessives ("player's") and measures ("pair of") are left out; hyphens are opened. "Walking and biking
    path" stays one part, since both words tell what the path is for.

    Source: ours.
    """
    parts: list[list[str]] = [[]]
    for chunk in text.split():
        inside = words(chunk)
        if len(inside) == 1 and _divides(inside[0], parts[-1]):
            if inside[0] == "of" and parts[-1] and base(parts[-1][-1]) in word_list("measures"):
                parts.pop()
            parts.append([])
        elif not _possessive(chunk):
            parts[-1] += [word for word in inside if word not in ARTICLES and word not in ("and", "or")]
    return tuple(tuple(part) for part in parts if part)


def head(text: str) -> str:
    """The noun that the phrase is about, in the singular: "field" of "a green field of grass"; "" without words.

    Source: ours.
    """
    parts = noun_parts(text)
    return base(parts[0][-1]) if parts else ""


def is_place(text: str) -> bool:
    """Whether a phrase names a place, by its head.

    Source: ours; listed in ``lexicon/places.txt``.
    """
    return head(text) in word_list("places")


def is_gerund(word: str) -> bool:
    """Whether a word as written is an -ing form of a verb and not a thing such as "building" or "ring".

    Source: ours; the things are listed in ``lexicon/ing_nouns.txt``.
    """
    root = word.removesuffix("ing")
    return root != word and len(root) > 1 and any(c in "aeiouy" for c in root) and word not in word_list("ing_nouns")


def thing_start(part: Part) -> int:
    """Where a known thing begins that ends the part ("pink jump rope": 1); the length of the part without one.

    Source: ours; listed in ``lexicon/things.txt``.
    """
    single = [base(word) for word in part]
    ends = (i for i in range(len(part)) if " ".join(single[i:]) in _things())
    return next(ends, len(part))


def ends_with(part: Part, listed: frozenset[str]) -> bool:
    """Whether the last words of a part, in the singular, are in a list."""
    single = [base(word) for word in part]
    return any(" ".join(single[i:]) in listed for i in range(len(part)))


@cache
def _things() -> frozenset[str]:
    return frozenset(key(entry) for entry in word_list("things"))


def _divides(word: str, before: list[str]) -> bool:
    if word in ("and", "or"):
        return bool(before) and not is_gerund(before[-1])
    return word in word_list("prepositions")


def _possessive(chunk: str) -> bool:
    bare = fold(chunk).strip('.,;:!?"')
    return bare.endswith(("'s", "s'"))
