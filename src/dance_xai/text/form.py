"""The form of a phrase: how it is shown, and what it is compared by.

English rules. Words with letters outside a..z keep their form, so phrases in other scripts are compared by case, width
and spacing alone. Any string is accepted.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from dance_xai.text.lexicon import word_map

ARTICLES = frozenset({"a", "an", "the", "some"})
_EDGES = " \t\"'`“”„‟‘’‚«»‹›*•·–—-_.,;:!?…#"
_ES_ENDINGS = ("sses", "xes", "ches", "shes", "oes", "zzes")
_NO_PLURAL = ("ss", "us", "is")


def canonical(text: str) -> str:
    """The phrase as it is shown: composed Unicode, single spaces, no quotes around, no article in front; case is kept.

    Args:
        text: Any string.

    Returns:
        The normal form; ``canonical(canonical(x)) == canonical(x)``.

    Source: Unicode Standard Annex 15 (NFC); ours.
    """
    shown = _trim(text)
    while (again := _trim(shown)) != shown:
        shown = again
    return shown


def key(text: str) -> str:
    """What two phrases have in common when only form tells them apart.

    Case, width, accents on Latin letters, punctuation, hyphens, articles, "pair of", possessives, singular or plural
    and British spelling do not count: "A pair of Tennis Racquets" and "tennis racket" have one key.

    Args:
        text: Any string.

    Returns:
        The key; ``key(key(x)) == key(x)``. Without any letter or digit, the folded string itself.

    Source: Unicode Standard, section 3.13 (compatibility caseless matching); ours.
    """
    folded = fold(text)
    parts = [base(word) for word in _split(folded)]
    return " ".join(_bare(parts)) if parts else " ".join(folded.split())


def words(text: str) -> tuple[str, ...]:
    """The words of a phrase, folded, hyphens opened, possessives bare, otherwise as written.

    Source: ours.
    """
    return tuple(_split(fold(text)))


def fold(text: str) -> str:
    """Compatibility caseless form, without accents on Latin letters.

    Source: Unicode Standard, section 3.13.
    """
    lower = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    apart = re.sub(r"(?<=[a-z])[\u0300-\u036f]+", "", unicodedata.normalize("NFD", lower))
    folded = unicodedata.normalize("NFKC", apart)
    return folded if folded == text else fold(folded)


def singular(word: str) -> str:
    """The singular of an English noun in lower case; what is no plural, or not a..z, stays.

    Source: ours; the irregular ones are listed in ``lexicon/plurals.txt``.
    """
    irregular = word_map("plurals").get(word)
    if irregular is not None:
        return irregular[0]
    if not re.fullmatch("[a-z]{4,}", word):
        return word
    for plural, ending in (("children", "child"), ("men", "man")):
        if word.endswith(plural):
            return word.removesuffix(plural) + ending
    return _regular(word)


def american(word: str) -> str:
    """The American spelling of a word in the singular.

    Source: ours; listed in ``lexicon/spellings.txt``.
    """
    return word_map("spellings").get(word, (word,))[0]


@lru_cache(maxsize=4096)
def base(word: str) -> str:
    """The singular in American spelling.

    Source: ours.
    """
    return american(singular(word))


@lru_cache(maxsize=4096)
def stem(word: str) -> str:
    """A word in lower case without plural, -ing and -ed, to compare the names of actions: "serving" and "serve".

    Source: ours.
    """
    root = base(word)
    for ending in ("ing", "ed"):
        rest = root.removesuffix(ending)
        if rest != root and len(rest) > 2 and re.search("[aeiouy]", rest):
            root = rest
            break
    if len(root) > 3 and root[-1] == root[-2] and root[-1] not in "lsz":
        root = root[:-1]
    return root.removesuffix("e")


def _trim(text: str) -> str:
    parts = unicodedata.normalize("NFC", " ".join(text.split())).strip(_EDGES).split()
    start = 0
    while start < len(parts) - 1 and parts[start].casefold() in ARTICLES:
        start += 1
    return " ".join(parts[start:])


def _regular(word: str) -> str:
    if not word.endswith("s") or word.endswith(_NO_PLURAL):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    return word[:-2] if word.endswith(_ES_ENDINGS) else word[:-1]


def _split(folded: str) -> list[str]:
    """Runs of letters, marks and digits; an apostrophe inside a word is left out, with the s after it."""
    kept = "".join(c if unicodedata.category(c)[0] in "LMN" or c == "'" else " " for c in folded)
    bare = (word.strip("'").removesuffix("'s").replace("'", "") for word in kept.split())
    return [word for word in bare if word]


def _bare(parts: list[str]) -> list[str]:
    """Without articles and measures in front, while something is left."""
    start = 0
    while (step := _lead(parts[start : start + 3])) > 0:
        start += step
    return parts[start:]


def _lead(parts: list[str]) -> int:
    """How many words in front say nothing: an article, or "pair of"."""
    if len(parts) > 1 and parts[0] in ARTICLES:
        return 1
    return 2 if len(parts) > 2 and parts[0] in ("pair", "set") and parts[1] == "of" else 0
