"""What a page shows of a clip's video: the clip itself, the frames that show phrases best, and motions cut out."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from dance_xai.data.video import scan_video
from dance_xai.report.clip.crops import Square
from dance_xai.report.media import SmallClip, shrink
from dance_xai.types import UInt8Array

MAX_BYTES = 2_800_000
"""Of the clip; with the base64 of a page, stills and figures the page stays under 5 MB."""

TILES = 24
"""Most pictures of one motion: about as many as it has frames."""

SIDE = 224
"""Most pixels of a side of a tile: sharp enough where it is shown, some 5 kB. What is smaller is not enlarged."""

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
    """Take everything a page needs from a video, in one pass over its frames.

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
    video = scan_video(path, start=start, end=end, fps=fps)
    scale, last = video.timeline.fps / rate if rate else 1.0, len(video.timeline) - 1
    shown, squares = set(stills), squares or {}
    wanted = {key: square.frames(TILES).tolist() for key, square in squares.items()}
    at: dict[int, list[int]] = {}
    for frame in sorted(shown.union(*wanted.values())):
        at.setdefault(min(max(round(frame * scale), 0), last), []).append(frame)
    whole: dict[int, bytes] = {}
    tiles: dict[int, list[UInt8Array]] = {key: [] for key in wanted}

    def see(point: int, picture: UInt8Array) -> None:
        for frame in at.get(point, ()):
            if frame in shown:
                whole[frame] = _still(picture)
            for key, square in squares.items():
                if frame in wanted[key]:
                    tiles[key].append(square.cut(picture, min(SIDE, square.pixels(len(picture)))).copy())

    clip = shrink(video, max_bytes=MAX_BYTES, see=see if at else None, see_height=HIGHEST)
    strips = {key: (_jpeg(np.concatenate(each, axis=1), 72), len(each)) for key, each in tiles.items() if each}
    return Picture(clip, whole, strips)


def _still(picture: UInt8Array) -> bytes:
    from PIL import Image

    height, width = picture.shape[:2]
    size = max(1, round(width * STILL_HEIGHT / height)), STILL_HEIGHT
    return _jpeg(picture if height <= STILL_HEIGHT else np.asarray(Image.fromarray(picture).resize(size)), 80)


def _jpeg(picture: UInt8Array, quality: int) -> bytes:
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(picture).save(file, "JPEG", quality=quality)
    return file.getvalue()
