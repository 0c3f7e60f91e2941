"""Pose windows assigned to concepts -> which clip shows which motion concept."""

from __future__ import annotations

import numpy as np

from dance_xai.errors import DataError, check_shape
from dance_xai.types import BoolArray, FloatArray, IntArray


def motion_targets(
    clip_of_window: IntArray, concept_of_window: IntArray, n_clips: int, n_concepts: int, has_windows: BoolArray
) -> FloatArray:
    """1 where a clip has a window of the concept, 0 where it has windows but none of it, NaN where it has none at all.

    Args:
        clip_of_window: (W,) clip of each window, 0..n_clips-1.
        concept_of_window: (W,) concept of each window, -1 for a window that belongs to none.
        n_clips: N.
        n_concepts: C.
        has_windows: (N,) True where the clip has a valid window.

    Returns:
        (N, C).

    Raises:
        ShapeError: Shapes that do not fit.
        DataError: A clip or concept out of range, or a window in a clip that is said to have none.

    Source: paper, section 3.3.
    """
    check_shape("clip_of_window", clip_of_window, ("W",))
    check_shape("concept_of_window", concept_of_window, clip_of_window.shape)
    check_shape("has_windows", has_windows, (n_clips,))
    _check_range("clip_of_window", clip_of_window, 0, n_clips)
    _check_range("concept_of_window", concept_of_window, -1, n_concepts)
    stray = clip_of_window[~has_windows[clip_of_window]]
    if len(stray):
        raise DataError(
            f"has_windows: expected True for clips with windows, got False for clip {stray[0]}; fix the mask"
        )
    targets = np.zeros((n_clips, n_concepts))
    placed = concept_of_window >= 0
    targets[clip_of_window[placed], concept_of_window[placed]] = 1
    targets[~has_windows] = np.nan
    return targets


def _check_range(name: str, values: IntArray, low: int, above: int) -> None:
    wrong = (values < low) | (values >= above)
    if wrong.any():
        raise DataError(f"{name}: expected {low}..{above - 1}, got {values[wrong][0]}; check how windows were assigned")
