"""Clip lists with named columns: CSV files with a header, and JSON lines with the same keys."""

from __future__ import annotations

import csv
import json
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dance_xai.data.layouts.entries import Entry, Part, gathered, name_from, numbered_lines, part_named
from dance_xai.data.layouts.naming import give_ids
from dance_xai.data.layouts.source import ClipsSource
from dance_xai.data.npz import refuse_duplicates, require_file, some
from dance_xai.errors import DataError
from dance_xai.types import counted

JSON_SUFFIXES = (".jsonl", ".ndjson")

STANDARD = {
    "label": "label",
    "id": "clip",
    "path": "path",
    "split": "split",
    "subject": "subject",
    "start": "start",
    "end": "end",
}
"""The column that fills a role where the settings name none."""

_NEEDED = ("id", "label", "path", "split")


@dataclass(frozen=True)
class Table:
    """The rows of a list.

    Attributes:
        file: Where they come from.
        header: The names of the columns.
        rows: The line in the file, and the cells by column; a cell is empty where a JSON object lacks the key.
        broken: What is wrong with lines that are no rows, whose cells are empty.
    """

    file: Path
    header: tuple[str, ...]
    rows: list[tuple[int, dict[str, str]]]
    broken: dict[int, str] = field(default_factory=dict)


def table_entries(source: ClipsSource, root: Path) -> list[Entry]:
    """The clips of a CSV or JSONL file, or of one for training and one for testing.

    Raises:
        DataError: A file is missing or damaged, or a column is missing.
    """
    if source.test_path is None:
        return give_ids(_entries_of(source, root, root / source.path, None), short=True)
    train = _entries_of(source, root, root / source.path, "train")
    return give_ids(train + _entries_of(source, root, root / source.test_path, "test"), short=True)


def _entries_of(source: ClipsSource, root: Path, file: Path, part: Part | None) -> list[Entry]:
    json_lines = source.layout == "jsonl" or (source.layout == "auto" and file.suffix.lower() in JSON_SUFFIXES)
    table = read_json_lines(file) if json_lines else read_csv(file)
    columns = find_columns(table, source)
    if part is not None and "split" in columns:
        raise DataError(
            f"{file}: expected the split from test_path or from the column {columns['split']!r}, got both; remove one"
        )
    base = file.parent if source.videos is None else root / source.videos
    return row_entries(table, columns, base, root, part)


def row_entries(table: Table, columns: dict[str, str], base: Path, root: Path, part: Part | None) -> list[Entry]:
    """All rows as entries, those that cannot be used with the reason; paths start at ``base``."""
    rows = ((f"{table.file}: line {line}", row) for row, (line, _) in enumerate(table.rows))
    return gathered(lambda row: [row_entry(table, row, columns, base, root, part)], rows)


def read_csv(file: Path) -> Table:
    """Read a CSV file with a header; rows with too few or too many cells are broken.

    Raises:
        DataError: The file is missing or is not CSV in UTF-8, or columns repeat.
    """
    require_file(file, "a CSV file")
    try:
        with file.open(newline="", encoding="utf-8-sig") as stream:
            reader = csv.reader(stream, strict=True)
            header = tuple(cell.strip() for cell in next(reader, ()))
            rows = [(reader.line_num, cells) for cells in reader if cells]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{file}: expected a CSV file in UTF-8, got {error}; save it as CSV again") from error
    refuse_duplicates(str(file), header, "columns")
    broken = {
        line: f"expected {counted(len(header), 'cell')}, as in the header, got {len(cells)}; mend the row"
        for line, cells in rows
        if len(cells) != len(header)
    }
    blank = dict.fromkeys(header, "")
    cells_of = [(line, blank if line in broken else dict(zip(header, cells, strict=True))) for line, cells in rows]
    return Table(file, header, cells_of, broken)


def read_json_lines(file: Path) -> Table:
    """Read a file with a JSON object a line; numbers count as text, null as an empty cell; other lines are broken.

    Raises:
        DataError: The file is missing or is not UTF-8, or no line is a JSON object.
    """
    rows: list[tuple[int, dict[str, str]]] = []
    broken: dict[int, str] = {}
    for line, text in numbered_lines(file, "a JSON lines file"):
        found = _object(text)
        if isinstance(found, str):
            broken[line] = found
        rows.append((line, {} if isinstance(found, str) else found))
    if broken and len(broken) == len(rows):
        line, reason = next(iter(broken.items()))
        raise DataError(f"{file}: line {line}: {reason}")
    blank = dict.fromkeys((key for _, row in rows for key in row), "")
    return Table(file, tuple(blank), [(line, blank | row) for line, row in rows], broken)


def _object(text: str) -> dict[str, str] | str:
    """The cells of a line, or what is wrong with it."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        return f"expected a JSON object, got {str(error)[:80]}; mend the line"
    if not isinstance(found, dict):
        return f"expected a JSON object, got {text[:80]!r}; write {{...}} a line"
    return {key: _plain(value) for key, value in found.items()}


def _plain(value: Any) -> str:
    return "" if value is None else value if isinstance(value, str) else json.dumps(value)


def find_columns(table: Table, source: ClipsSource, needed: tuple[str, ...] = ("label",)) -> dict[str, str]:
    """The column of every role (id, label, path, split, subject, start, end) that the list fills.

    Args:
        table: The list.
        source: The settings.
        needed: The roles that must be filled.

    Raises:
        DataError: A needed column or one that the settings name is missing, or there is neither an id nor a path.
    """
    named = {role: getattr(source, f"{role}_column") for role in STANDARD}
    columns = {role: name for role in STANDARD if (name := named[role] or STANDARD[role]) in table.header}
    missing = [role for role in STANDARD if role not in columns and (role in needed or named[role] is not None)]
    if not missing and columns.keys().isdisjoint(("id", "path")):
        missing = ["path"]
    if missing:
        raise DataError(
            f"{table.file}: expected the column {named[missing[0]] or STANDARD[missing[0]]!r}, got "
            f"{some(table.header, 12) or 'an empty file'}; rename a column or name yours as {missing[0]}_column"
        )
    return columns


def row_entry(table: Table, row: int, columns: dict[str, str], base: Path, root: Path, part: Part | None) -> Entry:
    """One row as an entry; paths start at ``base``.

    Raises:
        DataError: A cell is empty or wrong; names the file and the line.
    """
    line, cells = table.rows[row]
    where = f"{table.file}: line {line}"
    if line in table.broken:
        raise DataError(f"{where}: {table.broken[line]}")
    cell = {role: cells[column].strip() for role, column in columns.items()}
    if empty := [columns[role] for role in _NEEDED if cell.get(role) == ""]:
        raise DataError(f"{where}: expected a value in column {some(map(repr, empty))}, got none; fill it in")
    if broken := [columns[role] for role, text in cell.items() if len(text.splitlines()) > 1]:
        raise DataError(f"{where}: expected one line in column {some(map(repr, broken))}, got several; mend the cell")
    path = base / cell["path"] if "path" in cell else None
    start, end = _seconds(where, cell.get("start")), _seconds(where, cell.get("end"))
    if end is not None and end <= (start or 0.0):
        raise DataError(f"{where}: expected an end after the start, got {start or 0.0} to {end} s; correct it")
    return Entry(
        where=where,
        label=cell.get("label", ""),
        path=path,
        name="" if path is None else name_from(root, path),
        id=cell.get("id"),
        part=_part(where, cell["split"]) if "split" in cell else part,
        subject=cell.get("subject") or None,
        start=start,
        end=end,
    )


def _part(where: str, text: str) -> Part:
    part = part_named(text)
    if part is None:
        raise DataError(f"{where}: expected the split train, val or test, got {text[:80]!r}; rename it")
    return part


def _seconds(where: str, text: str | None) -> float | None:
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not (math.isfinite(seconds) and seconds >= 0):
        raise DataError(f"{where}: expected seconds from 0, got {text[:80]!r}; correct the start or end")
    return seconds
