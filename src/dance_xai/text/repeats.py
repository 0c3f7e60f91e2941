"""Forms that near repeats share: where a word's ending, a filler or a typing slip is all that differs."""

from __future__ import annotations

from collections.abc import Collection

from dance_xai.text.lexicon import word_list

_ADJECTIVES = ("y", "ed", "en")
_MIN_BASE, _MIN_SLIP = 3, 7


def loose_forms(keys: Collection[str]) -> dict[str, str]:
    """The loose form of each key; keys with one form are near repeats of each other.

    Careful rules, since a wrong repeat loses a concept: word division ("dumb bell"), "bottle of water" and "water
    bottle", fillers behind a place ("campfire setting"), adjectives beside their noun ("grassy field" where "grass"
    is a word of the set), and one letter too few in words of seven letters and more. "Hiking trail" and "biking
    trail", or "field hockey" and "hockey field", stay two.

    Args:
        keys: As ``form.key`` gives them.

    Source: ours.
    """
    vocabulary = frozenset(word for each in keys for word in each.split())
    return {each: "".join(_loosened(each.split(), vocabulary)) for each in keys}


def _loosened(words: list[str], vocabulary: frozenset[str]) -> list[str]:
    words = _turned(words)
    while len(words) > 1 and words[-1] in word_list("fillers"):
        words = words[:-1]
    if not words:
        return words
    *before, last = (_without_slip(word, vocabulary) for word in words)
    return [*(_noun(word, vocabulary) for word in before), last]


def _turned(words: list[str]) -> list[str]:
    """``A of B`` -> ``B A`` for single words A."""
    return [*words[2:], words[0]] if len(words) > 2 and words[1] == "of" else words


def _noun(word: str, vocabulary: frozenset[str]) -> str:
    bases = (word.removesuffix(ending) for ending in _ADJECTIVES if word.endswith(ending))
    return next((base for base in bases if len(base) >= _MIN_BASE and base in vocabulary), word)


def _without_slip(word: str, vocabulary: frozenset[str]) -> str:
    """The word of the set that has one letter less, first and last letter alike; the word itself without one."""
    if len(word) <= _MIN_SLIP or word.endswith("ing"):
        return word
    shorter = sorted({word[:i] + word[i + 1 :] for i in range(1, len(word) - 1)} & vocabulary)
    return _without_slip(shorter[0], vocabulary) if shorter else word
