"""From the names in the settings to networks. What a model file is follows from its content, never from its name."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from dance_xai.adapters.registry import MODELS
from dance_xai.adapters.torch_device import Runtime
from dance_xai.adapters.weights import identity, locate
from dance_xai.data.skeletons import COCO_17
from dance_xai.extract.parts import Parts
from dance_xai.extract.settings import ExtractConfig, SamplingConfig
from dance_xai.protocols import PoseBackbone, PoseEstimator, VideoBackbone, VideoTextEncoder
from dance_xai.types import Sampling

PLANTED = "planted"
"""Weight-free stand-ins that know the planted world only."""

KINEMATICS = "kinematics"

DETECTOR = "PekingU/rtdetr_r50vd_coco_o365"
"""Finds people for ViTPose, as its authors do it."""


def load_parts(config: ExtractConfig, root: Path) -> Parts:
    """Load every network the settings name.

    Raises:
        DanceError: A model is unknown, missing, damaged or of another kind, or an extra is not installed.
    """
    return Parts(
        poses=None if config.poses is None else load_poses(config.poses, config, root),
        backbones=tuple(load_backbone(name, config, root) for name in config.features if name != KINEMATICS),
        kinematics=load_kinematics(config) if KINEMATICS in config.features else None,
        encoder=None if config.encoder is None else load_encoder(config.encoder, config, root),
    )


def load_poses(name: str, config: ExtractConfig, root: Path) -> PoseEstimator:
    """A pose estimator.

    MoveNet (an ONNX file); RTMPose and ViTPose, which look at boxes and take a detector in front, ``DETECTOR+POSE``
    (RTMPose as ONNX files, ViTPose as folders or hub ids of transformers; without one a usual detector is taken); or
    ``planted``.

    Raises:
        DanceError: See ``load_parts``.
    """
    if name == PLANTED:
        from dance_xai.planted.standins.pose import PlantedPose

        return PlantedPose()
    finder, plus, pose = split_name(name, root)
    if (pose in MODELS and MODELS[pose].detector is not None) or (plus and locate(pose, root=root).is_file()):
        from dance_xai.adapters.rtmpose import load_rtmpose

        return load_rtmpose(name, COCO_17, root=root, device=config.device)
    path = locate(pose, root=root)
    if path.is_file():
        from dance_xai.adapters.movenet import MoveNet

        return MoveNet(path, COCO_17, device=config.device)
    from dance_xai.adapters.hf_pose import HFPose

    return HFPose.load(path, locate(finder or DETECTOR, root=root), COCO_17, runtime=runtime_of(config))


def load_backbone(name: str, config: ExtractConfig, root: Path) -> VideoBackbone:
    """A backbone.

    A CNN on frames (an ONNX file), a video transformer (a folder or hub id of transformers), or ``planted``.

    Raises:
        DanceError: See ``load_parts``.
    """
    if name == PLANTED:
        from dance_xai.planted.standins.backbone import PlantedBackbone

        return PlantedBackbone()
    path, asked = locate(name, root=root), config.sampling
    if path.is_file():
        from dance_xai.adapters.frame_cnn import FrameCNN

        return FrameCNN(path, sampling=sampling_of(asked, Sampling(16)), device=config.device)
    from dance_xai.adapters.hf_backbone import HFBackbone

    return HFBackbone.load(
        path,
        frames=asked.frames,
        stride=asked.stride,
        views=asked.views or 1,
        fps=asked.fps,
        runtime=runtime_of(config),
    )


def load_encoder(name: str, config: ExtractConfig, root: Path) -> VideoTextEncoder:
    """A dual encoder: CLIP, SigLIP, X-CLIP (a folder or hub id of transformers), or ``planted``.

    Raises:
        DanceError: See ``load_parts``.
    """
    if name == PLANTED:
        from dance_xai.planted.standins.dual import PlantedDual

        return PlantedDual()
    from dance_xai.adapters.hf_dual import HFDualEncoder

    asked = config.sampling
    return HFDualEncoder.load(
        locate(name, root=root),
        frames=asked.frames,
        stride=asked.stride,
        views=asked.views or 1,
        fps=asked.fps,
        runtime=runtime_of(config),
    )


def load_kinematics(config: ExtractConfig) -> PoseBackbone:
    """The backbone that looks at poses and needs no weights."""
    from dance_xai.motion.kinematics import PoseKinematics

    return PoseKinematics(use_3d=config.use_3d)


def runtime_of(config: ExtractConfig) -> Runtime:
    """How networks of transformers are run."""
    return Runtime(config.device, config.dtype, config.batch)


def sampling_of(asked: SamplingConfig, usual: Sampling) -> Sampling:
    """What the settings ask for, and the network's own where they are silent."""
    changes = {name: value for name, value in vars(asked).items() if value is not None}
    return replace(usual, **changes)


def model_identities(config: ExtractConfig, root: Path) -> dict[str, str]:
    """SHA-256 of every model file the settings name, by name.

    Raises:
        DanceError: A model is unknown or missing.
    """
    own = (PLANTED, KINEMATICS)
    named = [name for name in (config.poses, *config.features, config.encoder) if name is not None and name not in own]
    pieces = [piece for name in named for piece in _pieces(name, root, poses=name == config.poses)]
    return {piece: identity(locate(piece, root=root)) for piece in pieces}


def split_name(name: str, root: Path) -> tuple[str, str, str]:
    """``DETECTOR+POSE`` -> detector, ``+``, pose; a path that exists stays whole, whatever is in it."""
    if (root / name).exists() or Path(name).exists():
        return "", "", name
    return name.rpartition("+")


def _pieces(name: str, root: Path, *, poses: bool) -> list[str]:
    """The files behind one name: pose networks that look at boxes have two."""
    if not poses:
        return [name]
    finder, plus, pose = split_name(name, root)
    usual = MODELS[pose].detector if pose in MODELS else None
    if not plus and pose not in MODELS and locate(pose, root=root).is_dir():
        usual = DETECTOR
    return [piece for piece in (finder or usual, pose) if piece]
