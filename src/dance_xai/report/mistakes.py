"""Which classes are taken for which, and what was left out."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from dance_xai.diagnose.words import cause_words
from dance_xai.report.data import ReportData
from dance_xai.types import Drop, FloatArray, count_reasons
from dance_xai.types.numbers import decimal, units

LARGEST = 30
ITEMS = 200
REASONS = 3
DIGITS = 2


@dataclass(frozen=True)
class Mistake:
    """A test clip whose prediction is wrong, and what decided.

    Attributes:
        clip: Its id.
        true: Class index.
        predicted: Class index.
        margin: Logit of the predicted class above that of the true class; None where activations are not known.
        terms: The concepts that decided, by column, with what each added to the margin; largest size first.
        cause: Why it is wrong, in a sentence; None where nobody looked.
    """

    clip: str
    true: int
    predicted: int
    margin: float | None = None
    terms: tuple[tuple[int, float], ...] = ()
    cause: str | None = None


def mistakes(data: ReportData) -> tuple[Mistake, ...]:
    """Every confused test clip, in the order of the predictions.

    ``margin`` is the difference of the biases and of the contributions of all concepts; `REASONS` of them are named.
    """
    said, found = data.predictions, () if data.diagnosis is None else data.diagnosis.failures
    causes = {one.clip: cause_words(one) for one in found}
    activations = [None] * len(said.ids) if said.activations is None else said.activations
    return tuple(
        replace(_mistake(data, clip, true, predicted, read), cause=causes.get(clip))
        for clip, true, predicted, read in zip(said.ids, said.true, said.predicted, activations, strict=True)
        if true >= 0 and true != predicted
    )


def _mistake(data: ReportData, clip: str, true: int, predicted: int, activation: FloatArray | None) -> Mistake:
    if activation is None:
        return Mistake(clip, true, predicted)
    parts = (data.weight[predicted] - data.weight[true]) * activation
    margin = float(parts.sum() + data.bias[predicted] - data.bias[true])
    order = [int(j) for j in np.argsort(-np.abs(parts), kind="stable")[:REASONS] if parts[j] != 0]
    return Mistake(clip, true, predicted, margin, tuple((j, float(parts[j])) for j in order))


def confusion(data: ReportData) -> dict[str, Any] | None:
    """The confusion matrix and the confused clips; None without predictions.

    Above `LARGEST` classes the matrix shows the classes with most mistakes only, and says so.
    """
    scored = data.predictions.scored
    if not scored:
        return None
    n = len(data.classes)
    counts = np.zeros((n, n), dtype=np.int64)
    np.add.at(counts, tuple(np.array([row[1:] for row in scored]).T), 1)
    shown = _shown(counts)
    totals = counts.sum(axis=1)
    rows = [
        {
            "label": data.classes[k],
            "total": int(totals[k]),
            "cells": [_cell(int(counts[k, other]), int(totals[k]), (k, other)) for other in shown],
        }
        for k in shown
    ]
    return {
        "labels": [data.classes[k] for k in shown],
        "rows": rows,
        "partial": len(shown) < n,
        "pairs": _pairs(data),
        "wrong": int(totals.sum() - counts.diagonal().sum()),
    }


def _shown(counts: np.ndarray[Any, Any]) -> list[int]:
    if len(counts) <= LARGEST:
        return list(range(len(counts)))
    wrong = counts - np.diag(counts.diagonal())
    trouble = wrong.sum(axis=0) + wrong.sum(axis=1)
    return sorted(int(k) for k in np.argsort(-trouble, kind="stable")[:LARGEST])


def _cell(count: int, total: int, pair: tuple[int, int]) -> dict[str, Any]:
    share = count / total if total else 0.0
    kind = "hit" if pair[0] == pair[1] else "miss"
    return {"count": count, "kind": kind, "strength": round(100 * share**0.5), "key": _key(*pair)}


def _key(true: int, predicted: int) -> str:
    return f"pair-{true}-{predicted}"


def _pairs(data: ReportData) -> list[dict[str, Any]]:
    """Confused clips by (true, predicted), most frequent first."""
    groups: dict[tuple[int, int], list[Mistake]] = defaultdict(list)
    for mistake in mistakes(data):
        groups[mistake.true, mistake.predicted].append(mistake)
    order = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    return [
        {
            "key": _key(true, predicted),
            "true": data.classes[true],
            "predicted": data.classes[predicted],
            "clips": [_told(data, each) for each in sorted(found, key=lambda each: each.clip)],
        }
        for (true, predicted), found in order
    ]


def _told(data: ReportData, mistake: Mistake) -> dict[str, Any]:
    """One confused clip as text; what is shown adds up to the margin that is shown."""
    reasons = [
        {"column": j, "concept": data.bank.concepts[j], "text": decimal(value, DIGITS, sign=True)}
        for j, value in mistake.terms
    ]
    if mistake.margin is None:
        return {"id": mistake.clip, "margin": None, "reasons": reasons, "rest": None, "cause": mistake.cause}
    rest = units(mistake.margin, DIGITS) - sum(units(value, DIGITS) for _, value in mistake.terms)
    return {
        "id": mistake.clip,
        "margin": decimal(mistake.margin, DIGITS, sign=True),
        "reasons": reasons,
        "rest": decimal(rest / 10**DIGITS, DIGITS, sign=True),
        "cause": mistake.cause,
    }


def dropped(drops: tuple[Drop, ...]) -> list[dict[str, Any]]:
    """Drops by stage and reason, most frequent first, with the first `ITEMS` of each."""
    groups: dict[str, list[Drop]] = defaultdict(list)
    for drop in drops:
        groups[f"{drop.stage}: {drop.reason}"].append(drop)
    return [
        {
            "stage": groups[key][0].stage,
            "reason": groups[key][0].reason,
            "count": count,
            "items": groups[key][:ITEMS],
            "more": max(0, count - ITEMS),
        }
        for key, count in count_reasons(drops).items()
    ]
