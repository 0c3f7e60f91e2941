"""What a body does from phase to phase: positions, directions of the limbs, speeds, angles, distances.

Every measure takes a ``Movement`` and is 0 where the joints it needs are not known.
"""

from __future__ import annotations

import numpy as np

from dance_xai.motion.kinematics_body import JOINTS, POINTS, RATE, Movement, at_times
from dance_xai.types import BoolArray, FloatArray, IntArray

PHASES = 12
SIDES = ("left", "right")
LIMBS = tuple(
    (POINTS.index(f"{side}_{a}"), POINTS.index(f"{side}_{b}"))
    for side in SIDES
    for a, b in (("shoulder", "elbow"), ("elbow", "wrist"), ("hip", "knee"), ("knee", "ankle"))
)
SHOULDERS = (POINTS.index("right_shoulder"), POINTS.index("left_shoulder"))
HEAD = POINTS.index("head")
ANGLES = tuple(
    (POINTS.index(f"{side}_{a}"), POINTS.index(f"{side}_{b}"), POINTS.index(f"{side}_{c}"))
    for side in SIDES
    for a, b, c in (
        ("shoulder", "elbow", "wrist"),
        ("hip", "shoulder", "elbow"),
        ("shoulder", "hip", "knee"),
        ("hip", "knee", "ankle"),
    )
)
FIRST, SECOND = np.triu_indices(len(JOINTS), 1)  # all pairs of joints


def positions(movement: Movement) -> FloatArray:
    """(phases, P, d) statures, joints around the root and the root around its mean."""
    return _at_phases(movement, movement.points * movement.known[..., None])


def velocities(movement: Movement) -> FloatArray:
    """(phases, P, d) statures per second."""
    return _at_phases(movement, movement.velocity * movement.known[..., None])


def speeds(movement: Movement) -> FloatArray:
    """(phases, P) statures per second."""
    return _at_phases(movement, movement.speed)


def directions(movement: Movement) -> FloatArray:
    """(phases, 10, d) unit vectors along upper and lower arms and legs; shoulder line and head in statures."""
    a, b = np.array(LIMBS).T
    bones = movement.points[:, b] - movement.points[:, a]
    bones = bones / np.maximum(np.linalg.norm(bones, axis=2, keepdims=True), 1e-6)
    right, left = SHOULDERS
    line = movement.points[:, left] - movement.points[:, right]
    every = np.concatenate([bones, line[:, None], movement.points[:, HEAD, None]], axis=1)
    ends = np.array([*LIMBS, SHOULDERS, (HEAD, HEAD)]).T
    return _at_phases(movement, every * _all_known(movement, *ends)[..., None])


def angles(movement: Movement) -> FloatArray:
    """(phases, 8) cosines of the angles at elbows, shoulders, hips and knees, left side first."""
    return _at_phases(movement, angle_of(movement)[0])


def angle_of(movement: Movement) -> tuple[FloatArray, BoolArray]:
    """(T, 8) cosines, and where they are known."""
    a, b, c = np.array(ANGLES).T
    one, other = movement.points[:, a] - movement.points[:, b], movement.points[:, c] - movement.points[:, b]
    length = np.linalg.norm(one, axis=2) * np.linalg.norm(other, axis=2)
    known = _all_known(movement, a, b, c)
    return (one * other).sum(axis=2) / np.maximum(length, 1e-9) * known, known


def distance_of(movement: Movement) -> tuple[FloatArray, BoolArray]:
    """(T, 78) statures between all pairs of joints, and where they are known."""
    known = _all_known(movement, FIRST, SECOND)
    return np.linalg.norm(movement.points[:, FIRST] - movement.points[:, SECOND], axis=2) * known, known


def active_seconds(movement: Movement) -> float:
    """Length of the active part, 0 for a single pose."""
    return (movement.stop - movement.start - 1) / RATE


def _all_known(movement: Movement, *joints: IntArray) -> BoolArray:
    return np.asarray(np.logical_and.reduce([movement.known[:, each] for each in joints]))


def _at_phases(movement: Movement, values: FloatArray) -> FloatArray:
    """(T, ...) -> (phases, ...) at equal steps of time through the active part."""
    return at_times(values, np.linspace(movement.start, movement.stop - 1, PHASES))
