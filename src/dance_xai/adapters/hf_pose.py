"""ViTPose with a person detector, both of transformers (extra ``hf``)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from dance_xai.adapters.hf_frames import check_frame, load_frame_processor
from dance_xai.adapters.hf_loading import load_network, locate, model_identity, model_name, read_json
from dance_xai.adapters.torch_device import Runtime, Torch
from dance_xai.errors import ArtifactError, require
from dance_xai.types import FloatArray, IntArray, People, Skeleton, UInt8Array

VERSION = 1
"""Raise when the same frame gives another result."""

LEAST = 0.3  # as in the documentation of ViTPose in transformers
SMALLEST = 2.0  # pixels; a narrower box holds nothing to look at


class PersonDetector:
    """Any object detector of transformers that knows the label ``person``, such as RT-DETR.

    Args:
        folder: Of the model.
        least: Detections with a lower score are left out, 0..1.
        runtime: Device, number format, batch size.

    Raises:
        ArtifactError: Not a complete object detector, or without that label.
    """

    def __init__(self, folder: Path, least: float, runtime: Runtime) -> None:
        self.least = least
        self._runtime = runtime
        self._network = load_network(folder, "AutoModelForObjectDetection", runtime)
        self._processor = load_frame_processor(folder).processor
        self._person = _person_label(folder, self._network.config.id2label)

    def boxes(self, frames: Sequence[UInt8Array]) -> list[FloatArray]:
        """B frames, at least one -> per frame (P, 5): left, top, width, height in pixels inside the frame, score."""
        pixels = self._processor(images=list(frames), input_data_format="channels_last", return_tensors="np")
        output = require("torch", "hf").from_numpy(self._runtime.run(self._look, pixels["pixel_values"]))
        found = self._processor.post_process_object_detection(
            SimpleNamespace(logits=output[..., :-4], pred_boxes=output[..., -4:]),
            threshold=self.least,
            target_sizes=[frame.shape[:2] for frame in frames],
        )
        return [self._inside(each, frame) for each, frame in zip(found, frames, strict=True)]

    def _look(self, pixels: Torch) -> Torch:
        output = self._network(pixel_values=pixels)
        return require("torch", "hf").cat([output.logits, output.pred_boxes], dim=-1)  # (B, Q, labels + 4)

    def _inside(self, found: dict[str, Torch], frame: UInt8Array) -> FloatArray:
        people = found["labels"] == self._person
        corners = found["boxes"][people].numpy().reshape(-1, 2, 2)
        low, high = np.clip(corners, 0, frame.shape[1::-1]).transpose(1, 0, 2)  # each (P, 2): x, y
        boxes = np.concatenate([low, high - low, found["scores"][people].numpy()[:, None]], axis=1)
        return np.asarray(boxes[(high - low >= SMALLEST).all(axis=1)])


class HFPose:
    """Everybody in single frames: a detector finds the people, ViTPose the joints of each.

    Get one by ``HFPose.load``. Nobody detected means no rows; no skeleton is made up. Safe to call from several threads
    at once as long as ``runtime.threads`` is None.

    Source: Xu et al. 2022 (ViTPose), Zhao et al. 2024 (RT-DETR).
    """

    def __init__(
        self,
        name: str,
        identity: str,
        skeleton: Skeleton,
        detector: PersonDetector,
        network: Torch,
        processor: Any,
        runtime: Runtime,
    ) -> None:
        self.name = name
        self.identity = identity
        self.skeleton = skeleton
        self._detector = detector
        self._network = network
        self._processor = processor
        self._runtime = runtime
        self._is_mixture = getattr(network.config.backbone_config, "num_experts", 1) > 1

    @classmethod
    def load(
        cls,
        source: str | Path,
        detector: str | Path,
        skeleton: Skeleton,
        *,
        least: float = LEAST,
        revision: str | None = None,
        offline: bool | None = None,
        runtime: Runtime | None = None,
    ) -> HFPose:
        """Load both networks.

        Args:
            source: ViTPose, as a folder or hub id.
            detector: The person detector, as a folder or hub id.
            skeleton: The joints it gives, in order: ``coco_17``.
            least: People with a lower score are left out, 0..1.
            revision: Of ``source`` on the hub.
            offline: As in ``locate``.
            runtime: Device, number format, batch size.

        Raises:
            ArtifactError: Not found, incomplete, another kind of network, or another number of joints.
        """
        runtime = runtime or Runtime()
        folder = locate(source, revision=revision, offline=offline)
        where = locate(detector, offline=offline)
        _check_pose(folder)
        network = load_network(folder, "VitPoseForPoseEstimation", runtime)
        if network.config.num_labels != len(skeleton.joints):
            raise ArtifactError(
                f"{folder}: expected the {len(skeleton.joints)} joints of {skeleton.name}, "
                f"got {network.config.num_labels}; choose a checkpoint trained on them"
            )
        settings = {"version": VERSION, "least": least, "skeleton": skeleton.name, "dtype": runtime.dtype_name}
        name = model_name(folder)
        identity = model_identity(name, [folder, where], settings)
        people = PersonDetector(where, least, runtime)
        return cls(name, identity, skeleton, people, network, load_frame_processor(folder).processor, runtime)

    def detect(self, frames: Sequence[UInt8Array]) -> People:
        """B frames, each (H, W, 3) uint8 RGB -> everybody in them, joints in pixels of the frame.

        Raises:
            ShapeError: A frame of another shape or type.
            DataError: Results that are not finite, or a frame that does not fit the memory.
        """
        for frame in frames:
            check_frame(frame)
        boxes = self._detector.boxes(frames) if len(frames) else []
        index = np.repeat(np.arange(len(frames)), [len(each) for each in boxes])
        joints = self._joints(frames, boxes, index) if len(index) else np.zeros((0, len(self.skeleton.joints), 3))
        return People(
            skeleton=self.skeleton,
            frames=len(frames),
            frame=index,
            xy=joints[..., :2].astype(np.float32),
            confidence=np.clip(joints[..., 2], 0, 1).astype(np.float32),
            score=np.concatenate([np.zeros(0), *(each[:, 4] for each in boxes)]).astype(np.float32),
        )

    def _joints(self, frames: Sequence[UInt8Array], boxes: list[FloatArray], index: IntArray) -> FloatArray:
        """(P, K, 3) x, y in pixels and confidence of every box."""
        seen = np.unique(index)
        pictures, places = [frames[i] for i in seen], [boxes[i][:, :4] for i in seen]
        pixels = self._processor(pictures, boxes=places, input_data_format="channels_last", return_tensors="np")
        heatmaps = self._runtime.run(self._look, pixels["pixel_values"])  # (P, K, h, w)
        output = SimpleNamespace(heatmaps=require("torch", "hf").from_numpy(heatmaps))
        poses = self._processor.post_process_pose_estimation(output, boxes=places)
        rows = [np.column_stack([pose["keypoints"], pose["scores"]]) for each in poses for pose in each]
        return np.stack(rows)

    def _look(self, pixels: Torch) -> Torch:
        options = {}
        if self._is_mixture:  # ViTPose+: which data set's expert; 0 is COCO
            options["dataset_index"] = require("torch", "hf").zeros(len(pixels), dtype=int, device=pixels.device)
        return self._network(pixel_values=pixels, **options).heatmaps


def _check_pose(folder: Path) -> None:
    kind = read_json(folder / "config.json").get("model_type")
    if kind != "vitpose":
        raise ArtifactError(f"{folder / 'config.json'}: expected a ViTPose, got {kind}; choose another model")


def _person_label(folder: Path, names: dict[int, str]) -> int:
    labels = [label for label, name in names.items() if name.lower() == "person"]
    if len(labels) != 1:
        raise ArtifactError(
            f"{folder / 'config.json'}: expected one label 'person' in id2label, got {len(labels)}; "
            "choose another detector"
        )
    return labels[0]
