"""What the report says about each class and each concept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from dance_xai.report.data import ReportData
from dance_xai.report.numbers import span, whole_percents
from dance_xai.report.words import looks_like
from dance_xai.types import KINDS, Concept, Kind, Prototype
from dance_xai.types.numbers import decimal

FEW_CLIPS = 5
WEAK = 0.2
CHANCE = 0.5
STRIP = 3
ROLES = ("nearest", "median", "furthest")
LIKENESS = {
    "centres": "poses alike (cosine {})",
    "wordings": "wording alike (cosine {})",
    "activations": "activations alike (correlation {})",
}
QUALITY_NAMES = {
    "average_precision": "average precision",
    "auc": "AUC",
    "r2": "R²",
    "cos_cubed": "cos-cubed similarity",
}
QUALITY_NAMES |= {"agreement": "agreement of wordings"}
ON_CLIPS = ("visibility", "agreement", "auc")


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
        "used": bool(users),
        "strength": float(np.abs(data.weight[:, j]).sum()),
        "warnings": _warnings(data, j, bool(users)),
        "members": _members(data, j),
        "alt": _looks(prototype, data) if prototype else None,
        "source": _source(prototype, data) if prototype else None,
    }


def _source(shown: Prototype, data: ReportData) -> str:
    return f"clip {shown.clip}, {span(shown.start, shown.stop, data.rate(shown.clip))}"


def _looks(shown: Prototype, data: ReportData) -> str | None:
    skeleton = data.bank.skeleton
    if skeleton is None:
        return None
    return looks_like((shown.poses, shown.seen), skeleton, shown.stop - shown.start, data.rate(shown.clip))


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
        where = "train clips" if name in ON_CLIPS else "train folds"
        rows.append((f"{QUALITY_NAMES.get(name, name.replace('_', ' '))}, {where}", decimal(value, 2)))
    if detail.get("average_precision") is not None:
        rows.append(("average precision, test", decimal(detail["average_precision"], 2)))
    if detail.get("prevalence") is not None:
        rows.append(("of chance", decimal(detail["prevalence"], 2)))
    return rows


def _members(data: ReportData, j: int) -> list[dict[str, Any]]:
    """The windows besides the prototype, with their role."""
    found = data.members.get(j, ()) if data.bank.skeleton is not None else ()
    roles = ROLES if len(found) == len(ROLES) else (ROLES[0], ROLES[2])
    return [
        {
            "key": f"m{j}-{i}",
            "role": roles[i],
            "source": _source(each, data),
            "alt": _looks(each, data),
        }
        for i, each in enumerate(found)
        if i > 0
    ]


def _warnings(data: ReportData, j: int, used: bool) -> list[str]:
    concept, found = data.bank.concepts[j], []
    if concept.clips is not None and concept.clips < FEW_CLIPS:
        found.append(f"few clips: {concept.clips}")
    precision = concept.quality.get("average_precision")
    if precision is not None and precision < WEAK:
        found.append(f"hard to recognise: average precision {decimal(precision, 2)}")
    auc = concept.quality.get("auc")
    if auc is not None and concept.kind != "motion" and auc <= CHANCE:
        found.append(f"label no better than chance: AUC {decimal(auc, 2)} for the classes it was proposed for")
    found += _alike(data, j)
    if not used:
        found.append("not used by any class")
    return found


def _alike(data: ReportData, j: int) -> list[str]:
    """The concept it is most alike, and how many others there are."""
    near = [each for each in data.duplicates if j in (each.first, each.second)]
    if not near:
        return []
    top = near[0]
    others = {each.first + each.second - j for each in near}
    name = data.bank.concepts[top.first + top.second - j].name
    more = f", and {len(others) - 1} more" if len(others) > 1 else ""
    return [f"near duplicate of {name}{more}: {LIKENESS[top.measure].format(decimal(top.value, 2))}"]
