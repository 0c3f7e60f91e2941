"""Videos as the networks see them: measured first, then decoded once from front to back.

A video is a file, or a folder of numbered images. Frames are RGB as a person sees them: turned as the file asks, with
square pixels and 8 bits; alpha is dropped. Memory does not grow with the length of the clip.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TypeAlias

import numpy as np

from dance_xai.data.container import Numbered, decoded_frames, opened, seen_size, stated_seconds, survivors
from dance_xai.data.frame_order import FrameOrder, Packets, find_order, read_packets
from dance_xai.data.image_folder import image_frames, image_size, is_folder, list_images
from dance_xai.data.timeline import Timeline, make_timeline
from dance_xai.errors import DataError
from dance_xai.types import FloatArray, IntArray, UInt8Array

DECODER_VERSION = 1
"""Raise when the frames that come out of a file change: results kept from earlier decoding are then made again."""

OTHERS_VERSION = 2
"""The same for files other than MP4 and folders of images. 1 took AVI and MXF with B-frames in the order stored, and
lost frames of spans in transport and program streams."""

LEAST_DECODED = 0.5
"""A clip of which a smaller share of frames can be decoded is damaged."""

IMAGES_PER_SECOND = 25.0
"""Taken for a folder of images, which states no rate."""

Frame: TypeAlias = tuple[IntArray, UInt8Array]


@dataclass(frozen=True, eq=False)
class Video:
    """A clip that was opened and measured, ready to be decoded.

    Attributes:
        path: The file, or a folder of images.
        timeline: T points in time.
        height_width: Of the frames as they come out, pixels.
        order: Of all frames of the file.
    """

    path: Path
    timeline: Timeline
    height_width: tuple[int, int]
    order: FrameOrder

    @property
    def stamps(self) -> IntArray:
        """(S,) time stamps of the clip's frames in units of the file; positions in a folder of images."""
        return self.order.stamps[self.timeline.first : self.timeline.first + len(self.timeline.times)]


def scan_video(
    path: Path,
    *,
    start: float | None = None,
    end: float | None = None,
    fps: float | None = None,
    max_side: int | None = None,
) -> Video:
    """Open a video and find out when its frames are shown; only the first frame is decoded,
    but for files whose time stamps do not tell in which order.

    Args:
        path: A video file, or a folder of numbered images.
        start: Seconds from the first frame where the clip begins.
        end: Seconds where it ends.
        fps: Grid points per second; the rate of the file by default.
        max_side: Larger frames are scaled down to this many pixels on their longer side.

    Raises:
        DataError: Missing, empty, not a video, without pictures, or no frame between ``start`` and ``end``.
    """
    read = _scan_images if is_folder(path) else _scan_file
    order, times, stated, size = read(path, max_side)
    if not len(times):
        raise DataError(f"{path}: expected frames, got a video without any; record or export it again")
    timeline = make_timeline(times, start=start, end=end, fps=fps, stated=stated)
    if not len(timeline):
        raise DataError(
            f"{path}: expected frames from {start or 0:g} s to {'the end' if end is None else f'{end:g} s'}, "
            f"got a video of {times[-1] - times[0]:.2f} s; correct start and end"
        )
    return Video(path, timeline, size, order)


def read_frames(
    video: Video, *, wanted: IntArray | None = None, threads: int = 0, lost: list[int] | None = None
) -> Iterator[Frame]:
    """Decode a clip once, front to back.

    Args:
        video: From ``scan_video``.
        wanted: Rising grid points that are needed; all by default. Decoding ends after the last one.
        threads: Of the decoder; 0 lets it choose.
        lost: Receives the grid points of the clip, wanted or not, whose frame cannot be decoded, rising. The clip is
            then decoded to its end.

    Yields:
        (n,) grid points at which a frame is on screen, and the frame (H, W, 3) uint8 RGB. The points of a frame that
        cannot be decoded do not occur.

    Raises:
        DataError: Damaged: fewer than half of the frames can be decoded.
    """
    points = np.arange(len(video.timeline)) if wanted is None else np.asarray(wanted)
    sources = video.timeline.source[points]
    needed, seen = sources[np.diff(sources, prepend=-1) > 0], np.zeros(len(video.timeline.times), dtype=bool)
    for source, make in _frames(video, threads):
        low, high = np.searchsorted(sources, (source, source + 1))
        picture = make() if low < high else None
        seen[source] = low == high or picture is not None
        if picture is not None:
            yield points[low:high], picture
        if high == len(sources) and lost is None:
            break
    if lost is not None:
        lost += np.flatnonzero(~seen[video.timeline.source]).tolist()
    if (decoded := np.count_nonzero(seen[needed])) < max(1, LEAST_DECODED * len(needed)) and len(needed):
        raise DataError(
            f"{video.path}: expected {len(needed)} frames, got {decoded} that can be decoded; "
            "it is damaged, export it again"
        )


def lost_points(video: Video, *, threads: int = 0) -> IntArray:
    """(n,) rising grid points whose frame cannot be decoded. The whole clip is decoded, no picture is made.

    Raises:
        DataError: The file cannot be read to its end.
    """
    seen = np.zeros(len(video.timeline.times), dtype=bool)
    for source, _ in _frames(video, threads):
        seen[source] = True
    return np.flatnonzero(~seen[video.timeline.source])


def decoder_version(path: Path) -> int:
    """Changes when other frames come out of such a file than from an earlier release: what was kept is made again."""
    return DECODER_VERSION if is_folder(path) or _is_mp4(path) else OTHERS_VERSION


def _is_mp4(path: Path) -> bool:
    """Whether a file is of the family of MP4 and QuickTime, by its first bytes."""
    with path.open("rb") as file:
        return file.read(8)[4:] == b"ftyp"


def _frames(video: Video, threads: int) -> Iterator[Numbered]:
    if video.path.is_dir():
        return image_frames(list_images(video.path), video.stamps, video.height_width)
    first, count = video.timeline.first, len(video.timeline.times)
    return decoded_frames(video.path, video.order, first, count, video.height_width, threads)


Scan: TypeAlias = tuple[FrameOrder, FloatArray, float | None, tuple[int, int]]


def _scan_file(path: Path, max_side: int | None) -> Scan:
    """Order of the frames, their times in seconds, the stated rate, and the size of the frames."""
    with opened(path) as (container, stream):
        packets, unit = read_packets(container, stream), float(stream.time_base or 1)
        stated = float(stream.average_rate or stream.guessed_rate or 0) or None
        _refuse_cut_off(path, packets, unit, stated_seconds(container, stream), stream.frames)
    with opened(path) as (container, stream):
        frames = survivors(container, stream)
        first = next(frames, None)
        if first is None:
            raise DataError(f"{path}: expected frames, got none that can be decoded; export it again")
        size = seen_size(stream, first, max_side)
        stamps = (frame.pts for frame in chain([first], frames))
        order = find_order(packets, stamps, reorders=stream.codec_context.has_b_frames)
    return order, order.stamps * unit, stated, size


def _refuse_cut_off(path: Path, packets: Packets, unit: float, stated: float | None, frames: int) -> None:
    count, held = len(packets.labels), packets.span * unit
    if count < LEAST_DECODED * frames:
        raise DataError(
            f"{path}: expected {frames} frames, as the file states, got {count}; it is cut off, copy it again"
        )
    if stated is not None and count > 1 and held < (LEAST_DECODED - 1 / count) * stated:
        raise DataError(
            f"{path}: expected a video of {stated:.1f} s, as the file states, got {held:.1f} s; "
            "it is cut off, copy it again"
        )


def _scan_images(path: Path, max_side: int | None) -> Scan:
    files = list_images(path)
    order = FrameOrder(np.arange(len(files)), None)
    return order, order.stamps / IMAGES_PER_SECOND, IMAGES_PER_SECOND, image_size(files[0], max_side)
