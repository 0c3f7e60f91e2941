"""MoveNet, several people or one, as ONNX (extra ``onnx``)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from dance_xai.adapters.images import letterboxed, square_at
from dance_xai.adapters.onnx_session import content_hash, layout, open_session
from dance_xai.errors import ArtifactError
from dance_xai.types import FloatArray, People, Skeleton, UInt8Array

VERSION = 1
"""Raise when the same frame gives another result."""

SIDE = {"multipose": 256, "lightning": 192}
SURE = 0.2  # joints above this confidence tell where the person is
ROOM = 1.35  # side of the second look over the extent of those joints


class MoveNet:
    """People in single frames, COCO-17 joints in pixels.

    Lightning looks twice, first at the whole frame, then at the square around the joints found there: it was trained on
    people who fill the picture (on 320 x 240 videos with people 140 pixels tall the joints within a tenth of the body
    height of the truth rise from 34 to 78 %). It always returns one skeleton; one whose mean confidence is below
    ``least`` is nobody. Safe to call from several threads.

    Args:
        path: The ONNX file; multipose (input (1, H, W, 3), output (1, 6, 56)) and lightning (input (1, 192, 192, 3),
            output (1, 1, 17, 3)) are told apart by their input.
        skeleton: ``coco_17``.
        device: ``cpu``, ``cuda`` or ``auto``.
        least: Detections with a lower score are left out, 0..1.

    Raises:
        ArtifactError: Not a MoveNet.

    Source: MoveNet model cards (Google, 2021).
    """

    def __init__(self, path: Path, skeleton: Skeleton, *, device: str = "auto", least: float = 0.1) -> None:
        self._session = open_session(path, device)
        self.kind = _kind(path, self._session)
        self.name = f"movenet-{self.kind}"
        self.skeleton = skeleton
        self.least = least
        self.identity = f"{self.name}:{content_hash(path)}:{SIDE[self.kind]}:{least}:{VERSION}"

    def detect(self, frames: Sequence[UInt8Array]) -> People:
        """B frames, each (H, W, 3) uint8 RGB -> everybody in them, at most six a frame."""
        found = [self._people(frame) for frame in frames]
        count = [len(score) for _, score in found]
        joints = np.concatenate([joints for joints, _ in found]) if found else np.zeros((0, 17, 3))
        return People(
            skeleton=self.skeleton,
            frames=len(frames),
            frame=np.repeat(np.arange(len(frames)), count),
            xy=joints[..., 1::-1].astype(np.float32),  # y, x -> x, y
            confidence=np.clip(joints[..., 2], 0, 1).astype(np.float32),
            score=np.concatenate([score for _, score in found]) if found else np.zeros(0, dtype=np.float32),
        )

    def _people(self, frame: UInt8Array) -> tuple[FloatArray, FloatArray]:
        """(P, 17, 3) y, x in pixels of the frame, confidence; and (P,) scores."""
        if self.kind == "multipose":
            small, scale = letterboxed(frame, SIDE["multipose"], 32)
            output = self._run(small)[0]  # (6, 56)
            joints, score = output[:, :51].reshape(-1, 17, 3), output[:, 55]
            joints = joints * np.array([small.shape[0] / scale, small.shape[1] / scale, 1.0])
        else:
            joints = self._look(frame, _whole(frame))
            if (box := _around(joints[0])) is not None:
                joints = self._look(frame, box)
            score = joints[:, :, 2].mean(axis=1)
        kept = score >= self.least
        return joints[kept], np.clip(score[kept], 0, 1).astype(np.float32)

    def _look(self, frame: UInt8Array, box: tuple[float, float, float]) -> FloatArray:
        """(1, 17, 3) joints seen in a square (left, top, side) of the frame, in pixels of the frame."""
        left, top, side = box
        output = self._run(square_at(frame, left, top, side, SIDE["lightning"]))[0].astype(np.float64)
        return np.asarray(output * [side, side, 1.0] + [top, left, 0.0])

    def _run(self, picture: UInt8Array) -> FloatArray:
        name = self._session.get_inputs()[0].name
        (output,) = self._session.run(None, {name: picture[None].astype(np.int32)})
        return np.asarray(output)


def _whole(frame: UInt8Array) -> tuple[float, float, float]:
    """The square around the whole frame: left, top, side."""
    height, width = frame.shape[:2]
    side = max(height, width)
    return (width - side) / 2, (height - side) / 2, float(side)


def _around(joints: FloatArray) -> tuple[float, float, float] | None:
    """The square around the joints (17, 3) that are sure, None for fewer than three."""
    sure = joints[joints[:, 2] > SURE, :2]
    if len(sure) < 3:
        return None
    low, high = sure.min(axis=0), sure.max(axis=0)
    side = float(max((high - low).max() * ROOM, 32.0))
    top, left = (low + high - side) / 2
    return float(left), float(top), side


def _kind(path: Path, session: Any) -> str:
    shape, dtype, outputs = layout(session)
    out = session.get_outputs()[0].shape
    if dtype == "tensor(int32)" and len(shape) == 4 and shape[3] == 3 and len(outputs) == 1:
        if len(out) == 3 and out[2] == 56:
            return "multipose"
        if len(out) == 4 and tuple(out[2:]) == (17, 3) and shape[1:3] == (192, 192):
            return "lightning"
    raise ArtifactError(
        f"{path}: expected a MoveNet (multipose or lightning), got input {shape} {dtype} and output {out}; "
        "check which model this is"
    )
