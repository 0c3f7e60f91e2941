"""How good the labels are that phrases give to train clips: figures for every phrase, and warnings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from dance_xai.features.label_quality import class_truth
from dance_xai.model.ranking import score_rankings
from dance_xai.types import FloatArray, IntArray, Kind, PhraseEntry, PhraseSet

CHANCE = 0.5
"""Area under the ROC curve of a phrase that says nothing about the classes it was proposed for."""

Figures = dict[str, float]


def phrase_figures(
    entries: Sequence[PhraseEntry],
    affinity: FloatArray,
    labels: IntArray,
    classes: Sequence[str],
    agreement: FloatArray | None,
) -> tuple[Figures, ...]:
    """What is measured of each phrase on train clips.

    Args:
        entries: C phrases of one kind.
        affinity: (N, C) similarities of train clips.
        labels: (N,) class indices, -1 where unknown.
        classes: Y class names.
        agreement: (C,) how alike the wordings of a phrase rank train clips, None where not measured.

    Returns:
        For each phrase those that are known of ``visibility`` (mean of its highest similarities), ``agreement``
        (-1..1) and ``auc``: how often a clip of the classes it was proposed for is more similar than another, 0..1.

    Source: ours.
    """
    truth = class_truth(labels, classes, [entry.classes for entry in entries])
    measured = {
        "visibility": np.array([np.nan if entry.similarity is None else entry.similarity for entry in entries]),
        "agreement": np.full(len(entries), np.nan) if agreement is None else agreement,
        "auc": score_rankings(affinity, truth).auc,
    }
    return tuple(
        {name: round(float(values[i]), 4) for name, values in measured.items() if np.isfinite(values[i])}
        for i in range(len(entries))
    )


def quality_report(judged: PhraseSet, figures: Mapping[Kind, Sequence[Figures]]) -> dict[str, Any]:
    """Counts, means over kept phrases, the figures of every phrase, and warnings.

    Args:
        judged: Phrases with verdicts.
        figures: Per kind one entry for each of its phrases in ``judged``, in order.

    Returns:
        Plain data: an object per kind, and ``warnings``, one line each.
    """
    report: dict[str, Any] = {"warnings": []}
    for kind, each in figures.items():
        entries = [entry for entry in judged.entries if entry.kind == kind]
        kept = [figure for entry, figure in zip(entries, each, strict=True) if entry.kept]
        report[kind] = {
            "kept": len(kept),
            "dropped": len(entries) - len(kept),
            **_means(kept),
            "phrases": {entry.text: figure for entry, figure in zip(entries, each, strict=True)},
        }
        report["warnings"] += [
            f"{kind} {entry.text!r}: AUC {figure['auc']:.2f} for the classes it was proposed for, not above chance "
            f"({CHANCE}); look at its clips, or drop it with text.min_auc"
            for entry, figure in zip(entries, each, strict=True)
            if entry.kept and figure.get("auc", 1.0) <= CHANCE
        ]
    return report


def _means(figures: Sequence[Figures]) -> Figures:
    names = dict.fromkeys(name for figure in figures for name in figure)
    return {name: round(float(np.mean([f[name] for f in figures if name in f])), 4) for name in names}
