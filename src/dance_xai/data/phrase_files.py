"""Phrases per class from disk: TOML tables, CSV columns, or a plain list of one kind."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, cast

from dance_xai.data.arrays import read_phrase_list
from dance_xai.data.layouts.tables import Table, read_csv
from dance_xai.data.npz import require_file
from dance_xai.errors import DataError
from dance_xai.types import Kind, Proposal

BUNDLED = "bundled:"
"""What stands before the name of a phrase set that comes with the package."""

LISTS: dict[str, Kind] = {"objects": "object", "scenes": "scene"}
"""The keys of a class in a TOML file, and the kind of what they list."""


def read_class_phrases(path: Path | str) -> tuple[Proposal, ...]:
    """Read phrases of both kinds with the classes they are for.

    Args:
        path: A ``.toml`` file with one table per class, ``["class name"]`` with ``objects = [...]`` and
            ``scenes = [...]``; or a ``.csv`` file with the columns ``kind`` (``object`` or ``scene``), ``phrase`` and
            ``class``, which may be empty.

    Returns:
        The phrases in file order; the label is empty where the file names no class.

    Raises:
        DataError: The file is missing, damaged or of another kind, or names no phrase.
    """
    path = Path(path)
    readers = {".toml": _from_toml, ".csv": _from_csv}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise DataError(
            f"{path}: expected phrases in a .toml or .csv file, got {path.suffix or 'no suffix'}; "
            "rename it, or give a plain list of one kind as objects or scenes"
        )
    phrases = reader(path)
    if not phrases:
        raise DataError(f"{path}: expected phrases, got none; add some")
    return phrases


def read_kind_phrases(path: Path | str, kind: Kind) -> tuple[Proposal, ...]:
    """Read phrases of one kind and of no class from a ``.txt`` file, one a line.

    Raises:
        DataError: As for ``data.arrays.read_phrase_list``.
    """
    return tuple(Proposal(kind, text, "") for text in read_phrase_list(path))


def _from_toml(path: Path) -> tuple[Proposal, ...]:
    require_file(path, "a TOML file of phrases")
    try:
        tree = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:  # ValueError: not UTF-8, or not TOML
        reason = " ".join(str(error).split()) or type(error).__name__
        raise DataError(f"{path}: expected TOML in UTF-8, got: {reason}; mend it") from error
    return tuple(each for label, table in tree.items() for each in _of_class(path, label, table))


def _of_class(path: Path, label: str, table: Any) -> list[Proposal]:
    where = f'{path}: ["{label}"]'
    if not isinstance(table, dict) or not label.strip():
        raise DataError(
            f"{where}: expected a table of a class, got {type(table).__name__}; write objects = [...] in it"
        )
    found: list[Proposal] = []
    for name, phrases in table.items():
        if name not in LISTS:
            raise DataError(f"{where}: expected {' and '.join(LISTS)}, got {name!r}; rename it")
        found += [Proposal(LISTS[name], _phrase(where, text), label) for text in _list(f"{where} {name}", phrases)]
    return found


def _list(where: str, phrases: Any) -> list[Any]:
    if not isinstance(phrases, list):
        raise DataError(f"{where}: expected a list of phrases, got {phrases!r}; write it in brackets")
    return phrases


def _phrase(where: str, text: Any) -> str:
    if not isinstance(text, str) or not text.strip():
        raise DataError(f"{where}: expected phrases, got {text!r} among them; remove it or put it in quotes")
    return " ".join(text.split())


def _from_csv(path: Path) -> tuple[Proposal, ...]:
    table = read_csv(path)
    missing = [name for name in ("kind", "phrase", "class") if name not in table.header]
    if missing:
        raise DataError(
            f"{path}: expected the columns kind, phrase and class, got {', '.join(table.header)}; "
            f"add {' and '.join(missing)} to the first line"
        )
    return tuple(_of_row(table, line, cells) for line, cells in table.rows)


def _of_row(table: Table, line: int, cells: dict[str, str]) -> Proposal:
    where, kind = f"{table.file}: line {line}", cells["kind"].strip().lower()
    if kind not in LISTS.values():
        raise DataError(f"{where}: expected the kind object or scene, got {cells['kind']!r}; change it")
    return Proposal(cast(Kind, kind), _phrase(where, cells["phrase"]), cells["class"].strip())
