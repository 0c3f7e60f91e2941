"""Arrays out of .npz files, without pickle, and what every reader of ids and rows needs."""

from __future__ import annotations

import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from dance_xai.data.container import is_there
from dance_xai.errors import DataError

Array = np.ndarray[Any, Any]

_DAMAGE = (OSError, ValueError, EOFError, KeyError, MemoryError, OverflowError, zipfile.BadZipFile, zlib.error)


def some(items: Iterable[Any], limit: int = 3) -> str:
    """The first few items for a message: ``a, b, c and 4 more``."""
    listed = [str(item) for item in items]
    head = ", ".join(listed[:limit])
    return head if len(listed) <= limit else f"{head} and {len(listed) - limit} more"


def require_file(path: Path, what: str) -> None:
    """Check that a file is there.

    Raises:
        DataError: It is not, or it is a folder.
    """
    there = is_there(path)
    if not there or not path.is_file():
        state = "a folder" if there and path.is_dir() else "nothing"
        raise DataError(f"{path}: expected {what}, found {state} there; check the path")


def refuse_duplicates(where: str, items: Sequence[str], what: str = "ids") -> None:
    """Check that every item occurs once.

    Raises:
        DataError: Names the first items that occur twice.
    """
    if len(set(items)) == len(items):
        return
    twice = [item for item, count in Counter(items).items() if count > 1]
    raise DataError(
        f"{where}: expected unique {what}, got {len(twice)} of them repeated ({some(twice)}); keep one each"
    )


def read_npz(path: Path | str, required: Sequence[str], optional: Sequence[str] = ()) -> dict[str, Array]:
    """Read arrays from an .npz file.

    Args:
        path: The file.
        required: Arrays that must be there.
        optional: Arrays to read if they are there.

    Returns:
        The arrays found, by name; other arrays in the file are not touched.

    Raises:
        DataError: The file is missing, truncated or not an .npz; an array is missing or holds Python objects.
    """
    path = Path(path)
    require_file(path, "an .npz file")
    if not zipfile.is_zipfile(path):
        raise DataError(f"{path}: expected an .npz file (a zip), got another or a truncated file; save it again")
    try:
        with np.load(path, allow_pickle=False) as archive:
            missing = [name for name in required if name not in archive.files]
            if missing:
                raise DataError(
                    f"{path}: expected the array {some(missing)}, got {some(archive.files, 12) or 'no arrays'}; "
                    f"name one of these or save the missing one"
                )
            return {name: _member(path, archive, name) for name in (*required, *optional) if name in archive.files}
    except _DAMAGE as error:
        raise DataError(f"{path}: expected a readable .npz file, got {_short(error)}; save it again") from error


def _member(path: Path, archive: Any, name: str) -> Array:
    try:
        array = archive[name]
    except _DAMAGE as error:
        got = "Python objects" if "allow_pickle" in str(error) else _short(error)
        raise DataError(f"{path}: expected {name!r} to be a plain array, got {got}; save it again") from error
    if not isinstance(array, np.ndarray):
        raise DataError(f"{path}: expected {name!r} to be an array, got raw bytes; save the file with numpy.savez")
    return array


def _short(error: BaseException) -> str:
    first = str(error).splitlines()[0] if str(error) else "no details"
    return f"{type(error).__name__}: {first[:120]}"


def read_ids(where: str, ids: Array, what: str = "ids") -> tuple[str, ...]:
    """An array of clip ids, or phrases, as strings.

    Raises:
        DataError: They are not a list of strings, or one occurs twice.
    """
    if ids.ndim != 1 or ids.dtype.kind != "U":
        raise DataError(
            f"{where}: expected a list of strings, got shape {ids.shape} of {ids.dtype}; save {what} as strings, "
            f"so that a leading zero is kept"
        )
    names = tuple(str(name) for name in ids.tolist())
    refuse_duplicates(where, names, what)
    return names
