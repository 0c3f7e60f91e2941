"""UCF-101 as it is downloaded: videos in class folders, and the folder of official splits."""

from __future__ import annotations

import re
from pathlib import Path

from dance_xai.data.layouts.entries import Entry, Part, gathered, numbered_lines
from dance_xai.data.layouts.source import ClipsSource
from dance_xai.errors import DataError

SPLITS = "ucfTrainTestlist"
CLASSES = "classInd.txt"

NAME = re.compile(r"v_[A-Za-z]+_g\d\d_c\d\d")

_LINE = re.compile(r"(?P<label>[^/\\]+)/(?P<clip>v_(?i:(?P=label))_(?P<group>g\d\d)_c\d\d)\.avi(\s+\d+)?")


def ucf101_entries(source: ClipsSource, root: Path) -> list[Entry]:
    """The clips of one official split; the group of a clip counts as its subject.

    Lines that are not of UCF-101, or of a class that its list of classes lacks, cannot be used.

    Raises:
        DataError: The lists of the split are missing.

    Source: crcv.ucf.edu/data/UCF101.php (Soomro, Zamir, Shah 2012).
    """
    folder = root / source.path
    videos = folder / "UCF-101" if (folder / "UCF-101").is_dir() else folder
    train, test = ucf101_files(source, root)
    return _entries_of(train, videos, "train") + _entries_of(test, videos, "test")


def ucf101_files(source: ClipsSource, root: Path) -> tuple[Path, ...]:
    """The train and test list of the chosen split, beside the videos or above them."""
    folder = (root / source.path).resolve()
    place = next((at for at in (folder, folder.parent) if (at / SPLITS).is_dir()), folder) / SPLITS
    fold = source.fold or 1
    return tuple(place / f"{part}list{fold:02d}.txt" for part in ("train", "test"))


def _entries_of(file: Path, videos: Path, part: Part) -> list[Entry]:
    lines = [(f"{file}: line {line}", text) for line, text in numbered_lines(file, "a split list")]
    classes = _classes(file.parent / CLASSES)
    return gathered(lambda item: [_entry(*item, videos, part, classes)], ((line[0], line) for line in lines))


def _classes(file: Path) -> frozenset[str] | None:
    """The names in the list of classes, None where it is not there."""
    if not file.is_file():
        return None
    return frozenset(text.split()[-1] for _, text in numbered_lines(file, "the list of UCF-101 classes"))


def _entry(where: str, text: str, videos: Path, part: Part, classes: frozenset[str] | None) -> Entry:
    found = _LINE.fullmatch(text)
    if found is not None and classes is not None and found["label"] not in classes:
        raise DataError(f"{where}: expected a class of {CLASSES}, got {found['label'][:80]!r}; fetch the lists again")
    if found is None:
        raise DataError(
            f"{where}: expected a line as 'Archery/v_Archery_g01_c01.avi 3', got {text[:80]!r}; fetch the list again"
        )
    path = videos / found["label"] / f"{found['clip']}.avi"
    return Entry(where, found["label"], path, id=found["clip"], part=part, subject=found["group"])
