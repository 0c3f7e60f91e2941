"""Prompts that ask for what is visible: one versioned file per kind, and one class name put in as data."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from dance_xai.errors import DataError
from dance_xai.text.plain import plain_line
from dance_xai.types import Kind, PhraseSource

LONGEST_NAME = 100
"""Characters of a class name. Names of actions are short; what is longer is no name."""

PLACE = "{{class_name}}"


@dataclass(frozen=True)
class Prompt:
    """A prompt with a place for one class name.

    Attributes:
        kind: What it asks for.
        version: Of its words; any change of words counts it up.
        template: Its words, with ``{{class_name}}`` once.
    """

    kind: Kind
    version: int
    template: str

    @property
    def sha256(self) -> str:
        """Hash of the words before a name is put in."""
        return hashlib.sha256(self.template.encode()).hexdigest()

    def fill(self, label: str) -> str:
        """The prompt for one class.

        Args:
            label: The class name. It goes in as a JSON string on one line, so that a name that gives orders, or has
                quotes, braces or line breaks, stays one quoted name.

        Raises:
            DataError: The name is empty or too long.

        Source: paper, section 3.2 (a language model is asked per action class); wording and quoting ours.
        """
        return self.template.replace(PLACE, json.dumps(class_name(label), ensure_ascii=False))


@cache
def load_prompt(kind: Kind) -> Prompt:
    """The prompt of a kind, from ``text/prompts/{kind}.txt``, whose first line is its version."""
    text = (files("dance_xai.text") / "prompts" / f"{kind}.txt").read_text(encoding="utf-8")
    first, _, template = text.partition("\n")
    version = re.fullmatch(r"version: (\d+)", first.strip())
    if version is None or template.count(PLACE) != 1:
        raise DataError(f"prompts/{kind}.txt: expected 'version: N' first and one {PLACE}, got neither; mend it")
    return Prompt(kind, int(version[1]), template.strip())


def words_of(sources: Sequence[PhraseSource]) -> dict[str, dict[str, str | int | None]]:
    """The prompts that sources were asked with, by the SHA-256 of their words, to be kept with what came of them.

    Args:
        sources: Of a phrase set.

    Returns:
        Per hash ``kind``, ``version`` and ``template``, which is None where the words are not those of this version
        of the package.

    Source: ours.
    """
    return {
        sha256: {"kind": kind, "version": version, "template": prompt.template if prompt.sha256 == sha256 else None}
        for source in sources
        for kind, version, sha256 in source.prompts
        for prompt in (load_prompt(kind),)
    }


def class_name(label: str) -> str:
    """A class name as it may stand in a prompt: one line without control characters.

    Raises:
        DataError: Nothing is left, or more than ``LONGEST_NAME`` characters.
    """
    name = plain_line(label)
    if not name or len(name) > LONGEST_NAME:
        got = f"{len(name)} ({name[:30]!r}...)" if name else "none"
        raise DataError(f"class name: expected 1 to {LONGEST_NAME} characters, got {got}; rename the class")
    return name
