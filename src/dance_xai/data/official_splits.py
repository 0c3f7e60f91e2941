"""The splits folders of the official implementation: class names and class labels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np

from dance_xai.data.npz import refuse_duplicates, require_file, some
from dance_xai.data.official_files import SPLIT_NAMES
from dance_xai.errors import DataError
from dance_xai.types import IntArray, Split


@dataclass(frozen=True, eq=False)
class OfficialLabels:
    """Class names in the order of the head, and (N,) class indices of each split's clips."""

    classes: tuple[str, ...]
    labels: dict[Split, IntArray]


def video_id(name: str) -> str:
    """The clip id of a video name: without folder and suffix."""
    return PurePosixPath(name.strip()).stem


def read_lines(path: Path) -> list[str]:
    """The stripped, non-empty lines of a text file.

    Raises:
        DataError: The file is missing or is not text.
    """
    require_file(path, "a text file")
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: expected text in UTF-8, got {error.reason}; fetch it again") from error
    return [line.strip() for line in lines if line.strip()]


def read_splits(folder: Path | str, n_classes: int, ids: Mapping[Split, tuple[str, ...]]) -> OfficialLabels:
    """Read ``class_list.txt``, ``train.csv`` and ``val.csv`` (rows ``video,class index``).

    Args:
        folder: The splits folder of one data set.
        n_classes: Y of the head.
        ids: The clips of each split.

    Raises:
        DataError: A file is missing or damaged, a clip has no label, or there are not Y classes.
    """
    folder = Path(folder)
    classes = tuple(read_lines(folder / "class_list.txt"))
    refuse_duplicates(f"{folder / 'class_list.txt'}", classes, "classes")
    if len(classes) != n_classes:
        raise DataError(f"{folder}: expected {n_classes} classes, as in W_g.pt, got {len(classes)}; check the folder")
    labels = {split: _labels(folder / f"{name}.csv", n_classes, ids[split]) for split, name in SPLIT_NAMES.items()}
    return OfficialLabels(classes=classes, labels=labels)


def find_splits(folder: Path, n_classes: int, ids: Mapping[Split, tuple[str, ...]]) -> OfficialLabels | None:
    """Look under ``splits`` beside the folder for the one that lists these train videos.

    Returns:
        What it holds, or None if there is none.

    Raises:
        DataError: Several list these videos, or the one that does is damaged.
    """
    train = set(ids["train"])
    candidates = sorted(folder.resolve().parent.glob("splits/*/train.csv"))
    matching = [
        path.parent for path in candidates if train & {video_id(line.rpartition(",")[0]) for line in read_lines(path)}
    ]
    if len(matching) > 1:
        raise DataError(
            f"{folder}: expected one splits folder with these videos, got {some(matching)}; name one of them"
        )
    return read_splits(matching[0], n_classes, ids) if matching else None


def _labels(path: Path, n_classes: int, ids: tuple[str, ...]) -> IntArray:
    rows = [line.rpartition(",") for line in read_lines(path)]
    bad = [row[0] + row[1] + row[2] for row in rows if not (row[2].strip().isdecimal() and int(row[2]) < n_classes)]
    if bad:
        raise DataError(
            f"{path}: expected rows 'video,class' with class 0..{n_classes - 1}, got {some(bad)}; mend them"
        )
    videos = [video_id(name) for name, _, _ in rows]
    refuse_duplicates(str(path), videos, "videos")
    index = {video: int(label) for video, (_, _, label) in zip(videos, rows, strict=True)}
    missing = [clip for clip in ids if clip not in index]
    if missing:
        raise DataError(
            f"{path}: expected the class of {len(ids)} clips, got none of {some(missing)}; check the folder"
        )
    return np.array([index[clip] for clip in ids], dtype=np.int64)
