"""What a RUN holds, and how a fit becomes one and is read again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from dance_xai.artifacts import Run, code_fingerprint, plain, read_run, write_run
from dance_xai.config import Config, config_tree, parse_config
from dance_xai.data.dataset import files_of
from dance_xai.data.manifest import clip_listing, read_clips
from dance_xai.data.pose_source import PosesSource, read_tracks
from dance_xai.edit import EditChain
from dance_xai.errors import ArtifactError, DataError
from dance_xai.extract.keep import ClipKeep
from dance_xai.extract.loading import model_identities
from dance_xai.model.bottleneck import ConceptBottleneck
from dance_xai.motion.matching import MotionMatches, clip_matches
from dance_xai.motion.tracking import main_rows
from dance_xai.pipeline import Fitted
from dance_xai.stages.bank import BankResult
from dance_xai.stages.grounded import Evidence
from dance_xai.stages.motion import NO_POSES, MotionEvidence
from dance_xai.stages.text import TextEvidence
from dance_xai.types import (
    Drop,
    FeatureBlocks,
    Features,
    FloatArray,
    Kind,
    Manifest,
    PoseTrack,
    WindowMatch,
    count_reasons,
)
from dance_xai.workflows.edits import NEW_CLIPS, edited_bank, read_chain, read_model


@dataclass(frozen=True, eq=False)
class RunView:
    """A RUN opened for reading; parts are read when asked for.

    Attributes:
        run: The folder.
        data_root: Where data paths start, None: as when the RUN was made.
    """

    run: Run
    data_root: Path | None = None

    @cached_property
    def base_model(self) -> ConceptBottleneck:
        """The model as it was fitted."""
        return self.run.load("model", ConceptBottleneck)

    @cached_property
    def edits(self) -> EditChain:
        """The edits made to it since."""
        return read_chain(self.run, self.base_model)

    @cached_property
    def model(self) -> ConceptBottleneck:
        """The model with the edits in force."""
        return read_model(self.run, self.base_model, self.edits)

    @cached_property
    def new_clips(self) -> Features | None:
        """Inputs of clips that came with an edit; None when there are none."""
        return self.run.load(NEW_CLIPS, Features) if NEW_CLIPS in self.run else None

    @cached_property
    def manifest(self) -> Manifest:
        return self.run.load("manifest", Manifest)

    @cached_property
    def bank(self) -> BankResult:
        return self.run.load("bank", BankResult)

    @cached_property
    def motion(self) -> MotionEvidence | None:
        return self.run.load("motion", MotionEvidence) if "motion" in self.run else None

    @cached_property
    def evidence(self) -> Evidence:
        return self.run.load("evidence", Evidence)

    @cached_property
    def features(self) -> Features | None:
        return self.run.load("features", Features) if "features" in self.run else None

    @cached_property
    def text(self) -> TextEvidence | None:
        return self.run.load("text", TextEvidence) if "text" in self.run else None

    @cached_property
    def blocks(self) -> FeatureBlocks | None:
        return self.run.load("blocks", FeatureBlocks) if "blocks" in self.run else None

    @cached_property
    def config(self) -> Config:
        """The settings, checked again.

        Raises:
            ConfigError: They are of another version.
        """
        return parse_config(self.settings, str(self.run.folder / "config.json"))

    @property
    def root(self) -> Path:
        """Where data paths start."""
        return self.data_root or Path(self.run.json("inputs")["data_root"])

    @cached_property
    def _tracks(self) -> dict[str, PoseTrack]:
        return {track.clip: track for track in self.run.load("tracks", tuple[PoseTrack, ...])}

    @cached_property
    def drops(self) -> tuple[Drop, ...]:
        return tuple(Drop(**item) for item in self.run.json("drops")["items"])

    @cached_property
    def settings(self) -> dict[str, Any]:
        return dict(self.run.json("config"))

    @cached_property
    def inputs(self) -> FloatArray:
        """(N, D) what the model reads, one row per clip of the manifest."""
        if self.base_model.activations == "grounded":  # as of the edited one
            return self.evidence.values
        if self.features is None:
            raise ArtifactError(
                f"{self.run.folder}: expected backbone features for a predicted model, got none; fit again"
            )
        return self.features.values

    def row(self, clip: str) -> int:
        """Row of a clip in the manifest.

        Raises:
            DataError: The RUN does not know the clip.
        """
        if clip not in self.manifest.ids:
            known = ", ".join(self.manifest.ids[:3])
            raise DataError(
                f"clip {clip!r}: expected one of the {len(self.manifest.ids)} clips ({known}, ...); check the id"
            )
        return self.manifest.ids.index(clip)

    def matches(self, row: int) -> dict[int, WindowMatch]:
        """Best window of a clip per motion concept, by column of the model's bank."""
        if self.motion is None or self.motion.matches is None:
            return {}
        return self.by_column(self.motion.matches, row)

    def by_column(self, matches: MotionMatches, row: int) -> dict[int, WindowMatch]:
        """Matches of one row by column of the model's bank."""
        assert self.motion is not None and self.motion.motions is not None
        found = clip_matches(matches, row, self.motion.motions.scale)
        return {column: found[source] for column, source in self.sources("motion").items() if source in found}

    def sources(self, *kinds: Kind) -> dict[int, int]:
        """Where the concepts of the model's bank come from, by column: motion concept, or phrase."""
        return {int(column): int(self.model_bank.source[column]) for column in self.model_bank.bank.columns(*kinds)}

    def track(self, clip: str) -> PoseTrack | None:
        """Poses of a clip, of the RUN or read from the data root; None when there are none.

        Raises:
            DataError: The pose file is not where it was, or is damaged.
        """
        if "tracks" in self.run:
            return self._tracks.get(clip)
        poses = self.settings["data"].get("poses") if "data" in self.settings else None
        if poses is None or any(drop.item == clip and drop.reason == NO_POSES for drop in self.drops):
            return None
        try:
            return read_tracks(PosesSource(**{**poses, "path": Path(poses["path"])}), self.root, (clip,), main_rows)[0]
        except DataError as error:
            raise DataError(f"{error}; pass --data-root if the data has moved") from error

    @cached_property
    def model_bank(self) -> BankResult:
        """Concepts of the model with their targets and sources."""
        grounded = self.model.activations == "grounded"
        base = self.bank.keep(self.evidence.columns) if grounded else self.bank
        return edited_bank(base, self.model.bank, self.edits.active) if self.edits.position else base


def open_run(folder: Path, data_root: Path | None = None) -> RunView:
    """Open a RUN for reading, every file checked against its hash.

    Raises:
        ArtifactError: Not a RUN, damaged, or from a newer version.
    """
    run = read_run(folder)
    run.verify()
    return RunView(run, data_root)


def write_fitted(folder: Path, fitted: Fitted, config: Config, inputs: dict[str, Any], metrics: dict[str, Any]) -> None:
    """Write a RUN, all or nothing.

    Raises:
        ArtifactError: The place holds something else, or the disk is full; what was there before is unchanged.
    """
    parts: dict[str, Any] = {
        "config": config_tree(config),
        "inputs": inputs,
        "manifest": fitted.data.manifest,
        "bank": fitted.bank,
        "motion": fitted.motions,
        "evidence": fitted.evidence,
        "model": fitted.model,
        "metrics": metrics,
        "drops": drops_tree(fitted.drops),
        "quality": plain(
            {"motion": fitted.motions.report, "text": fitted.phrases.report, "layers": fitted.layers.report}
        ),
    }
    data = fitted.data
    optional = {
        "features": data.features,
        "blocks": data.blocks,
        "text": fitted.phrases if fitted.phrases.names else None,
        "phrases": data.proposed,
    }
    parts |= {name: noun for name, noun in optional.items() if noun is not None}
    if config.extract.poses:
        parts["tracks"] = data.tracks
    write_run(folder, parts)


def drops_tree(drops: Iterable[Drop]) -> dict[str, Any]:
    """Everything left out as plain data: counts by reason, and the items."""
    items = tuple(drops)
    return {
        "counts": count_reasons(items),
        "items": [{"stage": d.stage, "item": d.item, "reason": d.reason, "value": d.value} for d in items],
    }


def inputs_of(config: Config, data_root: Path, cache: Path | None = None) -> dict[str, Any]:
    """What a fit depends on: the content of data files, videos and models, the settings and the version."""
    files = {str(path): _hash(path) for path in files_of(config.data, data_root)}
    inputs: dict[str, Any] = {"data_root": str(data_root.resolve()), "files": files, "version": code_fingerprint()}
    if (listing := clip_listing(config.data.clips, data_root)) is not None:
        inputs["listing"] = hashlib.sha256(listing.encode()).hexdigest()
    if config.extract.computes:
        inputs["models"] = model_identities(config.extract, data_root)
    if config.extract.computes or (config.data.poses is not None and config.data.poses.fps is None):
        inputs["videos"] = videos_digest(config, data_root, cache)
    return inputs


def clip_cache(cache: Path | None) -> Path | None:
    """Where results of looking at clips are kept."""
    return None if cache is None else cache / "clips"


def videos_digest(config: Config, data_root: Path, cache: Path | None) -> str:
    """One hash over the content of all videos of a data set; one that cannot be read counts as such."""
    keep, contents = ClipKeep(clip_cache(cache)), []
    for clip in read_clips(config.data.clips, data_root).clips:
        try:
            contents.append([clip.id, None if clip.path is None else keep.content(clip.path)])
        except DataError:
            contents.append([clip.id, "cannot be read"])
    keep.close()
    return hashlib.sha256(json.dumps(contents).encode()).hexdigest()


def is_unchanged(folder: Path, config: Config, inputs: dict[str, Any]) -> bool:
    """Whether a folder holds an undamaged RUN of the same settings, files and version."""
    try:
        run = read_run(folder)
        same = run.json("inputs") == inputs and run.json("config") == config_tree(config)
        if same:
            run.verify()
    except ArtifactError:
        return False
    return bool(same)


def _hash(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise DataError(
            f"{path}: expected a readable file, got: {error.strerror}; check the path and --data-root"
        ) from error
