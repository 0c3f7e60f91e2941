"""Tables of MediaPipe landmarks: one row per landmark, or one row per frame."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import numpy as np

from dance_xai.data.npz import require_file, some
from dance_xai.data.pose_files.names import whole_number
from dance_xai.data.skeletons import MEDIAPIPE_33
from dance_xai.errors import DataError
from dance_xai.types import FloatArray

_JOINTS = MEDIAPIPE_33.joints
_FIELDS = (("x",), ("y",), ("visibility", "vis", "v"))


def read_table(path: Path) -> tuple[list[tuple[int, FloatArray]], int]:
    """Read a CSV file with a header.

    One row per landmark: ``frame``, ``landmark`` (0..32 or a name such as ``left_wrist``), ``x``, ``y`` and optionally
    ``visibility``. One row per frame: optionally ``frame``, and ``left_wrist_x``, ``left_wrist_y``,
    ``left_wrist_visibility``, ... or ``x0``, ``y0``, ``v0``, ... counted from 0 or from 1. Upper case is accepted,
    other columns are ignored, and an empty cell is an unseen landmark.

    Returns:
        Frames with (33, 3) x, y and visibility (1 where no such column exists), and the number of frames.

    Raises:
        DataError: The file is missing or empty, a column is missing, or a cell is no number.
    """
    rows = _read_rows(path)
    found = _long(path, rows) if "landmark" in rows[0] else _wide(path, rows)
    frames = max(frame for frame, _ in found) + 1
    return [(frame, joints) for frame, joints in found if np.isfinite(joints[:, :2]).any()], frames


def _read_rows(path: Path) -> list[dict[str, str]]:
    require_file(path, "a CSV file")
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = [
                {(key or "").strip().lower(): value or "" for key, value in row.items() if isinstance(value, str)}
                for row in csv.DictReader(file)
            ]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path}: expected a CSV file, got {error!s:.80}; save it again") from error
    if not rows:
        raise DataError(f"{path}: expected a header and rows of landmarks, got none; save it again")
    return rows


def _long(path: Path, rows: list[dict[str, str]]) -> list[tuple[int, FloatArray]]:
    columns = _columns(path, rows[0], "{}")
    frames: dict[int, FloatArray] = defaultdict(lambda: np.full((len(_JOINTS), 3), np.nan))
    for row in rows:
        frame = whole_number(str(path), row.get("frame"), "frame")
        frames[frame][_index(path, row["landmark"])] = [_cell(path, row, column) for column in columns]
    return sorted(frames.items(), key=lambda item: item[0])


def _index(path: Path, landmark: str) -> int:
    name = landmark.strip().lower()
    index = _JOINTS.index(name) if name in _JOINTS else int(name) if name.isdigit() else -1
    if not 0 <= index < len(_JOINTS):
        raise DataError(f"{path}: expected a landmark 0..32 or its name, got {landmark!r:.40}; save it like that")
    return index


def _wide(path: Path, rows: list[dict[str, str]]) -> list[tuple[int, FloatArray]]:
    first = 0 if "x0" in rows[0] else 1
    table = [_columns(path, rows[0], f"{name}_{{}}", f"{{}}{i + first}") for i, name in enumerate(_JOINTS)]
    return [
        (
            whole_number(str(path), row["frame"], "frame") if "frame" in row else number,
            np.array([[_cell(path, row, column) for column in columns] for columns in table]),
        )
        for number, row in enumerate(rows)
    ]


def _columns(path: Path, header: dict[str, str], *patterns: str) -> list[str | None]:
    """The columns of x, y and visibility of a landmark; None where there is no visibility."""
    wanted = [[pattern.format(name) for pattern in patterns for name in names] for names in _FIELDS]
    found = [next((name for name in names if name in header), None) for names in wanted]
    if missing := [names[0] for names, column in zip(wanted[:2], found, strict=False) if column is None]:
        raise DataError(f"{path}: expected the column {some(missing)}, got {some(header, 12)}; name it like that")
    return found


def _cell(path: Path, row: dict[str, str], column: str | None) -> float:
    text = "1" if column is None else row.get(column, "").strip()
    try:
        return float(text) if text else np.nan
    except ValueError as error:
        raise DataError(f"{path}: expected a number in column {column}, got {text!r:.40}; save it again") from error
