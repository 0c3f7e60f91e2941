"""What the figures of a model do not say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dance_xai.report.data import ReportData
from dance_xai.report.measures import gaps
from dance_xai.report.svg import Series
from dance_xai.report.words import label
from dance_xai.types import counted
from dance_xai.types.numbers import decimal, percent

SMALL = 20
NAMED = 4


def limits(data: ReportData, series: list[Series]) -> list[str]:
    """What the figures of a report do not say, one paragraph each."""
    return [
        *data.notes,
        *_edited(data.metrics),
        *_controls(data, series),
        *_label_source(data),
        _activations(data),
        *_choices(data, series),
        *_small_classes(data),
    ]


def _edited(metrics: Mapping[str, Any]) -> list[str]:
    stale = (metrics.get("notes") or {}).get("edits")
    return [f"The model was edited: {stale}."] if stale else []


def _controls(data: ReportData, series: list[Series]) -> list[str]:
    rows = [_control(data, gap) for gap in gaps(series)]
    return rows or [
        "Accuracy alone proves nothing about concepts: random directions of the same features can reach as much with "
        "enough weights. This run has no such control to compare with."
    ]


def _control(data: ReportData, gap: Mapping[str, Any]) -> str:
    text = f"With at most {gap['budget']} weights per class the concepts reach {percent(gap['all'], 2)}"
    if gap["random"] is not None:
        difference = decimal(100 * (gap["all"] - gap["random"]), 2, sign=True)
        text += f", as many random directions of the same features {percent(gap['random'], 2)}: {difference} points. "
        text += "This difference belongs to heads taken from the plain path; see the pruned heads under Quality"
    text += "."
    if gap["grounded"] is not None and data.activations != "grounded":
        difference = decimal(100 * (gap["all"] - gap["grounded"]), 2, sign=True)
        text += f" Activations measured from poses and phrases reach {percent(gap['grounded'], 2)}; the difference, "
        text += f"{difference} points, is leakage through the backbone or a weaker measurement, and the figures cannot "
        text += "tell which."
    return text


def _label_source(data: ReportData) -> list[str]:
    """Where the labels of concepts come from, and how good they are known to be."""
    found = []
    if len(data.bank.columns("motion")):
        text = "A motion concept is a cluster of pose windows: its name is a number, its meaning is what you see."
        found.append(text + _stability(data.quality.get("motion") or {}))
    if len(data.bank.columns("object", "scene")):
        text = "What counts as an object or a scene in a clip comes from the similarity of a video-text model, not "
        found.append(text + "from people." + _phrases(data.quality.get("text") or {}))
    return found


def _stability(motion: Mapping[str, Any]) -> str:
    value = ((motion.get("clustering") or {}).get("stability") or {}).get("subsample_ari")
    if value is None:
        return " How stable the clusters are was not measured."
    return f" Clusters of subsamples agree with them to {decimal(value, 2)} (adjusted Rand index; 1 is the same)."


def _phrases(text: Mapping[str, Any]) -> str:
    known = [(kind, text[kind]) for kind in ("object", "scene") if text.get(kind)]
    parts = [part for kind, figures in known for part in _phrase_figures(kind, figures)]
    if not parts:
        return " How good these labels are was not measured."
    return f" On train clips, {'; '.join(parts)}."


def _phrase_figures(kind: str, figures: Mapping[str, Any]) -> list[str]:
    parts = []
    if figures.get("auc") is not None:
        parts.append(
            f"{kind} phrases tell their classes from others with AUC {decimal(figures['auc'], 2)} (0.5 is chance)"
        )
    if figures.get("agreement") is not None:
        agreement = decimal(figures["agreement"], 2)
        parts.append(f"different wordings of {kind} phrases agree to {agreement} (1 is the same ranking)")
    return parts


def _activations(data: ReportData) -> str:
    if data.activations == "grounded":
        return (
            "Activations are measured from the clip’s poses and its similarity to the phrases; they can be wrong where "
            "poses or similarities are."
        )
    return (
        "The sums are exact from the concepts to the class. How the backbone arrives at a concept is not explained, "
        "and an activation can carry more than its name says."
    )


def _choices(data: ReportData, series: list[Series]) -> list[str]:
    """What was chosen on which clips, and how often test clips were scored."""
    if not data.predictions.scored:
        return []
    heads = 1 + sum(len(line.points) for line in series)
    heads += sum(
        value is not None for curve in (data.metrics.get("accuracy_pruned") or {}).values() for value in curve.values()
    )
    return [
        "Clusters, phrases, concept layers and the head were chosen on train clips alone. "
        f"Test clips were scored with {heads} heads for this page, and none of them chose anything. How often people "
        "looked at such figures while they settled the settings is not recorded; every look makes test figures kinder."
    ]


def _small_classes(data: ReportData) -> list[str]:
    """Classes of which there are too few clips to say much."""
    found = []
    for split, counts, meaning in (
        ("test", data.test_counts, "Accuracy of single classes is uncertain there."),
        ("train", data.train_counts, "Their weights rest on few examples."),
    ):
        few = {label(name): count for name, count in zip(data.classes, counts, strict=False) if 0 < count < SMALL}
        if few:
            found.append(f"Fewer than {SMALL} {split} clips: {_named(few)}. {meaning}")
    return found


def _named(counts: Mapping[str, int]) -> str:
    """The smallest few, and how many more there are."""
    order = sorted(counts.items(), key=lambda item: (item[1], item[0]))
    names = ", ".join(f"{name} ({count})" for name, count in order[:NAMED])
    return names + (f" and {counted(len(order) - NAMED, 'more class')}" if len(order) > NAMED else "")
