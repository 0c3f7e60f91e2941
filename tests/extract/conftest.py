"""Networks without weights that tell exactly what they were shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from dance_xai.data.skeletons import COCO_17
from dance_xai.extract.parts import Parts
from dance_xai.types import Clip, People, Sampling, Skeleton


def number_of(frame: np.ndarray) -> int:
    """The number drawn by ``numbered_frames``."""
    return round(float(frame[:, -3:].mean()) / 8)


@dataclass
class CountingPose:
    """One person in every frame but every third, standing where the frame's number says."""

    name: str = "counting"
    identity: str = "counting-1"
    skeleton: Skeleton = COCO_17
    calls: list[int] = field(default_factory=list)

    def detect(self, frames: Sequence[np.ndarray]) -> People:
        self.calls.append(len(frames))
        seen = [(index, number_of(frame)) for index, frame in enumerate(frames) if number_of(frame) % 3 != 2]
        xy = np.zeros((len(seen), 17, 2), dtype=np.float32) + np.array([n for _, n in seen]).reshape(-1, 1, 1)
        xy = xy + np.arange(17)[:, None] * [1, 2]
        one = np.ones((len(seen), 17), dtype=np.float32)
        return People(self.skeleton, len(frames), np.array([i for i, _ in seen]), xy.astype(np.float32), one, one[:, 0])


@dataclass
class CountingNetwork:
    """Its feature is the numbers of the frames it was shown."""

    name: str = "numbers"
    identity: str = "numbers-1"
    sampling: Sampling = field(default_factory=lambda: Sampling(4))
    shown: list[int] = field(default_factory=list)

    def prepare(self, frame: np.ndarray) -> np.ndarray:
        self.shown.append(number_of(frame))
        return np.array([number_of(frame)], dtype=np.float32)

    def encode(self, clips: np.ndarray) -> np.ndarray:
        return clips[..., 0]

    def encode_video(self, clips: np.ndarray) -> np.ndarray:
        return clips[..., 0] + 100

    def encode_text(self, texts: Sequence[str]) -> np.ndarray:
        return np.array([[len(text), 1.0, 0.0, 2.0] for text in texts], dtype=np.float32)


@pytest.fixture
def parts() -> Parts:
    """A pose estimator, a backbone and a dual encoder."""
    encoder = CountingNetwork("dual", "dual-1", Sampling(4, stride=2))
    return Parts(CountingPose(), (CountingNetwork(),), None, encoder)


@pytest.fixture
def clip(tmp_path: Path, write_video: Callable[..., Path], numbered_frames: Callable[..., list[np.ndarray]]) -> Clip:
    """A clip of 20 numbered frames."""
    return Clip("v", "walk", "train", write_video(tmp_path / "v.mp4", numbered_frames(20)))
