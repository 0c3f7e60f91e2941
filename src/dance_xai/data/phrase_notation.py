"""One phrase on one line, for people to read and edit.

::

    keep   tennis racket   | for tennis_serve, tennis_forehand; agreement 0.6667; seen 0.312   # a comment
    drop   swinging bat    | for bowl; because names a movement or posture
    keep!  ball

First the verdict, with ``!`` where a person decided; then the phrase; after ``|`` what is known of it, between
semicolons: ``for`` (classes), ``agreement``, ``seen`` (similarity), ``auc``, ``because`` and ``value``. A text with one
of ``| # ; , "`` in it, or with unusual spaces or control characters, stands in double quotes as in JSON.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from dance_xai.errors import DataError
from dance_xai.types import Kind, PhraseEntry, PhraseSource

VERDICTS = ("keep", "drop", "keep!", "drop!")
_SPECIAL = frozenset('|#;,"')
_PIECE = re.compile(r'"(?:[^"\\]|\\.)*"|.', re.DOTALL)


def quoted(text: str) -> str:
    """A text as it stands in a line: as it is, or in double quotes."""
    plain = text.isprintable() and not _SPECIAL & set(text) and text and text == " ".join(text.split())
    return text if plain else json.dumps(text)


def unquoted(part: str, where: str) -> str:
    """The text that ``quoted`` was given.

    Raises:
        DataError: A quoted text that is not whole.
    """
    if not part.startswith('"'):
        return " ".join(part.split())
    try:
        return str(json.loads(part))
    except ValueError as error:
        raise DataError(
            f'{where}: expected one text in double quotes, got {part!r}; write " inside it as \\"'
        ) from error


def split_at(text: str, mark: str, most: int = -1) -> list[str]:
    """The stripped parts between marks that stand outside of quotes."""
    parts, left = [""], most
    for piece in _PIECE.findall(text):
        if piece == mark and left:
            parts.append("")
            left -= 1
        else:
            parts[-1] += piece
    return [part.strip() for part in parts]


def entry_line(entry: PhraseEntry, width: int = 0) -> str:
    """The line of an entry, the phrase padded to ``width``, without a comment."""
    verdict = ("keep" if entry.kept else "drop") + ("!" if entry.by_user else "")
    known = [
        f"for {listed(entry.classes)}" if entry.classes else "",
        f"agreement {float(entry.agreement)!r}" if entry.agreement != 1 else "",
        *(
            f"{name} {float(value)!r}"
            for name, value in (("seen", entry.similarity), ("auc", entry.auc))
            if value is not None
        ),
        f"because {quoted(entry.reason)}" if entry.reason is not None else "",
        f"value {float(entry.value)!r}" if entry.value is not None else "",
    ]
    phrase, about = quoted(entry.text), "; ".join(each for each in known if each)
    return f"{verdict:<5}  {phrase:<{width}}  | {about}" if about else f"{verdict:<5}  {phrase}"


def read_entry(line: str, kind: Kind, where: str) -> PhraseEntry:
    """The entry of a line without its comment.

    Args:
        line: As ``entry_line`` makes it, or as a person writes it.
        kind: The section it stands in.
        where: File and line, for errors.

    Raises:
        DataError: No verdict, no phrase, or something unknown behind the bar.
    """
    first, _, rest = line.strip().partition(" ")
    if first not in VERDICTS:
        raise DataError(f"{where}: expected {', '.join(VERDICTS)} first, got {first!r}; put one in front of the phrase")
    phrase, *about = split_at(rest, "|", 1)
    text = unquoted(phrase, where)
    if not text.strip():
        raise DataError(f"{where}: expected a phrase after {first!r}, got none; write it there, or remove the line")
    known = read_fields("".join(about), _FIELDS, where)
    return PhraseEntry(kind, text, kept=first.startswith("keep"), by_user=first.endswith("!"), **known)


def source_line(source: PhraseSource, classes: tuple[str, ...]) -> str:
    """What is known of a source; its classes only where they are not those of the set."""
    known = [
        quoted(source.name),
        *([f"samples {source.samples}"] if source.samples is not None else []),
        *(f"{kind} prompt {version} {quoted(sha)}" for kind, version, sha in source.prompts),
        *([f"for {listed(source.classes)}".strip()] if source.classes != classes else []),
    ]
    return "; ".join(known)


def read_source(text: str, classes: tuple[str, ...], where: str) -> PhraseSource:
    """The source that ``source_line`` was given.

    Raises:
        DataError: It has no name, or something unknown behind it.
    """
    name, *about = split_at(text, ";", 1)
    known = {"classes": classes} | read_fields("".join(about), _SOURCE_FIELDS, where)
    prompts = tuple(known.pop(key) for key in ("object prompt", "scene prompt") if key in known)
    return PhraseSource(unquoted(name, where), prompts=prompts, **known)


def listed(texts: Iterable[str]) -> str:
    """Texts between commas."""
    return ", ".join(map(quoted, texts))


def read_list(text: str, where: str) -> tuple[str, ...]:
    """The texts that ``listed`` was given.

    Raises:
        DataError: An empty one among them.
    """
    names = [unquoted(part, where) for part in split_at(text, ",")] if text.strip() else []
    if not all(part for part in split_at(text, ",")) and names:
        raise DataError(f"{where}: expected names between commas, got an empty one; remove a comma")
    return tuple(names)


Field = tuple[str, Callable[[str, str], Any]]


def read_fields(text: str, fields: Mapping[str, Field], where: str) -> dict[str, Any]:
    """Named values between semicolons.

    Args:
        text: For example ``for bowl; seen 0.3``.
        fields: What may stand there: its name in the line, then its name in the result and its reader.
        where: File and line, for errors.

    Raises:
        DataError: An unknown name, the same one twice, or a value of another kind.
    """
    found: dict[str, Any] = {}
    for part in split_at(text, ";"):
        if not part:
            continue
        name = next((name for name in fields if part == name or part.startswith(f"{name} ")), None)
        if name is None:
            raise DataError(
                f"{where}: expected {', '.join(fields)} between semicolons, got {part!r}; mend or remove it"
            )
        key, reader = fields[name]
        if key in found:
            raise DataError(f"{where}: expected {name!r} once, got it twice; remove one")
        found[key] = reader(part.removeprefix(name).strip(), f"{where}: {name}")
    return found


def _number(text: str, where: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise DataError(f"{where}: expected a number, got {text!r}; mend or remove it")
    return value


def _share(text: str, where: str) -> float:
    value = _number(text, where)
    if not 0 <= value <= 1:
        raise DataError(f"{where}: expected a number from 0 to 1, got {text!r}; mend or remove it")
    return value


def _count(text: str, where: str) -> int:
    if not re.fullmatch("[0-9]{1,9}", text):
        raise DataError(f"{where}: expected a whole number, got {text!r}; mend or remove it")
    return int(text)


def _prompt(kind: Kind) -> Callable[[str, str], tuple[Kind, int, str]]:
    def read(text: str, where: str) -> tuple[Kind, int, str]:
        version, _, sha = text.partition(" ")
        return kind, _count(version, where), unquoted(sha.strip(), where)

    return read


_FIELDS: dict[str, Field] = {
    "for": ("classes", read_list),
    "agreement": ("agreement", _share),
    "seen": ("similarity", _number),
    "auc": ("auc", _share),
    "because": ("reason", unquoted),
    "value": ("value", _number),
}
_SOURCE_FIELDS: dict[str, Field] = {
    "samples": ("samples", _count),
    "object prompt": ("object prompt", _prompt("object")),
    "scene prompt": ("scene prompt", _prompt("scene")),
    "for": ("classes", read_list),
}
