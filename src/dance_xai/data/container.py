"""PyAV at work: open a file safely, decode its frames one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from dance_xai.data.frame_order import FrameOrder, Key, label_of
from dance_xai.data.scaling import scaler
from dance_xai.errors import DataError
from dance_xai.types import IntArray, UInt8Array

NOT_VIDEOS = {"hls", "dash", "concat", "tty", "bin", "xbin", "adf", "idf", "lavfi", "ffmetadata", "rtp", "sdp"}
"""Demuxers that show text as letters or lead to other files."""

Numbered: TypeAlias = tuple[int, Callable[[], UInt8Array | None]]
"""Position of a frame in its clip, and what makes its picture; None when it cannot be made."""

LOCAL_ONLY = {"protocol_whitelist": "file"}
"""For the container alone: handed to streams too, they let PyAV crash where streams are found late (MPEG)."""


@contextmanager
def opened(path: Path) -> Iterator[tuple[Any, Any]]:
    """Open a video file: its container and its first video stream.

    Raises:
        DataError: Missing, empty, not a video, or without pictures; also errors while reading inside the context.
    """
    import av

    require_content(path)
    try:
        with av.open(f"file:{path}", container_options=dict(LOCAL_ONLY), metadata_errors="ignore") as container:
            if NOT_VIDEOS & set(container.format.name.split(",")):
                raise DataError(f"{path}: expected a video, got a file of the kind {container.format.name!r}; check it")
            yield container, _picture_stream(path, container)
    except (av.FFmpegError, ValueError, EOFError) as error:
        raise DataError(f"{path}: expected a video that can be read, got: {_reason(error)}; export it again") from error


def is_there(path: Path) -> bool:
    """Whether there is anything; False also where nobody can look, such as at a name that is too long."""
    try:
        return path.exists()
    except OSError:
        return False


def require_content(path: Path) -> None:
    """Check that a file is there, can be read and is not empty.

    Raises:
        DataError: It is not.
    """
    if not is_there(path) or not path.is_file():
        raise DataError(f"{path}: expected a video file, found nothing there; check the path")
    try:
        empty = path.stat().st_size == 0
        with path.open("rb"):
            pass
    except OSError as error:
        raise DataError(f"{path}: expected a readable video file, got: {error.strerror}; check its rights") from error
    if empty:
        raise DataError(f"{path}: expected a video, got an empty file; copy or export it again")


def _picture_stream(path: Path, container: Any) -> Any:
    from av.stream import Disposition

    streams = [stream for stream in container.streams.video if not stream.disposition & Disposition.attached_pic]
    if not streams:
        kinds = ", ".join(sorted({str(stream.type) for stream in container.streams} - {"video"}))
        got = f"{kinds} only" if kinds else "none"
        raise DataError(f"{path}: expected a video with pictures, got {got}; check which file it is")
    return streams[0]


def _reason(error: Exception) -> str:
    text = str(getattr(error, "strerror", None) or error).splitlines()
    return (text[0] if text else type(error).__name__)[:100]


def stated_seconds(container: Any, stream: Any) -> float | None:
    """Length of the pictures as the file states it; None where it does not, or where sound may be the longer part."""
    if stream.duration:
        return float(stream.duration * stream.time_base)
    if container.duration and len(container.streams) == 1:
        return float(container.duration / 1e6)
    return None


def decoded_frames(
    path: Path, order: FrameOrder, first: int, count: int, size: tuple[int, int], threads: int
) -> Iterator[Numbered]:
    """Decode the frames of a clip.

    Args:
        path: The file.
        order: Of all its frames.
        first: Place of the clip's first frame among them.
        count: Frames of the clip.
        size: Height and width to deliver, as a person sees the frames.
        threads: Of the decoder; 0 lets it choose.

    Yields:
        Position in the clip, rising, and a function that makes the (H, W, 3) RGB frame; frames outside are left out.
    """
    for begin in dict.fromkeys((order.begin(first), None)):
        with opened(path) as (container, stream):
            stream.thread_type = "AUTO" if threads != 1 else "SLICE"
            stream.codec_context.thread_count = threads
            packets = container.demux(stream) if begin is None else packets_from(container, stream, begin)
            if packets is not None:
                yield from _of_clip(_placed(decoded(packets), order.labels), first, count, size)
                return


def packets_from(container: Any, stream: Any, begin: Key) -> Iterator[Any] | None:
    """The packets of a stream from a key frame on; None where the file does not lead to it."""
    import av

    try:
        container.seek(begin.target, stream=stream, backward=True)
    except av.FFmpegError:
        return None
    packets = container.demux(stream)
    for packet in packets:
        if label_of(packet) == begin.label and packet.is_keyframe:
            return chain([packet], packets)
        if packet.dts is not None and packet.dts > begin.target:
            return None
    return None


def survivors(container: Any, stream: Any) -> Iterator[Any]:
    """Decoded frames of a stream; a packet that cannot be decoded is passed over."""
    return decoded(container.demux(stream))


def decoded(packets: Iterator[Any]) -> Iterator[Any]:
    """Decoded frames; a packet that cannot be decoded is passed over."""
    import av

    for packet in packets:
        try:
            yield from packet.decode()
        except av.InvalidDataError:
            continue
        except av.EOFError:
            return


def _placed(frames: Iterator[Any], labels: IntArray | None) -> Iterator[tuple[int, Any]]:
    """Frames with their places in the file, by their labels or counted; one without a label follows its predecessor."""
    if labels is None:
        yield from enumerate(frames)
        return
    sorting, place = np.argsort(labels), -1
    for frame in frames:
        if frame.pts is None:
            place += 1
        elif (at := int(np.searchsorted(labels, frame.pts, sorter=sorting))) == len(labels):
            continue
        elif labels[sorting[at]] == frame.pts:
            place = int(sorting[at])
        else:
            continue
        yield place, frame


def _of_clip(placed: Iterator[tuple[int, Any]], first: int, count: int, size: tuple[int, int]) -> Iterator[Numbered]:
    """The frames of a clip by their positions in it, which rise."""
    following, scale = first, scaler()
    for place, frame in placed:
        if place >= first + count:
            return
        if place >= following:
            following = place + 1
            yield place - first, lambda frame=frame: picture_of(frame, size, scale)  # type: ignore[misc]


def picture_of(frame: Any, size: tuple[int, int], scale: Callable[..., Any]) -> UInt8Array | None:
    """As ``upright``; None for a frame that cannot be turned into colours."""
    import av

    try:
        return upright(frame, size, scale)
    except (av.FFmpegError, ValueError):
        return None


def upright(frame: Any, size: tuple[int, int], scale: Callable[..., Any]) -> UInt8Array:
    """(H, W, 3) RGB of a decoded frame: scaled to ``size`` as a person sees it, turned as the file asks.

    Args:
        frame: As decoded.
        size: Height and width.
        scale: From ``scaler``.
    """
    turns = round(frame.rotation / 90) % 4
    height, width = size if turns % 2 == 0 else size[::-1]
    picture: UInt8Array = scale(frame, width, height, "rgb24").to_ndarray()
    return np.ascontiguousarray(np.rot90(picture, turns)) if turns else picture


def seen_size(stream: Any, frame: Any, max_side: int | None) -> tuple[int, int]:
    """Height and width of a frame as a person sees it: square pixels, turned, no longer than ``max_side``."""
    ratio = float(stream.sample_aspect_ratio or 1) or 1.0
    height, width = frame.height, max(1, round(frame.width * ratio))
    if round(frame.rotation / 90) % 2:
        height, width = width, height
    scale = min(1.0, (max_side or max(height, width)) / max(height, width))
    return max(1, round(height * scale)), max(1, round(width * scale))
