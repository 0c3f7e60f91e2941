"""Find out in which layout a data set lies."""

from __future__ import annotations

import csv
from pathlib import Path

from dance_xai.data.layouts.entries import numbered_lines
from dance_xai.data.layouts.folders import metadata_files
from dance_xai.data.layouts.kth import SEQUENCES
from dance_xai.data.layouts.lists import split_line
from dance_xai.data.layouts.penn_action import LABELS
from dance_xai.data.layouts.source import ClipsSource, LayoutName
from dance_xai.data.layouts.tables import JSON_SUFFIXES, STANDARD
from dance_xai.data.layouts.ucf101 import SPLITS
from dance_xai.errors import DataError


def recognise(source: ClipsSource, root: Path) -> LayoutName:
    """The layout that the settings name, else the one that lies there.

    Folders count as one of the data sets of the paper only by its own list or label files, never by names of videos.

    Raises:
        DataError: Nothing lies there, or it is none of the known layouts.
    """
    place = root / source.path
    if source.layout != "auto":
        return source.layout
    if place.is_dir():
        return _folder_layout(place)
    if not place.is_file():
        raise DataError(
            f"{place.absolute()}: expected a list of clips or a folder of videos, found nothing; check the path and "
            "--data-root"
        )
    return _file_layout(place, source.label_column or STANDARD["label"])


def _folder_layout(folder: Path) -> LayoutName:
    if (folder / SPLITS).is_dir():
        return "ucf101"
    if any((folder / LABELS).glob("*.mat")):
        return "penn_action"
    if (folder / SEQUENCES).is_file():
        return "kth"
    return "videofolder" if metadata_files(folder) else "folders"


def _file_layout(file: Path, label_column: str) -> LayoutName:
    suffix = file.suffix.lower()
    if suffix in JSON_SUFFIXES:
        return "jsonl"
    lines = numbered_lines(file, "a list of clips")
    first = lines[0][1] if lines else ""
    if label_column in _cells(first):
        return "csv"
    if split_line(first, ",") or split_line(first, " "):
        return "list"
    if suffix == ".csv":
        return "csv"
    raise DataError(
        f"{file}: expected a header with the column {label_column!r}, lines 'path label', or a .jsonl file, "
        f"got {first[:80]!r} first; mend the file or name its layout"
    )


def _cells(line: str) -> list[str]:
    try:
        return [cell.strip() for cells in csv.reader([line]) for cell in cells]
    except csv.Error:
        return []
