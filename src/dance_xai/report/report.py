"""The page of a whole model: how good, how short, by which concepts, and what went wrong."""

from __future__ import annotations

from typing import Any

from dance_xai.report.cards import class_cards, concept_cards
from dance_xai.report.data import ReportData
from dance_xai.report.measures import curves, gaps, headline, settings, tables
from dance_xai.report.mistakes import confusion, dropped
from dance_xai.report.poses import pack, pack_skeleton, round_seconds, views
from dance_xai.report.render import render
from dance_xai.report.svg import accuracy_chart

TERMS = 8


def report_page(data: ReportData) -> str:
    """Write the page of one model as HTML that needs no network."""
    series = curves(data.metrics)
    budgets = sorted({budget for line in series for budget in line.points})
    figures = _figures(data)
    return render(
        "report.html.j2",
        styles=("page.css", "figures.css", "report.css"),
        scripts=("skeleton.js", "report.js"),
        title=data.title,
        report=data,
        top=headline(data),
        series=series,
        budgets=[(budget, f"{budget:g}") for budget in budgets],
        wide_chart=accuracy_chart(series, width=720, height=400, labels=True),
        narrow_chart=accuracy_chart(series, width=360, height=330, labels=False),
        gaps=gaps(series),
        tables=tables(data),
        classes=class_cards(data),
        concepts=concept_cards(data),
        confusion=confusion(data),
        dropped=dropped(data.drops),
        settings=settings(data.config),
        figures=figures.keys(),
        terms=TERMS,
        data={
            "skeleton": pack_skeleton(data.bank.skeleton) if data.bank.skeleton else None,
            "figures": figures,
            "groups": _seconds(data),
        },
    )


def _figures(data: ReportData) -> dict[str, dict[str, Any]]:
    """Every prototype, packed, at one scale."""
    poses = {
        f"p{column}": (concept.prototype.poses, concept.prototype.seen)
        for column, concept in enumerate(data.bank.concepts)
        if concept.prototype is not None and data.bank.skeleton is not None
    }
    return {key: pack(*poses[key]) | {"view": view} for key, view in views(poses).items()}


def _seconds(data: ReportData) -> dict[str, float]:
    """How long one round of each animation takes."""
    return {
        str(column): round_seconds(prototype.stop - prototype.start, data.fps)
        for column, concept in enumerate(data.bank.concepts)
        if (prototype := concept.prototype) is not None
    }
