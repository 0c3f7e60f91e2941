"""Pose landmarks of MediaPipe, saved as JSON, CSV or npy: 33 points in 0..1 of the frame, with visibility.

MediaPipe defines no file, so the usual ways to save its results are read. Source: MediaPipe, Pose landmark detection
guide (meaning of the numbers); layouts: ours.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from dance_xai.data.npz import require_file, some
from dance_xai.data.pose_files.detections import Detections, Given, Sighting, detections_of, numbers, size_of
from dance_xai.data.pose_files.mediapipe_csv import read_table
from dance_xai.data.pose_files.names import clip_of_file, frame_rate, read_json, whole_number
from dance_xai.data.skeletons import MEDIAPIPE_33
from dance_xai.data.video import scan_video
from dance_xai.errors import DataError, ShapeError
from dance_xai.types import FloatArray

_VIDEOS = (".mp4", ".avi", ".mov", ".mkv", ".webm", ".m4v")
_LANDMARKS = ("pose_landmarks", "poseLandmarks", "landmarks")
_WORLD = ("pose_world_landmarks", "poseWorldLandmarks", "world_landmarks", "worldLandmarks")
_FRAME = ("frame", "frame_id", "frame_index")
_FARTHEST = 5.0
"""Landmarks may lie outside the frame, but not five frames away."""

_Found: TypeAlias = tuple[list[Sighting], int, Given]


def read_mediapipe(path: Path, given: Given) -> list[Detections]:
    """Read the landmarks of one clip.

    npy: (T, 33, 4) x, y, z, visibility, or (T, 132) of the same; NaN or zeros where nobody was found. CSV: see
    ``read_table``. JSON: a list with one entry per frame, or an object with ``frames`` and optionally ``width``,
    ``height`` and ``fps``; an entry is null, 33 landmarks ``{x, y, z, visibility}``, or an object with
    ``pose_landmarks`` (of one person or a list of several), ``pose_world_landmarks`` (metres, kept as ``xyz``) and
    ``frame``. The frame size comes from the file, the settings, or the video of the same name beside the file.

    Raises:
        DataError: The file is missing or not of this format, the numbers are not in 0..1, or the size is unknown.
        ShapeError: There are not 33 landmarks.
    """
    readers = {".npy": _read_npy, ".csv": _read_csv}
    sightings, frames, about = readers.get(path.suffix.lower(), _read_json)(path, given)
    about = about if about.height_width else _ask_video(path, about)
    height, width = about.height_width or (1, 1)
    scaled = [replace(one, joints=one.joints * np.array([width, height, 1])) for one in sightings]
    _check_normalised(path, sightings)
    return [
        detections_of(
            str(path),
            clip_of_file(path),
            MEDIAPIPE_33,
            scaled,
            frames,
            fps=about.fps,
            height_width=about.height_width,
            one_person=True,
        )
    ]


def _read_npy(path: Path, given: Given) -> _Found:
    require_file(path, "a .npy file")
    try:
        array = np.load(path, allow_pickle=False)
        if array.ndim == 2 and array.shape[1] % 33 == 0:
            array = array.reshape(len(array), 33, -1)
        table = array.astype(np.float64)
    except (OSError, ValueError, EOFError, AttributeError) as error:
        raise DataError(f"{path}: expected a .npy file of numbers, got {error!s:.80}; save it again") from error
    if table.ndim != 3 or table.shape[1] != 33 or table.shape[2] not in (4, 5):
        raise ShapeError(
            f"{path}: expected shape (T, 33, 4) with x, y, z and visibility, got {array.shape}; save it like that"
        )
    there = np.flatnonzero(np.nan_to_num(table).any(axis=(1, 2)))
    return [Sighting(int(frame), table[frame][:, [0, 1, 3]]) for frame in there], len(table), given


def _read_csv(path: Path, given: Given) -> _Found:
    rows, frames = read_table(path)
    return [Sighting(frame, joints) for frame, joints in rows], frames, given


def _read_json(path: Path, given: Given) -> _Found:
    document = read_json(path)
    about = document if isinstance(document, dict) else {}
    entries = about.get("frames", document)
    if not isinstance(entries, list) or not entries:
        raise DataError(f"{path}: expected a list of frames, got {entries!r:.60}; save one entry per frame")
    sightings, last = [], 0
    for row, entry in enumerate(entries):
        frame = whole_number(str(path), _first(entry, _FRAME, row), "frame")
        sightings += list(_people(path, frame, entry))
        last = max(last, frame)
    if strange := next((e for e in entries if isinstance(e, dict) and not set(e) & {*_LANDMARKS, *_FRAME}), None):
        raise DataError(f"{path}: expected pose_landmarks in every frame, got {some(strange, 8)}; save it like that")
    size = size_of(about) or given.height_width
    fps = given.fps if about.get("fps") is None else frame_rate(f"{path}: fps", about["fps"])
    return sightings, last + 1, replace(given, fps=fps, height_width=size)


def _people(path: Path, frame: int, entry: Any) -> Iterable[Sighting]:
    """The people of one entry, usually one or none."""
    world = _poses(_first(entry, _WORLD, None) if isinstance(entry, dict) else None)
    for row, pose in enumerate(_poses(_first(entry, _LANDMARKS, None) if isinstance(entry, dict) else entry)):
        table = _landmarks(path, pose)
        depth = _landmarks(path, world[row])[:, :3] if row < len(world) else None
        yield Sighting(frame, table[:, [0, 1, 3]], xyz=depth)


def _first(entry: Any, keys: tuple[str, ...], default: Any) -> Any:
    return next((entry[key] for key in keys if key in entry), default) if isinstance(entry, dict) else default


def _poses(value: Any) -> list[Any]:
    """A list of poses from one pose, several, or none."""
    if isinstance(value, dict):
        value = value.get("landmark", value.get("landmarks"))
    if not value:
        return []
    several = (
        isinstance(value, list) and isinstance(value[0], list) and value[0] and isinstance(value[0][0], dict | list)
    )
    return value if several else [value]


def _landmarks(path: Path, pose: Any) -> FloatArray:
    """(33, 4) x, y, z, visibility of one pose, 1 where no visibility is given."""
    if not isinstance(pose, list) or len(pose) != len(MEDIAPIPE_33.joints):
        got = len(pose) if isinstance(pose, list) else f"{pose!r:.40}"
        raise ShapeError(f"{path}: expected 33 landmarks per person, got {got}; save all of them")
    listed = [
        [point.get(key) for key in ("x", "y", "z")] + [point.get("visibility", 1.0)]
        if isinstance(point, dict)
        else point
        for point in pose
    ]
    return numbers(f"{path}: landmarks", listed, 4)


def _ask_video(path: Path, given: Given) -> Given:
    """The size, and the rate if unknown, of the video of the same name in the same folder."""
    video = next((path.with_suffix(suffix) for suffix in _VIDEOS if path.with_suffix(suffix).is_file()), None)
    if video is None:
        raise DataError(
            f"{path}: expected the frame size, as landmarks are in 0..1 of it, got none; "
            f"set height_width, add width and height to the JSON, or put the video {path.stem}.mp4 beside it"
        )
    scanned = scan_video(video)
    return replace(given, fps=given.fps or scanned.timeline.fps, height_width=scanned.height_width)


def _check_normalised(path: Path, sightings: list[Sighting]) -> None:
    places = np.abs(np.concatenate([one.joints[:, :2] for one in sightings])) if sightings else np.zeros((0, 2))
    if places.size and np.nanmax(places, initial=0) > _FARTHEST:
        raise DataError(
            f"{path}: expected landmarks in 0..1 of the frame, got {np.nanmax(places):g}; save them unscaled"
        )
