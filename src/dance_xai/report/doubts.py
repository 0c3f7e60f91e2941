"""How far to trust a model: what a sceptical reader asks first, answered at a glance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from dance_xai.report.data import ReportData
from dance_xai.report.limits import SMALL
from dance_xai.report.words import label
from dance_xai.types import BoolArray, counted
from dance_xai.types.numbers import decimal, percent

Tone = Literal["good", "weak", "plain"]
STRICT_BUDGETS = ("3", "5", "2", "1")


@dataclass(frozen=True)
class Doubt:
    """One answer to how far a model can be trusted.

    Attributes:
        question: What is asked.
        figure: The answer at a glance.
        text: What it means.
        tone: ``good`` where the figures speak for the model, ``weak`` where they do not, ``plain`` otherwise.
        href: Where on the page more is told.
    """

    question: str
    figure: str
    text: str
    tone: Tone
    href: str


def doubts(data: ReportData, warnings: Sequence[Sequence[str]]) -> list[Doubt]:
    """What a sceptical reader asks first; what is not known is not answered.

    Args:
        data: The model.
        warnings: Those of each concept.
    """
    pruned = data.metrics.get("accuracy_pruned") or {}
    found = (
        beyond_random(data.metrics),
        _grounded(data, pruned),
        _warned(data, warnings),
        _small(data),
    )
    return [each for each in found if each is not None]


def _pair(pruned: Mapping[str, Any], other: str) -> tuple[str, float, float] | None:
    """Budget and accuracies of concepts and of another set, at the first budget both reach."""
    ours, theirs = pruned.get("all") or {}, pruned.get(other) or {}
    for budget in STRICT_BUDGETS:
        if ours.get(budget) is not None and theirs.get(budget) is not None:
            return budget, ours[budget], theirs[budget]
    return None


def beyond_random(metrics: Mapping[str, Any]) -> Doubt | None:
    """Whether concepts do better than random directions; None where that was not measured.

    Args:
        metrics: The figures of ``dance evaluate``.
    """
    interval = metrics.get("accuracy_ci")
    pair = _pair(metrics.get("accuracy_pruned") or {}, "random")
    if pair is None:
        return None
    budget, ours, theirs = pair
    gap, doubt = ours - theirs, (interval[1] - interval[0]) / 2 if interval else 0.0
    clear = gap > doubt
    text = f"points at {budget} weights per class in pruned heads, the stricter comparison: concepts {percent(ours)}, "
    text += f"random {percent(theirs)}. {'More' if clear else 'No more'} than the sampling error of the test clips."
    figure = decimal(100 * gap, 1, sign=True)
    return Doubt("Better than random directions?", figure, text, "good" if clear else "weak", "#quality")


def _grounded(data: ReportData, pruned: Mapping[str, Any]) -> Doubt | None:
    pair = _pair(pruned, "grounded")
    if pair is None or data.activations == "grounded":
        return None
    budget, ours, theirs = pair
    text = f"points at {budget} weights per class when concepts are measured directly ({percent(theirs)}) and not "
    text += "predicted by the backbone: either more than concepts leaks through it, or the measurement is weaker."
    return Doubt(
        "What if concepts are measured?", decimal(100 * (theirs - ours), 1, sign=True), text, "plain", "#limits"
    )


def _warned(data: ReportData, warnings: Sequence[Sequence[str]]) -> Doubt:
    used: BoolArray = np.asarray(data.used.any(axis=0))
    warned = sum(bool(found) for found, is_used in zip(warnings, used, strict=True) if is_used)
    text = f"of {counted(int(used.sum()), 'concept')} in use, with a warning: "
    text += "few clips, hard to recognise, or near duplicates."
    return Doubt("Sound concepts?", f"{warned}", text, "weak" if warned > used.sum() / 4 else "plain", "#concepts")


def _small(data: ReportData) -> Doubt | None:
    known = [(count, label(name)) for name, count in zip(data.classes, data.test_counts, strict=True) if count]
    if not known:
        return None
    count, name = min(known)
    text = f"test clips in the smallest class, {name}: one clip is {percent(1 / count)} of its accuracy."
    return Doubt("Enough clips?", f"{count}", text, "weak" if count < SMALL else "plain", "#limits")
