"""The clips of a data set from a CSV file: ids, labels, the official split."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import cast, get_args

from dance_xai.data.npz import refuse_duplicates, require_file, some
from dance_xai.errors import DataError
from dance_xai.types import Clip, Manifest, Split

SPLITS: tuple[str, ...] = get_args(Split)


def read_manifest(
    path: Path | str,
    *,
    id_column: str | None = "clip",
    label_column: str = "label",
    split_column: str = "split",
    subject_column: str | None = None,
    path_column: str | None = None,
    class_list: Sequence[str] | None = None,
) -> Manifest:
    """Read the clips of a data set.

    Args:
        path: A CSV file with a header row.
        id_column: Column with the clip ids; None takes the file stems of ``path_column``.
        label_column: Column with the class names.
        split_column: Column with ``train`` or ``test``.
        subject_column: Column with the person, if any.
        path_column: Column with video files, relative to the folder of the CSV file, if any.
        class_list: The classes in the order to use; sorted names by default.

    Raises:
        DataError: The file is missing, empty or not CSV; a column is missing; a cell is empty or unknown;
            ids repeat; there is one class only, or a class without train clips.
    """
    path = Path(path)
    if id_column is None and path_column is None:
        raise DataError(f"{path}: expected an id_column or a path_column, got neither; name one of them")
    columns = {"id": id_column, "label": label_column, "split": split_column}
    columns |= {"subject": subject_column, "path": path_column}
    wanted = {role: name for role, name in columns.items() if name is not None}
    rows = _read_rows(path, list(wanted.values()))
    _refuse_empty_cells(path, rows, list(wanted.values()))
    _check_splits(path, rows, split_column)
    return build_manifest([_clip(path, row, wanted) for row in rows], class_list=class_list, where=str(path))


def build_manifest(clips: Sequence[Clip], *, class_list: Sequence[str] | None = None, where: str = "clips") -> Manifest:
    """Make a checked manifest of clips that all have a label and a split.

    Args:
        clips: N clips.
        class_list: The classes in the order to use; sorted names by default.
        where: What an error calls the source.

    Raises:
        DataError: No clips, repeated ids, labels outside ``class_list``, one class only, or a class
            without train clips.
    """
    if not clips:
        raise DataError(f"{where}: expected at least one clip, got none; add rows")
    refuse_duplicates(where, [clip.id for clip in clips], "clip ids")
    found = {clip.label for clip in clips if clip.label is not None}
    classes = tuple(sorted(found) if class_list is None else class_list)
    _check_classes(where, clips, found, classes)
    return Manifest(clips=tuple(clips), classes=classes)


def _read_rows(path: Path, columns: list[str]) -> list[dict[str, str]]:
    require_file(path, "a CSV file")
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file, strict=True)
            header = list(reader.fieldnames or [])
            rows = list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path}: expected a CSV file in UTF-8, got {error}; save it as CSV again") from error
    missing = [name for name in columns if name not in header]
    if missing:
        raise DataError(
            f"{path}: expected the column {some(missing)}, got {some(header, 12) or 'an empty file'}; "
            f"rename the column or name the right one"
        )
    ragged = [line for line, row in enumerate(rows, start=2) if None in row or None in row.values()]
    if ragged:
        raise DataError(
            f"{path}: expected {len(header)} cells a row, got another number in row {some(ragged)}; mend it"
        )
    return rows


def _refuse_empty_cells(path: Path, rows: list[dict[str, str]], columns: list[str]) -> None:
    for name in columns:
        empty = [line for line, row in enumerate(rows, start=2) if not row[name].strip()]
        if empty:
            raise DataError(f"{path}: expected a value in column {name!r}, got none in row {some(empty)}; fill it in")


def _check_splits(path: Path, rows: list[dict[str, str]], column: str) -> None:
    unknown = sorted({row[column].strip() for row in rows} - set(SPLITS))
    if unknown:
        raise DataError(
            f"{path}: expected {' or '.join(SPLITS)} in column {column!r}, got {some(unknown)}; rename them"
        )


def _clip(path: Path, row: dict[str, str], columns: dict[str, str]) -> Clip:
    cell = {role: row[name].strip() for role, name in columns.items()}
    video = path.parent / cell["path"] if "path" in cell else None
    return Clip(
        id=cell["id"] if "id" in cell else Path(cell["path"]).stem,
        label=cell["label"],
        split=cast(Split, cell["split"]),
        path=video,
        subject=cell.get("subject"),
    )


def _check_classes(where: str, clips: Sequence[Clip], found: set[str], classes: tuple[str, ...]) -> None:
    refuse_duplicates(f"{where}: class list", classes, "classes")
    unknown = sorted(found - set(classes))
    if unknown:
        raise DataError(
            f"{where}: expected labels of the class list, got {some(unknown)} besides; add them to the list"
        )
    if len(classes) < 2:
        raise DataError(
            f"{where}: expected at least two classes, got {some(classes) or 'none'} only; add clips of others"
        )
    trained = {clip.label for clip in clips if clip.split == "train"}
    untrained = [name for name in classes if name not in trained]
    if untrained:
        raise DataError(
            f"{where}: expected train clips of every class, got none of {some(untrained)}; add some or drop the class"
        )
