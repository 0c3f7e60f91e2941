"""The sound of a clip, cut as its pictures are and encoded again for the film."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np

from dance_xai.data.container import opened, survivors
from dance_xai.data.video import Video

CODEC = "aac"
RATE = 48_000
BITRATE = 128_000


class Sound:
    """The first sound stream of a file as stereo, from the first frame of a clip to its last.

    Args:
        video: The clip.
    """

    def __init__(self, video: Video) -> None:
        self._open = ExitStack()
        self._video = video
        self._frames: Iterator[np.ndarray[Any, Any]] = iter(())
        self._stream: Any = None
        self._written = 0
        self._waiting: np.ndarray[Any, Any] | None = None

    def attach(self, container: Any) -> None:
        """Add a stream to a container in which nothing was written yet; none for a silent clip."""
        path = self._video.path
        if not has_sound(path):
            return
        source, pictures = self._open.enter_context(opened(path))
        start = float(self._video.stamps[0] * (pictures.time_base or 1))
        self._frames = _samples(source, start, self._video.timeline.seconds)
        self._stream = container.add_stream(CODEC, rate=RATE, layout="stereo")
        self._stream.bit_rate = BITRATE

    def pump(self, container: Any, seconds: float) -> None:
        """Write the sound up to a time of the film."""
        import av

        while self._stream is not None and self._written < seconds * RATE:
            samples = next(self._frames, None)
            if samples is None:
                break
            frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples), format="fltp", layout="stereo")
            frame.sample_rate, frame.pts = RATE, self._written
            self._written += samples.shape[1]
            container.mux(self._stream.encode(frame))

    def finish(self, container: Any) -> None:
        """Write what the encoder still holds, and close the file."""
        if self._stream is not None:
            container.mux(self._stream.encode())
        self._open.close()


def has_sound(path: Path) -> bool:
    """Whether a file has a sound stream that can be read; a folder of images has none."""
    if path.is_dir():
        return False
    with opened(path) as (container, _):
        return any(stream.codec_context is not None for stream in container.streams.audio)


def _samples(container: Any, start: float, seconds: float) -> Iterator[np.ndarray[Any, Any]]:
    """Blocks of (2, n) float samples at ``RATE`` from ``start`` for so many seconds; silence where there is a gap."""
    from av.audio.resampler import AudioResampler

    stream = container.streams.audio[0]
    resampler = AudioResampler(format="fltp", layout="stereo", rate=RATE)
    if start > 1:
        container.seek(int((start - 1) / stream.time_base), stream=stream, backward=True)
    at, end = 0, round(seconds * RATE)  # samples of the film given so far, and in all
    for frame in survivors(container, stream):
        first = at if frame.pts is None else round((float(frame.pts * frame.time_base) - start) * RATE)
        frame.pts = None
        for part in resampler.resample(frame):
            samples = part.to_ndarray()
            block = samples[:, max(0, at - first) : max(0, end - first)]
            gap = max(0, min(first, end) - at)
            if gap > RATE // 20:
                yield np.zeros((2, gap), dtype=np.float32)
                at += gap
            if block.shape[1]:
                yield block
                at += block.shape[1]
            first += samples.shape[1]
        if at >= end:
            return
