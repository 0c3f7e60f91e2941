"""Object and scene concepts of a data set: phrases -> affinities with every clip -> those that can be seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dance_xai.data.dataset import Dataset
from dance_xai.errors import ConfigError
from dance_xai.features.affinity import affinities
from dance_xai.features.calibration import Calibration, calibrate
from dance_xai.stages.settings import TextConfig
from dance_xai.targets.assemble import text_targets
from dance_xai.text.filters import filter_phrases
from dance_xai.types import Drop, Features, FloatArray, Kind, Phrases


@dataclass(frozen=True, eq=False)
class TextEvidence:
    """Object and scene concepts; one row per clip of the manifest.

    Attributes:
        kinds: C kinds, objects first.
        names: C phrases.
        affinities: (N, C) cosine similarities of clips and phrases.
        calibrated: (N, C) the same, calibrated per phrase on train clips.
        drops: Phrases left out, with reasons.
        phrases: The C phrases with their embeddings, by kind, to measure further clips.
        calibration: Of the C phrases; None without any.
    """

    kinds: tuple[Kind, ...]
    names: tuple[str, ...]
    affinities: FloatArray
    calibrated: FloatArray
    drops: tuple[Drop, ...] = ()
    phrases: tuple[Phrases, ...] = ()
    calibration: Calibration | None = None

    def measure(self, video: Features) -> FloatArray:
        """(N, C) calibrated similarities of further clips, embedded by the same dual encoder."""
        if self.calibration is None:
            return np.zeros((len(video.ids), 0))
        return self.calibration(np.concatenate([affinities(video, phrases) for phrases in self.phrases], axis=1))


def find_phrases(data: Dataset, config: TextConfig) -> TextEvidence:
    """Keep the phrases that can be seen in train clips.

    Raises:
        ConfigError: Phrases are given without clip embeddings.

    Source: paper, section 3.2.
    """
    if data.phrases and data.video is None:
        raise ConfigError("data.video: expected clip embeddings for the phrases, got none; set data.video")
    nothing = np.zeros((len(data.manifest.clips), 0))
    if data.video is None or not data.phrases:
        return TextEvidence((), (), nothing, nothing)
    train = data.manifest.rows("train")
    kinds: list[Kind] = []
    names: list[str] = []
    parts: list[FloatArray] = []
    drops: list[Drop] = []
    left: list[Phrases] = []
    for phrases in data.phrases:
        every = affinities(data.video, phrases)
        kept, dropped = filter_phrases(phrases, every[train], cutoff=config.cutoff, top_k=config.top_k)
        kinds += [phrases.kind] * len(kept)
        names += [phrases.texts[column] for column in kept]
        parts.append(text_targets(every, kept))
        left.append(Phrases(phrases.kind, tuple(names[-len(kept) :]), phrases.embeddings[kept]))
        drops += dropped
    values = np.concatenate(parts, axis=1)
    calibration = calibrate(values[train])
    return TextEvidence(tuple(kinds), tuple(names), values, calibration(values), tuple(drops), tuple(left), calibration)
