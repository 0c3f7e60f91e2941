"""The figures of ``dance evaluate``, arranged for reading. Keys may be missing; what is missing is not shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from dance_xai.report.data import ReportData, Table
from dance_xai.report.svg import Series
from dance_xai.types import KINDS
from dance_xai.types.numbers import decimal, percent

SETS: dict[str, tuple[str, bool]] = {
    "all": ("all concepts", False),
    "motion": ("motion only", False),
    "object": ("object only", False),
    "scene": ("scene only", False),
    "context": ("object + scene", False),
    "grounded": ("grounded (measured)", False),
    "random": ("random directions", True),
    "features": ("raw features", True),
}
GAP_BUDGETS = (3.0, 5.0)

PRUNED_NAMES = {
    "all": "all concepts",
    "grounded": "grounded (measured)",
    "random": "random directions (control)",
    "features": "raw features (control)",
}


def headline(data: ReportData) -> dict[str, Any]:
    """Accuracy, interval, NEC and the number of concepts per kind.

    Predictions on the page count before the metrics; ``disagrees`` says when the two differ.
    """
    scored, metrics = data.predictions.scored, data.metrics
    n, correct = metrics.get("n"), metrics.get("correct")
    if scored:
        n, correct = len(scored), sum(true == predicted for _, true, predicted in scored)
    stated = (metrics.get("n", n), metrics.get("correct", correct))
    accuracy = correct / n if n and correct is not None else metrics.get("accuracy")
    return {
        "accuracy": accuracy,
        "n": n,
        "correct": correct,
        "interval": metrics.get("accuracy_ci"),
        "disagrees": stated if stated != (n, correct) else None,
        "nonzero": int(data.used.sum()),
        "nec": decimal(data.used.sum() / max(1, len(data.classes)), 2),
        "counts": {kind: len(data.bank.columns(kind)) for kind in KINDS},
        "used": {kind: int(data.used[:, data.bank.columns(kind)].any(axis=0).sum()) for kind in KINDS},
    }


def curves(metrics: Mapping[str, Any]) -> list[Series]:
    """Accuracy against NEC, one line per set; ours first, unknown sets last."""
    found = {key: _points(curve) for key, curve in (metrics.get("accuracy_at_nec") or {}).items()}
    order = [key for key in SETS if found.get(key)] + [key for key in found if key not in SETS and found[key]]
    return [Series(key, SETS.get(key, (key, False))[0], found[key], SETS.get(key, (key, False))[1]) for key in order]


def _points(curve: Mapping[str, float | None] | None) -> dict[float, float]:
    values = {float(budget): value for budget, value in (curve or {}).items() if value is not None}
    return {budget: float(value) for budget, value in sorted(values.items()) if budget > 0 and np.isfinite(value)}


def gaps(series: list[Series]) -> list[dict[str, Any]]:
    """Accuracy of all concepts beside random directions and measured activations, at short explanations."""
    lines = {line.key: line.points for line in series}
    rows = []
    for budget in GAP_BUDGETS:
        values = {key: lines.get(key, {}).get(budget) for key in ("all", "random", "grounded")}
        if values["all"] is not None and (values["random"] is not None or values["grounded"] is not None):
            rows.append({"budget": f"{budget:g}", **values})
    return rows


def tables(data: ReportData) -> list[Table]:
    """Concept quality, leakage and faithfulness from the metrics, then the tables that were given."""
    found = (_pruned(data.metrics), _quality(data.metrics), _leakage(data.metrics), _faithfulness(data.metrics))
    return [*(table for table in found if table is not None), *data.tables]


def _pruned(metrics: Mapping[str, Any]) -> Table | None:
    curves = {PRUNED_NAMES[key]: curve for key, curve in (metrics.get("accuracy_pruned") or {}).items() if curve}
    if not curves:
        return None
    budgets = list(next(iter(curves.values())))
    rows = tuple((name, *(percent(curve.get(budget), 2) for budget in budgets)) for name, curve in curves.items())
    note = (
        "Test accuracy when a dense head is pruned to the budget and refitted. It helps every set, the controls most: "
    )
    note += "what random directions reach here, concepts must beat to earn their place by accuracy alone."
    return Table("Pruned heads: the stricter comparison", ("NEC at most", *budgets), rows, note)


def _quality(metrics: Mapping[str, Any]) -> Table | None:
    columns = {
        "concept_map": "average precision",
        "concept_chance": "of chance",
        "concept_auc": "AUC",
        "concept_correlation": "correlation",
    }
    known = {key: name for key, name in columns.items() if metrics.get(key)}
    if not known:
        return None
    rows = [
        (kind, *(_figure(metrics[key].get(kind)) for key in known))
        for kind in KINDS
        if any(metrics[key].get(kind) is not None for key in known)
    ]
    note = "Activations against the concept targets of test clips, mean over concepts. Chance is the average precision "
    note += "of a random order."
    return Table("How well concepts are recognised", ("kind", *known.values()), tuple(rows), note)


def _leakage(metrics: Mapping[str, Any]) -> Table | None:
    probe = (metrics.get("leakage") or {}).get("probe")
    if not probe:
        return None
    rows = (
        ("from the activations the model reads", percent(probe["predicted"], 2)),
        ("from the true concept targets", percent(probe["targets"], 2)),
        ("difference in points", decimal(100 * probe["surplus"], 2, sign=True)),
    )
    note = "The class read off by a linear probe. What the targets cannot tell, the meaning of the concepts cannot "
    note += "have told: a positive difference is leakage, or targets that measure the concepts poorly."
    return Table("What the activations know beyond the concepts", ("probe", "test accuracy"), rows, note)


def _faithfulness(metrics: Mapping[str, Any]) -> Table | None:
    found = metrics.get("faithfulness")
    if not found or not found.get("removed"):
        return None
    rows = tuple(
        (f"{removed}", percent(top), percent(chance))
        for removed, top, chance in zip(found["removed"], found["flips_top"], found["flips_random"], strict=True)
    )
    note = "Share of test clips whose prediction changes when so many contributions are switched off."
    return Table(
        "Do the explanations carry the prediction?", ("switched off", "the largest", "random ones"), rows, note
    )


def _figure(value: float | None) -> str | None:
    return None if value is None else decimal(value, 3)


def settings(config: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    """Nested settings as dotted names and values as text."""
    rows: list[tuple[str, str]] = []
    for key, value in config.items():
        if isinstance(value, Mapping):
            rows += settings(value, f"{prefix}{key}.")
        else:
            rows.append((f"{prefix}{key}", "–" if value is None else str(value)))
    return rows
