"""RTMPose on the boxes of a person detector, through ``rtmlib`` (extra ``rtmpose``)."""

from __future__ import annotations

import io
from collections.abc import Sequence
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any, Literal, cast

import numpy as np

from dance_xai.adapters.onnx_session import layout, open_session
from dance_xai.adapters.registry import MODELS
from dance_xai.adapters.weights import identity, locate
from dance_xai.errors import ArtifactError, MissingExtraError, require
from dance_xai.types import FloatArray, People, Skeleton, UInt8Array

VERSION = 1
"""Raise when the same frame gives another result."""

Family = Literal["yolox", "rtmdet"]
TOOLS: dict[Family, str] = {"yolox": "YOLOX", "rtmdet": "RTMDet"}
"""The class of rtmlib that makes frames ready for each family of detectors."""

PERSON = 0
"""Class of people, in COCO and in detectors of people only."""


class RTMPose:
    """Everybody a detector finds, with COCO-17 joints in pixels. Where it finds nobody there is nobody.

    Safe to call from several threads.

    Args:
        detector: ONNX file of a YOLOX or RTMDet with NMS inside: input (1, 3, H, W), outputs boxes (1, N, 5) with
            scores and, where there are several classes, labels (1, N).
        pose: ONNX file of an RTMPose: input (b, 3, H, W), outputs SimCC (b, 17, 2 W) and (b, 17, 2 H).
        skeleton: ``coco_17``.
        device: ``cpu``, ``cuda`` or ``auto``.
        least: Detections with a lower score are left out, 0..1.
        family: How frames are made ready for the detector; the file does not tell.

    Raises:
        MissingExtraError: rtmlib is not installed, or cannot be loaded.
        ArtifactError: A file is missing or of another kind.

    Source: RTMPose (Jiang et al. 2023) as exported by MMDeploy. Detectors were trained on BGR, RTMPose on RGB
    (``bgr_to_rgb`` in its configuration); rtmlib changes no channels, so each gets the order it was trained on.
    """

    def __init__(
        self,
        detector: Path,
        pose: Path,
        skeleton: Skeleton,
        *,
        device: str = "auto",
        least: float = 0.3,
        family: Family = "yolox",
    ) -> None:
        rtmlib = _rtmlib()
        self._detector = _tool(getattr(rtmlib, TOOLS[family]), detector, device, _detector_size)
        self._pose = _tool(rtmlib.RTMPose, pose, device, _pose_size)
        self.name = pose.stem
        self.skeleton = skeleton
        self.least = least
        self.identity = f"rtmpose:{identity(detector)}:{identity(pose)}:{family}:{least}:{VERSION}"

    def detect(self, frames: Sequence[UInt8Array]) -> People:
        """B frames, each (H, W, 3) uint8 RGB -> everybody in them."""
        boxes = [self._boxes(frame) for frame in frames]
        joints = [self._joints(frame, found[:, :4]) for frame, found in zip(frames, boxes, strict=True)]
        together = np.concatenate([*joints, np.zeros((0, len(self.skeleton.joints), 3))]).astype(np.float32)
        scores = np.concatenate([*(found[:, 4] for found in boxes), np.zeros(0)])
        return People(
            skeleton=self.skeleton,
            frames=len(frames),
            frame=np.repeat(np.arange(len(frames)), [len(found) for found in boxes]),
            xy=together[..., :2],
            confidence=np.clip(together[..., 2], 0, 1),
            score=np.clip(scores, 0, 1).astype(np.float32),
        )

    def _boxes(self, frame: UInt8Array) -> FloatArray:
        """(P, 5) left, top, right, bottom in pixels of the frame, and score."""
        ready, ratio = self._detector.preprocess(np.ascontiguousarray(frame[..., ::-1]))  # BGR
        found, *labels = self._detector.inference(ready)
        boxes = found[0].astype(np.float64)
        boxes[:, :4] /= ratio
        wide = (boxes[:, 2:4] - boxes[:, :2] >= 1).all(axis=1)  # false for NaN too
        kept = wide & np.isfinite(boxes).all(axis=1) & (boxes[:, 4] >= self.least)
        if labels:
            kept &= labels[0][0] == PERSON
        return cast(FloatArray, boxes[kept])

    def _joints(self, frame: UInt8Array, boxes: FloatArray) -> FloatArray:
        """(P, 4) boxes -> (P, 17, 3) x, y in pixels of the frame, confidence."""
        if not len(boxes):  # rtmlib would take the whole frame for a person
            return np.zeros((0, len(self.skeleton.joints), 3))
        xy, confidence = self._pose(np.ascontiguousarray(frame), bboxes=boxes)
        return np.concatenate([xy, confidence[..., None]], axis=-1)


def load_rtmpose(name: str, skeleton: Skeleton, *, root: Path | None = None, device: str = "auto") -> RTMPose:
    """RTMPose by name.

    Args:
        name: ``rtmpose-s`` or ``rtmpose-m``, which bring their detectors, or ``DETECTOR+POSE``, each as in
            ``weights.locate``, for example ``rtmdet-nano+rtmpose-s``. A detector given by path is taken for a YOLOX.
        skeleton: ``coco_17``.
        root: The data root.
        device: As in ``RTMPose``.

    Raises:
        DanceError: As in ``weights.locate`` and ``RTMPose``.
    """
    finder, plus, pose = name.rpartition("+")
    known = MODELS.get(pose)
    if not plus:
        if known is None or known.detector is None:
            raise ArtifactError(
                f"{name}: expected rtmpose-s, rtmpose-m or DETECTOR+POSE, got neither; "
                f"name a detector, for example yolox-tiny+{name}"
            )
        finder = known.detector
    family = MODELS[finder].family if finder in MODELS else None
    kind = cast(Family, family or "yolox")
    return RTMPose(locate(finder, root=root), locate(pose, root=root), skeleton, device=device, family=kind)


def _rtmlib() -> Any:
    try:
        return require("rtmlib", "rtmpose")
    except ImportError as error:  # OpenCV that lacks a library of the system
        first = str(error).splitlines()[0][:120]
        raise MissingExtraError(
            f"expected rtmlib to load, got: {first}; install that library, or run: pip install opencv-python-headless"
        ) from error


def _tool(kind: Any, path: Path, device: str, size_of: Any) -> Any:
    """A tool of rtmlib on a session of ours: it would otherwise look for a missing file on the network."""
    session = open_session(path, device)
    size = size_of(path, session)
    with redirect_stdout(io.StringIO()):  # it prints what it loads
        tool = kind(str(path), model_input_size=size, backend="onnxruntime", device="cpu")
    tool.session = session
    return tool


def _detector_size(path: Path, session: Any) -> tuple[int, int]:
    """Height and width of its input."""
    height, width = _input_size(path, session)
    boxes = session.get_outputs()[0].shape
    if len(boxes) != 3 or boxes[2] != 5 or len(session.get_outputs()) > 2:
        raise ArtifactError(
            f"{path}: expected a person detector with NMS inside, outputs boxes (1, N, 5) and labels, got {boxes}; "
            "use a YOLOX or RTMDet as exported by MMDeploy, for example yolox-tiny"
        )
    return height, width


def _pose_size(path: Path, session: Any) -> tuple[int, int]:
    """Width and height of its input."""
    height, width = _input_size(path, session)
    shapes = [tuple(output.shape[1:]) for output in session.get_outputs()]
    if shapes != [(17, 2 * width), (17, 2 * height)]:
        raise ArtifactError(
            f"{path}: expected an RTMPose of 17 joints, outputs (b, 17, {2 * width}) and (b, 17, {2 * height}), "
            f"got {shapes}; check which model this is, for example rtmpose-s"
        )
    return width, height


def _input_size(path: Path, session: Any) -> tuple[int, int]:
    shape, dtype, _ = layout(session)
    sizes = shape[2:]
    if len(shape) != 4 or shape[1] != 3 or dtype != "tensor(float)" or not all(isinstance(n, int) for n in sizes):
        raise ArtifactError(
            f"{path}: expected input (b, 3, H, W) of floats, got {shape} {dtype}; check which model it is"
        )
    return int(sizes[0]), int(sizes[1])
