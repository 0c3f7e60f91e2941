"""Poses for other programs: COCO keypoint JSON, and the layout of PYSKL."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from dance_xai.data.skeletons import COCO_17
from dance_xai.errors import DataError
from dance_xai.types import FloatArray, PoseTrack


def write_coco(path: Path, tracks: Sequence[PoseTrack]) -> None:
    """Write annotations of COCO keypoints, one image per frame, with ``videos`` that name the clips.

    The third number of a keypoint is its confidence in 0..1; a frame without the person has no annotation. ``fps`` of
    a video is an addition of ours that others ignore. ``xyz`` has no place in this format and is left out.

    Args:
        path: The JSON file; replaced if it is there.
        tracks: Poses with skeleton ``coco_17``.

    Raises:
        DataError: A track has another skeleton.

    Source: COCO, Data format.
    """
    if other := next((track for track in tracks if track.skeleton != COCO_17), None):
        raise DataError(
            f"{path}: expected skeleton coco_17 for COCO, got {other.skeleton.name} for clip {other.clip}; "
            f"convert the poses first"
        )
    places = [(video, frame) for video, track in enumerate(tracks) for frame in range(len(track.xy))]
    document = {
        "videos": [{"id": i, "name": track.clip, **_rate(track)} for i, track in enumerate(tracks)],
        "images": [_image(i, video, frame, tracks[video]) for i, (video, frame) in enumerate(places)],
        "annotations": [
            _annotation(i, frame, tracks[video])
            for i, (video, frame) in enumerate(places)
            if tracks[video].present[frame]
        ],
        "categories": [{"id": 1, "name": "person", "keypoints": list(COCO_17.joints)}],
    }
    path.write_text(json.dumps(document), encoding="utf-8")


def write_pyskl(
    path: Path,
    tracks: Sequence[PoseTrack],
    *,
    labels: Mapping[str, int] | None = None,
    split: Mapping[str, Sequence[str]] | None = None,
) -> None:
    """Write the layout of PYSKL as JSON: ``split`` and ``annotations`` with the same keys and nested lists for arrays.

    PYSKL itself reads a pickle. A pickle can run code when it is read, so none is written here; to make one, load the
    JSON, turn ``keypoint`` and ``keypoint_score`` of each annotation into numpy arrays, and pickle the result. ``fps``
    is an addition of ours that PYSKL ignores. ``xyz`` is left out.

    Args:
        path: The JSON file; replaced if it is there.
        tracks: Poses of any skeleton; each becomes one person (M = 1).
        labels: Class number per clip; -1 for a clip without.
        split: Clip ids per name of a split.

    Source: PYSKL, tools/data/README.md.
    """
    known = labels or {}
    document = {
        "split": {name: list(clips) for name, clips in (split or {}).items()},
        "annotations": [_pyskl(track, known.get(track.clip, -1)) for track in tracks],
    }
    path.write_text(json.dumps(document), encoding="utf-8")


def _pyskl(track: PoseTrack, label: int) -> dict[str, Any]:
    size = {} if track.height_width is None else {"img_shape": track.height_width, "original_shape": track.height_width}
    return {
        "frame_dir": track.clip,
        "total_frames": len(track.xy),
        **size,
        **_rate(track),
        "label": label,
        "keypoint": track.xy[None].tolist(),
        "keypoint_score": _shown(track)[None].tolist(),
    }


def _shown(track: PoseTrack) -> FloatArray:
    """(T, K) confidence, 0 where nobody is present."""
    return np.where(track.present[:, None], track.confidence, np.float32(0))


def _rate(track: PoseTrack) -> dict[str, float]:
    return {} if track.fps is None else {"fps": track.fps}


def _image(index: int, video: int, frame: int, track: PoseTrack) -> dict[str, Any]:
    size = {} if track.height_width is None else dict(zip(("height", "width"), track.height_width, strict=True))
    name = f"{track.clip}/{frame:06d}.jpg"
    return {"id": index, "video_id": video, "frame_id": frame, "file_name": name, **size}


def _annotation(index: int, frame: int, track: PoseTrack) -> dict[str, Any]:
    seen = track.confidence[frame] > 0
    xy = track.xy[frame].astype(np.float64)
    low, high = (xy[seen].min(axis=0), xy[seen].max(axis=0)) if seen.any() else (np.zeros(2), np.zeros(2))
    joints = np.concatenate([xy, track.confidence[frame][:, None].astype(np.float64)], axis=1)
    return {
        "id": index,
        "image_id": index,
        "category_id": 1,
        "iscrowd": 0,
        "num_keypoints": int(seen.sum()),
        "keypoints": joints.ravel().tolist(),
        "bbox": [*low.tolist(), *(high - low).tolist()],
        "area": float(np.prod(high - low)),
    }
