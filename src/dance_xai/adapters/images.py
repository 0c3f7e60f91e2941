"""Frames made to the size a network asks for."""

from __future__ import annotations

from typing import Any

import numpy as np

from dance_xai.types import UInt8Array


def resized(frame: UInt8Array, height: int, width: int) -> UInt8Array:
    """(H, W, 3) -> (height, width, 3), bilinear with antialiasing."""
    if frame.shape[:2] == (height, width):
        return frame
    image: Any = _image(frame).resize((width, height), _bilinear(), reducing_gap=2.0)
    return np.asarray(image)


def centre_square(frame: UInt8Array, side: int, share: float = 0.875) -> UInt8Array:
    """(H, W, 3) -> (side, side, 3): the middle square, ``share`` of the shorter side, as ImageNet networks are fed."""
    height, width = frame.shape[:2]
    size = share * min(height, width)
    left, top = (width - size) / 2, (height - size) / 2
    box = (left, top, left + size, top + size)
    image: Any = _image(frame).resize((side, side), _bilinear(), box=box, reducing_gap=2.0)
    return np.asarray(image)


def square_at(frame: UInt8Array, left: float, top: float, size: float, side: int) -> UInt8Array:
    """(H, W, 3) -> (side, side, 3): a square of ``size`` pixels, which may reach outside; black there."""
    x0, y0 = round(left), round(top)
    whole = max(1, round(size))
    image: Any = _image(frame).crop((x0, y0, x0 + whole, y0 + whole))
    return np.asarray(image.resize((side, side), _bilinear(), reducing_gap=2.0))


def letterboxed(frame: UInt8Array, side: int, multiple: int) -> tuple[UInt8Array, float]:
    """Scale to ``side`` pixels on the longer side and pad right and below to multiples of ``multiple``.

    Returns:
        The (h, w, 3) frame and its pixels per pixel of the original.
    """
    height, width = frame.shape[:2]
    scale = side / max(height, width)
    inner = resized(frame, max(1, round(height * scale)), max(1, round(width * scale)))
    padded = [-(-size // multiple) * multiple for size in inner.shape[:2]]
    if list(inner.shape[:2]) == padded:
        return inner, scale
    out = np.zeros((*padded, 3), dtype=np.uint8)
    out[: inner.shape[0], : inner.shape[1]] = inner
    return out, scale


def _image(frame: UInt8Array) -> Any:
    from PIL import Image

    return Image.fromarray(frame)


def _bilinear() -> Any:
    from PIL import Image

    return Image.Resampling.BILINEAR
