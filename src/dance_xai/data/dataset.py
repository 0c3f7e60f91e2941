"""Everything a pipeline reads of a data set, in one noun."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from dance_xai.data.arrays import align
from dance_xai.data.container import is_there
from dance_xai.data.dataset_parts import PHRASE_PARTS, labels_of, part_readers
from dance_xai.data.manifest import clip_list_files, read_clips
from dance_xai.data.npz import some
from dance_xai.data.phrase_files import BUNDLED
from dance_xai.data.pose_files.detections import MainActor
from dance_xai.data.pose_files.reading import pose_files_in
from dance_xai.data.pose_source import pose_reason, read_tracks
from dance_xai.data.sources import ArraySource, DataConfig
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
)


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
        others: Poses of people besides the main actor, with the ids of their clips; empty where they are not kept.
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
    others: tuple[PoseTrack, ...] = ()


def files_of(config: DataConfig, root: Path) -> tuple[Path, ...]:
    """The files a data set is read from, in the order of the settings, each once.

    Raises:
        DataError: One of them, or its folder, is not there; names the setting.
    """
    named = _named_files(config, root)
    for key, path in named:
        if not is_there(path):
            raise DataError(
                f"data.{key}: {path}: expected a readable file, found nothing there; check the path and --data-root"
            )
    places = dict.fromkeys([*clip_list_files(config.clips, root), *(path for _, path in named)])
    return tuple(file for place in places for file in (pose_files_in(place) if place.is_dir() else [place]))


def _named_files(config: DataConfig, root: Path) -> list[tuple[str, Path]]:
    """The settings that name files other than lists of clips, and the files."""
    keys = ("features", "poses", "video", "objects", "scenes")
    sources = {key: source for key in keys if (source := getattr(config, key)) is not None}
    paths: list[tuple[str, Path]] = [(key, source.path) for key, source in sources.items()]
    arrays = [(key, source) for key, source in sources.items() if isinstance(source, ArraySource)]
    paths += [(f"{key}.ids_path", source.ids_path) for key, source in arrays if source.ids_path]
    paths += [(key, path) for key in ("motion_labels", "key_frames") if (path := getattr(config, key)) is not None]
    paths += [("phrases", Path(config.phrases))] if config.phrases and not config.phrases.startswith(BUNDLED) else []
    return [(key, root / path) for key, path in paths]


def read_dataset(config: DataConfig, root: Path, main_actor: MainActor | None = None) -> Dataset:
    """Read a data set and line up its rows.

    Raises:
        DataError: A file is missing or damaged, or what is left cannot be learnt from.
    """
    manifest = read_clips(config.clips, root)
    parts = {name: read() for name, read in part_readers(config, root).items()}
    features, video = parts.get("features"), parts.get("video")
    manifest = keep_clips(manifest, {"backbone feature": features, "dual encoder embedding": video})
    broken: dict[str, DataError] = {}
    tracks = read_tracks(config.poses, root, manifest.clips, main_actor, broken.setdefault)
    manifest = leave_out(manifest, tuple(Drop("clips", clip, pose_reason(error)) for clip, error in broken.items()))
    texts: list[tuple[Kind, Any]] = [(kind, parts[name]) for name, kind in PHRASE_PARTS.items() if name in parts]
    labels = parts.get("motion_labels")
    return Dataset(
        manifest=manifest,
        tracks=tracks,
        features=None if features is None else _rows_of(features, manifest.ids),
        video=None if video is None else _rows_of(video, manifest.ids),
        phrases=tuple(one for _, one in texts if isinstance(one, Phrases)),
        texts=tuple((kind, one) for kind, one in texts if not isinstance(one, Phrases)),
        motion_labels=None if labels is None else labels_of(labels, manifest.ids),
        key_frames=parts.get("key_frames"),
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
    _require_train_clips(clips, manifest, drops)
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
        others=tuple(track for track in data.others if track.clip in known),
        features=None if data.features is None else _rows_of(data.features, manifest.ids),
        video=None if data.video is None else _rows_of(data.video, manifest.ids),
        motion_labels=None if data.motion_labels is None else data.motion_labels[rows],
    )


def _require_train_clips(clips: tuple[Clip, ...], manifest: Manifest, drops: tuple[Drop, ...]) -> None:
    trained = {clip.label for clip in clips if clip.split == "train"}
    if lost := [name for name in manifest.classes if name not in trained]:
        gone = {clip.id for clip in manifest.clips if clip.label in lost and clip.split == "train"}
        dropped = [drop for drop in drops if drop.item in gone]
        after = f" after leaving out {_by_reason(dropped)}" if dropped else ""
        raise DataError(
            f"clips: expected train clips of every class, got none of {some(map(repr, lost))}{after}; "
            "mend or add some, or take the class out"
        )


def _by_reason(drops: Sequence[Drop]) -> str:
    """Which clips, and why: ``a, b and 4 more (no poses), c (an empty file)``."""
    items: dict[str, list[str]] = {}
    for drop in drops:
        items.setdefault(drop.reason, []).append(drop.item)
    return some(f"{some(clips)} ({reason})" for reason, clips in items.items())


def _rows_of(features: Features, ids: tuple[str, ...]) -> Features:
    return Features(features.name, ids, align(features, ids))
