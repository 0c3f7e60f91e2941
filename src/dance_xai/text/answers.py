"""The answer of a language model: one JSON object somewhere in its text, checked, cleaned and capped.

What a model writes is data. It is parsed as JSON, compared and shown, and nothing else.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from dance_xai.errors import ProposalError
from dance_xai.text.form import canonical
from dance_xai.text.plain import plain_line
from dance_xai.types import Drop, Kind

if TYPE_CHECKING:
    from pydantic import TypeAdapter

MOST_PHRASES = 60
"""Of one answer. Prompts ask for at most 15; four times as many are a model that cannot stop."""

LONGEST_PHRASE = 80
"""Characters. Four English words are about 25."""

TOO_MANY = f"beyond the first {MOST_PHRASES} phrases of an answer"
TOO_LONG = f"longer than {LONGEST_PHRASE} characters"
NO_WORDS = "no letter or digit"

_TRIES = 100
_THOUGHTS = re.compile(r"<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL)

ANSWER_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"phrases": {"type": "array", "items": {"type": "string"}}},
    "required": ["phrases"],
    "additionalProperties": False,
}
"""JSON Schema of an answer, for servers that hold a model to one."""


@dataclass(frozen=True)
class Answer:
    """``{"phrases": [...]}``; further keys do not count."""

    phrases: list[str]


def read_answer(text: str, kind: Kind, label: str) -> tuple[tuple[str, ...], tuple[Drop, ...]]:
    """The phrases of one answer.

    Args:
        text: What the model wrote: a JSON object, bare, fenced, or between other words.
        kind: What was asked for; the stage of the drops.
        label: The class it was asked for; the item of the drop that counts phrases beyond the cap.

    Returns:
        At most ``MOST_PHRASES`` phrases in the order of the answer, each one line of at most ``LONGEST_PHRASE``
        characters; and the drops.

    Raises:
        ProposalError: Not exactly one complete JSON object with a list of phrases that names some.

    Source: ours.
    """
    phrases = _validated(_one_object(text)).phrases
    kept: list[str] = []
    drops = [Drop(kind, label, TOO_MANY, len(phrases) - MOST_PHRASES)] if len(phrases) > MOST_PHRASES else []
    for phrase in phrases[:MOST_PHRASES]:
        shown = canonical(plain_line(phrase))
        reason = _flaw(shown)
        if reason is None:
            kept.append(shown)
        else:
            drops.append(Drop(kind, shown[:LONGEST_PHRASE], reason, len(shown)))
    if not kept:
        raise ProposalError(f"expected some phrases, got {len(phrases)}, none of them usable")
    return tuple(kept), tuple(drops)


def _flaw(phrase: str) -> str | None:
    if len(phrase) > LONGEST_PHRASE:
        return TOO_LONG
    return None if any(c.isalnum() for c in phrase) else NO_WORDS


def _one_object(text: str) -> dict[str, Any]:
    found = [value for value in _objects(_THOUGHTS.sub("", text)) if "phrases" in value]
    if len(found) != 1:
        seen = " ".join(text.split())
        began = f"text that begins {seen[:40]!r}" if seen else "an empty text"
        got = f"{len(found)} of them" if found else began
        raise ProposalError(f'expected one JSON object {{"phrases": [...]}}, got {got}')
    return found[0]


def _objects(text: str) -> list[dict[str, Any]]:
    """The complete JSON objects in a text, from left to right, none inside another."""
    decoder, found, start = json.JSONDecoder(), [], text.find("{")
    for _ in range(_TRIES):
        if start < 0:
            break
        try:
            value, end = decoder.raw_decode(text, start)
            found.append(value)
        except (ValueError, RecursionError):
            end = start + 1
        start = text.find("{", end)
    return found


def _validated(tree: dict[str, Any]) -> Answer:
    from pydantic import ValidationError

    try:
        return _adapter().validate_python(tree)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ProposalError(f"expected a list of phrases, got at {place}: {first['msg']}") from None


@cache
def _adapter() -> TypeAdapter[Answer]:
    from pydantic import TypeAdapter

    return TypeAdapter(Answer)
