"""Annotation files of PYSKL: a pickle with the poses of a whole data set, or the same as JSON (``pyskl_document``).

Source: PYSKL, tools/data/README.md.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from dance_xai.data.pose_files.detections import Detections, Given, Sighting, detections_of, skeleton_for
from dance_xai.data.pose_files.names import frame_rate, list_of_objects, read_json, whole_number
from dance_xai.data.skeletons import COCO_17, NTU_25, OPENPOSE_18
from dance_xai.data.unpickle import load_pickle
from dance_xai.errors import DataError, ShapeError
from dance_xai.types import FloatArray

_FLAT = {17: COCO_17, 18: OPENPOSE_18}
_DEEP = {25: NTU_25}
_KINECT = (1060.0, 960.0, 540.0)
"""Focal length and centre of the colour camera of a Kinect v2, pixels, nominal."""

_People: TypeAlias = tuple[FloatArray, FloatArray, FloatArray | None]


def read_pyskl(path: Path, given: Given) -> list[Detections]:
    """Read every annotation of a file.

    ``keypoint`` (M, T, V, 2) are pixels; a joint with ``keypoint_score`` (M, T, V) 0 is not seen, and without scores
    all joints but those at (0, 0) are. ``keypoint`` (M, T, V, 3) are metres of a Kinect v2 (x right, y up, z away):
    they fill ``xyz``, y turned down, and are projected into 1920 x 1080 pixels with its nominal camera. Padding for
    absent people is left out.

    Raises:
        ArtifactError: The pickle is missing or damaged.
        UnsafePickleError: The pickle asks for more than plain data.
        DataError: It is not of this format.
        ShapeError: Arrays of an annotation disagree, or the number of joints fits no skeleton.
    """
    document = read_json(path) if path.suffix == ".json" else load_pickle(path)
    found = document.get("annotations") if isinstance(document, dict) else document
    items = list_of_objects(f"{path}: annotations", found, "frame_dir", "total_frames", "keypoint")
    return [_read_one(path, item, given) for item in items]


def _read_one(path: Path, item: dict[str, Any], given: Given) -> Detections:
    clip = str(item["frame_dir"])
    where = f"{path}: {clip}"
    frames = whole_number(where, item["total_frames"], "total_frames")
    joints = _floats(f"{where}: keypoint", item["keypoint"], (None, frames, None, None))
    m, _, v, c = joints.shape
    if c not in (2, 3):
        raise ShapeError(f"{where}: keypoint: expected 2 or 3 numbers per joint, got {c}; write the file again")
    skeleton = skeleton_for(f"{where}: keypoint", v, _FLAT if c == 2 else _DEEP, given.skeleton)
    score = item.get("keypoint_score")
    scores = None if score is None else _floats(f"{where}: keypoint_score", score, (m, frames, v))
    xy, certainty, xyz = _flat(joints, scores) if c == 2 else _deep(joints, scores)
    there = [(person, frame) for person in range(m) for frame in np.flatnonzero(certainty[person].any(axis=1))]
    sightings = [
        Sighting(
            int(frame),
            np.concatenate([xy[person, frame], certainty[person, frame, :, None]], axis=1),
            xyz=None if xyz is None else xyz[person, frame],
        )
        for person, frame in there
    ]
    size = (1080, 1920) if c == 3 else _size(where, item.get("img_shape")) or given.height_width
    fps = given.fps if item.get("fps") is None else frame_rate(f"{where}: fps", item["fps"])
    return detections_of(where, clip, skeleton, sightings, frames, fps=fps, height_width=size, one_person=m == 1)


def _floats(where: str, values: Any, shape: tuple[int | None, ...]) -> FloatArray:
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ShapeError(f"{where}: expected an array of numbers, got {error!s:.60}; write the file again") from error
    fits = array.ndim == len(shape) and all(b in (None, a) for a, b in zip(array.shape, shape, strict=True))
    if not fits:
        wanted = ", ".join("*" if side is None else str(side) for side in shape)
        raise ShapeError(f"{where}: expected shape ({wanted}), got {array.shape}; write the file again")
    return array


def _flat(joints: FloatArray, scores: FloatArray | None) -> _People:
    given = np.asarray((np.nan_to_num(joints) != 0).any(axis=-1), np.float64) if scores is None else scores
    return joints, np.where(np.isfinite(joints).all(axis=-1), np.nan_to_num(given), 0), None


def _deep(joints: FloatArray, scores: FloatArray | None) -> _People:
    """Metres with y up -> pixels, certainty, and metres with y down."""
    focal, centre_x, centre_y = _KINECT
    xyz = joints * np.array([1, -1, 1])
    known = np.isfinite(joints).all(axis=-1) & (np.nan_to_num(joints[..., 2]) > 0.1)
    away = np.where(known, xyz[..., 2], 1)
    xy = focal * xyz[..., :2] / away[..., None] + np.array([centre_x, centre_y])
    return xy, known * (1.0 if scores is None else np.nan_to_num(scores)), xyz


def _size(where: str, size: Any) -> tuple[int, int] | None:
    if size is None:
        return None
    sides = [int(side) for side in np.ravel(np.array(size, dtype=object))[:2] if isinstance(side, int | np.integer)]
    if len(sides) != 2 or min(sides) < 1:
        raise DataError(f"{where}: expected img_shape as height and width, got {size!r:.40}; write the file again")
    return sides[0], sides[1]
