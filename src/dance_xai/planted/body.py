"""A jointed body in three dimensions: poses in, joints in metres out, bones never stretch.

Axes: x to the person's left, y up, z the way the person faces; the floor is y = 0.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from itertools import pairwise

import numpy as np

from dance_xai.planted.channels import SLOTS
from dance_xai.types import FloatArray, IntArray, Skeleton

_SIDES = ("left", "right")
_PAIRED = ("eye", "ear", "shoulder", "elbow", "wrist", "hip", "knee", "ankle")
_FACE_BONES = (("nose", "left_eye"), ("nose", "right_eye"), ("left_eye", "left_ear"), ("right_eye", "right_ear"))
_NECK_BONES = (("left_ear", "left_shoulder"), ("right_ear", "right_shoulder"))
_GIRDLES = (("left_shoulder", "right_shoulder"), ("left_hip", "right_hip"))
_FLANKS = (("left_shoulder", "left_hip"), ("right_shoulder", "right_hip"))
_CHAINS = (("shoulder", "elbow", "wrist"), ("hip", "knee", "ankle"))
_LIMBS = tuple((f"{side}_{a}", f"{side}_{b}") for chain in _CHAINS for side in _SIDES for a, b in pairwise(chain))

COCO_17 = Skeleton(
    name="coco_17",
    joints=("nose", *(f"{side}_{part}" for part in _PAIRED for side in _SIDES)),
    bones=(*_FACE_BONES, *_NECK_BONES, *_GIRDLES, *_FLANKS, *_LIMBS),
    pairs=tuple((f"left_{part}", f"right_{part}") for part in _PAIRED),
)
"""COCO keypoints, spelled and ordered as everywhere in this package."""

RIGID_BONES: tuple[tuple[str, str], ...] = (*_FACE_BONES, *_GIRDLES, *_LIMBS)
"""Bones that never change their length; trunk and neck bend."""


@dataclass(frozen=True, eq=False)
class Bodies:
    """Segment lengths of M people, metres, each (M,)."""

    height: FloatArray
    thigh: FloatArray
    shank: FloatArray
    trunk: FloatArray
    upper_arm: FloatArray
    forearm: FloatArray
    shoulder: FloatArray
    hip: FloatArray
    head: FloatArray

    def rows(self, index: IntArray) -> Bodies:
        """The same people, picked and repeated by ``index``."""
        return Bodies(**{item.name: getattr(self, item.name)[index] for item in fields(self)})


_SHARE = {
    "thigh": 0.245,
    "shank": 0.24,
    "trunk": 0.295,
    "upper_arm": 0.172,
    "forearm": 0.15,
    "shoulder": 0.108,
    "hip": 0.058,
    "head": 1.0,
}
_ANKLE = 0.045
_FACE = {
    "nose": (0.0, 0.095, 0.06),
    "left_eye": (0.02, 0.115, 0.045),
    "right_eye": (-0.02, 0.115, 0.045),
    "left_ear": (0.043, 0.1, -0.005),
    "right_ear": (-0.043, 0.1, -0.005),
}


def draw_bodies(count: int, rng: np.random.Generator, spread: float = 0.06) -> Bodies:
    """People of 1.5 to 2 m whose segments differ by ``spread`` (relative standard deviation).

    Source: rounded segment lengths of adults as shares of the stature; ours.
    """
    height = np.clip(rng.normal(1.72, 0.1, count), 1.5, 2.0)
    factor = {name: np.clip(rng.normal(1, spread, count), 0.82, 1.18) for name in _SHARE}
    return Bodies(height=height, **{name: height * share * factor[name] for name, share in _SHARE.items()})


def place_joints(channels: FloatArray, bodies: Bodies) -> FloatArray:
    """Joints of F poses.

    Args:
        channels: (F, 29) poses as in ``channels.SLOTS``.
        bodies: F bodies, one per pose.

    Returns:
        (F, 17, 3) metres in the order of ``COCO_17``.
    """
    part = {name: channels[:, slot] for name, slot in SLOTS.items()}
    leg = bodies.thigh + bodies.shank
    hips = part["hips"] * leg[:, None]
    hips[:, 1] += leg + _ANKLE * bodies.height
    pelvis = rotation(part["pelvis"])
    middle = pelvis @ rotation(part["spine"] / 2)
    chest = pelvis @ rotation(part["spine"])
    neck = hips + (middle[..., 1] + chest[..., 1]) * (bodies.trunk / 2)[:, None]
    joints = _face(neck, chest, part["head"], bodies)
    for side, sign in (("left", 1.0), ("right", -1.0)):
        flip = np.array([sign, 1.0, 1.0])
        joints |= _arm(side, neck, chest, part, flip, bodies)
        joints |= _leg(side, hips, pelvis, part[f"{side}_foot"] * leg[:, None], flip, bodies)
    return np.stack([joints[name] for name in COCO_17.joints], axis=1)


def _face(neck: FloatArray, chest: FloatArray, nod: FloatArray, bodies: Bodies) -> dict[str, FloatArray]:
    turned = chest @ rotation(np.concatenate([nod, np.zeros_like(nod[:, :1])], axis=1))
    size = bodies.head[:, None]
    return {name: neck + turned @ np.array(offset) * size for name, offset in _FACE.items()}


def _arm(
    side: str, neck: FloatArray, chest: FloatArray, part: dict[str, FloatArray], flip: FloatArray, bodies: Bodies
) -> dict[str, FloatArray]:
    drop = np.stack([flip[0] * bodies.shoulder, -0.02 * bodies.height, 0 * bodies.height], axis=1)
    shoulder = neck + _turn(chest, drop)
    elbow = shoulder + _turn(chest, _unit(part[f"{side}_upper"]) * flip) * bodies.upper_arm[:, None]
    wrist = elbow + _turn(chest, _unit(part[f"{side}_fore"]) * flip) * bodies.forearm[:, None]
    return {f"{side}_shoulder": shoulder, f"{side}_elbow": elbow, f"{side}_wrist": wrist}


def _leg(
    side: str, hips: FloatArray, pelvis: FloatArray, foot: FloatArray, flip: FloatArray, bodies: Bodies
) -> dict[str, FloatArray]:
    hip = hips + pelvis[..., 0] * (flip[0] * bodies.hip)[:, None]
    target = foot * flip
    target[:, 0] += flip[0] * bodies.hip
    target[:, 1] += _ANKLE * bodies.height
    knee, ankle = bend_knee(hip, target, bodies.thigh, bodies.shank, np.array([0.3, 0.0, 1.0]) * flip)
    return {f"{side}_hip": hip, f"{side}_knee": knee, f"{side}_ankle": ankle}


def bend_knee(
    hip: FloatArray, target: FloatArray, thigh: FloatArray, shank: FloatArray, forward: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Knee and ankle of a leg whose ankle goes to ``target``, or as near as a nearly straight leg reaches.

    Args:
        hip: (F, 3) metres.
        target: (F, 3) where the ankle should be.
        thigh: (F,) length.
        shank: (F,) length.
        forward: (3,) or (F, 3) the side of the line from hip to ankle on which the knee lies.

    Returns:
        Knee and ankle, (F, 3) each.
    """
    line = target - hip
    far = np.linalg.norm(line, axis=1)
    reach = np.clip(far, 1.02 * np.abs(thigh - shank) + 1e-3, 0.998 * (thigh + shank))
    line = line / far[:, None]
    along = (thigh**2 + reach**2 - shank**2) / (2 * reach)
    aside = np.sqrt(np.maximum(thigh**2 - along**2, 0))
    across = _unit(forward - (line * forward).sum(axis=1, keepdims=True) * line)
    return hip + line * along[:, None] + across * aside[:, None], hip + line * reach[:, None]


def rotation(degrees: FloatArray) -> FloatArray:
    """(F, 3) forward tilt, left turn, sideways lean -> (F, 3, 3): turn, then tilt, then lean."""
    (ca, cb, cc), (sa, sb, sc) = np.cos(np.deg2rad(degrees)).T, np.sin(np.deg2rad(degrees)).T
    rows = [
        [cb * cc + sb * sa * sc, -cb * sc + sb * sa * cc, sb * ca],
        [ca * sc, ca * cc, -sa],
        [-sb * cc + cb * sa * sc, sb * sc + cb * sa * cc, cb * ca],
    ]
    return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)


def _turn(frame: FloatArray, vector: FloatArray) -> FloatArray:
    return np.asarray(np.einsum("fij,fj->fi", frame, vector))


def _unit(vector: FloatArray) -> FloatArray:
    return np.asarray(vector / np.linalg.norm(vector, axis=-1, keepdims=True))
