"""Skeleton tables by joint name, and conversion between them. Joints that mean the same are spelled alike."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dance_xai.errors import DataError
from dance_xai.types import FloatArray, IntArray, PoseTrack, Skeleton

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


def _both(*bones: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    """Bones of the left side, and the same of the right."""
    return tuple((f"{side}_{a}", f"{side}_{b}") for side in ("left", "right") for a, b in bones)


_KINECT = (
    ("shoulder_center", "spine"),
    ("spine", "hip_center"),
    ("shoulder_center", "left_shoulder"),
    ("shoulder_center", "right_shoulder"),
    ("hip_center", "left_hip"),
    ("hip_center", "right_hip"),
    *_LIMBS[4:],
    *_both(("wrist", "hand"), ("ankle", "foot")),
)

_OPENPOSE_HEAD = (
    ("nose", "neck"),
    ("neck", "left_shoulder"),
    ("neck", "right_shoulder"),
    ("nose", "left_eye"),
    ("nose", "right_eye"),
    *_both(("eye", "ear")),
)


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
    (("head", "shoulder_center"), *_KINECT),
)
"""Kinect v1, as in UTD-MHAD. Source: Chen, Jafari, Kehtarnavaz, ICIP 2015."""

NTU_25 = _skeleton(
    "ntu_25",
    "hip_center spine neck head"
    " left_shoulder left_elbow left_wrist left_hand right_shoulder right_elbow right_wrist right_hand"
    " left_hip left_knee left_ankle left_foot right_hip right_knee right_ankle right_foot"
    " shoulder_center left_hand_tip left_thumb right_hand_tip right_thumb",
    (
        ("head", "neck"),
        ("neck", "shoulder_center"),
        *_KINECT,
        *_both(("hand", "hand_tip"), ("wrist", "thumb")),
    ),
)
"""Kinect v2, as in NTU RGB+D. Source: Shahroudy et al., CVPR 2016."""

OPENPOSE_18 = _skeleton(
    "coco_18",
    "nose neck right_shoulder right_elbow right_wrist left_shoulder left_elbow left_wrist"
    " right_hip right_knee right_ankle left_hip left_knee left_ankle right_eye left_eye right_ear left_ear",
    (*_OPENPOSE_HEAD, ("neck", "left_hip"), ("neck", "right_hip"), *_LIMBS[4:]),
)
"""The COCO model of OpenPose: COCO keypoints and the neck. Source: OpenPose, doc/02_output.md."""

BODY_25 = _skeleton(
    "body_25",
    "nose neck right_shoulder right_elbow right_wrist left_shoulder left_elbow left_wrist mid_hip"
    " right_hip right_knee right_ankle left_hip left_knee left_ankle right_eye left_eye right_ear left_ear"
    " left_big_toe left_small_toe left_heel right_big_toe right_small_toe right_heel",
    (
        *_OPENPOSE_HEAD,
        ("neck", "mid_hip"),
        ("mid_hip", "left_hip"),
        ("mid_hip", "right_hip"),
        *_LIMBS[4:],
        *_both(("ankle", "heel"), ("ankle", "big_toe"), ("big_toe", "small_toe")),
    ),
)
"""The BODY_25 model of OpenPose. Source: OpenPose, doc/02_output.md."""

MEDIAPIPE_33 = _skeleton(
    "mediapipe_33",
    "nose left_eye_inner left_eye left_eye_outer right_eye_inner right_eye right_eye_outer left_ear right_ear"
    " left_mouth right_mouth left_shoulder right_shoulder left_elbow right_elbow left_wrist right_wrist"
    " left_pinky right_pinky left_index right_index left_thumb right_thumb left_hip right_hip left_knee right_knee"
    " left_ankle right_ankle left_heel right_heel left_foot_index right_foot_index",
    (
        ("nose", "left_eye_inner"),
        ("nose", "right_eye_inner"),
        ("nose", "left_mouth"),
        ("nose", "right_mouth"),
        ("left_mouth", "right_mouth"),
        *_both(("eye_inner", "eye"), ("eye", "eye_outer"), ("eye_outer", "ear"), ("ear", "shoulder")),
        *_LIMBS,
        *_both(("wrist", "pinky"), ("wrist", "index"), ("pinky", "index"), ("wrist", "thumb")),
        *_both(("ankle", "heel"), ("heel", "foot_index"), ("ankle", "foot_index")),
    ),
)
"""The pose landmarks of MediaPipe (BlazePose). Source: MediaPipe, Pose landmark detection guide."""

SKELETONS: dict[str, Skeleton] = {
    table.name: table for table in (COCO_17, PENN_13, KINECT_20, NTU_25, OPENPOSE_18, BODY_25, MEDIAPIPE_33)
}


def skeleton(name: str) -> Skeleton:
    """Look a skeleton up by name.

    Raises:
        DataError: The name is not in ``SKELETONS``.
    """
    if name not in SKELETONS:
        raise DataError(f"skeleton: expected one of {', '.join(sorted(SKELETONS))}, got {name!r}; choose one of these")
    return SKELETONS[name]


_TORSO = ("left_shoulder", "right_shoulder", "left_hip", "right_hip")

DERIVED: dict[str, tuple[tuple[str, ...], ...]] = {
    "head": (("nose", "left_ear", "right_ear"), ("left_ear", "right_ear"), ("nose",)),
    "neck": (("left_shoulder", "right_shoulder"), ("shoulder_center",)),
    "shoulder_center": (("left_shoulder", "right_shoulder"), ("neck",)),
    "mid_hip": (("left_hip", "right_hip"), ("hip_center",)),
    "hip_center": (("left_hip", "right_hip"), ("mid_hip",)),
    "spine": (_TORSO,),
    **{f"{side}_hand": ((f"{side}_pinky", f"{side}_index"),) for side in ("left", "right")},
    **{f"{side}_foot": ((f"{side}_big_toe",), (f"{side}_foot_index",)) for side in ("left", "right")},
    **{f"{side}_big_toe": ((f"{side}_foot_index",),) for side in ("left", "right")},
    **{f"{side}_foot_index": ((f"{side}_big_toe",),) for side in ("left", "right")},
}
"""Joints a skeleton lacks, as the mean of others: the first of the choices whose joints are all seen in the frame."""


def convert(track: PoseTrack, to: Skeleton) -> PoseTrack:
    """The same poses with the joints of another skeleton, matched by name.

    A joint the source names is taken as it is, seen or not. One it does not name is derived as ``DERIVED`` says, with
    the least confidence of the joints it is made of. What can be neither taken nor derived is not seen.

    Args:
        track: (T, K, 2) poses.
        to: A skeleton of J joints.

    Returns:
        (T, J, 2) poses, and (T, J, 3) where the source has ``xyz``. A frame in which none of the J joints is seen is
        not ``present``.

    Source: ours.
    """
    if track.skeleton == to:
        return track
    made = [_joint(track, name) for name in to.joints]
    confidence = np.stack([certainty for _, certainty in made], axis=1)
    places = np.stack([place for place, _ in made], axis=1)  # (T, J, 2 or 5)
    return replace(
        track,
        skeleton=to,
        xy=places[..., :2],
        confidence=confidence,
        present=track.present & (confidence > 0).any(axis=1),
        xyz=None if track.xyz is None else places[..., 2:],
    )


def _joint(track: PoseTrack, name: str) -> tuple[FloatArray, FloatArray]:
    """(T, 2 or 5) place and (T,) confidence of one joint; 0 where it is not seen."""
    flat = track.xy if track.xyz is None else np.concatenate([track.xy, track.xyz], axis=2)
    place = np.zeros((len(flat), flat.shape[2]), flat.dtype)
    confidence = np.zeros(len(flat), track.confidence.dtype)
    for source in reversed(_choices(track.skeleton, name)):
        least = track.confidence[:, source].min(axis=1)
        seen = least > 0
        place[seen] = flat[seen][:, source].mean(axis=1)
        confidence[seen] = least[seen]
    return place, confidence


def _choices(skeleton: Skeleton, name: str) -> list[IntArray]:
    """The joints to take a joint from, the best choice first."""
    wanted = ((name,),) if name in skeleton.joints else DERIVED.get(name, ())
    return [skeleton.index(*choice) for choice in wanted if set(choice) <= set(skeleton.joints)]
