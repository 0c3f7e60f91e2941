"""What a page shows of a clip's video: the clip itself, the frames that show phrases best, and motions cut out."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from dance_xai.data.video import Video, scan_video
from dance_xai.report.clip.crops import Square
from dance_xai.report.media import SmallClip, even, grid_frames, small_clip
from dance_xai.types import IntArray, UInt8Array

MAX_BYTES = 2_800_000
"""Of the clip; with the base64 of a page, stills and figures the page stays under 5 MB."""

TILES = 24
"""Most pictures of one motion: about as many as it has frames."""

SIDE = 224
"""Pixels of a tile: sharp enough where it is shown, some 5 kB."""

STILL_HEIGHT = 270
HIGHEST = 540


@dataclass(frozen=True, eq=False)
class Picture:
    """Pictures of a clip; empty where its video is not there.

    Attributes:
        clip: The clip encoded again, None without a video.
        stills: JPEG files by frame of the poses' grid.
        strips: JPEG files of tiles side by side by concept, and how many tiles; the tiles are spread evenly over the
            frames of the concept's window.
        note: Why there is no video, for the reader; None where there is one.
    """

    clip: SmallClip | None = None
    stills: Mapping[int, bytes] = field(default_factory=dict)
    strips: Mapping[int, tuple[bytes, int]] = field(default_factory=dict)
    note: str | None = None


def take_picture(
    path: Path,
    start: float | None = None,
    end: float | None = None,
    *,
    fps: float | None = None,
    rate: float | None = None,
    stills: Iterable[int] = (),
    squares: Mapping[int, Square] | None = None,
) -> Picture:
    """Take everything a page needs from a video, in two passes over its frames.

    Args:
        path: A video file, or a folder of numbered images.
        start: Seconds into the file where the clip begins; None for its beginning.
        end: Seconds where it ends; None for its end.
        fps: Grid points per second, as the poses were found; the rate of the file by default.
        rate: Frames per second in which ``stills`` and ``squares`` count; the grid's by default.
        stills: Frames shown whole.
        squares: By concept: the window and the part of the frame to cut out.

    Raises:
        DataError: The video cannot be read, or is too long to fit into a page.

    Source: ours.
    """
    clip = small_clip(path, start, end, fps=fps, max_bytes=MAX_BYTES)
    video = scan_video(path, start=start, end=end, fps=fps)
    scale = video.timeline.fps / rate if rate else 1.0
    shown, squares = set(stills), squares or {}
    wanted = {key: square.frames(TILES) for key, square in squares.items()}
    frames = np.unique(np.concatenate([np.array(sorted(shown), dtype=np.int64), *wanted.values()]))
    whole: dict[int, bytes] = {}
    tiles: dict[int, list[UInt8Array]] = {key: [] for key in wanted}
    for frame, picture in _seen(video, frames, scale):
        if frame in shown:
            whole[frame] = _still(picture)
        for key, square in squares.items():
            if frame in wanted[key]:
                tiles[key].append(square.cut(picture, SIDE))
    strips = {key: (_jpeg(np.concatenate(each, axis=1), 72), len(each)) for key, each in tiles.items() if each}
    return Picture(clip, whole, strips)


def _seen(video: Video, frames: IntArray, scale: float) -> Iterator[tuple[int, UInt8Array]]:
    """Each frame of the poses' grid with the picture on screen then, at most `HIGHEST` high."""
    height, width = video.height_width
    shrink = min(1.0, HIGHEST / height)
    video = replace(video, height_width=even(height * shrink, width * shrink))
    points = np.clip(np.rint(frames * scale).astype(np.int64), 0, len(video.timeline) - 1)
    unique, back = np.unique(points, return_inverse=True)
    pictures = grid_frames(video, unique) if len(unique) else iter(())
    for at, picture in enumerate(pictures):
        for frame in frames[back == at]:
            yield int(frame), picture


def _still(picture: UInt8Array) -> bytes:
    from PIL import Image

    height, width = picture.shape[:2]
    size = max(1, round(width * STILL_HEIGHT / height)), STILL_HEIGHT
    return _jpeg(picture if height <= STILL_HEIGHT else np.asarray(Image.fromarray(picture).resize(size)), 80)


def _jpeg(picture: UInt8Array, quality: int) -> bytes:
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(picture).save(file, "JPEG", quality=quality, optimize=True)
    return file.getvalue()
