"""Lists without a header, as for Kinetics: ``path,label`` or ``path label`` a line."""

from __future__ import annotations

import csv
from pathlib import Path

from dance_xai.data.layouts.entries import Entry, Part, is_video, name_from, numbered_lines
from dance_xai.data.layouts.naming import give_ids
from dance_xai.data.layouts.source import ClipsSource

_SEPARATORS = (",", " ")


def list_entries(source: ClipsSource, root: Path) -> list[Entry]:
    """The clips of a list, or of one for training and one for testing.

    Raises:
        DataError: A file is missing or not text.
    """
    if source.test_path is None:
        return give_ids(_entries_of(source, root, root / source.path, None), short=True)
    train = _entries_of(source, root, root / source.path, "train")
    return give_ids(train + _entries_of(source, root, root / source.test_path, "test"), short=True)


def _entries_of(source: ClipsSource, root: Path, file: Path, part: Part | None) -> list[Entry]:
    base = file.parent if source.videos is None else root / source.videos
    rows, wrong = read_list(file)
    good = [
        Entry(f"{file}: line {line}", label, base / path, name_from(root, base / path), part=part)
        for line, path, label in rows
    ]
    return good + [Entry(f"{file}: line {line}", "", wrong=reason) for line, reason in wrong.items()]


def read_list(file: Path) -> tuple[list[tuple[int, str, str]], dict[int, str]]:
    """Read a list as (line, path, label), and what is wrong with the other lines.

    All lines are separated alike, by the last comma or by the last space, whichever leaves a video or a number in each.
    A path in double quotes is read as in CSV.

    Raises:
        DataError: The file is missing or not text.

    Source: the list files of VideoMAE (Tong et al. 2022).
    """
    lines = numbered_lines(file, "a list of 'path label'")
    splits = {sep: [(number, split_line(text, sep)) for number, text in lines] for sep in _SEPARATORS}
    best = max(_SEPARATORS, key=lambda sep: sum(cells is not None for _, cells in splits[sep]))
    wrong = {
        number: f"expected a video and its label as 'path,label' or 'path label', got {text[:80]!r}; mend the line"
        for (number, text), (_, cells) in zip(lines, splits[best], strict=True)
        if cells is None
    }
    return [(number, *cells) for number, cells in splits[best] if cells is not None], wrong


def split_line(text: str, separator: str) -> tuple[str, str] | None:
    """Path and label of a line, or None if it is not a video, or anything with a number, so separated.

    A video with two numbers behind it is neither: lists of path, number of frames and label are another format.
    """
    path, label = (part.strip() for part in _quoted(text, separator) or _unquoted(text, separator))
    first, _, number = path.rpartition(separator)
    three = is_video(first.strip()) and number.strip().isdecimal()
    return (path, label) if path and label and not three and (is_video(path) or label.isdecimal()) else None


def _unquoted(text: str, separator: str) -> tuple[str, str]:
    path, _, label = (text.replace("\t", " ") if separator == " " else text).rpartition(separator)
    return path, label


def _quoted(text: str, separator: str) -> tuple[str, str] | None:
    """Path and label where the line has quotes and reads as two cells of CSV."""
    if '"' not in text:
        return None
    try:
        cells = next(csv.reader([text], delimiter=separator, strict=True))
    except csv.Error:
        return None
    return (cells[0], cells[1]) if len(cells) == 2 else None
