"""A video stored as a folder of numbered images, as Penn Action comes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from dance_xai.errors import DataError
from dance_xai.types import IntArray, UInt8Array

UNREADABLE = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
)  # what Pillow raises for damaged images; OSError in most cases
IMAGE_SUFFIXES = (".jpg", ".jpeg", ".png", ".bmp", ".webp")


def is_folder(path: Path) -> bool:
    """Whether a path is a folder; False also where nobody can look, such as at a name that is too long."""
    try:
        return path.is_dir()
    except OSError:
        return False


def list_images(folder: Path) -> tuple[Path, ...]:
    """The images of a folder in the order of the numbers in their names, padded or not; hidden files do not count.

    Raises:
        DataError: There are none.
    """
    images = [file for file in folder.iterdir() if file.suffix.lower() in IMAGE_SUFFIXES and file.name[0] != "."]
    files = tuple(sorted(images, key=_numbers_first))
    if not files:
        raise DataError(f"{folder}: expected images ({', '.join(IMAGE_SUFFIXES)}), got none; check the path")
    return files


def _numbers_first(file: Path) -> list[tuple[int, str]]:
    """``frame10`` after ``frame2``."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", file.name)]


def image_size(file: Path, max_side: int | None) -> tuple[int, int]:
    """Height and width of an image in pixels, no longer than ``max_side``."""
    from PIL import Image, ImageOps

    try:
        with Image.open(file) as image:
            width, height = ImageOps.exif_transpose(image).size
    except (*UNREADABLE, Image.DecompressionBombError) as error:
        raise DataError(f"{file}: expected an image, got: {error}; export it again") from error
    scale = min(1.0, (max_side or max(height, width)) / max(height, width))
    return max(1, round(height * scale)), max(1, round(width * scale))


def image_frames(
    files: Sequence[Path], positions: IntArray, size: tuple[int, int]
) -> Iterator[tuple[int, Callable[[], UInt8Array]]]:
    """Read images one by one; those that cannot be read are left out.

    Args:
        files: All images of the folder.
        positions: (S,) rising positions of those of the clip.
        size: Height and width to deliver.

    Yields:
        Index into ``positions`` and a function that gives the (H, W, 3) RGB image.
    """
    from PIL import Image, ImageOps

    for index, position in enumerate(positions):
        try:
            with Image.open(files[position]) as image:
                upright = _eight_bit(ImageOps.exif_transpose(image))
                picture = upright.convert("RGB").resize(size[::-1], Image.Resampling.BILINEAR)
        except (*UNREADABLE, Image.DecompressionBombError):
            continue
        yield index, lambda picture=picture: np.asarray(picture)  # type: ignore[misc]


def _eight_bit(image: Any) -> Any:
    """Grey images of 16 bits, which Pillow would clip to white, in 8."""
    from PIL import Image

    if not image.mode.startswith("I"):
        return image
    values = np.clip(np.asarray(image, dtype=np.float32) / 257, 0, 255)
    return Image.fromarray(values.round().astype(np.uint8))
