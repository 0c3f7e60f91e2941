"""A pose estimator for people in the planted training suit: every pad is found by its hue."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dance_xai.planted.body import COCO_17
from dance_xai.planted.palette import PADS
from dance_xai.planted.standins.looking import colour_index, pad_table
from dance_xai.types import BoolArray, FloatArray, IntArray, People, UInt8Array

VERSION = 1
"""Raise when the same frame gives another result."""

_FULL = 9.0  # weight of a pad that is well seen, quarter pixels of full colour
_LEAST = 1.5  # lighter pads were not seen
_PARTS = 4  # a person shows at least so many pads
_CELL = 12  # pixels, side of the cells of which the fullest is where a pad is looked for
_REACHES = (16.0, 10.0, 8.0)  # pixels around its middle to which a pad is cut back, step by step
_JOINTS = [name for name in PADS if name != "head"]
_FACE = COCO_17.index("nose", "left_eye", "right_eye", "left_ear", "right_ear")


class PlantedPose:
    """One person per frame, COCO-17 joints in pixels, from colour alone.

    The twelve limb joints are the middles of their pads; the face is placed below the cap. A joint whose pad is hidden
    has confidence 0. Safe to call from several threads.

    Source: ours.
    """

    name = "planted"
    identity = f"planted_pose:{VERSION}"
    skeleton = COCO_17

    def detect(self, frames: Sequence[UInt8Array]) -> People:
        """B frames, each (H, W, 3) uint8 RGB of one size -> at most one person each."""
        joints, weight = _find(frames) if len(frames) else (np.zeros((0, len(PADS), 2)), np.zeros((0, len(PADS))))
        confidence = np.where(weight >= _LEAST, np.clip(weight / _FULL, 0.15, 1), 0)
        person = (confidence > 0).sum(axis=1) >= _PARTS
        xy, sure = _body(joints[person], confidence[person])
        return People(
            skeleton=COCO_17,
            frames=len(frames),
            frame=np.flatnonzero(person),
            xy=xy.astype(np.float32),
            confidence=sure.astype(np.float32),
            score=confidence[person].mean(axis=1).astype(np.float32),
        )


def _find(frames: Sequence[UInt8Array]) -> tuple[FloatArray, FloatArray]:
    """(B, 13, 2) middles of the pads in pixels and (B, 13) weights; videos hold colour at half resolution anyway."""
    pad_of, strength_of = pad_table()
    colour = colour_index(np.stack([frame[::2, ::2] for frame in frames]))
    strength = strength_of[colour]
    frame, row, column = np.nonzero(strength)
    weight = strength[frame, row, column]
    place = np.stack([column, row], axis=1) * 2.0 + 1.0
    slot = frame * len(PADS) + pad_of[colour[frame, row, column]]
    count = len(frames) * len(PADS)
    middle = _fullest(slot, place, weight, count)
    for reach in _REACHES:
        near: BoolArray = np.linalg.norm(place - middle[slot], axis=1) < reach
        slot, place, weight = slot[near], place[near], weight[near]
        middle = _middles(slot, place, weight, count)
    total = np.bincount(slot, weight, count)
    return middle.reshape(len(frames), len(PADS), 2), total.reshape(len(frames), len(PADS)).astype(np.float64)


def _fullest(slot: IntArray, place: FloatArray, weight: FloatArray, count: int) -> FloatArray:
    """(count, 2) middles of the cells that hold most of each slot."""
    column, row = (place // _CELL).astype(np.int64).T
    wide, high = int(column.max(initial=0)) + 1, int(row.max(initial=0)) + 1
    best = np.bincount((slot * high + row) * wide + column, weight, count * high * wide)
    cell = best.reshape(count, -1).argmax(axis=1)
    return np.stack([cell % wide, cell // wide], axis=1) * float(_CELL) + _CELL / 2


def _middles(slot: IntArray, place: FloatArray, weight: FloatArray, count: int) -> FloatArray:
    total = np.maximum(np.bincount(slot, weight, count), 1e-9)
    return np.stack([np.bincount(slot, weight * place[:, axis], count) / total for axis in (0, 1)], axis=1)


def _body(pads: FloatArray, confidence: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Pads (P, 13, 2) -> joints (P, 17, 2) with their confidence (P, 17)."""
    xy, sure = np.zeros((len(pads), 17, 2)), np.zeros((len(pads), 17))
    order = COCO_17.index(*_JOINTS)
    rows = [PADS.index(name) for name in _JOINTS]
    xy[:, order], sure[:, order] = pads[:, rows], confidence[:, rows]
    xy[:, _FACE], sure[:, _FACE] = _face(pads, confidence)
    return xy, sure


def _face(pads: FloatArray, confidence: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The five joints of the face, below the cap on the way to the shoulders; (P, 5, 2) and (P, 5)."""
    cap, left, right = (PADS.index(name) for name in ("head", "left_shoulder", "right_shoulder"))
    seen = confidence[:, [left, right]] > 0
    share = seen / np.maximum(seen.sum(axis=1, keepdims=True), 1)
    down = (pads[:, [left, right]] * share[..., None]).sum(axis=1) - pads[:, cap]
    place = pads[:, cap] + 0.28 * down
    sure = np.where(seen.any(axis=1), confidence[:, cap], 0)
    return np.repeat(place[:, None], 5, axis=1), np.repeat(sure[:, None], 5, axis=1)
