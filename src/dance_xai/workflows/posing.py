"""Poses of a RUN, or of the clips of some settings, for other programs."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np

from dance_xai.artifacts import write_file
from dance_xai.config import Config
from dance_xai.data.dataset import read_dataset
from dance_xai.data.pose_files.write import Document, coco_document, pyskl_document
from dance_xai.data.skeletons import COCO_17, convert
from dance_xai.data.sources import DataConfig
from dance_xai.errors import DataError
from dance_xai.extract.extractor import Extractor
from dance_xai.motion.tracking import main_rows
from dance_xai.types import Manifest, PoseTrack, Split
from dance_xai.workflows.runs import RunView, clip_cache

Layout = Literal["coco", "pyskl"]
SPLITS: tuple[Split, ...] = ("train", "test")


@dataclass(frozen=True, eq=False)
class Poses:
    """Everybody whose poses are kept.

    Attributes:
        manifest: N clips.
        tracks: The main actor of each clip that has poses, then the others if they are kept.
    """

    manifest: Manifest
    tracks: tuple[PoseTrack, ...]

    @property
    def clips(self) -> int:
        """Clips with poses."""
        return len({track.clip for track in self.tracks})

    @property
    def frames(self) -> int:
        """Frames with a person, each person counted."""
        return int(sum(np.count_nonzero(track.present) for track in self.tracks))


def poses_of_run(view: RunView) -> Poses:
    """The poses that a RUN was made with.

    Raises:
        DataError: It has none, or they are not where they were.
    """
    others = view.run.load("others", tuple[PoseTrack, ...]) if "others" in view.run else ()
    return _some(str(view.run.folder), view.manifest, (*view.tracks(view.manifest.ids), *others))


def poses_of_settings(
    config: Config,
    data_root: Path,
    *,
    cache: Path | None = None,
    workers: int = 1,
    on_clip: Callable[[int, int], None] | None = None,
) -> Poses:
    """The poses that a fit of the settings would take; what was looked at before is taken from the cache.

    Args:
        config: The settings; only clips and poses are read.
        data_root: Where data paths start.
        cache: As of a fit.
        workers: Videos looked at side by side.
        on_clip: Told how many videos of how many have been looked at.

    Raises:
        DanceError: The data cannot be read, a model cannot be loaded, or the settings name no poses.
    """
    if config.data.poses is None and config.extract.poses is None:
        raise DataError("poses: expected data.poses or extract.poses in the settings, got neither; set one")
    read = read_dataset(DataConfig(config.data.clips, poses=config.data.poses), data_root, main_rows)
    wanted = replace(config.extract, features=(), encoder=None)
    data = Extractor(wanted, data_root, cache=clip_cache(cache), workers=workers, progress=on_clip)(read)
    return _some("poses", data.manifest, (*data.tracks, *data.others))


def write_poses(poses: Poses, path: Path, layout: Layout) -> tuple[str, ...]:
    """Write poses as one JSON file, whole or not at all.

    Args:
        poses: What to write.
        path: The file.
        layout: ``coco`` converts other skeletons to coco_17.

    Returns:
        Joints of the layout that these poses cannot tell.

    Raises:
        ArtifactError: The file cannot be written.
    """
    if layout == "pyskl":
        write_file(path, _bytes(_pyskl(poses)))
        return ()
    tracks = [convert(track, COCO_17) for track in poses.tracks]
    write_file(path, _bytes(coco_document(tracks)))
    seen = np.any([(track.confidence > 0).any(axis=0) for track in tracks], axis=0)
    return tuple(name for name, found in zip(COCO_17.joints, seen, strict=True) if not found)


def _pyskl(poses: Poses) -> Document:
    manifest = poses.manifest
    known = {track.clip for track in poses.tracks}
    labels = {clip: int(label) for clip, label in zip(manifest.ids, manifest.labels, strict=True)}
    split = {
        str(name): [manifest.ids[row] for row in manifest.rows(name) if manifest.ids[row] in known] for name in SPLITS
    }
    return pyskl_document(poses.tracks, labels=labels, split=split)


def _bytes(document: Document) -> bytes:
    return json.dumps(document, allow_nan=False).encode()


def _some(where: str, manifest: Manifest, tracks: Sequence[PoseTrack]) -> Poses:
    if not tracks:
        raise DataError(f"{where}: expected poses of {len(manifest.clips)} clips, got none; fit with poses")
    return Poses(manifest, tuple(tracks))
