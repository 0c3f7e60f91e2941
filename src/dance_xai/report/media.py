"""Moving and still pictures of a clip, small enough to stand in a page."""

from __future__ import annotations

import io
import math
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import repeat
from pathlib import Path
from typing import TypeAlias

import numpy as np

from dance_xai.data.video import Video, read_frames, scan_video
from dance_xai.errors import DataError
from dance_xai.report.encode import Encoder, best_encoder, video_file
from dance_xai.types import IntArray, UInt8Array

QUALITY = 26
WIDEST = 2.4
"""A clip is at most this much wider than ``max_height``: cinema format."""

LEAST_BITS = 0.04
"""Bits per pixel below which a smaller picture looks better than a blocky one."""

LEAST_SIDE = 48
"""Pixels; a picture made smaller than this shows nothing."""

TRIES = 8

See: TypeAlias = Callable[[int, UInt8Array], None]


@dataclass(frozen=True)
class SmallClip:
    """A re-encoded clip, silent; frame ``i`` is point ``i`` of the clip's grid in time.

    Attributes:
        data: The file.
        mime: ``video/mp4`` or ``video/webm``.
        width: Pixels, even.
        height: Pixels, even.
        fps: Frames per second; frame ``i`` is on screen from ``i / fps`` seconds.
        frames: T.
    """

    data: bytes
    mime: str
    width: int
    height: int
    fps: float
    frames: int


def small_clip(
    path: Path,
    start: float | None = None,
    end: float | None = None,
    *,
    fps: float | None = None,
    max_height: int = 320,
    max_bytes: int = 3_500_000,
) -> SmallClip:
    """Encode a clip again, as small as a page needs it: upright, even sides, steady frame rate, quick to seek.

    Args:
        path: A video file, or a folder of numbered images.
        start: Seconds into the file where the clip begins; None for its beginning.
        end: Seconds where it ends; None for its end.
        fps: Grid points per second, as the poses were found (``extract.fps``); the rate of the file by default.
        max_height: Most pixels from top to bottom; smaller videos are not enlarged.
        max_bytes: Most bytes; the bit rate, then the size of the picture, is lowered until it fits.

    Raises:
        DataError: The video cannot be read, or no picture that shows something fits into ``max_bytes``.

    Source: ours.
    """
    return shrink(scan_video(path, start=start, end=end, fps=fps), max_height=max_height, max_bytes=max_bytes)


def shrink(
    video: Video, *, max_height: int = 320, max_bytes: int = 3_500_000, see: See | None = None, see_height: int = 540
) -> SmallClip:
    """As ``small_clip``, and let somebody see the frames while they are decoded.

    Args:
        video: From ``scan_video``.
        max_height: See ``small_clip``.
        max_bytes: See ``small_clip``.
        see: Given every point of the grid once, front to back, with its frame (H, W, 3) uint8 RGB.
        see_height: Most pixels from top to bottom of that frame.

    Raises:
        DataError: See ``small_clip``.
    """
    encoder, seconds = best_encoder(), video.timeline.seconds
    size, bitrate = _within(video.height_width, max_height), 8 * 0.92 * max_bytes / seconds
    least = min(LEAST_SIDE, *size)
    for _ in range(TRIES):
        size = _affordable(size, bitrate / video.timeline.fps)
        if min(size) < least:
            break
        shown = size if see is None else _within(video.height_width, see_height, widest=math.inf)
        data = _encoded(replace(video, height_width=shown), size, encoder, bitrate, see)
        if len(data) <= max_bytes:
            return SmallClip(data, encoder.mime, size[1], size[0], video.timeline.fps, len(video.timeline))
        bitrate, see = bitrate * 0.85 * max_bytes / len(data), None
    raise DataError(
        f"{video.path}: expected a clip that fits into {max_bytes} bytes, got {seconds:.0f} s; "
        "show a shorter part of it"
    )


def still(path: Path, seconds: float = 0.0, max_width: int = 480) -> bytes:
    """The frame on screen at a time, as a JPEG file.

    Args:
        path: A video file, or a folder of numbered images.
        seconds: Into the file, from its first frame.
        max_width: Most pixels from left to right; smaller videos are not enlarged.

    Raises:
        DataError: The video cannot be read, or is not that long.
    """
    from PIL import Image

    video = scan_video(path, start=max(0.0, seconds))
    height, width = video.height_width
    scale = min(1.0, max_width / width)
    size = max(1, round(height * scale)), max(1, round(width * scale))
    picture = next(grid_frames(replace(video, height_width=size), np.arange(1)))
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "JPEG", quality=85, optimize=True)
    return file.getvalue()


def grid_frames(video: Video, points: IntArray | None = None) -> Iterator[UInt8Array]:
    """One frame per grid point, front to back; one that cannot be decoded shows its predecessor.

    Args:
        video: From ``scan_video``.
        points: Rising grid points; all by default.

    Yields:
        (H, W, 3) uint8 RGB.

    Raises:
        DataError: The video is damaged.
    """
    points = np.arange(len(video.timeline)) if points is None else points
    shown, last = 0, None
    for found, picture in read_frames(video, wanted=points):
        first, end = np.searchsorted(points, (found[0], found[-1] + 1))
        held = picture if last is None else last  # what is on screen until this frame comes
        yield from repeat(held, int(first) - shown)
        yield from repeat(picture, int(end - first))
        shown, last = int(end), picture
    if last is not None:
        yield from repeat(last, len(points) - shown)


def even(height: float, width: float) -> tuple[int, int]:
    """The nearest even sides, at least 2."""
    return max(2, 2 * round(height / 2)), max(2, 2 * round(width / 2))


def _within(size: tuple[int, int], max_height: int, widest: float = WIDEST) -> tuple[int, int]:
    height, width = size
    scale = min(1.0, max_height / height, widest * max_height / width)
    return even(height * scale, width * scale)


def _affordable(size: tuple[int, int], bits: float) -> tuple[int, int]:
    """A size that leaves ``LEAST_BITS`` per pixel of so many bits per frame."""
    height, width = size
    scale = min(1.0, math.sqrt(bits / (LEAST_BITS * height * width)))
    return even(height * scale, width * scale)


def _encoded(video: Video, size: tuple[int, int], encoder: Encoder, bitrate: float, see: See | None = None) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"clip.{encoder.suffix}"
        with video_file(path, encoder, size, video.timeline.fps, quality=QUALITY, bitrate=bitrate) as file:
            for point, picture in enumerate(grid_frames(video)):
                file.add(picture)
                if see is not None:
                    see(point, picture)
        return path.read_bytes()
