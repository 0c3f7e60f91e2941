"""Frames to an mp4 file that every player opens, and the key by which a file tells what it shows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import fields
from fractions import Fraction
from pathlib import Path

import numpy as np

from dance_xai.errors import DataError
from dance_xai.planted.render.shot import Shot
from dance_xai.types import UInt8Array

VERSION = 1
"""Raise when the same shot is drawn differently."""

_OPTIONS = {"preset": "superfast", "tune": "fastdecode", "crf": "22", "threads": "1"}


def content_key(shot: Shot) -> str:
    """What the file of a shot shows, as 64 hexadecimal digits."""
    digest = hashlib.sha256(f"{VERSION} {sorted(_OPTIONS.items())} {shot.clip} {shot.seed} {shot.fps}".encode())
    digest.update(f"{shot.scene} {shot.objects} {shot.beats} {shot.height}".encode())
    arrays = [shot.joints, shot.seconds, shot.away, *(getattr(shot.camera, item.name) for item in fields(shot.camera))]
    for array in arrays:
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def write_mp4(path: Path, frames: Iterable[UInt8Array], height_width: tuple[int, int], fps: float, key: str) -> None:
    """Write frames as H.264 (yuv420p), all or nothing.

    Args:
        path: The file; its folder must be there. What was there before is replaced.
        frames: Each (H, W, 3) uint8 RGB.
        height_width: H and W in pixels, both even.
        fps: Frames per second.
        key: Stored in the file, see ``key_of``.

    Raises:
        DataError: The file cannot be written.
    """
    import av

    new = path.with_name(f".{path.name}.new")
    try:
        with av.open(str(new), "w", format="mp4", options={"movflags": "+faststart"}) as container:
            container.metadata["comment"] = key
            rate = Fraction(fps).limit_denominator(1001)
            stream = container.add_stream("libx264", rate=rate, options=_OPTIONS, pix_fmt="yuv420p")
            stream.height, stream.width = height_width
            for frame in frames:
                container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
            container.mux(stream.encode())
        new.replace(path)
    except (OSError, av.FFmpegError) as error:
        reason = error.strerror or str(error)
        raise DataError(f"{path}: expected to write a video there, got: {reason}; check space and rights") from error
    finally:
        new.unlink(missing_ok=True)


def key_of(path: Path) -> str | None:
    """The key stored in a file; None when there is no such file, or it is not one of ours."""
    import av

    try:
        with av.open(str(path)) as container:
            return container.metadata.get("comment")
    except (OSError, av.FFmpegError):
        return None
