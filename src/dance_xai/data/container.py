"""PyAV at work: open a file safely, list the time stamps of its frames, decode them one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from dance_xai.errors import DataError
from dance_xai.types import IntArray, UInt8Array

NOT_VIDEOS = {"hls", "dash", "concat", "tty", "bin", "xbin", "adf", "idf", "lavfi", "ffmetadata", "rtp", "sdp"}
"""Demuxers that show text as letters or lead to other files."""

Numbered: TypeAlias = tuple[int, Callable[[], UInt8Array | None]]
"""Position of a frame in its clip, and what makes its picture; None when it cannot be made."""

LOCAL_ONLY = {"protocol_whitelist": "file"}


@contextmanager
def opened(path: Path) -> Iterator[tuple[Any, Any]]:
    """Open a video file: its container and its first video stream.

    Raises:
        DataError: Missing, empty, not a video, or without pictures; also errors while reading inside the context.
    """
    import av

    require_content(path)
    try:
        with av.open(f"file:{path}", options=dict(LOCAL_ONLY), metadata_errors="ignore") as container:
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


def time_stamps(container: Any, stream: Any) -> IntArray:
    """(S,) rising time stamps of all frames in units of the stream, from the packets alone, none of which is kept."""
    stamps = [
        packet.pts if packet.pts is not None else packet.dts
        for packet in container.demux(stream)
        if packet.size and not packet.is_discard
    ]
    if any(stamp is None for stamp in stamps):
        return np.arange(len(stamps), dtype=np.int64) * _step(stream)
    return np.unique(np.array(stamps, dtype=np.int64))


def stated_seconds(container: Any, stream: Any) -> float | None:
    """Length of the pictures as the file states it; None where it does not, or where sound may be the longer part."""
    if stream.duration:
        return float(stream.duration * stream.time_base)
    if container.duration and len(container.streams) == 1:
        return float(container.duration / 1e6)
    return None


def _step(stream: Any) -> int:
    rate = stream.average_rate or stream.guessed_rate or 25
    return max(1, round(1 / float(rate * stream.time_base)))


def decoded_frames(
    path: Path, stamps: IntArray, size: tuple[int, int], threads: int, *, seek: bool
) -> Iterator[Numbered]:
    """Decode from the first of the given time stamps on.

    Args:
        path: The file.
        stamps: (S,) rising time stamps of the frames of a clip.
        size: Height and width to deliver, as a person sees the frames.
        threads: Of the decoder; 0 lets it choose.
        seek: Whether the clip begins inside the file. Decoding then starts a second before it: some files lose frames
            right after a jump.

    Yields:
        Index into ``stamps`` and a function that makes the (H, W, 3) RGB frame; frames outside are left out.
    """
    with opened(path) as (container, stream):
        stream.thread_type = "AUTO" if threads != 1 else "SLICE"
        stream.codec_context.thread_count = threads
        if seek:
            container.seek(max(0, int(stamps[0] - 1 / (stream.time_base or 1))), stream=stream, backward=True)
        yield from _matched(survivors(container, stream), stamps, size)


def survivors(container: Any, stream: Any) -> Iterator[Any]:
    """Decoded frames; a packet that cannot be decoded is passed over."""
    import av

    for packet in container.demux(stream):
        try:
            yield from packet.decode()
        except av.InvalidDataError:
            continue
        except av.EOFError:
            return


def _matched(
    frames: Iterator[Any], stamps: IntArray, size: tuple[int, int]
) -> Iterator[tuple[int, Callable[[], UInt8Array]]]:
    """Number the frames by their time stamps; one without a stamp follows its predecessor."""
    previous = -1
    for frame in frames:
        stamp = frame.pts
        index = previous + 1 if stamp is None else int(np.searchsorted(stamps, stamp))
        if stamp is not None and (index == len(stamps) or stamps[index] != stamp):
            if index == len(stamps):
                return
            continue
        if index >= len(stamps):
            return
        previous = index
        yield index, lambda frame=frame: picture_of(frame, size)  # type: ignore[misc]


def picture_of(frame: Any, size: tuple[int, int]) -> UInt8Array | None:
    """As ``upright``; None for a frame that cannot be turned into colours."""
    import av

    try:
        return upright(frame, size)
    except (av.FFmpegError, ValueError):
        return None


def upright(frame: Any, size: tuple[int, int]) -> UInt8Array:
    """(H, W, 3) RGB of a decoded frame: scaled to ``size`` as a person sees it, turned as the file asks."""
    turns = round(frame.rotation / 90) % 4
    height, width = size if turns % 2 == 0 else size[::-1]
    picture = frame.to_ndarray(format="rgb24", width=width, height=height)
    return np.ascontiguousarray(np.rot90(picture, turns)) if turns else picture


def seen_size(stream: Any, frame: Any, max_side: int | None) -> tuple[int, int]:
    """Height and width of a frame as a person sees it: square pixels, turned, no longer than ``max_side``."""
    ratio = float(stream.sample_aspect_ratio or 1) or 1.0
    height, width = frame.height, max(1, round(frame.width * ratio))
    if round(frame.rotation / 90) % 2:
        height, width = width, height
    scale = min(1.0, (max_side or max(height, width)) / max(height, width))
    return max(1, round(height * scale)), max(1, round(width * scale))
