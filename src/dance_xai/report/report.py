"""The page of a whole model: how good, how short, by which concepts, and what went wrong."""

from __future__ import annotations

from typing import Any

from dance_xai.report.cards import class_cards, concept_cards
from dance_xai.report.data import ReportData
from dance_xai.report.diagnosed import diagnosed
from dance_xai.report.doubts import doubts
from dance_xai.report.flow import flow
from dance_xai.report.interventions import interventions
from dance_xai.report.limits import limits
from dance_xai.report.measures import curves, headline, settings, tables
from dance_xai.report.mistakes import REASONS, confusion, dropped
from dance_xai.report.poses import pack, pack_skeleton, round_seconds, views
from dance_xai.report.render import render
from dance_xai.report.svg import accuracy_chart
from dance_xai.types import Prototype

TERMS = 8


def report_page(data: ReportData) -> str:
    """Write the page of one model as HTML that needs no network."""
    series = curves(data.metrics)
    budgets = sorted({budget for line in series for budget in line.points})
    figures, concepts = _figures(data), concept_cards(data)
    drawn = flow(data, [card["alt"] for card in concepts])
    return render(
        "report.html.j2",
        styles=("page.css", "figures.css", "report.css", "chart.css", "flow.css", "diagnosed.css", "print.css"),
        scripts=("skeleton.js", "flow.js", "report.js"),
        title=data.title,
        report=data,
        top=headline(data),
        series=series,
        control_note=(data.metrics.get("notes") or {}).get("random"),
        budgets=[(budget, f"{budget:g}") for budget in budgets],
        wide_chart=accuracy_chart(series, width=720, height=400, labels=True),
        narrow_chart=accuracy_chart(series, width=360, height=330, labels=False),
        doubts=doubts(data, [card["warnings"] for card in concepts]),
        limits=limits(data, series),
        flow=drawn,
        tables=tables(data),
        classes=class_cards(data),
        concepts=concepts,
        confusion=confusion(data),
        diagnosed=diagnosed(data),
        interventions=None if data.diagnosis is None else interventions(data.diagnosis),
        dropped=dropped(data.drops),
        settings=settings(data.config),
        figures=figures.keys(),
        terms=TERMS,
        reasons=REASONS,
        data={
            "skeleton": pack_skeleton(data.bank.skeleton) if data.bank.skeleton else None,
            "figures": figures,
            "groups": _seconds(data),
            "flow": drawn,
        },
    )


def _windows(data: ReportData) -> dict[str, Prototype]:
    """Every pose window on the page: prototypes, and the members beside them."""
    if data.bank.skeleton is None:
        return {}
    shown = {f"p{j}": each.prototype for j, each in enumerate(data.bank.concepts) if each.prototype is not None}
    others = {f"m{j}-{i}": each for j, found in data.members.items() for i, each in enumerate(found) if i > 0}
    return shown | others


def _figures(data: ReportData) -> dict[str, dict[str, Any]]:
    """Every pose window, packed, at one scale."""
    poses = {key: (window.poses, window.seen) for key, window in _windows(data).items()}
    return {key: pack(*poses[key]) | {"view": view} for key, view in views(poses).items()}


def _seconds(data: ReportData) -> dict[str, float]:
    """How long one round of each animation takes; a prototype plays in the group of its concept's column."""
    return {
        key.removeprefix("p"): round_seconds(window.stop - window.start, data.rate(window.clip))
        for key, window in _windows(data).items()
    }
