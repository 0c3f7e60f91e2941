"""The report of a RUN: what the model learned, how well, and what to doubt."""

from __future__ import annotations

from typing import Any

import numpy as np

from dance_xai.report.data import Predictions, ReportData, Table
from dance_xai.types import Concept
from dance_xai.workflows.editing import edited_manifest
from dance_xai.workflows.runs import RunView, drops_tree


def report_of(view: RunView) -> ReportData:
    """Collect everything a report shows."""
    model, manifest = view.model, edited_manifest(view)
    rows = manifest.rows("test")
    predicted = model.predict(view.inputs[rows]) if len(rows) else np.zeros(0, dtype=np.int64)
    return ReportData(
        title=view.settings["name"],
        classes=model.classes,
        bank=model.bank,
        weight=model.head.weight,
        bias=model.head.bias,
        activations=model.activations,
        metrics=view.run.json("metrics"),
        drops=view.drops,
        config=view.settings,
        predictions=Predictions(
            tuple(manifest.ids[row] for row in rows),
            tuple(int(label) for label in manifest.labels[rows]),
            tuple(int(label) for label in predicted),
        ),
        tables=tuple(_tables(view.run.json("quality") if "quality" in view.run else {})),
    )


def report_tree(data: ReportData) -> dict[str, Any]:
    """The report as plain data: classes with their weights, concepts, figures, what was left out, settings."""
    concepts = data.bank.concepts
    return {
        "title": data.title,
        "activations": data.activations,
        "classes": [
            {
                "label": label,
                "bias": float(data.bias[row]),
                "weights": [
                    {"concept": concepts[column].name, "kind": concepts[column].kind, "weight": float(value)}
                    for column, value in sorted(enumerate(data.weight[row]), key=lambda term: -abs(term[1]))
                    if data.used[row, column]
                ],
            }
            for row, label in enumerate(data.classes)
        ],
        "concepts": [_concept_tree(concept) for concept in concepts],
        "metrics": dict(data.metrics),
        "left_out": drops_tree(data.drops),
        "settings": dict(data.config),
    }


def _concept_tree(concept: Concept) -> dict[str, Any]:
    shown = concept.prototype
    return {
        "name": concept.name,
        "kind": concept.kind,
        "size": concept.size,
        "clips": concept.clips,
        "spread": concept.spread,
        "quality": concept.quality,
        "prototype": None if shown is None else {"clip": shown.clip, "start": shown.start, "stop": shown.stop},
    }


def _tables(quality: dict[str, Any]) -> list[Table]:
    motion = quality.get("motion") or {}
    clustering = motion.get("clustering") or {}
    rows: list[tuple[str | float | int | None, ...]] = [
        (name, motion[key])
        for name, key in (
            ("pose windows", "windows"),
            ("of them in train clips", "train_windows"),
            ("agreement of windows with classes (NMI)", "class_nmi"),
        )
        if key in motion
    ]
    rows += [
        (f"stability, {name.replace('_', ' ')}", value) for name, value in (clustering.get("stability") or {}).items()
    ]
    if not rows:
        return []
    note = "Classes and test clips are never used in discovery; the agreement with classes is only reported."
    return [Table("How motion concepts were found", ("figure", "value"), tuple(rows), note)]
