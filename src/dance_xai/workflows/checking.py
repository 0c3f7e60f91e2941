"""Everything a fit needs, looked at before it: what is wrong, and what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from dance_xai.config import Config, faults_in, faults_of
from dance_xai.data.dataset import Dataset, leave_out
from dance_xai.data.dataset_parts import MotionLabels, labels_of, part_readers
from dance_xai.data.manifest import ROWS, read_clips
from dance_xai.data.pose_source import read_tracks
from dance_xai.errors import DanceError, DataError
from dance_xai.extract.clips import Progress, require_videos
from dance_xai.extract.extractor import some_videos
from dance_xai.extract.loading import load_backbone, load_encoder, load_poses
from dance_xai.extract.phrase_sources import name_phrases
from dance_xai.extract.settings import ExtractConfig
from dance_xai.motion.tracking import main_rows
from dance_xai.protocols import PoseEstimator
from dance_xai.stages.motion import describe
from dance_xai.types import Clip, Drop, Features, Manifest, Phrases
from dance_xai.workflows.probing import Probe, Problem, copies_among, problem

VECTORS = {"features": "backbone feature", "video": "dual encoder embedding"}


@dataclass(frozen=True)
class Check:
    """The result of probing a data set.

    Attributes:
        clips: How many clips were probed, rows that cannot be used among them.
        classes: How many classes they have.
        problems: What is wrong with single clips: rows of the list first, then in the order of the clips.
        drops: Clips that the list itself leaves out.
        faults: What keeps all of it from being fitted, a line each, with the setting.
    """

    clips: int
    classes: int
    problems: tuple[Problem, ...]
    drops: tuple[Drop, ...] = ()
    faults: tuple[str, ...] = ()

    @property
    def bad(self) -> int:
        """Clips with a problem."""
        return len({problem.clip for problem in self.problems})


def check_data(config: Config, root: Path, *, workers: int = 1, progress: Progress | None = None) -> Check:
    """Probe the settings, every file, and every clip: its label, its video, its poses, people in it, copies of it.

    A video is decoded once, to its end, without networks but for people in a few frames. Videos that a fit does not
    look at are probed where there are any. Nothing is written.

    Raises:
        DanceError: There is no list of clips to speak of.

    Source: ours.
    """
    faults = _Faults([str(fault) for fault in faults_of(config)])
    manifest = read_clips(config.data.clips, root, lambda fault: faults.told.append(str(fault)))
    poses = _load(config.extract, root, faults)
    data, missing = _read(config, root, manifest, faults)
    broken: dict[str, DataError] = {}
    with faults.noted():
        tracks = read_tracks(config.data.poses, root, manifest.clips, main_rows, broken.setdefault)
        data = replace(data, tracks=tracks)
    given = None if config.data.poses is None or not data.tracks else {track.clip: track for track in data.tracks}
    look = config.extract.looks_at_videos or some_videos(manifest.clips)
    if config.extract.looks_at_videos:
        with faults.noted():
            require_videos(manifest.clips)
    probe = Probe(config.extract, poses, look, given, broken)
    problems = [*_rows(manifest), *_probed(manifest.clips, probe, missing, workers, progress)]
    _fit_what_is_left(config, data, problems, faults)
    drops = tuple(drop for drop in manifest.drops if drop.stage != ROWS)
    clips = len(manifest.clips) + len(manifest.drops) - len(drops)
    return Check(clips, len(manifest.classes), tuple(problems), drops, tuple(dict.fromkeys(faults.told)))


@dataclass(frozen=True)
class _Faults:
    """Collects what keeps a data set from being fitted."""

    told: list[str] = field(default_factory=list)

    @contextmanager
    def noted(self, key: str = "") -> Iterator[None]:
        """Note an error that ends the block, behind the key of the setting that it is about."""
        try:
            yield
        except DanceError as error:
            text = str(error)
            self.told.append(text if not key or text.startswith(key) else f"{key}: {text}")


def _load(config: ExtractConfig, root: Path, faults: _Faults) -> PoseEstimator | None:
    """The pose estimator; the other networks are loaded to see whether they can be."""
    poses: PoseEstimator | None = None
    with faults.noted("extract.poses"):
        poses = None if config.poses is None else load_poses(config.poses, config, root)
    networks: list[tuple[str, str, Callable[[str, ExtractConfig, Path], Any]]] = [
        ("extract.features", name, load_backbone) for name in config.features if name != "kinematics"
    ]
    if config.encoder is not None:
        networks.append(("extract.encoder", config.encoder, load_encoder))
    for key, name, load in networks:
        with faults.noted(key):
            load(name, config, root)
    return poses


def _read(config: Config, root: Path, manifest: Manifest, faults: _Faults) -> tuple[Dataset, dict[str, list[Problem]]]:
    """What can be read of a data set besides poses, and the clips that its arrays lack."""
    parts: dict[str, Any] = {}
    for name, read in part_readers(config.data, root).items():
        with faults.noted(f"data.{name}"):
            parts[name] = read()
            if isinstance(parts[name], MotionLabels):
                labels_of(parts[name], manifest.ids)
    missing: dict[str, list[Problem]] = {}
    for name, thing in VECTORS.items():
        known = parts[name].ids if name in parts else manifest.ids
        for clip in sorted(set(manifest.ids) - set(known)):
            lack = Problem(clip, f"expected a {thing}, got none in data.{name}", "add it, or leave the clip out")
            missing.setdefault(clip, []).append(lack)
    phrases = tuple(part for part in parts.values() if isinstance(part, Phrases))
    features = Features("given", (), parts["features"].values[:0]) if "features" in parts else None
    data = Dataset(manifest, features=features, phrases=phrases, key_frames=parts.get("key_frames"))
    with faults.noted("data.phrases"):
        name_phrases(data, config.data, root)
    return data, missing


def _rows(manifest: Manifest) -> list[Problem]:
    return [problem(drop.item, drop.reason) for drop in manifest.drops if drop.stage == ROWS]


def _probed(
    clips: Sequence[Clip], probe: Probe, missing: dict[str, list[Problem]], workers: int, progress: Progress | None
) -> Iterator[Problem]:
    """The problems of all clips, several probed at a time."""
    copies = copies_among(clips)
    with ThreadPoolExecutor(workers) as pool:
        found = pool.map(lambda clip: list(probe(clip)), clips)
        for done, (clip, each) in enumerate(zip(clips, found, strict=True), start=1):
            yield from (*missing.get(clip.id, []), *each, *copies.get(clip.id, []))
            if progress:
                progress(done, len(clips))


def _fit_what_is_left(config: Config, data: Dataset, problems: Sequence[Problem], faults: _Faults) -> None:
    """Note what a fit lacks once the clips are left out that it cannot use."""
    known, reasons = set(data.manifest.ids), dict[str, str]()
    for one in problems:
        if one.left_out and one.clip in known:
            reasons.setdefault(one.clip, one.what)
    manifest, trained = data.manifest, {clip.label for clip in data.manifest.clips if clip.split == "train"}
    if trained < set(manifest.classes):  # said already
        return
    with faults.noted():
        manifest = leave_out(manifest, tuple(Drop("clips", clip, reason) for clip, reason in reasons.items()))
        left = set(manifest.ids)
        data = replace(data, manifest=manifest, tracks=tuple(track for track in data.tracks if track.clip in left))
        faults.told.extend(map(str, faults_in(config, data)))
        if data.tracks and (config.motion.windows.seconds is None or all(track.fps for track in data.tracks)):
            describe(data, config.motion)
