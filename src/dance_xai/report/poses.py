"""Poses as compact JSON for the page, and one scale for all figures."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import numpy as np

from dance_xai.errors import check_shape
from dance_xai.motion.tracking import MIN_CONFIDENCE
from dance_xai.types import BoolArray, FloatArray, PoseTrack, Skeleton

STEPS = 32_000
UNSEEN = -32_768
PADDING = 1.16
SHOWN_FPS = 25.0
SHORTEST = 1.2


def pack(poses: FloatArray, seen: BoolArray) -> dict[str, Any]:
    """Quantise a pose window to int16.

    Args:
        poses: (L, K, 2) any unit.
        seen: (L, K) False where the joint must not be drawn.

    Returns:
        ``{"rows": L, "joints": K, "unit": u, "xy": base64}`` of little-endian int16 in C order; value times u gives
        the coordinate to within u / 2; -32768 marks a joint that was not seen.

    Raises:
        ShapeError: Arrays that do not fit together.
    """
    check_shape("poses", poses, ("L", "K", 2), finite=False)
    check_shape("seen", seen, poses.shape[:2])
    known = seen & np.isfinite(poses).all(axis=2)
    largest = float(np.abs(poses[known]).max(initial=0.0))
    unit = largest / STEPS if largest > 0 else 1.0
    steps = np.full(poses.shape, UNSEEN, dtype="<i2")
    steps[known] = np.rint(poses[known] / unit)
    return {
        "rows": poses.shape[0],
        "joints": poses.shape[1],
        "unit": unit,
        "xy": base64.b64encode(steps.tobytes()).decode("ascii"),
    }


def pack_skeleton(skeleton: Skeleton) -> dict[str, Any]:
    """What the page needs to draw a body: bones with their side, the head, the trunk, the tips of the limbs."""
    left, right = ({pair[side] for pair in skeleton.pairs} for side in (0, 1))

    def side(a: str, b: str) -> str:
        return "left" if {a, b} <= left else "right" if {a, b} <= right else "middle"

    ends = [joint for bone in skeleton.bones for joint in bone]
    trunk = skeleton.index("left_shoulder", "right_shoulder", "right_hip", "left_hip").tolist()
    return {
        "bones": [
            [a, b, side(*names)] for (a, b), names in zip(skeleton.bone_index.tolist(), skeleton.bones, strict=True)
        ],
        "sides": ["left" if j in left else "right" if j in right else "middle" for j in skeleton.joints],
        "head": next(iter(skeleton.index("head", "nose").tolist()), -1),
        "face": skeleton.index("left_eye", "right_eye", "left_ear", "right_ear").tolist(),
        "trunk": trunk if len(trunk) == 4 else [],
        "tips": [i for i, joint in enumerate(skeleton.joints) if ends.count(joint) == 1 and joint not in ("head",)],
    }


def views(windows: Mapping[str, tuple[FloatArray, BoolArray]]) -> dict[str, dict[str, float]]:
    """Where to look at each figure, at one scale for all that fit it.

    Args:
        windows: Per key (L, K, 2) poses and (L, K) seen, in one unit.

    Returns:
        Per key the centre ``x``, ``y``, half the side of the square that is shown (``half``), the ``floor`` (lowest
        point of the body) and the ``size`` of the body, all in the unit of the poses.
    """
    boxes = {key: _box(poses[seen]) for key, (poses, seen) in windows.items()}
    halves = {key: max(box[2] - box[0], box[3] - box[1]) / 2 * PADDING for key, box in boxes.items()}
    common = float(np.quantile(list(halves.values()), 0.75)) if halves else 1.0
    shown = {}
    for key, (x0, y0, x1, y1) in boxes.items():
        half = max(common, halves[key])
        shown[key] = {"x": (x0 + x1) / 2, "y": y1 - half / PADDING * 0.94, "half": half, "floor": y1, "size": common}
        if halves[key] > common * 0.94:
            shown[key]["y"] = (y0 + y1) / 2
    return {key: {name: round(value, 5) for name, value in view.items()} for key, view in shown.items()}


def round_seconds(frames: int, fps: float | None) -> float:
    """How long one round of an animation takes: as long as the window, at `SHOWN_FPS` when fps is unknown.

    A window shorter than `SHORTEST` seconds is slowed down to that, so that the eye can follow.
    """
    return round(max(SHORTEST, frames / (fps or SHOWN_FPS)), 3)


def drawable(track: PoseTrack) -> BoolArray:
    """(T, K) joints of a clip that may be drawn: found, and surely enough."""
    sure = (track.confidence >= MIN_CONFIDENCE) & np.isfinite(track.xy).all(axis=2)
    return np.asarray(sure & track.present[:, None])


def pack_track(track: PoseTrack) -> dict[str, Any]:
    """The poses of a whole clip in pixels, and the part of the frame the body moves in."""
    seen = drawable(track)
    x0, y0, x1, y1 = _box(track.xy[seen])
    margin = 0.08 * max(x1 - x0, y1 - y0)
    heights = np.array([np.ptp(xy[ok, 1]) for xy, ok in zip(track.xy, seen, strict=True) if ok.any()])
    body = float(np.quantile(heights, 0.9)) if heights.size else 1.0
    return pack(track.xy, seen) | {
        "box": [round(float(edge), 2) for edge in (x0 - margin, y0 - margin, x1 + margin, y1 + margin)],
        "frame": list(track.height_width[::-1]) if track.height_width else None,
        "size": round(0.62 * body, 3),
    }


def _box(points: FloatArray) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of (P, 2) points without the outermost percent; a unit box when there is none."""
    points = points[np.isfinite(points).all(axis=1)]
    if len(points) == 0:
        return -1.0, -1.0, 1.0, 1.0
    x0, y0 = np.quantile(points, 0.005, axis=0)
    x1, y1 = np.quantile(points, 0.995, axis=0)
    return float(x0), float(y0), float(max(x1, x0 + 1e-6)), float(max(y1, y0 + 1e-6))
