"""The swappable parts, on one screen. Everything behind one passes the same contract test."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol, runtime_checkable

import numpy as np

from dance_xai.types import FloatArray, IntArray, Kind, PoseTrack


@runtime_checkable
class PoseEstimator(Protocol):
    """Frames of one clip -> the main actor's poses."""

    def estimate(self, clip: str, frames: Iterable[np.ndarray], fps: float | None) -> PoseTrack:
        """``frames``: (H, W, 3) uint8 RGB each, read once, in order."""
        ...


@runtime_checkable
class VideoBackbone(Protocol):
    """Frames of one clip -> one feature vector."""

    name: str
    dimension: int

    def encode(self, frames: np.ndarray) -> FloatArray:
        """``frames``: (T, H, W, 3) uint8 RGB, sampled as the backbone asks -> (D,)."""
        ...


@runtime_checkable
class VideoTextEncoder(Protocol):
    """A dual encoder: clips and phrases into one space where cosine means agreement."""

    name: str
    dimension: int

    def encode_video(self, frames: np.ndarray) -> FloatArray:
        """``frames``: (T, H, W, 3) uint8 RGB -> (E,)."""
        ...

    def encode_text(self, texts: Sequence[str]) -> FloatArray:
        """n phrases -> (n, E)."""
        ...


@runtime_checkable
class ConceptProposer(Protocol):
    """Class names -> phrases a person could check in the video."""

    def propose(self, classes: Sequence[str], kind: Kind) -> dict[str, list[str]]:
        """-> phrases per class."""
        ...


@runtime_checkable
class Clusterer(Protocol):
    """Points -> partitions, from the finest to the coarsest."""

    def partitions(self, points: FloatArray, rng: np.random.Generator) -> list[IntArray]:
        """``points``: (W, P) finite -> each (W,) labels 0..k-1, every label used."""
        ...
