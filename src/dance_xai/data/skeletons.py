"""Skeleton tables by joint name. Joints that mean the same are spelled alike in every table."""

from __future__ import annotations

from dance_xai.errors import DataError
from dance_xai.types import Skeleton

_LIMBS = (
    ("left_shoulder", "right_shoulder"),
    ("left_hip", "right_hip"),
    ("left_shoulder", "left_hip"),
    ("right_shoulder", "right_hip"),
    ("left_shoulder", "left_elbow"),
    ("left_elbow", "left_wrist"),
    ("right_shoulder", "right_elbow"),
    ("right_elbow", "right_wrist"),
    ("left_hip", "left_knee"),
    ("left_knee", "left_ankle"),
    ("right_hip", "right_knee"),
    ("right_knee", "right_ankle"),
)


def _pairs(joints: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    lefts = [joint for joint in joints if joint.startswith("left_")]
    return tuple((left, "right_" + left.removeprefix("left_")) for left in lefts)


def _skeleton(name: str, joints: str, bones: tuple[tuple[str, str], ...]) -> Skeleton:
    names = tuple(joints.split())
    return Skeleton(name=name, joints=names, bones=bones, pairs=_pairs(names))


PENN_13 = _skeleton(
    "penn_13",
    "head left_shoulder right_shoulder left_elbow right_elbow left_wrist right_wrist"
    " left_hip right_hip left_knee right_knee left_ankle right_ankle",
    (("head", "left_shoulder"), ("head", "right_shoulder"), *_LIMBS),
)
"""Penn Action. Source: Zhang, Zhu, Derpanis, ICCV 2013."""

COCO_17 = _skeleton(
    "coco_17",
    "nose left_eye right_eye left_ear right_ear left_shoulder right_shoulder left_elbow right_elbow"
    " left_wrist right_wrist left_hip right_hip left_knee right_knee left_ankle right_ankle",
    (
        ("nose", "left_eye"),
        ("nose", "right_eye"),
        ("left_eye", "left_ear"),
        ("right_eye", "right_ear"),
        ("left_ear", "left_shoulder"),
        ("right_ear", "right_shoulder"),
        *_LIMBS,
    ),
)
"""COCO keypoints, the output of MoveNet, ViTPose, RTMPose and most others. Source: Lin et al., ECCV 2014."""

KINECT_20 = _skeleton(
    "kinect_20",
    "head shoulder_center spine hip_center"
    " left_shoulder left_elbow left_wrist left_hand right_shoulder right_elbow right_wrist right_hand"
    " left_hip left_knee left_ankle left_foot right_hip right_knee right_ankle right_foot",
    (
        ("head", "shoulder_center"),
        ("shoulder_center", "spine"),
        ("spine", "hip_center"),
        ("shoulder_center", "left_shoulder"),
        ("shoulder_center", "right_shoulder"),
        ("hip_center", "left_hip"),
        ("hip_center", "right_hip"),
        *_LIMBS[4:],
        ("left_wrist", "left_hand"),
        ("right_wrist", "right_hand"),
        ("left_ankle", "left_foot"),
        ("right_ankle", "right_foot"),
    ),
)
"""Kinect v1, as in UTD-MHAD. Source: Chen, Jafari, Kehtarnavaz, ICIP 2015."""

SKELETONS: dict[str, Skeleton] = {table.name: table for table in (COCO_17, PENN_13, KINECT_20)}


def skeleton(name: str) -> Skeleton:
    """Look a skeleton up by name.

    Raises:
        DataError: The name is not in ``SKELETONS``.
    """
    if name not in SKELETONS:
        raise DataError(f"skeleton: expected one of {', '.join(sorted(SKELETONS))}, got {name!r}; choose one of these")
    return SKELETONS[name]
