"""What every layout yields, entries, and what the readers share: parts, video files, lines of text."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias, TypeVar

from dance_xai.data.npz import require_file
from dance_xai.errors import DataError

T = TypeVar("T")
Part: TypeAlias = Literal["train", "val", "test"]

VIDEO_SUFFIXES = tuple(f".{name}" for name in "mp4 avi mov mkv webm m4v mpg mpeg wmv flv gif 3gp ogv ts mts".split())

_PARTS: dict[Part, tuple[str, ...]] = {
    "train": ("train", "training"),
    "val": ("val", "valid", "validation"),
    "test": ("test", "testing", "eval", "evaluation"),
}
_PART_OF = {name: part for part, names in _PARTS.items() for name in names}


@dataclass(frozen=True)
class Entry:
    """A clip as a list or a folder names it.

    Attributes:
        where: The file, and the line if any, for errors.
        label: Class name, or the position of one.
        path: The video.
        name: The path with forward slashes, from the data root where it lies there; clip ids are made of it.
        id: The clip id, if one is given.
        part: The part of the data set, if one is given.
        subject: The person seen, if given.
        start: Seconds, if given.
        end: Seconds, if given.
        wrong: Why it cannot be used: what was expected, got, and what to do; None where nothing is wrong.
    """

    where: str
    label: str
    path: Path | None = None
    name: str = ""
    id: str | None = None
    part: Part | None = None
    subject: str | None = None
    start: float | None = None
    end: float | None = None
    wrong: str | None = None


def gathered(make: Callable[[T], Iterable[Entry]], items: Iterable[tuple[str, T]]) -> list[Entry]:
    """The entries of all items; one that cannot be used becomes an entry that says why.

    Args:
        make: Item -> its entries.
        items: Where each stands, for errors, and the item.
    """
    found: list[Entry] = []
    for where, item in items:
        try:
            found += make(item)
        except DataError as error:
            found.append(Entry(where, "", wrong=str(error).removeprefix(f"{where}: ")))
    return found


def require_all(entries: Sequence[Entry]) -> None:
    """Check that every entry can be used.

    Raises:
        DataError: Says of the first that cannot why.
    """
    if bad := [entry for entry in entries if entry.wrong is not None]:
        raise DataError(f"{bad[0].where}: {bad[0].wrong}")


def part_named(name: str) -> Part | None:
    """The part that a folder or cell names (``train``, ``Validation``, ``testing``, ...), None for other names."""
    return _PART_OF.get(name.strip().lower())


def name_from(root: Path, path: Path) -> str:
    """A path with forward slashes, from the data root where it lies below it."""
    base = os.path.join(os.path.normpath(root), "")  # noqa: PTH118  # Path is slow for lists of many clips
    return os.path.normpath(path).removeprefix(base).replace(os.sep, "/")


def is_video(name: str) -> bool:
    """Whether a file name ends like a video."""
    return name.lower().endswith(VIDEO_SUFFIXES)


def _is_text(name: str) -> bool:
    """Whether a file name is text in UTF-8, not other bytes."""
    return not any("\ud800" <= letter <= "\udfff" for letter in name)


def video_files(folder: Path) -> list[str]:
    """The videos below a folder, sorted, as paths from it with forward slashes.

    Links to folders are followed; hidden files and folders are passed over.

    Raises:
        DataError: The folder is missing, cannot be read or holds no video, or a name is not text.
    """
    try:
        found = sorted(_walk(folder, ""))
    except OSError as error:
        raise DataError(f"{folder}: expected a readable folder, got {error.strerror}; check its rights") from error
    if not found:
        raise DataError(
            f"{folder}: expected a folder with videos ({', '.join(VIDEO_SUFFIXES)}), found none; check the path"
        )
    if odd := [name for name in found if not _is_text(name)]:
        raise DataError(f"{folder}: expected file names in UTF-8, got {odd[0]!a}; rename the file")
    return found


def _walk(folder: Path, below: str, above: frozenset[Path] = frozenset()) -> Iterator[str]:
    place = folder.resolve()
    if place in above or not place.is_dir():
        return
    for item in place.iterdir():
        if item.name.startswith("."):
            continue
        if item.is_dir():
            yield from _walk(item, f"{below}{item.name}/", above | {place})
        elif is_video(item.name):
            yield below + item.name


def numbered_lines(path: Path, what: str) -> list[tuple[int, str]]:
    """The lines of a text file that are not blank, with their numbers from 1.

    Args:
        path: The file.
        what: What an error calls it.

    Raises:
        DataError: The file is missing or is not text.
    """
    require_file(path, what)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "other bytes"
        raise DataError(f"{path}: expected {what} in UTF-8, got {reason}; save it as UTF-8") from error
    return [(number, line.strip()) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]
