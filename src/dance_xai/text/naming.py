"""Which phrases name a class: the name itself, an inflection or a synonym of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property

from dance_xai.text.form import key, stem, words
from dance_xai.text.lexicon import word_list, word_map
from dance_xai.text.nouns import is_gerund, thing_start

Name = tuple[str, ...]


def class_words(name: str) -> Name:
    """The words of a class name such as ``golf_swing``, ``GolfSwing`` or ``Golf Swing``, folded.

    Source: ours.
    """
    return words(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name))


@dataclass(frozen=True)
class ClassNames:
    """The names of the classes and their synonyms, to compare phrases with.

    Attributes:
        names: Each as its words, folded.
    """

    names: tuple[Name, ...]

    @classmethod
    def of(cls, classes: Sequence[str]) -> ClassNames:
        """Collect the names of Y classes with their synonyms (``lexicon/synonyms.txt``)."""
        own = [class_words(name) for name in classes]
        wanted = {_squeezed(name) for name in own}
        others = [group for group in _synonyms() if wanted & {_squeezed(name) for name in group}]
        return cls(tuple(dict.fromkeys([*own, *(name for group in others for name in group)])))

    def named_by(self, text: str) -> bool:
        """Whether a phrase names a class and not a thing.

        A phrase names a class when it is its name, in any inflection, spelling or order of words ("pull-ups", "guitar
        strumming"), or ends in a name of several words ("perfect golf swing"). An object that shares words with the
        class passes ("golf club", "pull-up bar"), as does a known thing that is called like the class ("jump rope"),
        a thing before which the class only says what it is for ("climbing rope") and the noun of an -ing class
        ("kayak").
        """
        phrase = words(text)
        if thing_start(phrase) < len(phrase) or key(text) in word_list("class_things"):
            return False
        tails = [_squeezed(phrase[i:]) for i in range(len(phrase))]
        alike = (name for form in (*tails, _sorted(phrase)) for name in self._by_form.get(form, ()))
        return any(_names(phrase, name) for name in alike)

    @cached_property
    def _by_form(self) -> dict[str, list[Name]]:
        found: dict[str, list[Name]] = {}
        for name in filter(None, self.names):
            for form in (_squeezed(name), _sorted(name)):
                found.setdefault(form, []).append(name)
        return found


def _names(phrase: Name, name: Name) -> bool:
    """Whether a phrase that ends in the name, or has its words in another order, names the class."""
    if _is_noun_of(phrase, name):
        return False
    if _squeezed(phrase) == _squeezed(name):
        return True
    return len(name) > 1 and not (_sorted(phrase) == _sorted(name) and is_gerund(phrase[0]))


def _is_noun_of(phrase: Name, name: Name) -> bool:
    """Whether the class has an -ing word and the phrase the thing it comes from: "skateboard" of "skateboarding"."""
    return any(map(is_gerund, name)) and not any(map(is_gerund, phrase)) and stem(phrase[-1]) not in _movement_stems()


@cache
def _movement_stems() -> frozenset[str]:
    return frozenset(stem(word) for word in word_list("movement"))


@cache
def _synonyms() -> tuple[tuple[Name, ...], ...]:
    return tuple(tuple(words(each) for each in (first, *rest)) for first, rest in word_map("synonyms").items())


def _squeezed(name: Name) -> str:
    return "".join(stem(word) for word in name)


def _sorted(name: Name) -> str:
    return " ".join(sorted(map(stem, name)))
