"""COCO keypoint JSON: a list of results, or annotations with their images. Also what AlphaPose writes.

Source: COCO, Data format and Results format; AlphaPose, docs/output.md.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from dance_xai.data.pose_files.detections import (
    Detections,
    Given,
    Sighting,
    detections_of,
    numbers,
    size_of,
    skeleton_for,
)
from dance_xai.data.pose_files.names import (
    clip_of_file,
    frame_rate,
    list_of_objects,
    place_of,
    read_json,
    refuse_alike,
    whole_number,
)
from dance_xai.data.skeletons import COCO_17
from dance_xai.errors import DataError
from dance_xai.types import FloatArray

_SKELETONS = {17: COCO_17}


@dataclass(frozen=True)
class _About:
    """What a file says about its clips: frame sizes and rates, by clip."""

    sizes: dict[str, tuple[int, int] | None]
    rates: dict[str, float | None]


def read_coco(path: Path, given: Given) -> list[Detections]:
    """Read a file of results (a list) or of annotations (an object with ``images`` and ``annotations``).

    Results: the frames of a clip count from 0 to the last one with somebody; ``image_id`` is the name of an image or,
    with ``video_id`` or a file per clip, the frame. Annotations: they count from the first to the last listed image.

    Raises:
        DataError: The file is missing or not of this format.
        ShapeError: The number of joints is not that of the skeleton.
    """
    document = read_json(path)
    if isinstance(document, dict):
        return _read_annotations(path, document, given)
    return read_results(path, document, given)


def read_results(path: Path, document: Any, given: Given) -> list[Detections]:
    """Read a list of results ``{image_id, keypoints, score}``; as ``read_coco``.

    AlphaPose writes the same, with certainties and scores that may exceed 1; its ``idx`` is not used.

    Raises:
        DataError: It is not such a list.
        ShapeError: The number of joints is not that of the skeleton.
    """
    items = list_of_objects(str(path), document, "image_id", "keypoints")
    refuse_alike(str(path), {item["image_id"] for item in items if isinstance(item["image_id"], str)})
    clips: dict[str, list[Sighting]] = defaultdict(list)
    for item in items:
        clip, frame = _place(path, item)
        clips[clip].append(Sighting(frame, numbers(f"{path}: keypoints", item["keypoints"], 3), _score(path, item)))
    spans = {clip: (0, max(sighting.frame for sighting in found)) for clip, found in clips.items()}
    return _clips(path, clips, spans, given, _About({}, {}))


def _read_annotations(path: Path, document: dict[str, Any], given: Given) -> list[Detections]:
    images = list_of_objects(f"{path}: images", document.get("images"), "id")
    items = list_of_objects(f"{path}: annotations", document.get("annotations"), "image_id", "keypoints")
    listed = list_of_objects(f"{path}: videos", document.get("videos", []), "id")
    videos = {str(video["id"]): str(video.get("name", video["id"])) for video in listed}
    rates = {videos[str(video["id"])]: _rate(path, video) for video in listed}
    refuse_alike(str(path), {str(image["file_name"]) for image in images if "file_name" in image})
    places = {str(image["id"]): _place_of_image(path, image, videos) for image in images}
    clips: dict[str, list[Sighting]] = {clip: [] for clip, _ in places.values()}
    for item in items:
        if str(item["image_id"]) not in places:
            raise DataError(
                f"{path}: expected image {item['image_id']!r:.40} of an annotation among the images; add it"
            )
        clip, frame = places[str(item["image_id"])]
        clips[clip].append(Sighting(frame, numbers(f"{path}: keypoints", item["keypoints"], 3), _score(path, item)))
    _flags_to_certainty(clips)
    sizes = {places[str(image["id"])][0]: size_of(image) for image in images}
    return _clips(path, clips, _spans(places), given, _About(sizes, rates))


def _spans(places: dict[str, tuple[str, int]]) -> dict[str, tuple[int, int]]:
    """First and last frame listed for each clip."""
    spans: dict[str, tuple[int, int]] = {}
    for clip, frame in places.values():
        first, last = spans.get(clip, (frame, frame))
        spans[clip] = (min(first, frame), max(last, frame))
    return spans


def _clips(
    path: Path,
    clips: dict[str, list[Sighting]],
    spans: dict[str, tuple[int, int]],
    given: Given,
    about: _About,
) -> list[Detections]:
    known = next((found[0] for found in clips.values() if found), None)
    skeleton = skeleton_for(str(path), 17 if known is None else len(known.joints), _SKELETONS, given.skeleton)

    def one(clip: str) -> Detections:
        first, last = spans[clip]
        sightings = [Sighting(found.frame - first, found.joints, found.score) for found in clips[clip]]
        size, fps = about.sizes.get(clip) or given.height_width, about.rates.get(clip) or given.fps
        return detections_of(str(path), clip, skeleton, sightings, last - first + 1, fps=fps, height_width=size)

    return [one(clip) for clip in clips]


def _place(path: Path, item: dict[str, Any]) -> tuple[str, int]:
    """Clip and frame of a result."""
    image, default = item["image_id"], clip_of_file(path)
    clip = str(item["video_id"]) if "video_id" in item else default
    if "frame_id" in item:
        return clip, whole_number(str(path), item["frame_id"], "frame_id")
    if isinstance(image, str):
        return place_of(str(path), image, clip)
    return clip, whole_number(str(path), image, "image_id")


def _place_of_image(path: Path, image: dict[str, Any], videos: dict[str, str]) -> tuple[str, int]:
    """Clip and frame of a listed image: ``video_id`` and ``frame_id``, else from its name."""
    video = image.get("video_id", image.get("vid_id"))
    clip = clip_of_file(path) if video is None else videos.get(str(video), str(video))
    if "frame_id" in image:
        place = (
            place_of(str(path), str(image["file_name"]), clip)[0] if video is None and "file_name" in image else clip
        )
        return place, whole_number(str(path), image["frame_id"], "frame_id")
    named, frame = place_of(str(path), str(image.get("file_name", image["id"])), clip)
    return (named if video is None else clip), frame


def _flags_to_certainty(clips: dict[str, list[Sighting]]) -> None:
    """Annotated visibility (0 not labelled, 1 labelled but hidden, 2 visible) as 0, 0.5, 1; certainties stay."""
    flags: list[FloatArray] = [sighting.joints[:, 2] for found in clips.values() for sighting in found]
    if flags and np.nanmax(np.concatenate(flags)) == 2:
        for flag in flags:
            flag /= 2


def _rate(path: Path, video: dict[str, Any]) -> float | None:
    """Frames per second of a video, as ``coco_document`` states it."""
    return None if video.get("fps") is None else frame_rate(f"{path}: fps", video["fps"])


def _score(path: Path, item: dict[str, Any]) -> float | None:
    score = item.get("score")
    if score is None or isinstance(score, int | float):
        return score
    raise DataError(f"{path}: expected the score of a person as a number, got {score!r:.40}; write it again")
