"""Which classes are taken for which, and what was left out."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np

from dance_xai.report.data import ReportData
from dance_xai.types import Drop, count_reasons

LARGEST = 30
ITEMS = 200


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
            "cells": [_cell(int(counts[k, other]), int(totals[k]), k == other) for other in shown],
        }
        for k in shown
    ]
    return {
        "labels": [data.classes[k] for k in shown],
        "rows": rows,
        "partial": len(shown) < n,
        "pairs": _pairs(scored, data.classes),
    }


def _shown(counts: np.ndarray[Any, Any]) -> list[int]:
    if len(counts) <= LARGEST:
        return list(range(len(counts)))
    wrong = counts - np.diag(counts.diagonal())
    trouble = wrong.sum(axis=0) + wrong.sum(axis=1)
    return sorted(int(k) for k in np.argsort(-trouble, kind="stable")[:LARGEST])


def _cell(count: int, total: int, diagonal: bool) -> dict[str, Any]:
    share = count / total if total else 0.0
    return {"count": count, "kind": "hit" if diagonal else "miss", "strength": round(100 * share**0.5)}


def _pairs(scored: tuple[tuple[str, int, int], ...], classes: tuple[str, ...]) -> list[dict[str, Any]]:
    """Confused clips by (true, predicted), most frequent first."""
    groups: dict[tuple[int, int], list[str]] = defaultdict(list)
    for clip, true, predicted in scored:
        if true != predicted:
            groups[true, predicted].append(clip)
    order = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    return [{"true": classes[t], "predicted": classes[p], "clips": sorted(clips)} for (t, p), clips in order]


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
