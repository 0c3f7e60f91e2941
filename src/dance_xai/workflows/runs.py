"""What a RUN holds, read when it is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dance_xai.artifacts import Run, read_run
from dance_xai.data.layouts.source import ClipsSource
from dance_xai.errors import ArtifactError, DataError
from dance_xai.extract.settings import ExtractConfig
from dance_xai.model.bottleneck import ConceptBottleneck
from dance_xai.motion.matching import MotionMatches, clip_matches
from dance_xai.stages.bank import BankResult
from dance_xai.stages.grounded import Evidence
from dance_xai.stages.motion import NO_POSES, MotionEvidence
from dance_xai.stages.text import TextEvidence
from dance_xai.types import (
    Clip,
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

if TYPE_CHECKING:  # loaded when asked for: a page of a clip does without
    from dance_xai.config import Config
    from dance_xai.edit import EditChain

EDITS = "edits"
"""The part that every RUN has that was ever edited; see ``workflows.edits``, which is loaded for these alone."""


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
        from dance_xai.workflows.edits import read_chain

        return read_chain(self.run, self.base_model)

    @cached_property
    def model(self) -> ConceptBottleneck:
        """The model with the edits in force."""
        if EDITS not in self.run:
            return self.base_model
        from dance_xai.workflows.edits import read_model

        return read_model(self.run, self.base_model, self.edits)

    @cached_property
    def new_clips(self) -> Features | None:
        """Inputs of clips that came with an edit; None when there are none."""
        if EDITS not in self.run:
            return None
        from dance_xai.workflows.edits import NEW_CLIPS

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
        from dance_xai.config import parse_config

        return parse_config(self.settings, str(self.run.folder / "config.json"))

    @cached_property
    def extract(self) -> ExtractConfig:
        """How videos are looked at: ``config.extract``, without the other settings.

        Raises:
            ConfigError: See ``config``.
        """
        from dance_xai.workflows.run_reading import section

        return section(self, ExtractConfig, "extract")

    @property
    def root(self) -> Path:
        """Where data paths start."""
        return self.data_root or Path(self.run.json("inputs")["data_root"])

    @property
    def cache(self) -> Path:
        """Where results of looking at clips are kept: beside the RUN, where a fit keeps them by default."""
        return self.run.folder.resolve().parent / ".dance-cache"

    @cached_property
    def _tracks(self) -> Mapping[str, PoseTrack]:
        return self.run.items("tracks", PoseTrack, "clip")

    @cached_property
    def listed(self) -> Mapping[str, Clip]:
        """Clips by id as the list under the data root tells them, with the places of their videos.

        Raises:
            DataError: The list is not where it was, or is damaged.
        """
        from dance_xai.data.manifest import read_clips
        from dance_xai.workflows.run_reading import section

        clips = read_clips(section(self, ClipsSource, "data", "clips"), self.root).clips
        return {clip.id: clip for clip in clips}

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
        known = "tracks" in self.run or not any(d.item == clip and d.reason == NO_POSES for d in self.drops)
        return next(iter(self.tracks((clip,))), None) if known else None

    def tracks(self, clips: tuple[str, ...]) -> tuple[PoseTrack, ...]:
        """Poses of those of the clips that have any, in their order; where poses state no frame rate, the videos do.

        Raises:
            DataError: As `track`.
        """
        if "tracks" in self.run:
            return tuple(self._tracks[clip] for clip in clips if clip in self._tracks)
        poses = self.settings["data"].get("poses") if "data" in self.settings else None
        if poses is None:
            return ()
        from dance_xai.workflows.run_reading import poses_of_files

        return poses_of_files(self, poses, clips)

    @cached_property
    def model_bank(self) -> BankResult:
        """Concepts of the model with their targets and sources."""
        grounded = self.model.activations == "grounded"
        base = self.bank.keep(self.evidence.columns) if grounded else self.bank
        if self.model is self.base_model:  # as it was fitted; edits may be in memory alone
            return base
        from dance_xai.workflows.edits import edited_bank

        return edited_bank(base, self.model.bank, self.edits.active) if self.edits.position else base


def open_run(folder: Path, data_root: Path | None = None) -> RunView:
    """Open a RUN for reading, every file checked against its hash.

    Raises:
        ArtifactError: Not a RUN, damaged, or from a newer version.
    """
    run = read_run(folder)
    run.verify()
    return RunView(run, data_root)


def drops_tree(drops: Iterable[Drop]) -> dict[str, Any]:
    """Everything left out as plain data: counts by reason, and the items."""
    items = tuple(drops)
    return {
        "counts": count_reasons(items),
        "items": [{"stage": d.stage, "item": d.item, "reason": d.reason, "value": d.value} for d in items],
    }


def clip_cache(cache: Path | None) -> Path | None:
    """Where results of looking at clips are kept."""
    return None if cache is None else cache / "clips"
