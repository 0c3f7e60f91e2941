"""One person out of everybody a file found in a clip."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from dance_xai.data.pose_files.detections import Detections, MainActor
from dance_xai.errors import DataError
from dance_xai.types import FloatArray, PoseTrack


def track_of(path: Path, detections: Detections, main_actor: MainActor | None) -> PoseTrack:
    """The poses of one person: the only one, or the main actor.

    Args:
        path: The file, for errors.
        detections: Of one clip.
        main_actor: Tells people apart; without it a file must show one person per frame at most.

    Raises:
        DataError: There are several people in a frame, and nothing to tell them apart.
    """
    people = detections.people
    alone = len(np.unique(people.frame)) == len(people.frame)
    if main_actor is not None and not (detections.one_person and alone):
        return _scatter(detections, np.asarray(main_actor(people, detections.fps)))
    if not alone:
        raise DataError(
            f"{path}: expected one person per frame, got several in clip {detections.clip}; pass main_actor to choose"
        )
    rows = np.full(people.frames, -1)
    rows[people.frame] = np.arange(len(people.frame))
    return _scatter(detections, rows)


def _scatter(detections: Detections, rows: np.ndarray[Any, Any]) -> PoseTrack:
    """The chosen detection of each frame; -1 stays empty."""
    people, found = detections.people, rows >= 0

    def fill(values: FloatArray) -> FloatArray:
        filled = np.zeros((people.frames, *values.shape[1:]), np.float32)
        filled[found] = values[rows[found]]
        return filled

    return PoseTrack(
        clip=detections.clip,
        skeleton=people.skeleton,
        xy=fill(people.xy),
        confidence=fill(people.confidence),
        present=found,
        fps=detections.fps,
        height_width=detections.height_width,
        xyz=None if detections.xyz is None else fill(detections.xyz),
    )
