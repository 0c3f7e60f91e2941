"""Phrase sets as plain text that people edit: a head, then a line per phrase under ``[object]`` and ``[scene]``.

Lines may be moved inside the file, added and removed, and comments start with ``#``; what a program writes again keeps
all lines that it has nothing new to say about, letter by letter, with their line ends and the mark before the first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from dance_xai.data.npz import require_file
from dance_xai.data.phrase_notation import (
    entry_line,
    quoted,
    read_entry,
    read_list,
    read_source,
    source_line,
    split_at,
)
from dance_xai.errors import DataError
from dance_xai.types import Kind, PhraseEntry, PhraseSet

FORMAT = 1
SECTIONS: dict[str, Kind] = {"[object]": "object", "[scene]": "scene"}
WIDEST = 36
"""Letters to which phrases are padded; longer ones stand as they are."""

GUIDE = """\
# Object and scene phrases. "keep" and "drop" are verdicts of the filters and change when these run again.
# "keep!" and "drop!" are yours: no command changes them. To add a phrase, write a line such as "keep! wooden bench".
# To never see a phrase again, write "drop!" in front; a line that is removed is forgotten, and another source may
# propose it anew. Comments and the order of the lines stay as they are.
"""
BOM = "\ufeff"
"""The mark that some editors put before the first line."""
_LINE = re.compile(r"([^\r\n]*)(\r\n|\r|\n|\Z)")


@dataclass(frozen=True)
class Line:
    """One line of the file.

    Attributes:
        raw: As it stands there, without its end.
        end: LF, CRLF or CR, as it stands there; empty where the file ends without one.
        head: Whether it belongs to the head: ``format``, ``classes`` or ``source``.
        kind: The section it stands in; None in the head.
        entry: Its phrase, if it has one.
        comment: Its comment, with ``#``; empty without.
    """

    raw: str
    end: str = "\n"
    head: bool = False
    kind: Kind | None = None
    entry: PhraseEntry | None = None
    comment: str = ""


@dataclass(frozen=True)
class PhraseDocument:
    """A phrase set with the lines it was read from, and whether a mark (BOM) stood before them."""

    phrases: PhraseSet
    lines: tuple[Line, ...]
    marked: bool = False

    @property
    def end(self) -> str:
        """The end of new lines: that of the first line."""
        return self.lines[0].end or "\n"


def read_phrase_set(path: Path | str) -> PhraseDocument:
    """Read a file of phrases.

    Raises:
        DataError: It is missing, not UTF-8, or a line is wrong; names the line.
    """
    path = Path(path)
    require_file(path, "a file of phrases")
    try:
        text = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: expected phrases in UTF-8, got {error}; save the file again") from error
    return parse_phrase_set(text, str(path))


def parse_phrase_set(text: str, where: str) -> PhraseDocument:
    """The phrase set in a text, objects first.

    Args:
        text: As ``render_phrase_set`` makes it, perhaps edited.
        where: What errors call it.

    Raises:
        DataError: A line is wrong; names it.

    Source: ours.
    """
    lines: list[Line] = []
    kind: Kind | None = None
    head: list[tuple[str, str, str]] = []
    for number, (raw, end) in enumerate(_split(text.removeprefix(BOM)), start=1):
        at = f"{where}: line {number}"
        content = split_at(raw, "#", 1)[0]
        if content.startswith("["):
            kind = _section(content, at)
        elif content and kind is None:
            head.append(_head_field(content, at))
        lines.append(replace(_line(raw, kind, at), end=end))
    phrases = replace(_head(head, where), entries=_entries(lines, where))
    return PhraseDocument(phrases, tuple(lines), text.startswith(BOM))


def render_phrase_set(phrases: PhraseSet, earlier: PhraseDocument | None = None) -> str:
    """The file of a phrase set; ``parse_phrase_set`` gives the same set back.

    Args:
        phrases: Objects first; phrases of one kind differ.
        earlier: What stood in the file before: its comments and the order of its lines stay, and so do all lines with
            nothing new. New phrases come last in the last section of their kind; those that are gone are left out.

    Source: ours.
    """
    earlier = earlier or parse_phrase_set(f"{GUIDE}format: {FORMAT}\n\n[object]\n\n[scene]\n", "new")
    width = min(WIDEST, max((len(entry.text) for entry in phrases.entries), default=0))
    left = {(entry.kind, entry.text): entry for entry in phrases.entries}
    body = [[raw + line.end for raw in _renewed(line, left, width)] for line in earlier.lines]
    if _head_of(phrases) != _head_of(earlier.phrases):
        first, *others = (place for place, line in enumerate(earlier.lines) if line.head)
        body[first] = list(_renewed_head(phrases, earlier))
        for place in others:
            body[place] = []
    for kind in SECTIONS.values():
        new = [entry_line(entry, width) + earlier.end for entry in left.values() if entry.kind == kind]
        _insert(body, earlier, kind, new)
    return (BOM if earlier.marked else "") + _joined([line for lines in body for line in lines], earlier.end)


def _split(text: str) -> list[tuple[str, str]]:
    """Lines with their ends, at least one."""
    lines = _LINE.findall(text)
    return lines[:-1] if len(lines) > 1 and lines[-1] == ("", "") else lines


def _joined(lines: list[str], end: str) -> str:
    """One text; a line that was the last and had no end gets one when others follow."""
    ended = [line if line.endswith(("\n", "\r")) else line + end for line in lines[:-1]]
    return "".join([*ended, *lines[-1:]])


def _section(content: str, at: str) -> Kind:
    if content not in SECTIONS:
        raise DataError(f"{at}: expected {' or '.join(SECTIONS)}, got {content!r}; change it")
    return SECTIONS[content]


def _line(raw: str, kind: Kind | None, at: str) -> Line:
    content, *comment = split_at(raw, "#", 1)
    if not content or content.startswith("["):
        return Line(raw, kind=kind)
    if kind is None:
        return Line(raw, head=True)
    return Line(raw, kind=kind, entry=read_entry(content, kind, at), comment="".join(comment))


def _head_field(content: str, at: str) -> tuple[str, str, str]:
    name, colon, value = content.partition(":")
    if not colon or name not in ("format", "classes", "source"):
        raise DataError(
            f"{at}: expected format:, classes: or source: above {' or '.join(SECTIONS)}, got {content!r:.60}; "
            "move the phrase below one of these, or remove the line"
        )
    return name, value.strip(), f"{at}: {name}"


def _head(fields: list[tuple[str, str, str]], where: str) -> PhraseSet:
    formats = [value for name, value, _ in fields if name == "format"]
    if formats != [str(FORMAT)]:
        raise DataError(
            f"{where}: expected one line 'format: {FORMAT}' above the phrases, got {', '.join(formats) or 'none'}; add "
            "it, update dance-xai if the file is newer, or give plain lists as data.objects and data.scenes"
        )
    classes = tuple(each for name, value, at in fields if name == "classes" for each in read_list(value, at))
    if repeated := [name for place, name in enumerate(classes) if name in classes[:place]]:
        raise DataError(f"{where}: expected each class once, got {repeated[0]!r} twice; remove one")
    sources = tuple(read_source(value, classes, at) for name, value, at in fields if name == "source")
    return PhraseSet(classes, (), sources)


def _entries(lines: list[Line], where: str) -> tuple[PhraseEntry, ...]:
    """The phrases, objects first, otherwise in their order."""
    first: dict[tuple[Kind, str], int] = {}
    for number, line in enumerate(lines, start=1):
        if line.entry is None:
            continue
        before = first.setdefault((line.entry.kind, line.entry.text), number)
        if before != number:
            raise DataError(
                f"{where}: line {number}: expected each {line.entry.kind} phrase once, got {line.entry.text!r} as in "
                f"line {before}; remove one"
            )
    return tuple(sorted((line.entry for line in lines if line.entry), key=lambda entry: entry.kind))


def _head_of(phrases: PhraseSet) -> PhraseSet:
    return replace(phrases, entries=())


def _renewed_head(phrases: PhraseSet, earlier: PhraseDocument) -> Iterator[str]:
    """The head, letter by letter where it says the same as before."""
    before = {split_at(line.raw, "#", 1)[0]: line.raw + line.end for line in earlier.lines if line.head}
    yield from (before.get(line, line + earlier.end) for line in _head_lines(phrases))


def _head_lines(phrases: PhraseSet) -> Iterator[str]:
    yield f"format: {FORMAT}"
    yield from (f"classes: {row}" for row in _rows(phrases.classes))
    yield from (f"source: {source_line(source, phrases.classes)}" for source in phrases.sources)


def _rows(names: Iterable[str], width: int = 110) -> list[str]:
    """Names between commas, in rows of about this many letters."""
    rows: list[str] = []
    for name in names:
        if rows and len(rows[-1]) + len(name) + 2 <= width:
            rows[-1] = f"{rows[-1]}, {quoted(name)}"
        else:
            rows.append(quoted(name))
    return rows


def _renewed(line: Line, left: dict[tuple[Kind, str], PhraseEntry], width: int) -> Iterator[str]:
    """The line as it is now, its phrase taken out of those left to write; nothing when the phrase is gone."""
    if line.entry is None:
        yield line.raw
    elif (entry := left.pop((line.entry.kind, line.entry.text), None)) is not None:
        comment = f"   # {line.comment}" if line.comment else ""
        yield line.raw if entry == line.entry else entry_line(entry, width) + comment


def _insert(body: list[list[str]], earlier: PhraseDocument, kind: Kind, new: list[str]) -> None:
    """Put new lines behind the last phrase of their kind, or behind the last heading without any."""
    places = [
        place for place, line in enumerate(earlier.lines) if line.kind == kind and (line.entry or "[" in line.raw)
    ]
    if places:
        body[places[-1]] += new
    elif new:
        body.append([earlier.end, f"[{kind}]{earlier.end}", *new])
