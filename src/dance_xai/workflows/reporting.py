"""The report of a RUN: what the model learned, how well, and what to doubt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from dance_xai.diagnose import Diagnosis
from dance_xai.errors import DataError, SolverError
from dance_xai.report.data import Predictions, ReportData, Table
from dance_xai.report.duplicates import Duplicate, near_duplicates
from dance_xai.report.mistakes import Mistake, mistakes
from dance_xai.types import FloatArray, IntArray, Manifest, Prototype
from dance_xai.workflows.diagnosing import diagnose_view
from dance_xai.workflows.editing import edited_manifest
from dance_xai.workflows.members import find_members
from dance_xai.workflows.runs import RunView, drops_tree

LOOKING = "looking for causes of failures and for shortcuts; --no-diagnosis leaves this out"


def diagnosed_report(view: RunView, progress: Callable[[str], None] = lambda line: None) -> ReportData:
    """The report with a diagnosis. A RUN that allows none, for example for too few train clips, says so in its notes.

    Args:
        view: The RUN with its edits in force.
        progress: Is told what goes on, a line each.
    """
    progress(LOOKING)
    try:
        diagnosis = diagnose_view(view)
    except (DataError, SolverError) as error:
        reason = f"What goes wrong was not looked into: {error}."
        progress(reason)
        return report_of(view, notes=(reason,))
    return report_of(view, diagnosis)


def report_of(view: RunView, diagnosis: Diagnosis | None = None, notes: Sequence[str] = ()) -> ReportData:
    """Collect everything a report shows.

    Args:
        view: The RUN with its edits in force.
        diagnosis: Of that RUN; None leaves it out.
        notes: What else a reader must know, one sentence each.
    """
    manifest = edited_manifest(view)
    members = find_members(view)
    quality = view.run.json("quality") if "quality" in view.run else {}
    return replace(
        model_report(view),
        metrics=view.run.json("metrics"),
        drops=view.drops,
        config=view.settings,
        tables=tuple(_tables(quality)),
        fps=rates.pop() if len(rates := set(members.rates.values())) == 1 else None,
        rates=members.rates,
        quality=quality,
        members=members.windows,
        duplicates=_duplicates(view, manifest.rows("train")),
        train_counts=_train_counts(manifest),
        notes=(*members.notes, *notes),
        diagnosis=diagnosis,
    )


def model_report(view: RunView) -> ReportData:
    """As much of a report as the model and what it says of test clips: enough for its concepts and its mistakes.

    Args:
        view: The RUN with its edits in force.
    """
    model = view.model
    return ReportData(
        title=view.settings["name"],
        classes=model.classes,
        bank=model.bank,
        weight=model.head.weight,
        bias=model.head.bias,
        activations=model.activations,
        predictions=_predictions(view, edited_manifest(view)),
    )


def _predictions(view: RunView, manifest: Manifest) -> Predictions:
    """What the model says about the test clips, and what its head read."""
    rows, head = manifest.rows("test"), view.model.head
    read = view.model.concepts(view.inputs[rows]) if len(rows) else np.zeros((0, len(view.model.bank)))
    predicted = (read @ head.weight.T + head.bias).argmax(axis=1)
    labels = manifest.labels[rows].tolist()
    return Predictions(tuple(manifest.ids[row] for row in rows), tuple(labels), tuple(predicted.tolist()), read)


def _train_counts(manifest: Manifest) -> tuple[int, ...]:
    """Train clips of each class."""
    labels = manifest.labels[manifest.rows("train")]
    return tuple(np.bincount(labels[labels >= 0], minlength=len(manifest.classes)).tolist())


def _duplicates(view: RunView, train: IntArray) -> tuple[Duplicate, ...]:
    """Concepts of the model that are hard to tell apart."""
    vectors: dict[int, FloatArray] = {}
    if view.motion is not None and view.motion.motions is not None:
        centres = view.motion.motions.centres
        vectors = {column: centres[source] for column, source in view.sources("motion").items()}
    if view.text is not None and view.text.phrases:
        embedded = np.concatenate([phrases.embeddings for phrases in view.text.phrases])
        vectors |= {column: embedded[source] for column, source in view.sources("object", "scene").items()}
    kinds = [concept.kind for concept in view.model.bank.concepts]
    return near_duplicates(kinds, view.model.concepts(view.inputs[train]), vectors)


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
        "concepts": [_concept_tree(data, j) for j in range(len(concepts))],
        "near_duplicates": [
            {
                "concepts": [concepts[each.first].name, concepts[each.second].name],
                "of": each.measure,
                "value": each.value,
            }
            for each in data.duplicates
        ],
        "diagnosis": None if data.diagnosis is None else data.diagnosis.to_dict(),
        "mistakes": [_mistake_tree(data, mistake) for mistake in mistakes(data)],
        "metrics": dict(data.metrics),
        "left_out": drops_tree(data.drops),
        "settings": dict(data.config),
        "notes": list(data.notes),
    }


def _mistake_tree(data: ReportData, mistake: Mistake) -> dict[str, Any]:
    named = [(data.bank.concepts[column], value) for column, value in mistake.terms]
    return {
        "clip": mistake.clip,
        "true": data.classes[mistake.true],
        "predicted": data.classes[mistake.predicted],
        "margin": mistake.margin,
        "cause": mistake.cause,
        "decided_by": [{"concept": concept.name, "kind": concept.kind, "value": value} for concept, value in named],
    }


def _concept_tree(data: ReportData, column: int) -> dict[str, Any]:
    concept, members = data.bank.concepts[column], data.members.get(column, ())
    return {
        "name": concept.name,
        "kind": concept.kind,
        "size": concept.size,
        "clips": concept.clips,
        "spread": concept.spread,
        "quality": concept.quality,
        "prototype": None if concept.prototype is None else _place(data, concept.prototype),
        "members": [_place(data, each) for each in members],
    }


def _place(data: ReportData, window: Prototype) -> dict[str, Any]:
    return {
        "clip": window.clip,
        "start": window.start,
        "stop": window.stop,
        "fps": data.rate(window.clip),
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
