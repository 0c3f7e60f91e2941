"""From concepts to classes: what the flow diagram draws and the table beside it says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from dance_xai.report.data import ReportData
from dance_xai.report.words import label
from dance_xai.types import FloatArray, IntArray
from dance_xai.types.numbers import decimal

SWEEPS = 12
DRAWN_AT_ONCE = 60


def flow(data: ReportData, alts: Sequence[str | None]) -> dict[str, Any]:
    """Concepts, classes and the weights between them.

    Args:
        data: The model.
        alts: Per concept what its prototype looks like, None where there is none.

    Returns:
        ``classes`` as (index, name) and ``concepts`` as (column, name, kind, looks), both from top to bottom, without
        those that no weight touches; ``links`` as (class, column, weight, text), largest first; ``rank`` of each link
        among those of its class, 1 for the largest; ``most``: how many per class are drawn at first, 0 for all.
    """
    rows, columns = np.nonzero(data.used)
    order = np.argsort(-np.abs(data.weight[rows, columns]), kind="stable")
    rows, columns = rows[order], columns[order]
    left, right = untangle(np.where(data.used, np.abs(data.weight), 0.0))
    concepts = data.bank.concepts
    links = [
        [int(k), int(j), round(float(data.weight[k, j]), 5), decimal(float(data.weight[k, j]), 2, sign=True)]
        for k, j in zip(rows, columns, strict=True)
    ]
    return {
        "classes": [[k, label(data.classes[k])] for k in left.tolist()],
        "concepts": [[j, concepts[j].name, concepts[j].kind, alts[j] or ""] for j in right.tolist()],
        "links": links,
        "rank": _ranks(rows),
        "most": 0 if len(links) <= DRAWN_AT_ONCE else 3,
    }


def untangle(size: FloatArray) -> tuple[IntArray, IntArray]:
    """Orders of classes and concepts that keep what belongs together side by side.

    Args:
        size: (Y, C) at least 0.

    Returns:
        Rows and columns with any size, from top to bottom: of all orders tried the one whose links are the shortest.

    Source: the barycentre heuristic (Sugiyama, Tagawa, Toda 1981).
    """
    rows, columns = np.flatnonzero(size.any(axis=1)), np.flatnonzero(size.any(axis=0))
    part = size[np.ix_(rows, columns)]
    row_place = _places(np.arange(len(rows), dtype=float))
    best, shortest = (rows, columns), np.inf
    for _ in range(SWEEPS):
        column_place = _places(_centres(part.T, row_place))
        length = float((part * np.abs(row_place[:, None] - column_place)).sum())
        if length < shortest - 1e-12:
            shortest, best = length, (rows[np.argsort(row_place)], columns[np.argsort(column_place)])
        row_place = _places(_centres(part, column_place))
    return best


def _centres(size: FloatArray, place: FloatArray) -> FloatArray:
    centres: FloatArray = size @ place / size.sum(axis=1)
    return centres


def _places(value: FloatArray) -> FloatArray:
    """Ranks of values, spread over 0..1."""
    return np.asarray((np.argsort(np.argsort(value, kind="stable"), kind="stable") + 0.5) / max(1, len(value)))


def _ranks(rows: IntArray) -> list[int]:
    """How many links of the same class came before, plus one."""
    seen: dict[int, int] = {}
    ranks = []
    for row in rows.tolist():
        seen[row] = seen.get(row, 0) + 1
        ranks.append(seen[row])
    return ranks
