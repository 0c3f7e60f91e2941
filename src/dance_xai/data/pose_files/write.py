"""Poses for other programs, as JSON documents: COCO keypoints, and the layout of PYSKL."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

from dance_xai.data.skeletons import COCO_17
from dance_xai.errors import DataError
from dance_xai.types import FloatArray, PoseTrack

Document: TypeAlias = dict[str, Any]


def coco_document(tracks: Sequence[PoseTrack]) -> Document:
    """Annotations of COCO keypoints, one image per frame of a clip, with ``videos`` that name the clips.

    The third number of a keypoint is its confidence in 0..1; a frame without the person has no annotation. Ids count
    from 1. ``track_id`` tells the people of a clip apart; it and ``fps`` of a video are additions that others ignore.
    ``xyz`` has no place in this format and is left out.

    Args:
        tracks: Poses with skeleton ``coco_17``, several for a clip with several people.

    Raises:
        DataError: A track has another skeleton, or tracks of one clip have different numbers of frames.

    Source: COCO, Data format.
    """
    if other := next((track for track in tracks if track.skeleton != COCO_17), None):
        raise DataError(
            f"poses: expected skeleton coco_17 for COCO, got {other.skeleton.name} for clip {other.clip}; "
            f"convert the poses first"
        )
    clips = _by_clip(tracks)
    first = dict(zip(clips, np.cumsum([1, *(len(people[0].xy) for people in clips.values())]).tolist(), strict=False))
    annotations = [
        _annotation(first[clip] + frame, frame, person, track)
        for clip, people in clips.items()
        for frame in range(len(people[0].xy))
        for person, track in enumerate(people, start=1)
        if track.present[frame]
    ]
    return {
        "videos": [{"id": i, "name": clip, **_rate(clips[clip][0])} for i, clip in enumerate(clips, start=1)],
        "images": [
            _image(first[clip] + frame, video, frame, people[0])
            for video, (clip, people) in enumerate(clips.items(), start=1)
            for frame in range(len(people[0].xy))
        ],
        "annotations": [{"id": i, **each} for i, each in enumerate(annotations, start=1)],
        "categories": [{"id": 1, "name": "person", "keypoints": list(COCO_17.joints)}],
    }


def pyskl_document(
    tracks: Sequence[PoseTrack],
    *,
    labels: Mapping[str, int] | None = None,
    split: Mapping[str, Sequence[str]] | None = None,
) -> Document:
    """The layout of PYSKL as JSON: ``split`` and ``annotations`` with the same keys and nested lists for arrays.

    PYSKL itself reads a pickle. A pickle can run code when it is read, so none is written here; ``pyskl_lines``
    makes one. ``fps`` is an addition of ours that PYSKL ignores. ``xyz`` is left out.

    Args:
        tracks: Poses of any skeleton; M for a clip with M people.
        labels: Class number per clip; -1 for a clip without.
        split: Clip ids per name of a split.

    Raises:
        DataError: Tracks of one clip have different numbers of frames.

    Source: PYSKL, tools/data/README.md.
    """
    known = labels or {}
    return {
        "split": {name: list(clips) for name, clips in (split or {}).items()},
        "annotations": [_pyskl(people, known.get(clip, -1)) for clip, people in _by_clip(tracks).items()],
    }


def _by_clip(tracks: Sequence[PoseTrack]) -> dict[str, list[PoseTrack]]:
    """The people of each clip, clips and people in the order given."""
    clips: dict[str, list[PoseTrack]] = defaultdict(list)
    for track in tracks:
        clips[track.clip].append(track)
        if len(track.xy) != len(clips[track.clip][0].xy):
            raise DataError(
                f"clip {track.clip!r}: expected {len(clips[track.clip][0].xy)} frames for every person, "
                f"got {len(track.xy)}; give all of them the frames of the clip"
            )
    return clips


def _pyskl(people: Sequence[PoseTrack], label: int) -> Document:
    one = people[0]
    size = {} if one.height_width is None else {"img_shape": one.height_width, "original_shape": one.height_width}
    return {
        "frame_dir": one.clip,
        "total_frames": len(one.xy),
        **size,
        **_rate(one),
        "label": label,
        "keypoint": [track.xy.tolist() for track in people],
        "keypoint_score": [_shown(track).tolist() for track in people],
    }


def _shown(track: PoseTrack) -> FloatArray:
    """(T, K) confidence, 0 where nobody is present."""
    return np.where(track.present[:, None], track.confidence, np.float32(0))


def _rate(track: PoseTrack) -> dict[str, float]:
    return {} if track.fps is None else {"fps": track.fps}


def _image(index: int, video: int, frame: int, track: PoseTrack) -> Document:
    size = {} if track.height_width is None else dict(zip(("height", "width"), track.height_width, strict=True))
    name = f"{track.clip}/{frame:06d}.jpg"
    return {"id": index, "video_id": video, "frame_id": frame, "file_name": name, **size}


def _annotation(image: int, frame: int, person: int, track: PoseTrack) -> Document:
    seen = track.confidence[frame] > 0
    xy = track.xy[frame].astype(np.float64)
    low, high = (xy[seen].min(axis=0), xy[seen].max(axis=0)) if seen.any() else (np.zeros(2), np.zeros(2))
    joints = np.concatenate([xy, track.confidence[frame][:, None].astype(np.float64)], axis=1)
    return {
        "image_id": image,
        "track_id": person,
        "category_id": 1,
        "iscrowd": 0,
        "num_keypoints": int(seen.sum()),
        "keypoints": joints.ravel().tolist(),
        "bbox": [*low.tolist(), *(high - low).tolist()],
        "area": float(np.prod(high - low)),
    }
