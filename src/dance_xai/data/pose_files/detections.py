"""What every reader of pose files gives: everybody found in one clip, frame after frame, and where the joints are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from dance_xai.data.poses import mark_unseen
from dance_xai.errors import DataError, ShapeError
from dance_xai.types import FloatArray, People, Skeleton

LONGEST_CLIP = 1_000_000
"""Frames; a larger frame number is the number of something else, such as a photo in a collection."""

FARTHEST = 1e6
"""Pixels or metres; what is farther away is no place of a joint, and the joint counts as not seen."""

LARGEST_CERTAINTY = 10.0
"""Some estimators go a little above 1 (AlphaPose up to 6); what is larger is no certainty but another number."""

MainActor: TypeAlias = Callable[[People, float | None], np.ndarray[Any, Any]]
"""(people, fps) -> (T,) the detection that shows the main actor in each frame, -1 where none does."""


@dataclass(frozen=True)
class Given:
    """What the settings say, for files that do not say it themselves.

    Attributes:
        skeleton: The joints, where the format allows several.
        fps: Frames per second.
        height_width: Frame size in pixels.
    """

    skeleton: Skeleton | None = None
    fps: float | None = None
    height_width: tuple[int, int] | None = None


@dataclass(frozen=True, eq=False)
class Detections:
    """Everybody a file found in one clip.

    Attributes:
        clip: Clip id.
        people: P detections in T frames, each with at least one seen joint.
        fps: Frames per second, None when neither the file nor the settings say.
        height_width: Frame size in pixels, or None.
        xyz: (P, K, 3) metres as in ``PoseTrack``, or None.
        one_person: True when the file holds one person by construction, so that nobody must be told apart.
    """

    clip: str
    people: People
    fps: float | None = None
    height_width: tuple[int, int] | None = None
    xyz: FloatArray | None = None
    one_person: bool = False


@dataclass(frozen=True, eq=False)
class Sighting:
    """One person in one frame, as read.

    Attributes:
        frame: From 0.
        joints: (K, 3) x and y in pixels, and the certainty of the joint.
        score: Of the person, None when the file gives none.
        xyz: (K, 3) metres, or None.
    """

    frame: int
    joints: FloatArray
    score: float | None = None
    xyz: FloatArray | None = None


def numbers(where: str, values: Any, columns: int) -> FloatArray:
    """A flat or nested list of numbers as rows; null counts as NaN.

    Args:
        where: What an error calls the place.
        values: What JSON gave.
        columns: Numbers per row.

    Raises:
        DataError: There are others than numbers, none, or not a whole number of rows.
    """
    try:
        flat = np.asarray(values, dtype=np.float64).ravel()
    except (TypeError, ValueError, OverflowError) as error:
        raise DataError(f"{where}: expected numbers, got {values!r:.60}; write the file again") from error
    if not flat.size or flat.size % columns:
        raise ShapeError(f"{where}: expected a multiple of {columns} numbers, got {flat.size}; write the file again")
    return flat.reshape(-1, columns)


def size_of(item: Mapping[str, Any]) -> tuple[int, int] | None:
    """The ``height`` and ``width`` of an object, None without them."""
    height, width = item.get("height"), item.get("width")
    return (height, width) if type(height) is int and type(width) is int and min(height, width) > 0 else None


def skeleton_for(where: str, count: int, known: Mapping[int, Skeleton], given: Skeleton | None) -> Skeleton:
    """The skeleton of a file by its number of joints; the settings go first.

    Raises:
        ShapeError: The number of joints fits neither the settings nor a skeleton of the format.
    """
    if given is not None and len(given.joints) == count:
        return given
    if given is None and count in known:
        return known[count]
    wanted = [given] if given is not None else list(known.values())
    names = " or ".join(f"{len(table.joints)} joints ({table.name})" for table in wanted)
    raise ShapeError(
        f"{where}: expected {names}, got {count}; set skeleton to that of the file, or write it with another model"
    )


def detections_of(
    where: str,
    clip: str,
    skeleton: Skeleton,
    sightings: Sequence[Sighting],
    frames: int,
    **about: Any,
) -> Detections:
    """Line up what was seen in a clip.

    A joint that is not finite or has certainty 0 is not seen; a person without a seen joint is not there. Certainties
    and scores above 1 count as 1. A person without a score gets the mean certainty of the seen joints.

    Args:
        where: What an error calls the file.
        clip: Clip id.
        skeleton: Of K joints, as all sightings.
        sightings: In any order.
        frames: T, frames looked at.
        about: Further fields of ``Detections``.

    Raises:
        DataError: A frame number or a certainty is none.
        ShapeError: People have different numbers of joints.
    """
    _check_frames(where, clip, frames)
    kept = sorted(sightings, key=lambda sighting: sighting.frame)
    k = len(skeleton.joints)
    if odd := next((sighting for sighting in kept if sighting.joints.shape != (k, 3)), None):
        raise ShapeError(
            f"{where}: expected {k} joints for every person ({skeleton.name}), got {len(odd.joints)} in frame "
            f"{odd.frame} of {clip}; write all with one model"
        )
    joints = np.stack([sighting.joints for sighting in kept]) if kept else np.zeros((0, k, 3))
    xy, confidence, there = mark_unseen(_near(joints[..., :2]), certainty(where, joints[..., 2]))
    score = [np.nan if sighting.score is None else sighting.score for sighting in kept]
    people = People(
        skeleton=skeleton,
        frames=frames,
        frame=np.array([sighting.frame for sighting in kept], dtype=np.int64)[there],
        xy=xy[there],
        confidence=confidence[there],
        score=_scores(where, np.array(score, dtype=np.float64), confidence)[there],
    )
    xyz = None if not kept or kept[0].xyz is None else np.stack([_depth(one, k) for one in kept])[there]
    return Detections(clip, people, xyz=xyz, **about)


def certainty(where: str, values: FloatArray) -> FloatArray:
    """Certainties of an estimator as confidences in 0..1; NaN and negative ones are 0, those above 1 are 1.

    Raises:
        DataError: They are so large that they must be something else.
    """
    clean = np.nan_to_num(values, nan=0.0, posinf=np.inf, neginf=0.0)
    if clean.size and clean.max() > LARGEST_CERTAINTY:
        raise DataError(
            f"{where}: expected the certainty of a joint in 0..1 after its x and y, got {clean.max():g}; "
            f"check the format of this file"
        )
    return np.clip(clean, 0, 1).astype(np.float32)


def _scores(where: str, score: FloatArray, confidence: FloatArray) -> FloatArray:
    seen = np.maximum((confidence > 0).sum(axis=1), 1)
    known = np.isfinite(score)
    return np.where(known, np.clip(score, 0, 1), confidence.sum(axis=1) / seen).astype(np.float32)


def _depth(sighting: Sighting, k: int) -> FloatArray:
    place = np.full((k, 3), np.nan) if sighting.xyz is None else sighting.xyz
    return np.nan_to_num(_near(place), nan=0.0)


def _near(places: FloatArray) -> FloatArray:
    return np.where(np.abs(places) <= FARTHEST, places, np.nan).astype(np.float32)


def _check_frames(where: str, clip: str, frames: int) -> None:
    if frames < 1:
        raise DataError(f"{where}: expected frames for {clip}, got none; leave this clip out")
    if frames > LONGEST_CLIP:
        raise DataError(
            f"{where}: expected frame numbers of a clip up to {LONGEST_CLIP}, got {frames} for {clip}; "
            f"check that the images of this file are frames of videos"
        )
