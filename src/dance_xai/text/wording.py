"""The verdict on the wording of one phrase: a reason to leave it out, or none.

English rules: they look for English words, so a phrase in another language or script passes, except for its length.
People are kept ("player", "referee", "crowd"): they can be seen, and the paper's lists name them.
"""

from __future__ import annotations

from functools import cache
from typing import Literal, get_args

from dance_xai.text.form import canonical, key, words
from dance_xai.text.lexicon import word_list
from dance_xai.text.movement import names_body_part, names_movement
from dance_xai.text.naming import ClassNames
from dance_xai.text.nouns import head, thing_start

TOO_SHORT = "too short"
TOO_LONG = "too long"
SENTENCE = "not the name of a thing or place"
CLASS_NAME = "names a class"
MOVEMENT = "names a movement or posture"
BODY_PART = "names a part of the body"
CAMERA = "about the camera or the film"
VAGUE = "names nothing that can be seen"

WordingCheck = Literal["sentence", "class", "camera", "vague", "body", "movement"]
WORDING_CHECKS: tuple[WordingCheck, ...] = get_args(WordingCheck)


def judge_length(text: str, *, max_words: int, max_characters: int) -> tuple[str, float] | None:
    """The reason and figure when a phrase is too short or too long, else None.

    Args:
        text: Any string.
        max_words: The most words allowed.
        max_characters: The most characters allowed.

    Returns:
        ``TOO_SHORT`` with the number of letters (none, or a single Latin one), or ``TOO_LONG`` with the words or
        characters.

    Source: LF-CBM, section 3 (length of a concept); ours.
    """
    letters = [c for c in text if c.isalpha()]
    if not letters or (len(letters) == 1 and letters[0].isascii()):
        return TOO_SHORT, float(len(letters))
    if len(words(text)) > max_words:
        return TOO_LONG, float(len(words(text)))
    return (TOO_LONG, float(len(text))) if len(text) > max_characters else None


def judge_wording(text: str, classes: ClassNames, checks: tuple[WordingCheck, ...] = WORDING_CHECKS) -> str | None:
    """The first reason why a phrase should be no object or scene concept, or None.

    Args:
        text: Any string.
        classes: The names it must not repeat.
        checks: Which checks are made, in the order of ``WORDING_CHECKS``.

    Source: LF-CBM, section 3 (class names); ours (movement, parts of the body, camera, vague words).
    """
    verdicts = {
        "sentence": lambda: SENTENCE if _is_clause(text) else None,
        "class": lambda: CLASS_NAME if classes.named_by(text) else None,
        "camera": lambda: CAMERA if _is_about_film(text) else None,
        "vague": lambda: VAGUE if _is_vague(text) else None,
        "body": lambda: BODY_PART if names_body_part(text) else None,
        "movement": lambda: MOVEMENT if names_movement(text) else None,
    }
    reasons = (verdicts[check]() for check in WORDING_CHECKS if check in checks)
    return next((reason for reason in reasons if reason), None)


def _is_clause(text: str) -> bool:
    """Pronouns, forms of "be" and "have", conjunctions of clauses; or a preposition in front."""
    chunks = [chunk.casefold().strip(".,;:!?\"'()").replace("’", "'") for chunk in text.split()]
    leads = len(chunks) > 1 and chunks[0] in word_list("leading")
    small = any(chunk in word_list("function_words") for chunk in chunks)
    return (leads or small) and thing_start(words(canonical(text))) > 0


def _is_about_film(text: str) -> bool:
    padded = f" {' '.join(words(text))} "
    return any(f" {entry} " in padded for entry in _film_words())


@cache
def _film_words() -> tuple[str, ...]:
    return tuple(" ".join(words(entry)) for entry in word_list("camera"))


def _is_vague(text: str) -> bool:
    return key(text) in word_list("vague") or head(text) in word_list("abstract")
