"""Predictions of MMPose: what the inferencer saves per video, and what the demos save.

Source: MMPose, Inference with existing models.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from dance_xai.data.pose_files.detections import (
    Detections,
    Given,
    Sighting,
    detections_of,
    numbers,
    skeleton_for,
)
from dance_xai.data.pose_files.names import clip_of_file, list_of_objects, read_json, whole_number
from dance_xai.data.skeletons import COCO_17
from dance_xai.errors import ShapeError

_SKELETONS = {17: COCO_17}


def read_mmpose(path: Path, given: Given) -> list[Detections]:
    """Read the predictions of one video: ``[{frame_id, instances}]``, or that list under ``instance_info``.

    A list of instances alone is one image. Frames count from the first ``frame_id`` (demos count from 1).

    Raises:
        DataError: The file is missing or not of this format.
        ShapeError: The number of joints or scores is not that of the skeleton, or the joints are not flat.
    """
    document = read_json(path)
    found = document.get("instance_info") if isinstance(document, dict) else document
    frames = list_of_objects(str(path), found)
    if frames and "instances" not in frames[0]:
        frames = [{"frame_id": 0, "instances": frames}]
    list_of_objects(str(path), frames, "instances")
    numbered = [whole_number(str(path), item.get("frame_id", row), "frame_id") for row, item in enumerate(frames)]
    first = min(numbered, default=0)
    sightings = [
        _sighting(path, frame - first, person)
        for frame, item in zip(numbered, frames, strict=True)
        for person in list_of_objects(f"{path}: instances", item["instances"], "keypoints", "keypoint_scores")
    ]
    count = len(sightings[0].joints) if sightings else len((given.skeleton or COCO_17).joints)
    skeleton = skeleton_for(str(path), count, _SKELETONS, given.skeleton)
    length = max(numbered, default=0) - first + 1
    about = {"fps": given.fps, "height_width": given.height_width}
    return [detections_of(str(path), clip_of_file(path), skeleton, sightings, length, **about)]


def _sighting(path: Path, frame: int, person: dict[str, Any]) -> Sighting:
    where = f"{path}: keypoints"
    scores = numbers(f"{path}: keypoint_scores", person["keypoint_scores"], 1)
    flat = np.ravel(np.array(person["keypoints"], dtype=object))
    if flat.size != 2 * len(scores):
        raise ShapeError(
            f"{where}: expected x and y for each of {len(scores)} scores, got {flat.size} numbers; use a 2D model"
        )
    score = person.get("bbox_score")
    return Sighting(
        frame,
        np.concatenate([numbers(where, person["keypoints"], 2), scores], axis=1),
        None if score is None else float(numbers(f"{path}: bbox_score", score, 1)[0, 0]),
    )
