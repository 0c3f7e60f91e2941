"""Motion concepts of a data set: poses of train clips -> concepts -> which clips show them, and where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from dance_xai.data.dataset import Dataset
from dance_xai.errors import ConfigError, DataError
from dance_xai.motion import keyframes
from dance_xai.motion.discovery import Motions, describe_motions, recover_centres
from dance_xai.motion.encoder import (
    MotionEncoder,
    fit_encoder,
    fit_imputer_on,
    normalised,
    pose_windows,
    train_frames,
)
from dance_xai.motion.joints import seen_skeleton, unseen_drops
from dance_xai.motion.matching import MotionMatches, match_motions
from dance_xai.motion.quality import window_class_nmi
from dance_xai.motion.stack import PoseStack
from dance_xai.motion.windows import take
from dance_xai.stages.clustering import Clustering, cluster
from dance_xai.stages.settings import MotionConfig
from dance_xai.targets.motion import motion_targets
from dance_xai.types import BoolArray, Clip, Drop, FloatArray, IntArray, Manifest, PoseTrack, PoseWindows

NO_POSES = "no poses"


@dataclass(frozen=True, eq=False)
class MotionEvidence:
    """Motion concepts and all that was measured of them; one row per clip of the manifest.

    Attributes:
        encoder: Describes windows of any clip; None when there are no poses.
        motions: Concepts, centres and assignments; None when there are no motion concepts.
        windows: Clip row, first and last-plus-one frame and concept of each window, (W, 4).
        matches: Best window of each clip for each concept; None without poses.
        targets: (N, C) 1 where a clip has a window of the concept, NaN for a clip without any valid window.
        report: Figures for the report: partitions, agreement with classes, stability.
        drops: Clips, windows and clusters left out, with reasons.
    """

    targets: FloatArray
    encoder: MotionEncoder | None = None
    motions: Motions | None = None
    windows: IntArray | None = None
    matches: MotionMatches | None = None
    report: dict[str, Any] = field(default_factory=dict)
    drops: tuple[Drop, ...] = ()


def find_motions(data: Dataset, config: MotionConfig, seed: int) -> MotionEvidence:
    """Discover motion concepts on train clips, or take the given ones, and find them in every clip.

    Raises:
        ConfigError: Labels are asked for and the data set has none.
        DataError: Train clips have no valid window.

    Source: paper, section 3.2.
    """
    given = data.motion_labels if config.source == "labels" else None
    if config.source == "labels" and given is None:
        raise ConfigError("motion.source: expected data.motion_labels for 'labels', got none; set it or use 'discover'")
    if not data.tracks:
        empty = np.zeros((len(data.manifest.clips), 0))
        return MotionEvidence(empty) if given is None else _labelled_without_poses(given)
    encoder, body, windows, codes = describe(data, config)
    train = np.isin(windows.clip, data.manifest.rows("train"))
    rng = np.random.default_rng(seed)
    report: dict[str, Any] = {"windows": len(windows), "train_windows": int(train.sum())}
    if given is None:
        found = cluster(codes[train], windows.clip[train], config, rng)
        report["clustering"] = found.report
    else:
        found = Clustering(recover_centres(take(windows, train), codes[train], given), config.min_clips, {})
    motions = describe_motions(
        windows,
        codes,
        np.nan_to_num(found.centres),
        train=train,
        ids=data.manifest.ids,
        min_clips=found.min_clips,
        drop_small=given is None,
    )
    report |= _agreement(windows, motions, data, train)
    return MotionEvidence(
        encoder=encoder,
        motions=motions,
        windows=np.stack([windows.clip, windows.start, windows.stop, motions.label], axis=1),
        matches=match_motions(encoder, body, motions.centres, stride=config.stride),
        targets=_targets(windows, motions, len(data.manifest.clips)) if given is None else _as_targets(given),
        report=report,
        drops=(
            *unseen_drops(data.tracks[0].skeleton, encoder.skeleton),
            *_absent(data, body, windows),
            *windows.drops,
            *found.drops,
            *motions.drops,
        ),
    )


def discover_motions(
    tracks: Sequence[PoseTrack],
    *,
    train: Sequence[str] | None = None,
    config: MotionConfig | None = None,
    seed: int = 0,
) -> MotionEvidence:
    """Discover motion concepts from poses alone.

    Args:
        tracks: One pose track per clip.
        train: Ids of the clips to learn from, all by default; the others are only searched for the concepts found.
        config: The settings.
        seed: Of the clustering.

    Returns:
        Concepts, and for each clip, in the order of the tracks, where it shows them.

    Raises:
        DataError: No valid window in the clips to learn from.
    """
    learn = {track.clip for track in tracks} if train is None else set(train)
    clips = tuple(Clip(track.clip, split="train" if track.clip in learn else "test") for track in tracks)
    return find_motions(Dataset(Manifest(clips, ()), tuple(tracks)), config or MotionConfig(), seed)


def describe(data: Dataset, config: MotionConfig) -> tuple[MotionEncoder, PoseStack, PoseWindows, FloatArray]:
    """The encoder as fitted on train clips; the poses, windows and codes of all clips.

    Raises:
        ConfigError: Key frames are asked for and the data set has none.
        DataError: Poses of hardly any body, or no valid window in train clips.
    """
    spec, train = config.windows, data.manifest.rows("train")
    whole = normalised(data.tracks, data.manifest.ids, spec)
    known = seen_skeleton(whole, train_frames(whole, train))
    partial = whole if known == whole.skeleton else normalised(data.tracks, data.manifest.ids, spec, known)
    imputer = fit_imputer_on(partial, train)
    body = replace(partial, xy=imputer(partial.xy, partial.seen))
    windows = pose_windows(body, _key_frames(partial, data, config), spec)
    of_train = np.isin(windows.clip, train)
    if not of_train.any():
        raise DataError(
            f"poses: expected valid windows in train clips, got none of {len(windows.drops)} tried; "
            "lower motion.windows.min_seen or check the poses"
        )
    encoder = fit_encoder(body.skeleton, spec, imputer, windows.poses[of_train])
    return encoder, body, windows, encoder.codes(windows.poses)


def _key_frames(body: PoseStack, data: Dataset, config: MotionConfig) -> tuple[IntArray, IntArray]:
    if config.key_frames == "given":
        if data.key_frames is None:
            raise ConfigError(
                "motion.key_frames: expected data.key_frames for 'given', got none; set it or use 'motion'"
            )
        return keyframes.given_key_frames(body, data.key_frames, config.per_clip)
    if config.key_frames == "uniform":
        return keyframes.uniform_key_frames(body, config.per_clip)
    return keyframes.motion_key_frames(body, config.per_clip)


def _agreement(windows: PoseWindows, motions: Motions, data: Dataset, train: BoolArray) -> dict[str, float]:
    """Agreement with the classes, reported and never used."""
    rows = np.flatnonzero(train & (motions.label >= 0) & (data.manifest.labels[windows.clip] >= 0))
    if not len(rows):
        return {}
    nmi = window_class_nmi(motions.label[rows], data.manifest.labels[windows.clip[rows]])
    return {"class_nmi": round(float(nmi), 4)}


def _targets(windows: PoseWindows, motions: Motions, clips: int) -> FloatArray:
    has_windows = np.isin(np.arange(clips), windows.clip)
    return motion_targets(windows.clip, motions.label, clips, len(motions.concepts), has_windows)


def _as_targets(labels: IntArray) -> FloatArray:
    return np.where(labels >= 0, labels, np.nan).astype(np.float64)


def _labelled_without_poses(labels: IntArray) -> MotionEvidence:
    return MotionEvidence(_as_targets(labels))


def _absent(data: Dataset, body: PoseStack, windows: PoseWindows) -> tuple[Drop, ...]:
    valid = np.zeros(len(body.clips), dtype=bool)
    valid[windows.clip] = True
    return tuple(
        Drop("poses", data.manifest.ids[row], NO_POSES if body.lengths[row] == 0 else "no valid window")
        for row in np.flatnonzero(~valid)
    )
