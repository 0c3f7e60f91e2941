"""What is computed from videos, with the reason for every default."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Literal

from annotated_types import Ge, Gt, Le

STRICT = {"extra": "forbid"}

Count = Annotated[int, Ge(1)]
Share = Annotated[float, Ge(0), Le(1)]
Positive = Annotated[float, Gt(0)]


@dataclass(frozen=True)
class SamplingConfig:
    """Which frames networks look at; None leaves it to the network.

    Attributes:
        frames: T per view; a video transformer is trained for a fixed number.
        stride: Every so many frames instead of frames spread over the whole clip.
        views: Temporal views whose results are averaged.
        fps: Frames per second in which ``stride`` counts.
    """

    __pydantic_config__ = STRICT
    frames: Count | None = None
    stride: Count | None = None
    views: Count | None = None
    fps: Positive | None = None


@dataclass(frozen=True)
class ExtractConfig:
    """What is computed from videos. Models are given by name, path or hub id.

    Attributes:
        poses: Pose estimator, or ``DETECTOR+ESTIMATOR`` where the two are apart (RTMPose, ViTPose); None takes the
            poses of ``data.poses``.
        features: Backbones whose features are put side by side, behind those of ``data.features``; ``kinematics`` is
            the one that looks at poses and needs no weights.
        encoder: Dual encoder for clips and phrases; None takes the embeddings of ``data.video``.
        use_3d: ``kinematics`` looks at 3D poses, which the source must have.
        sampling: Which frames backbones and the dual encoder look at.
        fps: Frames per second looked at; None for those of each file.
        max_side: Larger frames are scaled down to this many pixels; no network here sees more.
        min_score: Least score of a person, 0..1; None leaves it to the tracker. Estimators have a floor of their own
            (MoveNet 0.1, RTMPose and ViTPose 0.3), below which it changes nothing.
        people: Whose poses a RUN keeps for ``dance poses``: ``main`` those of the main actor of each clip, ``all`` also
            those of the others. Concepts are about the main actor either way.
        nobody: ``drop`` leaves out clips in which nobody is found, with a reason; ``keep`` lets objects and scenes
            speak for them.
        templates: How phrases are worded for the dual encoder; the embeddings of all wordings are averaged. None takes
            several per kind (``features.templates``), which take out what is due to the wording; the paper has
            ``["A video of {}"]``.
        device: ``auto`` takes a GPU where there is one.
        dtype: ``auto`` is float32 on a CPU and half precision on a GPU.
        batch: Frames that a pose estimator is handed together, 8 by default, and clips at once for networks of torch,
            by default what fits the memory. ViTPose and networks of torch are faster so; MoveNet, RTMPose and frame
            CNNs run one frame after the other whatever it is.
    """

    __pydantic_config__ = STRICT
    poses: str | None = None
    features: tuple[str, ...] = ()
    encoder: str | None = None
    use_3d: bool = False
    sampling: SamplingConfig = field(default_factory=SamplingConfig)
    fps: Annotated[float, Gt(0), Le(1000)] | None = None
    max_side: Annotated[int, Ge(64)] = 1280
    min_score: Share | None = None
    people: Literal["main", "all"] = "main"
    nobody: Literal["drop", "keep"] = "drop"
    templates: tuple[str, ...] | None = None
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto"
    dtype: Literal["auto", "float32", "float16", "bfloat16"] = "auto"
    batch: Count | None = None

    @property
    def computes(self) -> bool:
        """Whether anything is computed at all."""
        return bool(self.poses or self.encoder or self.features)

    @property
    def looks_at_videos(self) -> bool:
        """Whether frames have to be decoded."""
        return bool(self.poses or self.encoder or [name for name in self.features if name != "kinematics"])
