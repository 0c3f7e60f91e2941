"""Documents and names: JSON with one clear error, and which clip and frame the name of an image means."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import Any

from dance_xai.data.npz import require_file, some
from dance_xai.errors import DataError

FASTEST = 1e5
"""Frames per second; faster cameras film no people."""

_NUMBERED = re.compile(r"^(?P<prefix>.*?)[_\-. ]*(?P<number>\d+)$")
_NO_CLIP = {"", "frame", "frames", "img", "image", "images"}
_NO_NAME = {"alphapose-results", "results", "keypoints", "predictions", "annotations", "poses"}


def read_json(path: Path) -> Any:
    """Read a JSON file; NaN is allowed, as many programs write it.

    Raises:
        DataError: It is missing or not JSON.
    """
    require_file(path, "a JSON file")
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise DataError(f"{path}: expected JSON, got {str(error).splitlines()[0]:.100}; write it again") from error


def clip_of_file(path: Path) -> str:
    """The clip a file is about: its name, or that of its folder when all such files are called alike."""
    return path.resolve().parent.name if path.stem in _NO_NAME else path.stem


def nearest_files(folder: Path, suffixes: tuple[str, ...]) -> list[Path]:
    """The files of a folder that end as given, by name; else those in its folders, where the folders name the clips."""
    files = [file for file in folder.iterdir() if file.name.lower().endswith(suffixes)]
    files = files or [file for file in folder.glob("*/*") if file.stem in _NO_NAME and file.suffix.lower() in suffixes]
    return sorted(file for file in files if file.is_file())


def split_number(stem: str) -> tuple[str, int] | None:
    """The name before the number at its end, and the number: ``jump_0012`` -> (``jump``, 12); None without one."""
    match = _NUMBERED.match(stem)
    return (match["prefix"], int(match["number"])) if match else None


def place_of(where: str, name: str, default: str) -> tuple[str, int]:
    """Clip and frame of an image.

    The clip is the folder of the image, else the name before the number, else the default; the frame is the number.

    Args:
        where: What an error calls the file.
        name: For example ``jump/000012.jpg``, ``jump_000012.jpg`` or ``12.jpg``.
        default: The clip of names that are numbers only.

    Raises:
        DataError: The name does not end with a number.

    Source: ours.
    """
    image = PurePosixPath(name.replace("\\", "/"))
    numbered = split_number(image.stem)
    if numbered is None:
        raise DataError(
            f"{where}: expected images named by frame number, got {name!r:.60}; name them such as clip/000012.jpg"
        )
    prefix, frame = numbered
    folder = image.parent.name
    return folder or (default if prefix.lower() in _NO_CLIP else prefix), frame


def refuse_alike(where: str, names: Iterable[str]) -> None:
    """Check that no two folders of images have the same name and would be one clip.

    Raises:
        DataError: Names both folders.
    """
    seen: dict[str, PurePosixPath] = {}
    for folder in {PurePosixPath(name.replace("\\", "/")).parent for name in names}:
        other = seen.setdefault(folder.name, folder)
        if other != folder:
            raise DataError(
                f"{where}: expected one folder per clip, got {some(sorted((str(other), str(folder))))}; rename one"
            )


def list_of_objects(where: str, value: Any, *keys: str) -> list[dict[str, Any]]:
    """A list of objects that have the given keys.

    Raises:
        DataError: It is another kind of value, or a key is missing.
    """
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise DataError(f"{where}: expected a list of objects, got {value!r:.60}; check the format of this file")
    for item in value:
        if missing := [key for key in keys if key not in item]:
            raise DataError(
                f"{where}: expected the key {some(missing)} in every object, got {some(item, 12) or 'none'}; "
                f"check the format of this file"
            )
    return value


def whole_number(where: str, value: Any, what: str) -> int:
    """A whole number of at least 0, also written as 3.0 or "3".

    Raises:
        DataError: It is none.
    """
    try:
        number = int(value)
        good = number == float(value) and number >= 0
    except (TypeError, ValueError, OverflowError):
        good = False
    if not good:
        raise DataError(f"{where}: expected {what} to be a whole number from 0, got {value!r:.60}; write it again")
    return number


def frame_rate(where: str, value: Any) -> float:
    """Frames per second, above 0.

    Raises:
        DataError: It is none.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= FASTEST:
        raise DataError(f"{where}: expected a number above 0, got {value!r:.60}; write the file again")
    return float(value)
