"""Which points in time of a clip a network looks at."""

from __future__ import annotations

import numpy as np

from dance_xai.types import IntArray, Sampling


def sampled_points(sampling: Sampling, length: int, fps: float) -> IntArray:
    """Grid points per view.

    Uniform: the clip in T equal parts, the middle of each; several views shift inside the parts. Dense: T points, each
    ``stride`` frames after the one before, the views spread evenly over the clip; one too long for the clip holds its
    last frame.

    Args:
        sampling: How the network looks.
        length: Points of the clip's grid, at least 1.
        fps: Points per second.

    Returns:
        (V, T) points in 0..length-1.

    Source: uniform as TSN (Wang et al. 2016), dense as VideoMAE (Tong et al. 2022).
    """
    views, frames = sampling.views, sampling.frames
    if sampling.stride is None:
        shift = (np.arange(views)[:, None] + 0.5) / views  # of a part
        points = (np.arange(frames) + shift) * (length / frames)
        return np.clip(np.floor(points), 0, length - 1).astype(np.int64)
    step = sampling.stride * (1.0 if sampling.fps is None else fps / sampling.fps)
    room = max(0.0, length - 1 - step * (frames - 1))
    first = room * ((np.arange(views)[:, None] + 0.5) / views)
    return np.clip(np.floor(first + step * np.arange(frames) + 0.5), 0, length - 1).astype(np.int64)
