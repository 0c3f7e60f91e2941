"""A video stored as a folder of numbered images, as Penn Action comes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from dance_xai.errors import DataError
from dance_xai.types import IntArray, UInt8Array

IMAGE_SUFFIXES = (".jpg", ".jpeg", ".png", ".bmp", ".webp")


def is_folder(path: Path) -> bool:
    """Whether a path is a folder; False also where nobody can look, such as at a name that is too long."""
    try:
        return path.is_dir()
    except OSError:
        return False


def list_images(folder: Path) -> tuple[Path, ...]:
    """The images of a folder in the order of their names.

    Raises:
        DataError: There are none.
    """
    files = tuple(sorted(file for file in folder.iterdir() if file.suffix.lower() in IMAGE_SUFFIXES))
    if not files:
        raise DataError(f"{folder}: expected images ({', '.join(IMAGE_SUFFIXES)}), got none; check the path")
    return files


def image_size(file: Path, max_side: int | None) -> tuple[int, int]:
    """Height and width of an image in pixels, no longer than ``max_side``."""
    from PIL import Image, ImageOps

    try:
        with Image.open(file) as image:
            width, height = ImageOps.exif_transpose(image).size
    except (OSError, ValueError, Image.DecompressionBombError) as error:
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
                picture = ImageOps.exif_transpose(image).convert("RGB").resize(size[::-1], Image.Resampling.BILINEAR)
        except (OSError, ValueError, Image.DecompressionBombError):
            continue
        yield index, lambda picture=picture: np.asarray(picture)  # type: ignore[misc]
