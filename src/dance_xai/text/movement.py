"""Which phrases name a movement, a posture or a part of the body, by their words.

Movement must not leak into objects and scenes. An -ing word before the noun of a thing tells what the thing is for
("running shoes", "climbing wall") and passes; alone, after a noun or before a person it is a movement ("player
jumping", "running man"), and so are things that move ("flying ball") and things handled ("kicking ball").
"""

from __future__ import annotations

from dance_xai.text.form import base
from dance_xai.text.lexicon import word_list, word_map
from dance_xai.text.nouns import Part, ends_with, is_gerund, noun_parts, thing_start


def names_movement(text: str) -> bool:
    """Whether a phrase names a movement or a posture.

    Source: ours; the words are listed in ``lexicon/``.
    """
    return any(_moves(part) for part in noun_parts(text))


def names_body_part(text: str) -> bool:
    """Whether a phrase, or what stands after a preposition in it, is a part of the body: "raised arm", not "armchair".

    Source: ours; the words are listed in ``lexicon/``.
    """
    return any(thing_start(part) == len(part) and _is_body(part) for part in noun_parts(text))


def _is_body(part: Part) -> bool:
    if ends_with(part, word_list("body_parts")):
        return True
    named = word_list("body_parts") | word_list("body_or_thing")
    if base(part[0]) in named and part[-1] in word_list("body_adjectives") | word_list("body_postures"):
        return True
    own = word_list("body_adjectives") | word_list("body_parts") | word_list("people")
    return base(part[-1]) in word_list("body_or_thing") and all(base(word) in own for word in part[:-1])


def _moves(part: Part) -> bool:
    until = thing_start(part)
    if until == len(part) and (_ends_in_movement(part) or _means_movement(part)):
        return True
    return any(_acts(part, i) for i in range(until))


def _ends_in_movement(part: Part) -> bool:
    adverb = len(part) > 1 and part[-1] in word_list("manner")
    return adverb or is_gerund(part[-1]) or ends_with(part, word_list("movement"))


def _means_movement(part: Part) -> bool:
    """Whether the last word is a movement because of the word before it: "golf swing", not "porch swing"."""
    after = word_map("movement_after").get(base(part[-1]))
    if after is None or len(part) < 2:
        return False
    before = base(part[-2])
    return before in after or before in word_list("body_parts") or before in word_list("people")


def _acts(part: Part, i: int) -> bool:
    """Whether the word at ``i`` tells what somebody or something does."""
    if i == len(part) - 1:
        return False
    word, last = part[i], base(part[-1])
    if last in word_list("people") or last in word_list("animals"):
        return is_gerund(word) or word in word_list("postures")
    if word in word_list("thing_movements"):
        return last not in word_list("natural")
    if word in word_list("handling"):
        return last not in word_list("handling_nouns")
    if base(word) in word_list("throwing") and last in word_list("apparatus"):
        return True
    return i > 0 and (_does(part[i - 1], word, last) or _is_verb_of(part[i - 1], word))


def _does(before: str, word: str, last: str) -> bool:
    """Whether an -ing word after ``before`` tells what it does: "man riding bike", not "dog walking path"."""
    who = base(before)
    if not is_gerund(word):
        return False
    for_many = who != before or who in word_list("animals")
    if last in word_list("places") and for_many:
        return False
    return who in word_list("people") or (who in word_list("animals") and last in word_list("apparatus"))


def _is_verb_of(before: str, word: str) -> bool:
    """Whether a word in -s before another one is what a person does: "man climbs rope", not "student sports hall"."""
    return before in word_list("people") and word.endswith("s") and base(word) != word and word != "sports"
