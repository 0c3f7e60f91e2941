"""A data set as read -> the same with everything that is computed from its videos and poses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path

import numpy as np

from dance_xai.data.container import is_there
from dance_xai.data.dataset import Dataset, leave_out, restrict
from dance_xai.errors import DataError
from dance_xai.extract.clips import Progress, see_clips
from dance_xai.extract.keep import ClipKeep
from dance_xai.extract.loading import load_parts
from dance_xai.extract.parts import Parts
from dance_xai.extract.phrases import embed_phrases
from dance_xai.extract.settings import ExtractConfig
from dance_xai.extract.watch import Sight
from dance_xai.features.blocks import fit_blocks, put_together
from dance_xai.motion.tracking import main_actor, others
from dance_xai.types import Clip, Drop, Features, FloatArray, IntArray, PoseTrack

NOBODY = "nobody found in any frame"
NOT_DECODED = "cannot be decoded"


class Extractor:
    """Looks at the videos of a data set as the settings ask. Nothing is loaded before it is called.

    Args:
        config: What is computed.
        root: Where paths of models start.
        cache: Where results are kept by content, None keeps none.
        workers: Clips looked at side by side.
        progress: Told how many clips of how many are done.
    """

    def __init__(
        self,
        config: ExtractConfig,
        root: Path,
        *,
        cache: Path | None = None,
        workers: int = 1,
        progress: Progress | None = None,
    ) -> None:
        self.config, self.root, self.cache = config, root, cache
        self.workers, self.progress = workers, progress

    def __call__(self, data: Dataset) -> Dataset:
        """The data set with poses, features and embeddings computed; clips that cannot be looked at are left out.

        Raises:
            DanceError: A model cannot be loaded, or a class is left without train clips.

        Source: paper, section 3; the paper's networks are settings.
        """
        parts = load_parts(self.config, self.root)
        data, seen = self._see(data, parts)
        data = _with_lost(data, seen)
        data = self._with_tracks(data, parts, seen)
        data = self._with_features(data, parts, seen)
        return self._with_encoder(data, parts, seen)

    def _see(self, data: Dataset, parts: Parts) -> tuple[Dataset, dict[str, Sight]]:
        """Watch every clip, if anything of it is asked; leave out those that cannot be watched."""
        if not self.config.looks_at_videos:
            return data, {}
        seen, drops = self._see_clips(data.manifest.clips, parts, self.config)
        return (restrict(data, leave_out(data.manifest, drops)) if drops else data), seen

    def _see_clips(
        self, clips: Sequence[Clip], parts: Parts, config: ExtractConfig
    ) -> tuple[dict[str, Sight], tuple[Drop, ...]]:
        return see_clips(clips, parts, config, ClipKeep(self.cache), workers=self.workers, progress=self.progress)

    def _with_rates(self, data: Dataset, parts: Parts, seen: dict[str, Sight]) -> Dataset:
        """Poses that state no frame rate have that of their video, whatever rate it is looked at with."""
        if not _rates_missing(data):
            return data
        if not seen or self.config.fps is not None:  # poses stay useful without the frame rate of a video
            seen, _ = self._see_clips(data.manifest.clips, parts.only(False, set()), replace(self.config, fps=None))
        tracks = tuple(_with_rate(track, seen.get(track.clip)) for track in data.tracks)
        return replace(data, tracks=tracks, own_tracks=True)

    def _with_tracks(self, data: Dataset, parts: Parts, seen: dict[str, Sight]) -> Dataset:
        if parts.poses is None:
            data = self._with_rates(data, parts, seen)
        else:
            tracks = tuple(track_of(clip, seen[clip.id], self.config) for clip in data.manifest.clips)
            found = (others_of(clip, seen[clip.id], self.config) for clip in data.manifest.clips)
            data = replace(data, tracks=tracks, others=tuple(chain.from_iterable(found)), own_tracks=True)
        if self.config.nobody == "keep" or (parts.poses is None and parts.kinematics is None):
            return data
        present = {track.clip for track in data.tracks if track.present.any()}
        drops = tuple(Drop("clips", clip, NOBODY) for clip in data.manifest.ids if clip not in present)
        return restrict(data, leave_out(data.manifest, drops)) if drops else data

    def _with_features(self, data: Dataset, parts: Parts, seen: dict[str, Sight]) -> Dataset:
        ids = data.manifest.ids
        found = [] if data.features is None else [data.features]
        for network in parts.backbones:
            found.append(Features(network.name, ids, np.stack([seen[clip].vectors[network.identity] for clip in ids])))
        if parts.kinematics is not None:
            found.append(Features(parts.kinematics.name, ids, encode_tracks(parts, data)))
        if not self.config.features:
            return data
        blocks = fit_blocks(found, data.manifest.rows("train"))
        values = put_together([part.values for part in found], blocks)
        return replace(data, features=Features("+".join(blocks.names), ids, values), blocks=blocks)

    def _with_encoder(self, data: Dataset, parts: Parts, seen: dict[str, Sight]) -> Dataset:
        if parts.encoder is None:
            return data
        ids, encoder = data.manifest.ids, parts.encoder
        video = Features(encoder.name, ids, np.stack([seen[clip].vectors[encoder.identity] for clip in ids]))
        train = _some_rows(video, data.manifest.rows("train"))
        worded = [embed_phrases(encoder, kind, texts, train, self.config.templates) for kind, texts in data.texts]
        return replace(
            data,
            video=video,
            phrases=tuple(one.phrases for one in worded),
            texts=(),
            agreement={one.phrases.kind: one.agreement for one in worded if one.agreement is not None},
        )


def track_of(clip: Clip, sight: Sight, config: ExtractConfig) -> PoseTrack:
    """The main actor of a clip that was seen with a pose estimator."""
    assert sight.people is not None
    return main_actor(sight.people, clip.id, sight.fps, sight.height_width, **_least(config))


def others_of(clip: Clip, sight: Sight, config: ExtractConfig) -> tuple[PoseTrack, ...]:
    """The other people of a clip that was seen with a pose estimator, if they are to be kept."""
    if config.people == "main":
        return ()
    assert sight.people is not None
    return others(sight.people, clip.id, sight.fps, sight.height_width, **_least(config))


def _least(config: ExtractConfig) -> dict[str, float]:
    return {} if config.min_score is None else {"min_score": config.min_score}


def encode_tracks(parts: Parts, data: Dataset) -> FloatArray:
    """(N, D) kinematics of every clip.

    Raises:
        DataError: A clip has no poses.
    """
    assert parts.kinematics is not None
    tracks = {track.clip: track for track in data.tracks}
    if missing := [clip for clip in data.manifest.ids if clip not in tracks]:
        raise DataError(
            f"poses: expected poses of every clip for 'kinematics', got none of {len(missing)} ({missing[0]}); "
            "set extract.nobody = 'drop' to leave these clips out"
        )
    return np.stack([parts.kinematics.encode(tracks[clip]) for clip in data.manifest.ids])


def some_videos(clips: Sequence[Clip]) -> bool:
    """Whether any clip has a video where its path says; data sets of poses often come without."""
    return any(clip.path is not None and is_there(clip.path) for clip in clips)


def _with_lost(data: Dataset, seen: dict[str, Sight]) -> Dataset:
    """The data set with the frames that cannot be decoded among what was left out; their clips stay."""
    lost = [(clip, point) for clip in data.manifest.ids if clip in seen for point in seen[clip].lost]
    drops = tuple(Drop("frames", f"{clip}:{point}", NOT_DECODED) for clip, point in lost)
    return replace(data, manifest=replace(data.manifest, drops=(*data.manifest.drops, *drops)))


def _some_rows(features: Features, rows: IntArray) -> Features:
    return Features(features.name, tuple(features.ids[row] for row in rows), features.values[rows])


def _rates_missing(data: Dataset) -> bool:
    """Whether poses state no frame rate and the videos can tell it."""
    clips = data.manifest.clips
    return any(track.fps is None for track in data.tracks) and all(clip.path for clip in clips) and some_videos(clips)


def _with_rate(track: PoseTrack, sight: Sight | None) -> PoseTrack:
    return track if track.fps is not None or sight is None else replace(track, fps=sight.fps)
