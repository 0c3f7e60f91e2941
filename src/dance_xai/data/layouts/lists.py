"""Lists without a header, as for Kinetics: ``path,label`` or ``path label`` a line."""

from __future__ import annotations

import csv
from pathlib import Path

from dance_xai.data.layouts.entries import Entry, Part, is_video, name_from, numbered_lines
from dance_xai.data.layouts.naming import give_ids
from dance_xai.data.layouts.source import ClipsSource
from dance_xai.errors import DataError

_SEPARATORS = (",", " ")


def list_entries(source: ClipsSource, root: Path) -> list[Entry]:
    """The clips of a list, or of one for training and one for testing.

    Raises:
        DataError: A file is missing or empty, or a line is not a path and a label.
    """
    if source.test_path is None:
        return give_ids(_entries_of(source, root, root / source.path, None), short=True)
    train = _entries_of(source, root, root / source.path, "train")
    return give_ids(train + _entries_of(source, root, root / source.test_path, "test"), short=True)


def _entries_of(source: ClipsSource, root: Path, file: Path, part: Part | None) -> list[Entry]:
    base = file.parent if source.videos is None else root / source.videos
    rows = read_list(file)
    return [
        Entry(f"{file}: line {line}", label, base / path, name_from(root, base / path), part=part)
        for line, path, label in rows
    ]


def read_list(file: Path) -> list[tuple[int, str, str]]:
    """Read a list as (line, path, label).

    All lines are separated alike, by the last comma or by the last space, whichever leaves a video or a number in each.
    A path in double quotes is read as in CSV.

    Raises:
        DataError: The file is missing, or a line is not a path and a label.

    Source: the list files of VideoMAE (Tong et al. 2022).
    """
    lines = numbered_lines(file, "a list of 'path label'")
    splits = {sep: [(number, split_line(text, sep)) for number, text in lines] for sep in _SEPARATORS}
    best = max(_SEPARATORS, key=lambda sep: sum(cells is not None for _, cells in splits[sep]))
    for (number, text), (_, cells) in zip(lines, splits[best], strict=True):
        if cells is None:
            raise DataError(
                f"{file}: line {number}: expected a video and its label as 'path,label' or 'path label', "
                f"got {text[:80]!r}; mend the line"
            )
    return [(number, *cells) for number, cells in splits[best] if cells is not None]


def split_line(text: str, separator: str) -> tuple[str, str] | None:
    """Path and label of a line, or None if it is not a video, or anything with a number, so separated."""
    path, label = (part.strip() for part in _quoted(text, separator) or _unquoted(text, separator))
    return (path, label) if path and label and (is_video(path) or label.isdecimal()) else None


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
