"""Object and scene concepts of a data set: phrases -> affinities with every clip -> those that can be seen."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from dance_xai.data.dataset import Dataset
from dance_xai.errors import ConfigError
from dance_xai.features.affinity import affinities
from dance_xai.features.calibration import Calibration, calibrate
from dance_xai.stages.phrase_quality import Figures, quality_report
from dance_xai.stages.phrase_verdicts import entries_of, judge_phrases, never_embedded
from dance_xai.stages.settings import Target, TextConfig
from dance_xai.targets.assemble import text_targets
from dance_xai.text.screening import drops_of
from dance_xai.types import Drop, Features, FloatArray, IntArray, Kind, Phrases


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
        target: Which of the two the concept layers must predict.
        quality: C figures measured on train clips, see ``phrase_figures``; none without phrases.
        report: The same for all phrases, dropped ones too, with means and warnings.
    """

    kinds: tuple[Kind, ...]
    names: tuple[str, ...]
    affinities: FloatArray
    calibrated: FloatArray
    drops: tuple[Drop, ...] = ()
    phrases: tuple[Phrases, ...] = ()
    calibration: Calibration | None = None
    target: Target = "raw"
    quality: tuple[Figures, ...] = ()
    report: dict[str, Any] = field(default_factory=dict)

    @property
    def targets(self) -> FloatArray:
        """(N, C) what the concept layers must predict."""
        return self.calibrated if self.target == "calibrated" else self.affinities

    def measure(self, video: Features) -> FloatArray:
        """(N, C) calibrated similarities of further clips, embedded by the same dual encoder."""
        if self.calibration is None:
            return np.zeros((len(video.ids), 0))
        return self.calibration(np.concatenate([affinities(video, phrases) for phrases in self.phrases], axis=1))


def find_phrases(data: Dataset, config: TextConfig) -> TextEvidence:
    """Keep the phrases whose wording suits a concept and that can be seen in train clips.

    Raises:
        ConfigError: Phrases are given without clip embeddings.
        DataError: No phrase is left.

    Source: paper, section 3.2; calibration and figures are ours.
    """
    if data.phrases and data.video is None:
        raise ConfigError("data.video: expected clip embeddings for the phrases, got none; set data.video")
    if data.video is None or not data.phrases:
        nothing = np.zeros((len(data.manifest.clips), 0))
        return TextEvidence((), (), nothing, nothing, target=config.target)
    train = data.manifest.rows("train")
    every = {phrases.kind: affinities(data.video, phrases) for phrases in data.phrases}
    shown = {kind: values[train] for kind, values in every.items()}
    judged, figures = judge_phrases(data, shown, config)
    columns = {kind: np.flatnonzero([entry.kept for entry in entries_of(judged, kind)]) for kind in every}
    left = tuple(_only(phrases, columns[phrases.kind]) for phrases in data.phrases if len(columns[phrases.kind]))
    values = np.concatenate([text_targets(every[one.kind], columns[one.kind]) for one in left], axis=1)
    calibration = calibrate(values[train])
    return TextEvidence(
        kinds=tuple(one.kind for one in left for _ in one.texts),
        names=tuple(text for one in left for text in one.texts),
        affinities=values,
        calibrated=calibration(values),
        drops=(*drops_of(never_embedded(data)), *drops_of(judged)),
        phrases=left,
        calibration=calibration,
        target=config.target,
        quality=tuple(figures[one.kind][column] for one in left for column in columns[one.kind]),
        report={"target": config.target} | quality_report(judged, figures),
    )


def _only(phrases: Phrases, columns: IntArray) -> Phrases:
    return Phrases(phrases.kind, tuple(phrases.texts[i] for i in columns), phrases.embeddings[columns])
