"""Frames to a video file that browsers and players open, with the encoder that this build of PyAV has."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

from dance_xai.data.scaling import scaler
from dance_xai.errors import DataError
from dance_xai.types import UInt8Array

SUFFIXES = (".mp4", ".gif", ".webp")
"""Endings of explained videos."""

KEY_FRAME_SECONDS = 1.0
"""A player that jumps decodes at most this much before it shows a frame."""


@dataclass(frozen=True)
class Encoder:
    """A video encoder and the file it goes into.

    Attributes:
        codec: As PyAV calls it.
        suffix: Ending of the file, also the name of its format.
        mime: For browsers.
        options: Of the encoder; ``quality`` and a bit rate are added to them.
    """

    codec: str
    suffix: str
    mime: str
    options: dict[str, str] = field(default_factory=dict)


ENCODERS = (
    Encoder("libx264", "mp4", "video/mp4", {"preset": "veryfast", "bf": "0"}),
    Encoder("libopenh264", "mp4", "video/mp4"),
    Encoder("libvpx-vp9", "webm", "video/webm", {"deadline": "realtime", "cpu-used": "6", "row-mt": "1"}),
)
"""The first one there is taken: H.264 plays everywhere, VP9 in all current browsers. Without B-frames the first frame
is shown at 0 s, so that frame ``i`` is on screen from ``i / fps``."""


@cache
def best_encoder() -> Encoder:
    """The first of ``ENCODERS`` that this build has.

    Raises:
        DataError: It has none.
    """
    for encoder in ENCODERS:
        if has_encoder(encoder.codec):
            return encoder
    raise DataError("video: expected PyAV with an H.264 or VP9 encoder, got a build without; run: pip install -U av")


def has_encoder(name: str) -> bool:
    """Whether this build of PyAV can write with an encoder."""
    import av

    try:
        av.Codec(name, "w")
    except (av.FFmpegError, ValueError):
        return False
    return True


class VideoSink:
    """A video file being written.

    Attributes:
        container: The open file, for further streams; these are added before the first frame.
    """

    def __init__(self, container: Any, stream: Any) -> None:
        self.container = container
        self._stream = stream
        self._scale = scaler()

    def add(self, picture: UInt8Array) -> None:
        """Append a frame (H, W, 3) uint8 RGB; of another size than the file it is scaled."""
        import av
        from av.video.reformatter import ColorRange, Colorspace

        frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
        yuv = self._scale(
            frame,
            self._stream.width,
            self._stream.height,
            format="yuv420p",
            dst_colorspace=Colorspace.ITU709,
            dst_color_range=ColorRange.MPEG,
        )
        self.container.mux(self._stream.encode(yuv))

    def finish(self) -> None:
        """Write what the encoder still holds."""
        self.container.mux(self._stream.encode())


@contextmanager
def video_file(
    path: Path,
    encoder: Encoder,
    height_width: tuple[int, int],
    fps: float,
    *,
    quality: int = 23,
    bitrate: float | None = None,
) -> Iterator[VideoSink]:
    """Write a video (yuv420p, BT.709, a key frame each second, its index in front).

    Args:
        path: The file; replaced where it is there.
        encoder: See ``best_encoder``.
        height_width: Of the frames, pixels, both even.
        fps: Frames per second, above 0.
        quality: Constant rate factor, 0 (best) to 51.
        bitrate: Most bits per second over some seconds; None for as many as the quality needs.

    Raises:
        DataError: The file cannot be written.
    """
    import av

    options = {"movflags": "+faststart"} if path.suffix == ".mp4" else {}
    try:
        with av.open(str(path), "w", options=options) as container:
            sink = VideoSink(container, _stream(container, encoder, height_width, fps, quality, bitrate))
            yield sink
            sink.finish()
    except (OSError, av.FFmpegError) as error:
        reason = error.strerror or str(error)
        raise DataError(f"{path}: expected to write a video there, got: {reason}; check space and rights") from error


def _stream(
    container: Any, encoder: Encoder, height_width: tuple[int, int], fps: float, quality: int, bitrate: float | None
) -> Any:
    rate = Fraction(fps).limit_denominator(10_000)
    limits = {"crf": str(quality)} | ({} if bitrate is None else _limits(encoder, bitrate))
    stream = container.add_stream(encoder.codec, rate=rate, options=encoder.options | limits)
    stream.height, stream.width = height_width
    stream.pix_fmt = "yuv420p"
    stream.gop_size = max(1, int(KEY_FRAME_SECONDS * fps))
    context = stream.codec_context
    context.color_range = context.color_primaries = context.color_trc = context.colorspace = 1  # limited, BT.709
    return stream


def _limits(encoder: Encoder, bitrate: float) -> dict[str, str]:
    """Options that keep a stream under a bit rate, measured over two seconds."""
    most = str(int(bitrate))
    if encoder.codec == "libx264":
        return {"maxrate": most, "bufsize": str(int(2 * bitrate))}
    return {"b": most, "maxrate": most, "bufsize": str(int(2 * bitrate))}
