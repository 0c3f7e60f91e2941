"""The planted world: clips, poses, features and phrases whose rule and shortcut are known."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from dance_xai.errors import ConfigError
from dance_xai.planted.acting import Acting, act
from dance_xai.planted.encoders import Encoders, embed_phrases, embed_videos, encode_backbone
from dance_xai.planted.rule import CLASSES, RULES, VISIBLE, Part, Rule, draw_presence
from dance_xai.planted.stage import Span, Stage
from dance_xai.types import BoolArray, Clip, Features, FloatArray, Kind, Manifest, Phrases, PoseTrack

TRAIN_SHARE = 0.75
BACKBONE, DUAL = "planted_backbone", "planted_dual"


@dataclass(frozen=True, eq=False)
class Planted:
    """Clips and what is true about them.

    Rows are the clips of ``manifest`` followed by those of ``shifted``.

    Attributes:
        manifest: Train and test clips.
        shifted: Further test clips in which the shortcut is broken; the rule holds as before.
        presence: Per kind (N, C) what each clip truly shows, in the order of ``names``.
        names: Per kind the C planted concepts.
        spans: Per clip id when its motions are truly seen.
        rules: One rule per class.
    """

    manifest: Manifest
    shifted: Manifest
    presence: dict[Kind, BoolArray]
    names: dict[Kind, tuple[str, ...]]
    spans: dict[str, tuple[Span, ...]]
    rules: tuple[Rule, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        """Clip ids of all rows."""
        return self.manifest.ids + self.shifted.ids

    def shown(self, kind: Kind, row: int) -> set[str]:
        """Names of the concepts of one kind that a row truly shows."""
        return {self.names[kind][column] for column in np.flatnonzero(self.presence[kind][row])}


@dataclass(frozen=True, eq=False)
class PlantedWorld(Planted):
    """A data set of poses and features, and everything that is true about it.

    Attributes:
        tracks: Pose tracks of all rows, ``coco_17``.
        features: (N, D) of the fake backbone, all rows.
        video: (N, E) of the fake dual encoder, all rows.
        phrases: Object and scene phrases in the dual encoder's space, first those of ``names``, then some never seen.
        joints: (F, 17, 3) metres of all frames of all rows behind one another, before camera and noise.
    """

    tracks: tuple[PoseTrack, ...]
    features: Features
    video: Features
    phrases: dict[Kind, Phrases]
    joints: FloatArray = field(repr=False)


def make_world(
    *,
    clips_per_class: int = 40,
    shifted_per_class: int | None = None,
    seed: int = 0,
    stage: Stage | None = None,
    encoders: Encoders | None = None,
) -> PlantedWorld:
    """Make a planted world; the same arguments give the same world.

    Args:
        clips_per_class: Train and test clips per class, three quarters of them train; at least 4.
        shifted_per_class: Shifted clips per class; a quarter of ``clips_per_class`` by default.
        seed: Of all chance.
        stage: How much people, cameras and pose estimates differ.
        encoders: How well the fake networks see.

    Raises:
        ConfigError: Fewer than 4 clips per class.

    Source: ours.
    """
    rng = np.random.default_rng(seed)
    encoders = encoders or Encoders()
    presence, clips = cast_clips(clips_per_class, shifted_per_class, rng)
    ids = tuple(clip.id for clip in clips)
    acting = act(ids, motions_of(presence), rng, stage)
    phrases = embed_phrases(encoders, rng)
    split = len(CLASSES) * clips_per_class
    return PlantedWorld(
        manifest=Manifest(clips[:split], CLASSES),
        shifted=Manifest(clips[split:], CLASSES),
        tracks=acting.tracks,
        features=Features(BACKBONE, ids, encode_backbone(presence, _views(acting), encoders, rng)),
        video=Features(DUAL, ids, embed_videos(presence, phrases, encoders, rng)),
        phrases=phrases,
        presence=presence,
        names=VISIBLE,
        spans=dict(zip(ids, acting.spans, strict=True)),
        rules=RULES,
        joints=acting.joints,
    )


def cast_clips(
    clips_per_class: int, shifted_per_class: int | None, rng: np.random.Generator
) -> tuple[dict[Kind, BoolArray], tuple[Clip, ...]]:
    """What every clip shows, and the clips: train, test, shifted, each in class order; arguments as ``make_world``."""
    if clips_per_class < 4:
        raise ConfigError(f"clips_per_class: expected at least 4, got {clips_per_class}; ask for more clips")
    train = round(TRAIN_SHARE * clips_per_class)
    sizes: dict[Part, int] = {"train": train, "test": clips_per_class - train}
    sizes["shifted"] = clips_per_class // 4 if shifted_per_class is None else shifted_per_class
    drawn, clips = [], []
    for part, count in sizes.items():
        for number, label in enumerate(CLASSES):
            drawn.append(draw_presence(label, part, count, rng))
            names = [f"{part}_{number:02d}_{i:03d}" for i in range(count)]
            clips += [Clip(id=name, label=label, split="train" if part == "train" else "test") for name in names]
    return {kind: np.concatenate([shown[kind] for shown in drawn]) for kind in VISIBLE}, tuple(clips)


def motions_of(presence: dict[Kind, BoolArray]) -> list[list[str]]:
    """The names of the motions of each clip."""
    return [[VISIBLE["motion"][i] for i in np.flatnonzero(row)] for row in presence["motion"]]


def _views(acting: Acting) -> FloatArray:
    """(N, 5) standardised facts of the recordings."""
    cameras = acting.cameras
    facts = np.stack([cameras.azimuth, cameras.elevation, cameras.distance, cameras.focal, acting.lengths], axis=1)
    return np.asarray((facts - facts.mean(axis=0)) / (facts.std(axis=0) + 1e-12))
