"""Video networks of transformers as backbones: VideoMAE, V-JEPA 2, TimeSformer, ViViT and their kin (extra ``hf``)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from dance_xai.adapters.hf_frames import FrameProcessor, load_frame_processor
from dance_xai.adapters.hf_loading import load_network, locate, model_identity, model_name, read_json
from dance_xai.adapters.torch_device import Runtime, Torch
from dance_xai.errors import ArtifactError, ConfigError, check_shape, require
from dance_xai.types import FloatArray, Sampling, UInt8Array

VERSION = 1
"""Raise when the same frames give another result."""

CLASSIFIER = "ForVideoClassification"
TOKEN_NETWORKS = ("VideoMAEModel", "VideoMAEForPreTraining", "VJEPA2Model")
"""Networks without a head that are used by the mean of their tokens."""


class HFBackbone:
    """A video network -> one feature vector per clip.

    A network fine-tuned to classify gives the input of its classification head (VideoMAE: the normalised mean of its
    tokens; V-JEPA 2: its attentive pooler; TimeSformer, ViViT: the class token). VideoMAE and V-JEPA 2 without a head
    give the mean of their encoder's tokens. Get one by ``HFBackbone.load``; the constructor reads nothing.

    ``prepare`` and ``encode`` change nothing in here and are safe to call from several threads at once, on one device,
    as long as ``runtime.threads`` is None. A clip's features may differ in the last digits with the batch it is in.

    Source: Tong et al. 2022 (VideoMAE), Assran et al. 2025 (V-JEPA 2); the input of the head as the feature: ours.
    """

    def __init__(
        self,
        name: str,
        identity: str,
        sampling: Sampling,
        frames: FrameProcessor,
        features: Callable[[Torch], Torch],
        runtime: Runtime,
    ) -> None:
        self.name = name
        self.identity = identity
        self.sampling = sampling
        self._frames = frames
        self._features = features
        self._runtime = runtime

    @classmethod
    def load(
        cls,
        source: str | Path,
        *,
        frames: int | None = None,
        stride: int | None = None,
        views: int = 1,
        fps: float | None = None,
        revision: str | None = None,
        offline: bool | None = None,
        runtime: Runtime | None = None,
    ) -> HFBackbone:
        """Load a network and everything it needs.

        Args:
            source: Folder or hub id.
            frames: T, where the network leaves a choice (V-JEPA 2); None for what it was trained on.
            stride: None spreads T frames over the clip, a number takes every so many (dense).
            views: Temporal views.
            fps: Frames per second in which ``stride`` counts.
            revision: On the hub.
            offline: As in ``locate``.
            runtime: Device, number format, batch size.

        Raises:
            ArtifactError: Not found, incomplete, or not a video network.
            ConfigError: A number of frames that the network cannot take.
        """
        runtime = runtime or Runtime()
        folder = locate(source, revision=revision, offline=offline)
        config = read_json(folder / "config.json")
        architecture = _architecture(folder, config)
        sampling = Sampling(_frames(folder, config, frames), stride, views, fps)
        is_classifier = architecture.endswith(CLASSIFIER)
        network = load_network(folder, f"AutoModel{CLASSIFIER}" if is_classifier else "AutoModel", runtime)
        features = _head_input(folder, network) if is_classifier else _token_mean(network)
        settings = {
            "version": VERSION,
            "architecture": architecture,
            "sampling": vars(sampling),
            "dtype": runtime.dtype_name,
        }
        name = model_name(folder)
        identity = model_identity(name, [folder], settings)
        return cls(name, identity, sampling, load_frame_processor(folder), features, runtime)

    def prepare(self, frame: UInt8Array) -> np.ndarray[Any, Any]:
        """One frame (H, W, 3) uint8 RGB -> (3, h, w) float32, as the model's own processor makes it."""
        return self._frames(frame)

    def encode(self, clips: np.ndarray[Any, Any]) -> FloatArray:
        """(B, T, 3, h, w) prepared frames -> (B, D) float32.

        Raises:
            ShapeError: Another number of frames.
            DataError: Results that are not finite, or a clip that does not fit the memory.
        """
        check_shape(f"clips for {self.name}", clips, ("B", self.sampling.frames, 3, "h", "w"))
        return self._runtime.run(self._features, clips)


def _architecture(folder: Path, config: dict[str, Any]) -> str:
    name = str((config.get("architectures") or ["none"])[0])
    if name.endswith(CLASSIFIER) or name in TOKEN_NETWORKS:
        return name
    raise ArtifactError(
        f"{folder / 'config.json'}: expected a video network (...{CLASSIFIER}, {', '.join(TOKEN_NETWORKS)}), "
        f"got {name}; choose another model"
    )


def _frames(folder: Path, config: dict[str, Any], asked: int | None) -> int:
    """T: what the network was trained on, or what was asked for where it can take it."""
    trained = config.get("num_frames") or config.get("frames_per_clip")
    if not isinstance(trained, int):
        raise ArtifactError(f"{folder / 'config.json'}: expected num_frames or frames_per_clip, got neither; add it")
    free = "frames_per_clip" in config  # positions are rotations (V-JEPA 2), not a table of fixed length
    step = int(config.get("tubelet_size", 1)) if free else trained
    frames = trained if asked is None else asked
    if frames < 1 or frames % step or (not free and frames != trained):
        what = f"a multiple of {step}" if free else str(trained)
        raise ConfigError(f"frames: expected {what} for {folder.name}, got {frames}; change it, or leave it out")
    return frames


def _head_input(folder: Path, network: Torch) -> Callable[[Torch], Torch]:
    """The network without its head: the head becomes the identity, so that the logits are its input."""
    torch = require("torch", "hf")
    heads = [
        name
        for name, part in network.named_children()
        if isinstance(part, torch.nn.Linear) and part.out_features == network.config.num_labels
    ]
    if len(heads) != 1:
        raise ArtifactError(
            f"{folder}: expected one linear classification head in {type(network).__name__}, got {len(heads)}; "
            "choose a network fine-tuned for classification"
        )
    setattr(network, heads[0], torch.nn.Identity())
    return lambda clips: network(**{network.main_input_name: clips}).logits


def _token_mean(network: Torch) -> Callable[[Torch], Torch]:
    """The mean over the encoder's tokens."""
    options = {"skip_predictor": True} if hasattr(network, "predictor") else {}
    return lambda clips: network(**{network.main_input_name: clips}, **options).last_hidden_state.mean(dim=1)
