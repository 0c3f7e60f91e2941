"""What the report says about each class and each concept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from dance_xai.report.data import ReportData
from dance_xai.report.numbers import decimal, span, whole_percents
from dance_xai.report.words import looks_like
from dance_xai.types import KINDS, Concept, Kind, Prototype

FEW_CLIPS = 5
WEAK = 0.2
STRIP = 3
QUALITY_NAMES = {"average_precision": "average precision", "auc": "AUC", "r2": "R²"}


def class_cards(data: ReportData) -> list[dict[str, Any]]:
    """Per class: its concepts by size of weight, with bars at one scale for all classes."""
    largest = float(np.abs(data.weight).max(initial=0.0)) or 1.0
    return [_class_card(data, k, largest) for k in range(len(data.classes))]


def _class_card(data: ReportData, k: int, largest: float) -> dict[str, Any]:
    scored = np.array([row[1:] for row in data.predictions.scored], dtype=np.int64).reshape(-1, 2)
    true, predicted = scored.T
    order = [int(j) for j in np.argsort(-np.abs(data.weight[k]), kind="stable") if data.used[k, j]]
    terms = [_term(data, k, j, largest) for j in order]
    totals: dict[Kind, float] = dict.fromkeys(KINDS, 0.0)
    for term in terms:
        totals[term["concept"].kind] += abs(term["weight"])
    whole = sum(totals.values())
    return {
        "index": k,
        "label": data.classes[k],
        "bias": decimal(float(data.bias[k]), 2, sign=True),
        "n": int((true == k).sum()),
        "correct": int(((true == k) & (predicted == k)).sum()),
        "false": int(((true != k) & (predicted == k)).sum()),
        "terms": terms,
        "shown": [term for term in terms if _is_shown(data, term["concept"])][:STRIP],
        "shares": {kind: total / whole for kind, total in totals.items()} if whole else {},
        "percents": whole_percents({kind: total / whole for kind, total in totals.items()}) if whole else {},
    }


def _is_shown(data: ReportData, concept: Concept) -> bool:
    return concept.prototype is not None and data.bank.skeleton is not None


def _term(data: ReportData, k: int, j: int, largest: float) -> dict[str, Any]:
    weight = float(data.weight[k, j])
    return {
        "column": j,
        "concept": data.bank.concepts[j],
        "weight": weight,
        "text": decimal(weight, 2, sign=True),
        "width": round(50 * abs(weight) / largest, 2),
    }


def concept_cards(data: ReportData) -> list[dict[str, Any]]:
    """Per concept: its prototype, figures, the classes that use it, and warnings; in bank order."""
    details = {entry["concept"]: entry for entry in data.metrics.get("concept_details") or ()}
    return [_concept_card(data, j, concept, details.get(j, {})) for j, concept in enumerate(data.bank.concepts)]


def _concept_card(data: ReportData, j: int, concept: Concept, detail: Mapping[str, Any]) -> dict[str, Any]:
    order = [int(k) for k in np.argsort(-np.abs(data.weight[:, j]), kind="stable") if data.used[k, j]]
    users = [(k, data.classes[k], decimal(float(data.weight[k, j]), 2, sign=True)) for k in order]
    prototype = concept.prototype if _is_shown(data, concept) else None
    return {
        "column": j,
        "concept": concept,
        "users": users,
        "figures": _figures(concept, detail),
        "warnings": _warnings(concept, bool(users)),
        "alt": _looks(prototype, data) if prototype else None,
        "source": f"clip {prototype.clip}, {span(prototype.start, prototype.stop, data.fps)}" if prototype else None,
    }


def _looks(shown: Prototype, data: ReportData) -> str | None:
    skeleton = data.bank.skeleton
    return looks_like((shown.poses, shown.seen), skeleton, shown.stop - shown.start, data.fps) if skeleton else None


def _figures(concept: Concept, detail: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Name and text of every figure that is known."""
    rows: list[tuple[str, str]] = []
    if concept.size is not None:
        rows.append(("train windows", f"{concept.size}"))
    if concept.clips is not None:
        rows.append(("train clips", f"{concept.clips}"))
    if concept.spread is not None:
        rows.append(("spread", decimal(concept.spread, 2)))
    for name, value in concept.quality.items():
        rows.append((f"{QUALITY_NAMES.get(name, name.replace('_', ' '))}, train folds", decimal(value, 2)))
    if detail.get("average_precision") is not None:
        rows.append(("average precision, test", decimal(detail["average_precision"], 2)))
    if detail.get("prevalence") is not None:
        rows.append(("of chance", decimal(detail["prevalence"], 2)))
    return rows


def _warnings(concept: Concept, used: bool) -> list[str]:
    found = []
    if concept.clips is not None and concept.clips < FEW_CLIPS:
        found.append(f"few clips: {concept.clips}")
    precision = concept.quality.get("average_precision")
    if precision is not None and precision < WEAK:
        found.append(f"hard to recognise: average precision {decimal(precision, 2)}")
    if not used:
        found.append("not used by any class")
    return found
