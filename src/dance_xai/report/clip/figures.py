"""The skeletons of a page: prototypes, and the clip's own windows."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dance_xai.report.clip.crops import square_of
from dance_xai.report.clip.picture import Picture
from dance_xai.report.poses import SHOWN_FPS, drawable, pack, pack_skeleton, pack_track, round_seconds, views
from dance_xai.report.words import Window, looks_like
from dance_xai.types import ConceptBank, Contribution, Explanation, PoseTrack


def figures_of(
    named: Iterable[int],
    bank: ConceptBank,
    windows: Mapping[int, Window],
    motion: Sequence[Contribution],
    track: PoseTrack | None,
    picture: Picture,
) -> dict[str, dict[str, Any]]:
    """Prototypes (``p7``) of concepts named on the page, and the clip's windows (``w7``) of motions shown, packed."""
    poses: dict[str, Window] = {}
    for concept in sorted(named):
        prototype = bank.concepts[concept].prototype
        if prototype is not None and bank.skeleton is not None:
            poses[f"p{concept}"] = (prototype.poses, prototype.seen)
    for term in motion:
        if term.concept in windows and bank.skeleton is not None:
            poses[f"w{term.concept}"] = windows[term.concept]
    packed = {key: pack(*window) for key, window in poses.items()}
    figures = {key: packed[key] | {"view": view} for key, view in views(poses).items()}
    return figures | _cut_out(motion, track, picture)


def _cut_out(motion: Sequence[Contribution], track: PoseTrack | None, picture: Picture) -> dict[str, dict[str, Any]]:
    """The clip's windows as they are seen in its video, where there is one."""
    found = {}
    for term in motion:
        square = square_of(track, term.match) if track is not None and term.match is not None else None
        if square is None or track is None or term.concept not in picture.strips:
            continue
        strip, tiles = picture.strips[term.concept]
        figure = pack(*square.place(track))
        body = pack_track(track)["size"] / (square.side * (track.height_width or (1, 1))[0])
        view = {"x": 0.5, "y": 0.5, "half": 0.5, "floor": 1.0, "size": round(0.7 * body, 4)}
        found[f"w{term.concept}"] = figure | {"view": view, "strip": data_url(strip, "image/jpeg"), "tiles": tiles}
    return found


def texts_of(bank: ConceptBank, named: Iterable[int]) -> dict[int, str]:
    """What the prototypes of concepts named on the page show, in words."""
    texts = {}
    for column in sorted(named):
        shown = bank.concepts[column].prototype
        if shown is not None and bank.skeleton is not None:
            texts[column] = looks_like((shown.poses, shown.seen), bank.skeleton, shown.stop - shown.start, None)
    return texts


def rounds_of(motion: Sequence[Contribution], fps: float | None) -> dict[str, float]:
    """How long one round of the figures of each motion takes."""
    return {
        str(term.concept): round_seconds(term.match.stop - term.match.start, fps)
        for term in motion
        if term.match is not None
    }


def player_of(explanation: Explanation, track: PoseTrack | None, picture: Picture) -> dict[str, Any] | None:
    """The whole clip for the player: video, skeleton or both; None when there is neither."""
    clip = picture.clip
    if track is None and clip is None:
        return None
    frames = len(track.xy) if track is not None else clip.frames if clip is not None else 0
    fps = explanation.fps
    if fps is None and clip is not None:
        fps = frames / (clip.frames / clip.fps)
    seen = 0 if track is None else int(drawable(track).any(axis=1).sum())
    packed = None if track is None else pack_track(track) | {"skeleton": pack_skeleton(track.skeleton)}
    size = [clip.width, clip.height] if clip is not None else None
    if packed is not None and packed["frame"] is None:
        packed["frame"] = size
    return {
        "frames": frames,
        "fps": fps,
        "speed": fps or SHOWN_FPS,
        "seen": seen,
        "size": size,
        "track": packed,
        "video": None if clip is None else {"mime": clip.mime, "data": _base64(clip.data)},
    }


def data_url(data: bytes, mime: str) -> str:
    """A file that stands in the page."""
    return f"data:{mime};base64,{_base64(data)}"


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
