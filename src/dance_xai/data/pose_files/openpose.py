"""JSON files of OpenPose, one per frame (``--write_json``), in a folder per clip.

Source: OpenPose, doc/02_output.md.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import numpy as np

from dance_xai.data.pose_files.detections import (
    Detections,
    Given,
    Sighting,
    detections_of,
    numbers,
    skeleton_for,
)
from dance_xai.data.pose_files.names import list_of_objects, read_json, split_number
from dance_xai.data.skeletons import BODY_25, OPENPOSE_18
from dance_xai.errors import DataError

SUFFIX = "_keypoints.json"
_SKELETONS = {25: BODY_25, 18: OPENPOSE_18}
_KEYS = ("pose_keypoints_2d", "pose_keypoints")


def read_openpose(folder: Path, given: Given) -> list[Detections]:
    """Read the files ``*_keypoints.json`` of a folder.

    The frame is the number in the name; frames count from the lowest. Files of one name before the number are the
    clip of the folder's name, of several names one clip each. The joints (0, 0) of certainty 0 are not seen.

    Raises:
        DataError: A file is not of this format, has no number, or holds places that are not pixels.
        ShapeError: The model is neither BODY_25 nor COCO.
    """
    clips: dict[str, dict[int, Path]] = defaultdict(dict)
    for file in sorted(folder.glob(f"*{SUFFIX}")):
        numbered = split_number(file.name.removesuffix(SUFFIX))
        if numbered is None:
            raise DataError(f"{file}: expected the number of the frame before {SUFFIX}, got none; rename the file")
        prefix, frame = numbered
        if frame in clips[prefix]:
            raise DataError(f"{file}: expected one file per frame, got {clips[prefix][frame].name} too; keep one")
        clips[prefix][frame] = file
    if not clips:
        raise DataError(f"{folder}: expected files *{SUFFIX} of OpenPose, found none; name the folder of one clip")
    alone = folder.resolve().name if len(clips) == 1 else None
    return [_read_clip(folder, alone or prefix, files, given) for prefix, files in clips.items()]


def _read_clip(folder: Path, clip: str, files: dict[int, Path], given: Given) -> Detections:
    first = min(files)
    sightings = [sighting for frame, file in files.items() for sighting in _read_frame(file, frame - first)]
    count = len(sightings[0].joints) if sightings else len((given.skeleton or BODY_25).joints)
    skeleton = skeleton_for(str(folder), count, _SKELETONS, given.skeleton)
    _refuse_scaled(folder, sightings)
    about = {"fps": given.fps, "height_width": given.height_width}
    return detections_of(str(folder), clip, skeleton, sightings, max(files) - first + 1, **about)


def _read_frame(file: Path, frame: int) -> list[Sighting]:
    document = read_json(file)
    people = document.get("people") if isinstance(document, dict) else None
    return [
        Sighting(frame, numbers(f"{file}: {key}", person[key], 3))
        for person in list_of_objects(f"{file}: people", people)
        for key in _KEYS
        if person.get(key)
    ]


def _refuse_scaled(folder: Path, sightings: list[Sighting]) -> None:
    joints = [one.joints[one.joints[:, 2] > 0] for one in sightings]
    places = np.abs(np.concatenate(joints)[:, :2]) if joints else np.zeros((0, 2))
    if places.size and float(places.max()) <= 1:
        raise DataError(
            f"{folder}: expected places in pixels, got numbers up to {places.max():g}; "
            f"run OpenPose with --keypoint_scale 0"
        )
