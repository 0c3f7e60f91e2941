"""Everything a pipeline reads of a data set, in one noun."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from dance_xai.data.arrays import (
    align,
    read_features,
    read_key_frames,
    read_motion_labels,
    read_phrase_list,
    read_phrases,
)
from dance_xai.data.layouts.source import ClipsSource
from dance_xai.data.manifest import clip_list_files, read_clips
from dance_xai.data.npz import some
from dance_xai.data.phrase_files import BUNDLED
from dance_xai.data.pose_files.detections import MainActor
from dance_xai.data.pose_files.reading import pose_files_in
from dance_xai.data.pose_source import PosesSource, pose_reason, read_tracks
from dance_xai.errors import DataError
from dance_xai.types import (
    Clip,
    Drop,
    FeatureBlocks,
    Features,
    FloatArray,
    IntArray,
    Kind,
    Manifest,
    Phrases,
    PhraseSet,
    PoseTrack,
    counted,
)

STRICT = {"extra": "forbid"}
TEXT_SUFFIX = ".txt"


@dataclass(frozen=True)
class ArraySource:
    """One array with one row per clip.

    Attributes:
        path: An .npz, .safetensors or .pt file.
        array: Name of the array in it.
        ids_path: For a .pt file, which has no ids itself: a list of its clips, in the order of its rows.
    """

    __pydantic_config__ = STRICT
    path: Path
    array: str
    ids_path: Path | None = None


@dataclass(frozen=True)
class PhrasesSource:
    """Phrases of one kind: an .npz file with their embeddings, or a text file with one phrase a line.

    Attributes:
        path: The file; the phrases of a .txt are embedded by the dual encoder of ``extract.encoder``.
        texts: Name of the array of phrases (.npz).
        embeddings: Name of the array of their embeddings (.npz).
    """

    __pydantic_config__ = STRICT
    path: Path
    texts: str = "texts"
    embeddings: str = "embeddings"


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
        phrases: Phrases of both kinds with their classes: a file of ``dance concepts``, a ``.toml`` or ``.csv`` file,
            or ``bundled:NAME``. With ``objects`` and ``scenes`` it says which of these are used.
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
    phrases: str | None = None
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
        phrases: Object and scene phrases with embeddings, if any.
        texts: Object and scene phrases without embeddings.
        proposed: What is known of the phrases besides, such as the classes they were proposed for; None without.
        agreement: Per kind, (C,) how alike the wordings of each phrase rank train clips; empty where not measured.
        motion_labels: (N, C) in {0, 1}, -1 for a clip without label; None without.
        key_frames: Key frames per clip id.
        blocks: Where the features were computed: of what they are put together; None when they were given.
        own_tracks: True where the poses are not just what their files say, but estimated, cut to parts of videos, or
            with the frame rates of videos; then a RUN keeps them.
    """

    manifest: Manifest
    tracks: tuple[PoseTrack, ...] = ()
    features: Features | None = None
    video: Features | None = None
    phrases: tuple[Phrases, ...] = ()
    texts: tuple[tuple[Kind, tuple[str, ...]], ...] = ()
    proposed: PhraseSet | None = None
    agreement: dict[Kind, FloatArray] = field(default_factory=dict)
    motion_labels: IntArray | None = None
    key_frames: dict[str, IntArray] | None = None
    blocks: FeatureBlocks | None = None
    own_tracks: bool = False


def files_of(config: DataConfig, root: Path) -> tuple[Path, ...]:
    """The files a data set is read from, in the order of the settings, each once."""
    sources = (config.features, config.poses, config.video, config.objects, config.scenes)
    paths = [source.path for source in sources if source is not None]
    paths += [source.ids_path for source in (config.features, config.video) if source and source.ids_path]
    paths += [path for path in (config.motion_labels, config.key_frames) if path is not None]
    paths += [Path(config.phrases)] if config.phrases and not config.phrases.startswith(BUNDLED) else []
    places = dict.fromkeys([*clip_list_files(config.clips, root), *(root / path for path in paths)])
    return tuple(file for place in places for file in (pose_files_in(place) if place.is_dir() else [place]))


def read_dataset(config: DataConfig, root: Path, main_actor: MainActor | None = None) -> Dataset:
    """Read a data set and line up its rows.

    Raises:
        DataError: A file is missing or damaged, or what is left cannot be learnt from.
    """
    manifest = read_clips(config.clips, root)
    features = _read_array(config.features, root)
    video = _read_array(config.video, root)
    manifest = keep_clips(manifest, {"backbone feature": features, "dual encoder embedding": video})
    broken: dict[str, DataError] = {}
    tracks = read_tracks(config.poses, root, manifest.clips, main_actor, broken.setdefault)
    manifest = leave_out(manifest, tuple(Drop("clips", clip, pose_reason(error)) for clip, error in broken.items()))
    labels = None if config.motion_labels is None else _motion_labels(root / config.motion_labels, manifest.ids)
    return Dataset(
        manifest=manifest,
        tracks=tracks,
        features=None if features is None else _rows_of(features, manifest.ids),
        video=None if video is None else _rows_of(video, manifest.ids),
        phrases=_read_all_phrases(config, root),
        texts=_read_all_texts(config, root),
        motion_labels=labels,
        key_frames=None if config.key_frames is None else read_key_frames(root / config.key_frames),
        own_tracks=bool(tracks) and any(clip.start is not None or clip.end is not None for clip in manifest.clips),
    )


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
    return leave_out(manifest, tuple(Drop("clips", clip, reason) for clip, reason in missing.items()))


def leave_out(manifest: Manifest, drops: tuple[Drop, ...]) -> Manifest:
    """The manifest without the clips dropped.

    Raises:
        DataError: No clips are left, or a class is left without train clips.
    """
    gone = {drop.item for drop in drops}
    clips = tuple(clip for clip in manifest.clips if clip.id not in gone)
    _require_train_clips(clips, manifest.classes, drops)
    if drops and not clips:
        raise DataError(f"clips: expected some that can be used, got none ({drops[0].reason}); mend them or add others")
    return replace(manifest, clips=clips, drops=(*manifest.drops, *drops))


def restrict(data: Dataset, manifest: Manifest) -> Dataset:
    """The data of the clips of a smaller manifest."""
    row = {clip: index for index, clip in enumerate(data.manifest.ids)}
    rows = [row[clip] for clip in manifest.ids]
    known = set(manifest.ids)
    return replace(
        data,
        manifest=manifest,
        tracks=tuple(track for track in data.tracks if track.clip in known),
        features=None if data.features is None else _rows_of(data.features, manifest.ids),
        video=None if data.video is None else _rows_of(data.video, manifest.ids),
        motion_labels=None if data.motion_labels is None else data.motion_labels[rows],
    )


def _require_train_clips(clips: tuple[Clip, ...], classes: tuple[str, ...], drops: tuple[Drop, ...]) -> None:
    trained = {clip.label for clip in clips if clip.split == "train"}
    if lost := [name for name in classes if name not in trained]:
        raise DataError(
            f"clips: expected train clips of every class, got none of {some(map(repr, lost))} after "
            f"leaving out {counted(len(drops), 'clip')} ({drops[0].reason if drops else 'none in the file'}); add them"
        )


def _read_array(source: ArraySource | None, root: Path) -> Features | None:
    if source is None:
        return None
    ids_path = None if source.ids_path is None else root / source.ids_path
    return read_features(root / source.path, array=source.array, ids_path=ids_path)


def _read_all_phrases(config: DataConfig, root: Path) -> tuple[Phrases, ...]:
    return tuple(
        read_phrases(root / source.path, kind=kind, texts=source.texts, embeddings=source.embeddings)
        for kind, source in _phrase_sources(config)
        if source.path.suffix != TEXT_SUFFIX
    )


def _read_all_texts(config: DataConfig, root: Path) -> tuple[tuple[Kind, tuple[str, ...]], ...]:
    return tuple(
        (kind, read_phrase_list(root / source.path))
        for kind, source in _phrase_sources(config)
        if source.path.suffix == TEXT_SUFFIX
    )


def _phrase_sources(config: DataConfig) -> list[tuple[Kind, PhrasesSource]]:
    named: list[tuple[Kind, PhrasesSource | None]] = [("object", config.objects), ("scene", config.scenes)]
    return [(kind, source) for kind, source in named if source is not None]


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
