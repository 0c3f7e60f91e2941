"""Frames as a network of transformers wants them, by the model's own image processor, one frame at a time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from dance_xai.adapters.hf_loading import one_line, quiet, read_json
from dance_xai.errors import ArtifactError, ShapeError, require
from dance_xai.types import UInt8Array

VIDEO_SETTINGS = "video_preprocessor_config.json"
TWINS = {
    "VideoMAEVideoProcessor": "VideoMAEImageProcessorPil",
    "TimesformerVideoProcessor": "VideoMAEImageProcessorPil",
    "VJEPA2VideoProcessor": "VideoMAEImageProcessorPil",
    "VivitVideoProcessor": "VivitImageProcessor",
}
"""Video processors and the image processor that does the same to each frame: resize, crop, rescale, normalise."""
KEYS = ("size", "crop_size", "resample", "rescale_factor", "image_mean", "image_std")
SWITCHES = ("do_resize", "do_center_crop", "do_rescale", "do_normalize")


class FrameProcessor:
    """Callable: one frame (H, W, 3) uint8 RGB -> (C, h, w) float32. Keeps no state; safe to call from several threads.

    Always on Pillow, whether torchvision is installed or not, so that the same model gives the same numbers everywhere
    (torchvision resizes to within a grey level of it).
    """

    def __init__(self, processor: Any) -> None:
        self.processor = processor

    def __call__(self, frame: UInt8Array) -> np.ndarray[Any, Any]:
        check_frame(frame)
        picture = np.asarray(
            self.processor([frame], input_data_format="channels_last")["pixel_values"], dtype=np.float32
        )
        return picture.reshape(picture.shape[-3:])  # (1, C, h, w) or (1, 1, C, h, w) -> (C, h, w)


def check_frame(frame: UInt8Array) -> None:
    """Refuse what is not one RGB frame.

    Raises:
        ShapeError: Not (H, W, 3) uint8.
    """
    if frame.ndim != 3 or frame.shape[2] != 3 or frame.dtype != np.uint8:
        raise ShapeError(f"frame: expected (H, W, 3) uint8, got {frame.shape} {frame.dtype}; pass decoded RGB frames")


def load_frame_processor(folder: Path) -> FrameProcessor:
    """The frame processor of a model.

    Raises:
        ArtifactError: No settings, or of a processor that no image processor stands for.
    """
    transformers = require("transformers", "hf")
    settings = _video_settings(folder)
    with one_line(folder), quiet():
        if settings is not None:
            return FrameProcessor(_twin(transformers, folder / VIDEO_SETTINGS, settings))
        processor = transformers.AutoImageProcessor.from_pretrained(
            str(folder), backend="pil", local_files_only=True, trust_remote_code=False
        )
        return FrameProcessor(processor)


def _video_settings(folder: Path) -> dict[str, Any] | None:
    """Settings of a video processor, None where the model brings an image processor."""
    if (folder / "preprocessor_config.json").is_file():
        settings = read_json(folder / "preprocessor_config.json")
        return settings if "video_processor_type" in settings else None
    if (folder / VIDEO_SETTINGS).is_file():
        return read_json(folder / VIDEO_SETTINGS)
    return None


def _twin(transformers: Any, path: Path, settings: dict[str, Any]) -> Any:
    """The image processor with the settings of a video processor, which itself needs torchvision."""
    name = settings.get("video_processor_type")
    if name not in TWINS:
        raise ArtifactError(f"{path}: expected one of {', '.join(sorted(TWINS))}, got {name}; choose another model")
    lacking = [key for key in KEYS if settings.get(key) is None]
    if lacking:
        raise ArtifactError(f"{path}: expected the settings {', '.join(KEYS)}, got no {lacking[0]}; add it to the file")
    kept = {key: settings[key] for key in KEYS} | {key: settings.get(key, True) for key in SWITCHES}
    return getattr(transformers, TWINS[name])(**kept)
