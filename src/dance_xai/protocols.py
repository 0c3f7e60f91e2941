"""The swappable parts, on one screen. Everything behind one passes the same contract test."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import numpy as np

from dance_xai.types import FloatArray, IntArray, Kind, People, PoseTrack, Proposal, Sampling, Skeleton, UInt8Array


@runtime_checkable
class PoseEstimator(Protocol):
    """Single frames -> the people in them. Who is who over time is settled afterwards (``motion.tracking``).

    ``identity`` names the weights by content and every setting that changes a result: what has the same identity gives
    the same output, so that results may be kept.
    """

    @property
    def name(self) -> str: ...
    @property
    def identity(self) -> str: ...
    @property
    def skeleton(self) -> Skeleton: ...

    def detect(self, frames: Sequence[UInt8Array]) -> People:
        """B frames, each (H, W, 3) uint8 RGB of one size -> everybody in them, frame numbers 0..B-1."""
        ...


@runtime_checkable
class VideoBackbone(Protocol):
    """Frames of a clip -> one feature vector (D,). ``identity`` as in ``PoseEstimator``."""

    @property
    def name(self) -> str: ...
    @property
    def identity(self) -> str: ...
    @property
    def sampling(self) -> Sampling: ...

    def prepare(self, frame: UInt8Array) -> np.ndarray:
        """One frame (H, W, 3) uint8 RGB -> the small array (...) the network asks for; called while decoding."""
        ...

    def encode(self, clips: np.ndarray) -> FloatArray:
        """(B, T, ...) prepared frames, T as in ``sampling`` -> (B, D) float32."""
        ...


@runtime_checkable
class PoseBackbone(Protocol):
    """The poses of one person -> one feature vector (D,). ``identity`` as in ``PoseEstimator``."""

    @property
    def name(self) -> str: ...
    @property
    def identity(self) -> str: ...

    def encode(self, track: PoseTrack) -> FloatArray:
        """One track -> (D,) float32, finite; zeros when nobody is present."""
        ...


@runtime_checkable
class VideoTextEncoder(Protocol):
    """A dual encoder: clips and phrases into one space (E) where cosine means agreement. ``identity`` as above."""

    @property
    def name(self) -> str: ...
    @property
    def identity(self) -> str: ...
    @property
    def sampling(self) -> Sampling: ...

    def prepare(self, frame: UInt8Array) -> np.ndarray:
        """One frame (H, W, 3) uint8 RGB -> the small array (...) the network asks for; called while decoding."""
        ...

    def encode_video(self, clips: np.ndarray) -> FloatArray:
        """(B, T, ...) prepared frames, T as in ``sampling`` -> (B, E) float32, any norm."""
        ...

    def encode_text(self, texts: Sequence[str]) -> FloatArray:
        """n phrases -> (n, E) float32, any norm."""
        ...


@runtime_checkable
class ConceptProposer(Protocol):
    """Class names -> phrases a person could check in the video."""

    @property
    def name(self) -> str: ...

    def propose(self, classes: Sequence[str], kind: Kind) -> tuple[Proposal, ...]:
        """Y class names -> phrases of one kind, in the order of the classes; a phrase is named once per class."""
        ...


@runtime_checkable
class ChatModel(Protocol):
    """A prompt -> what a language model writes. The same question, sample and attempt get the same answer."""

    @property
    def name(self) -> str: ...

    def knows(self, prompt: str, *, sample: int, attempt: int = 0) -> bool:
        """Whether the answer is at hand, so that ``ask`` costs nothing."""
        ...

    def ask(self, prompt: str, *, sample: int, attempt: int = 0) -> str:
        """The answer to one prompt, verbatim; ``sample`` and ``attempt`` count from 0 and ask for another answer."""
        ...


@runtime_checkable
class Clusterer(Protocol):
    """Points -> partitions, from the finest to the coarsest."""

    def partitions(self, points: FloatArray, rng: np.random.Generator) -> list[IntArray]:
        """``points``: (W, P) finite -> each (W,) labels 0..k-1, every label used."""
        ...
