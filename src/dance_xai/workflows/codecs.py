"""What this build of PyAV can read and write, found out by doing it: a few frames, gone afterwards."""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from dance_xai.data.video import read_frames, scan_video

State = Literal["ok", "missing", "broken"]

SIDE = 64
LIGHTS = (40, 120, 200)
"""Grey of each frame made."""

NEAR = 40
"""A frame that comes back with another mean grey than made, by more than this, was not decoded."""

STDERR = 2


@dataclass(frozen=True)
class Codec:
    """One way to store video, and who does it.

    Attributes:
        name: As users know it.
        decoders: Of FFmpeg, any of them will do.
        encoders: Of FFmpeg, to make a test with; the first that is there.
        container: File format of the test.
        pixels: Pixel format of the test.
    """

    name: str
    decoders: tuple[str, ...]
    encoders: tuple[str, ...]
    container: str = "mp4"
    pixels: str = "yuv420p"


H264 = Codec("h264", ("h264",), ("libx264", "libopenh264"))
CODECS = (
    H264,
    Codec("hevc", ("hevc",), ("libx265",)),
    Codec("vp9", ("vp9", "libvpx-vp9"), ("libvpx-vp9",), "webm"),
    Codec("av1", ("libdav1d", "libaom-av1"), ("libsvtav1", "libaom-av1")),
    Codec("mpeg4", ("mpeg4",), ("mpeg4",)),
    Codec("mjpeg", ("mjpeg",), ("mjpeg",), "avi", "yuvj420p"),
    Codec("gif", ("gif",), ("gif",), "gif", "rgb8"),
)


def try_codec(codec: Codec) -> tuple[State, str]:
    """Encode a few frames and decode them again.

    Returns:
        The state, and what was found: ``missing`` without a decoder, ``broken`` when frames do not come back.
    """
    if _first(codec.decoders, "r") is None:
        return "missing", "no decoder in this build of FFmpeg"
    encoder = _first(codec.encoders, "w")
    if encoder is None:
        return "ok", "a decoder is there; not tried, for want of an encoder"
    try:
        with _quiet():
            lights = _decoded(_encoded(codec, encoder))
    except Exception as error:  # of FFmpeg, whatever it is
        return "broken", " ".join(str(error).split())[:100] or type(error).__name__
    if len(lights) != len(LIGHTS) or np.abs(np.subtract(lights, LIGHTS)).max() > NEAR:
        return "broken", f"made {len(LIGHTS)} frames of grey {LIGHTS}, got {len(lights)} of {lights}"
    return "ok", f"{len(lights)} frames made by {encoder} and decoded"


def try_writing() -> tuple[State, str]:
    """Whether explained videos (h264) can be written."""
    encoder = _first(H264.encoders, "w")
    if encoder is None:
        return "missing", f"no encoder of h264 in this build of FFmpeg ({', '.join(H264.encoders)})"
    try:
        with _quiet():
            size = len(_encoded(H264, encoder))
    except Exception as error:  # of FFmpeg, whatever it is
        return "broken", " ".join(str(error).split())[:100] or type(error).__name__
    return "ok", f"{encoder}, {size} bytes for {len(LIGHTS)} frames"


def _first(names: tuple[str, ...], mode: Literal["r", "w"]) -> str | None:
    import av

    for name in names:
        try:
            av.codec.Codec(name, mode)
        except ValueError:
            continue
        return name
    return None


def _encoded(codec: Codec, encoder: str) -> bytes:
    import av

    file = io.BytesIO()
    with av.open(file, "w", format=codec.container) as container:
        stream: Any = container.add_stream(encoder, rate=5)
        stream.width = stream.height = SIDE
        stream.pix_fmt = codec.pixels
        for light in LIGHTS:
            picture = np.full((SIDE, SIDE, 3), light, dtype=np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))
    return file.getvalue()


def _decoded(content: bytes) -> list[int]:
    """Mean grey of each frame, read as the videos of clips are."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "video"
        path.write_bytes(content)
        return [round(frame.mean()) for _, frame in read_frames(scan_video(path), threads=1)]


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep encoders from writing to standard error, which they do without asking Python."""
    kept, nothing = os.dup(STDERR), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, STDERR)
    try:
        yield
    finally:
        os.dup2(kept, STDERR)
        os.close(kept)
        os.close(nothing)
