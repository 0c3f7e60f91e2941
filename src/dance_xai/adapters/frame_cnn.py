"""A convolutional network on single frames, pooled over time (extra ``onnx``)."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np

from dance_xai.adapters.images import centre_square
from dance_xai.adapters.onnx_session import content_hash, layout, open_session
from dance_xai.errors import ArtifactError
from dance_xai.types import FloatArray, Sampling, UInt8Array

VERSION = 1
"""Raise when the same frames give another result."""

PARTS = 3


class FrameCNN:
    """EfficientNet-Lite0 on T frames: mean, spread and ordered differences of its features, D = 4 x 1280.

    Safe to call from several threads.

    Args:
        path: An ONNX file with input (b, 3, S, S) float32, (RGB - 127) / 128, and an output ``feat`` (b, F).
        sampling: Which frames; 16 spread over the clip by default.
        device: ``cpu``, ``cuda`` or ``auto``.

    Raises:
        ArtifactError: The model has no such input or output.

    Source: EfficientNet-Lite (Liu and Tan, 2020); the pooling is ours, after temporal pyramids.
    """

    def __init__(self, path: Path, *, sampling: Sampling | None = None, device: str = "auto") -> None:
        self._session = open_session(path, device)
        shape, dtype, outputs = layout(self._session)
        square = len(shape) == 4 and shape[1] == 3 and isinstance(shape[2], int) and shape[2] == shape[3]
        if dtype != "tensor(float)" or not square or "feat" not in outputs:
            raise ArtifactError(
                f"{path}: expected input (b, 3, S, S) of floats and an output 'feat', got {shape} {dtype} and "
                f"{', '.join(outputs)}; check which model this is"
            )
        self.name = path.stem
        self.side = int(shape[2])
        self.sampling = sampling or Sampling(16)
        self.identity = f"frame_cnn:{content_hash(path)}:{self.sampling}:{VERSION}"

    def prepare(self, frame: UInt8Array) -> UInt8Array:
        """(H, W, 3) uint8 RGB -> (S, S, 3) uint8."""
        return centre_square(frame, self.side)

    def encode(self, clips: np.ndarray) -> FloatArray:
        """(B, T, S, S, 3) uint8 -> (B, D) float32."""
        return np.stack([pool_in_time(self._features(clip)) for clip in clips])

    def _features(self, frames: UInt8Array) -> FloatArray:
        """(T, S, S, 3) -> (T, F), one frame at a time: a batch is not faster on one thread, and needs more memory."""
        name = self._session.get_inputs()[0].name
        inputs = ((frames.astype(np.float32) - 127) / 128).transpose(0, 3, 1, 2)
        rows = [self._session.run(["feat"], {name: frame[None]})[0][0] for frame in inputs]
        return np.asarray(np.stack(rows))


def pool_in_time(features: FloatArray) -> FloatArray:
    """(T, F) features of frames -> (4 F,): mean, standard deviation, and the change from each third to the next.

    Source: ours.
    """
    thirds = [part.mean(axis=0) for part in np.array_split(features, min(PARTS, len(features)))]
    thirds += [thirds[-1]] * (PARTS - len(thirds))
    changes = [later - earlier for earlier, later in pairwise(thirds)]
    return np.concatenate([features.mean(axis=0), features.std(axis=0), *changes]).astype(np.float32)
