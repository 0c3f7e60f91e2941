"""Clips that a person names: by id, by video file, or in a list."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from dance_xai.data.container import is_there
from dance_xai.errors import DataError
from dance_xai.types import Features
from dance_xai.workflows.runs import RunView
from dance_xai.workflows.subjects import new_video

NAMES, LABELS = ("id", "clip", "path"), ("label", "class")


def clips_named(view: RunView, names: Sequence[str], label: str) -> tuple[list[str], Features | None]:
    """Ids of clips, and the inputs of new videos, those known before first.

    Args:
        view: The RUN.
        names: Ids of clips of the RUN, video files, or lists (.csv, .txt).
        label: Class whose clips are read of a list that says labels.

    Raises:
        DataError: A list cannot be read, or a video has the name of a clip.
    """
    old = view.new_clips
    known = {*view.manifest.ids, *(() if old is None else old.ids)}
    ids: list[str] = []
    for name in names:
        ids += _listed(Path(name), known, label) if Path(name).suffix.lower() in (".csv", ".txt") else [name]
    videos = {name: new_video(view, Path(name)) for name in ids if name not in known and is_there(Path(name))}
    if not videos:
        return ids, None
    taken = [subject.clip for subject in videos.values() if subject.clip in known]
    if taken:
        raise DataError(f"clip {taken[0]!r}: expected a new name, got that of a clip of the RUN; rename the video")
    values = np.stack([subject.inputs for subject in videos.values()])
    fresh = tuple(subject.clip for subject in videos.values())
    if old is not None:
        fresh, values = (*old.ids, *fresh), np.concatenate([old.values, values])
    return [videos[name].clip if name in videos else name for name in ids], Features("edit", fresh, values)


def _listed(path: Path, known: set[str], label: str) -> list[str]:
    """Clips of a file: the columns ``id``, ``clip`` and ``path``, or one a line; of a ``label`` that class alone.

    Raises:
        DataError: It cannot be read, or lists nothing.
    """
    try:
        rows = [row for row in csv.reader(path.read_text(encoding="utf-8-sig").splitlines()) if any(row)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = getattr(error, "strerror", None) or (error if isinstance(error, csv.Error) else "not UTF-8 text")
        raise DataError(f"{path}: expected a readable list of clips, got: {reason}; check the path") from error
    has_head = bool(rows) and bool(set(rows[0]) & set(NAMES))
    head = rows[0] if has_head else ["id"]
    listed = [dict(zip(head, map(str.strip, row), strict=False)) for row in rows[has_head:]]
    ids = [_name(path, row, known) for row in _of_class(path, listed, label)]
    if not ids or not all(ids):
        got = "a line without one" if ids else "none"
        raise DataError(f"{path}: expected a clip id a line, got {got}; mend the list")
    return ids


def _of_class(path: Path, rows: list[dict[str, str]], label: str) -> list[dict[str, str]]:
    """The rows of a class where rows say one."""
    column = next((name for name in LABELS if any(name in row for row in rows)), None)
    if column is None:
        return rows
    kept = [row for row in rows if row.get(column) == label]
    if not kept:
        got = ", ".join(sorted({repr(row.get(column)) for row in rows})[:3])
        raise DataError(
            f"{path}: expected clips of {label!r} in column {column}, got {got}; correct it, or leave the column out"
        )
    return kept


def _name(path: Path, row: dict[str, str], known: set[str]) -> str:
    """The id of a clip of the RUN, or else its video, which lies beside the list where its path is relative."""
    name = next((row[key] for key in ("id", "clip") if row.get(key)), "")
    if name in known or (name and not row.get("path")):
        return name
    video = row.get("path") or ""
    if video in known or not video:
        return video
    beside = path.parent / video
    return str(beside) if is_there(beside) or not is_there(Path(video)) else video
