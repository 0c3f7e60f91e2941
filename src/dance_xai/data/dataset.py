"""Everything a pipeline reads of a data set, in one noun."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from dance_xai.data.arrays import align, read_features, read_key_frames, read_motion_labels, read_phrases
from dance_xai.data.layouts.source import ClipsSource
from dance_xai.data.manifest import read_clips
from dance_xai.data.poses import read_penn_folder, read_pose_npz
from dance_xai.data.skeletons import skeleton
from dance_xai.errors import DataError
from dance_xai.types import Clip, Drop, Features, FloatArray, IntArray, Manifest, Phrases, PoseTrack

STRICT = {"extra": "forbid"}


@dataclass(frozen=True)
class PosesSource:
    """An .npz file of poses and the names of its arrays, or a folder of Penn Action .mat label files."""

    __pydantic_config__ = STRICT
    path: Path
    skeleton: str
    ids: str = "ids"
    lengths: str = "lengths"
    xy: str = "xy_px"


@dataclass(frozen=True)
class ArraySource:
    """One array with one row per clip in an .npz, .safetensors or .pt file; ``ids_path`` holds the ids of a .pt file."""

    __pydantic_config__ = STRICT
    path: Path
    array: str
    ids_path: Path | None = None


@dataclass(frozen=True)
class PhrasesSource:
    """Phrases of one kind and their embeddings in an .npz file."""

    __pydantic_config__ = STRICT
    path: Path
    texts: str
    embeddings: str


@dataclass(frozen=True)
class DataConfig:
    """Where a data set lies; relative paths start at the data root.

    Attributes:
        clips: Ids, labels and splits.
        features: Backbone features, for predicted activations and the controls.
        poses: Poses of the clips, for motion concepts.
        video: Clip embeddings of the dual encoder, for object and scene concepts.
        objects: Object phrases with embeddings of the same dual encoder.
        scenes: Scene phrases with embeddings of the same dual encoder.
        motion_labels: Given motion labels of the clips, in place of discovery.
        key_frames: Given key frames (JSON: clip id to list of frames).
    """

    __pydantic_config__ = STRICT
    clips: ClipsSource
    features: ArraySource | None = None
    poses: PosesSource | None = None
    video: ArraySource | None = None
    objects: PhrasesSource | None = None
    scenes: PhrasesSource | None = None
    motion_labels: Path | None = None
    key_frames: Path | None = None


@dataclass(frozen=True, eq=False)
class Dataset:
    """A data set in memory; every array has one row per clip of the manifest.

    Attributes:
        manifest: N clips; those without features or embeddings are left out, with reasons.
        tracks: Poses; a clip without any has no track.
        features: (N, D) backbone features, None without.
        video: (N, E) clip embeddings of the dual encoder, None without.
        phrases: Object and scene phrases, if any.
        motion_labels: (N, C) in {0, 1}, -1 for a clip without label; None without.
        key_frames: Key frames per clip id.
    """

    manifest: Manifest
    tracks: tuple[PoseTrack, ...] = ()
    features: Features | None = None
    video: Features | None = None
    phrases: tuple[Phrases, ...] = ()
    motion_labels: IntArray | None = None
    key_frames: dict[str, IntArray] | None = None


def files_of(config: DataConfig, root: Path) -> tuple[Path, ...]:
    """The files a data set is read from, in the order of the settings, each once."""
    sources = (config.clips, config.features, config.poses, config.video, config.objects, config.scenes)
    paths = [source.path for source in sources if source is not None]
    paths += [source.ids_path for source in (config.features, config.video) if source and source.ids_path]
    paths += [path for path in (config.motion_labels, config.key_frames) if path is not None]
    places = dict.fromkeys(root / path for path in paths)
    return tuple(file for place in places for file in (sorted(place.glob("*.mat")) if place.is_dir() else [place]))


def read_dataset(config: DataConfig, root: Path) -> Dataset:
    """Read a data set and line up its rows.

    Raises:
        DataError: A file is missing or damaged, or what is left cannot be learnt from.
    """
    manifest = read_clips(config.clips, root)
    features = _read_array(config.features, root)
    video = _read_array(config.video, root)
    manifest = keep_clips(manifest, {"backbone feature": features, "dual encoder embedding": video})
    labels = None if config.motion_labels is None else _motion_labels(root / config.motion_labels, manifest.ids)
    return Dataset(
        manifest=manifest,
        tracks=read_tracks(config.poses, root, manifest.ids),
        features=None if features is None else _rows_of(features, manifest.ids),
        video=None if video is None else _rows_of(video, manifest.ids),
        phrases=_read_all_phrases(config, root),
        motion_labels=labels,
        key_frames=None if config.key_frames is None else read_key_frames(root / config.key_frames),
    )


def read_tracks(source: PosesSource | None, root: Path, ids: tuple[str, ...]) -> tuple[PoseTrack, ...]:
    """The poses of the given clips, in that order; clips without poses have no track."""
    if source is None:
        return ()
    tracks = _read_poses(source, root / source.path)
    by_clip = {track.clip: track for track in tracks}
    found = tuple(by_clip[clip] for clip in ids if clip in by_clip)
    if not found:
        raise DataError(
            f"{root / source.path}: expected poses of the clips, got none of {len(ids)}; check the clip ids"
        )
    return found


def _read_poses(source: PosesSource, path: Path) -> list[PoseTrack]:
    wanted = skeleton(source.skeleton)
    if not path.is_dir():
        return read_pose_npz(
            path, skeleton=wanted, id_array=source.ids, length_array=source.lengths, xy_array=source.xy
        )
    tracks = [track for _, track in read_penn_folder(path)]
    if tracks[0].skeleton != wanted:
        raise DataError(
            f"{path}: expected skeleton {tracks[0].skeleton.name!r} for .mat files, got {wanted.name!r}; change it"
        )
    return tracks


def keep_clips(manifest: Manifest, arrays: dict[str, Features | None]) -> Manifest:
    """Leave out clips that have no row in one of the arrays, with reasons.

    Raises:
        DataError: A class is left without train clips.
    """
    missing: dict[str, str] = {}
    for what, array in arrays.items():
        if array is not None:
            known = set(array.ids)
            missing |= {clip: f"no {what}" for clip in manifest.ids if clip not in known and clip not in missing}
    clips = tuple(clip for clip in manifest.clips if clip.id not in missing)
    drops = tuple(Drop("clips", clip, reason) for clip, reason in missing.items())
    _require_train_clips(clips, manifest.classes, drops)
    return replace(manifest, clips=clips, drops=(*manifest.drops, *drops))


def _require_train_clips(clips: tuple[Clip, ...], classes: tuple[str, ...], drops: tuple[Drop, ...]) -> None:
    trained = {clip.label for clip in clips if clip.split == "train"}
    if lost := [name for name in classes if name not in trained]:
        raise DataError(
            f"clips: expected train clips of every class, got none of {lost[0]!r} and {len(lost) - 1} others after "
            f"leaving out {len(drops)} clips ({drops[0].reason if drops else 'none in the file'}); add them"
        )


def _read_array(source: ArraySource | None, root: Path) -> Features | None:
    if source is None:
        return None
    ids_path = None if source.ids_path is None else root / source.ids_path
    return read_features(root / source.path, array=source.array, ids_path=ids_path)


def _read_all_phrases(config: DataConfig, root: Path) -> tuple[Phrases, ...]:
    phrases = []
    if config.objects is not None:
        source = config.objects
        phrases.append(
            read_phrases(root / source.path, kind="object", texts=source.texts, embeddings=source.embeddings)
        )
    if config.scenes is not None:
        source = config.scenes
        phrases.append(read_phrases(root / source.path, kind="scene", texts=source.texts, embeddings=source.embeddings))
    return tuple(phrases)


def _rows_of(features: Features, ids: tuple[str, ...]) -> Features:
    return Features(features.name, ids, align(features, ids))


def _motion_labels(path: Path, ids: tuple[str, ...]) -> IntArray:
    known, labels = read_motion_labels(path)
    row = {clip: index for index, clip in enumerate(known)}
    found = [row.get(clip, -1) for clip in ids]
    if max(found) < 0:
        raise DataError(f"{path}: expected motion labels of the clips, got none of {len(ids)}; check the clip ids")
    values: FloatArray = np.where(np.array(found)[:, None] >= 0, labels[found], -1)
    return values.astype(np.int64)
