"""The networks that look at videos, loaded once, and who of them is asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from dance_xai.protocols import PoseBackbone, PoseEstimator, VideoBackbone, VideoTextEncoder
from dance_xai.types import FloatArray, Sampling, UInt8Array


@dataclass(frozen=True, eq=False)
class Network:
    """What a backbone and the video tower of a dual encoder have in common.

    Attributes:
        name: As in the settings.
        identity: Content of the weights and every setting that changes a result.
        sampling: Which frames it looks at.
        prepare: One frame -> what it needs of it.
        encode: (B, T, ...) -> (B, D).
    """

    name: str
    identity: str
    sampling: Sampling
    prepare: Callable[[UInt8Array], np.ndarray]
    encode: Callable[[np.ndarray], FloatArray]


@dataclass(frozen=True, eq=False)
class Parts:
    """The parts a data set is looked at with.

    Attributes:
        poses: Finds people in frames.
        backbones: Make a vector of frames, in the order of the settings.
        kinematics: Makes a vector of poses.
        encoder: Dual encoder.
    """

    poses: PoseEstimator | None = None
    backbones: tuple[VideoBackbone, ...] = ()
    kinematics: PoseBackbone | None = None
    encoder: VideoTextEncoder | None = None
    asked: frozenset[str] | None = field(default=None)

    @property
    def networks(self) -> dict[str, Network]:
        """Everything that makes a vector of frames, by identity."""
        found = [Network(b.name, b.identity, b.sampling, b.prepare, b.encode) for b in self.backbones]
        if self.encoder is not None:
            e = self.encoder
            found.append(Network(e.name, e.identity, e.sampling, e.prepare, e.encode_video))
        return {each.identity: each for each in found if self.asked is None or each.identity in self.asked}

    def only(self, people: bool, identities: set[str]) -> Parts:
        """The same parts, of which only some are asked."""
        return replace(self, poses=self.poses if people else None, asked=frozenset(identities))
