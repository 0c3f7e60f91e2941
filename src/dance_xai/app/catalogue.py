"""The concepts of a model with their moving figures, and the test clips it gets wrong."""

from __future__ import annotations

from typing import Any

from dance_xai.report.cards import concept_cards
from dance_xai.report.data import ReportData
from dance_xai.report.mistakes import Mistake, mistakes
from dance_xai.report.poses import pack, pack_skeleton, round_seconds, views
from dance_xai.types import Concept
from dance_xai.workflows.reporting import model_report
from dance_xai.workflows.runs import RunView


def catalogue_tree(view: RunView) -> dict[str, Any]:
    """Every concept with its figures, the classes that use it and what to doubt; skeletons as packed poses."""
    data = model_report(view)
    bank = view.model.bank
    poses = {
        str(j): (concept.prototype.poses, concept.prototype.seen)
        for j, concept in enumerate(bank.concepts)
        if concept.prototype is not None and bank.skeleton is not None
    }
    shown = views(poses)
    return {
        "skeleton": None if bank.skeleton is None else pack_skeleton(bank.skeleton),
        "figures": {
            key: pack(*window) | {"view": shown[key], "seconds": _seconds(bank.concepts[int(key)], data.fps)}
            for key, window in poses.items()
        },
        "concepts": [_card_tree(card) for card in concept_cards(data)],
    }


def failures_tree(view: RunView) -> list[dict[str, Any]]:
    """Test clips that are taken for another class, the most surely wrong first, with the concepts that decided."""
    data = model_report(view)
    found = sorted(mistakes(data), key=lambda each: (-(each.margin or 0.0), each.clip))
    return [_mistake_tree(data, each) for each in found]


def _seconds(concept: Concept, fps: float | None) -> float:
    shown = concept.prototype
    return round_seconds(1 if shown is None else shown.stop - shown.start, fps)


def _card_tree(card: dict[str, Any]) -> dict[str, Any]:
    concept: Concept = card["concept"]
    return {
        "column": card["column"],
        "kind": concept.kind,
        "name": concept.name,
        "users": [[label, text] for _, label, text in card["users"]],
        "figures": [list(pair) for pair in card["figures"]],
        "warnings": list(card["warnings"]),
        "looks": card["alt"],
        "source": card["source"],
        "strength": card["strength"],
    }


def _mistake_tree(data: ReportData, mistake: Mistake) -> dict[str, Any]:
    return {
        "clip": mistake.clip,
        "label": data.classes[mistake.true],
        "says": data.classes[mistake.predicted],
        "margin": mistake.margin,
        "reasons": [
            {"column": j, "kind": data.bank.concepts[j].kind, "name": data.bank.concepts[j].name, "value": value}
            for j, value in mistake.terms
        ],
    }
