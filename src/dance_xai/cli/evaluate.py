"""``dance evaluate``: the figures of a RUN on its test clips."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dance_xai.cli.common import JsonFlag, Seed, percent, print_json, say, table
from dance_xai.types import counted

if TYPE_CHECKING:
    from dance_xai.workflows.remembering import Remembered

SET_NAMES = {
    "all": "all concepts",
    "motion": "motion only",
    "object": "object only",
    "scene": "scene only",
    "context": "object + scene",
    "grounded": "grounded",
    "random": "random (control)",
    "features": "raw features (control)",
}


def evaluate(
    run: Annotated[Path, typer.Argument(help="RUN folder.")],
    corrections: Annotated[
        Path | None,
        typer.Option(help="File of corrections (dance explain --remember): say what it does to test clips instead."),
    ] = None,
    seed: Seed = 0,
    as_json: JsonFlag = False,
) -> None:
    """Score a RUN on its test clips, with the controls beside it, and store the figures in the RUN."""
    from dance_xai.artifacts import update_run
    from dance_xai.workflows.remembering import weigh_memory
    from dance_xai.workflows.runs import open_run
    from dance_xai.workflows.scoring import score_run

    view = open_run(run)
    if corrections is not None:
        show_memory(weigh_memory(view, corrections), as_json)
        return
    metrics = score_run(view, seed)
    update_run(run, "metrics", metrics)
    if as_json:
        print_json(metrics)
    else:
        show_metrics(view.settings["name"], metrics)


def show_memory(found: Remembered, as_json: bool) -> None:
    """Print what a file of corrections does."""
    if as_json:
        print_json(asdict(found))
        return
    before, after = map(percent, found.accuracy)
    say(bold=f"{counted(found.corrections, 'remembered correction')} on {counted(found.clips, 'test clip')}")
    own = f", {found.own} of them remembered ones themselves" if found.own else ""
    say(f"  corrected    {counted(found.touched, 'clip')}{own}")
    say(f"  accuracy     {before} -> {after} %")


def show_metrics(name: str, metrics: dict[str, Any]) -> None:
    """Print the figures as a person reads them."""
    low, high = metrics["accuracy_ci"]
    say(bold=name)
    say(
        f"  accuracy        {percent(metrics['accuracy'])} %  ({metrics['correct']} of {metrics['n']}; 95 % interval "
        f"{percent(low)} to {percent(high)}; mean over classes {percent(metrics['mean_class_accuracy'])} %)"
    )
    optimality = "changed by hand" if metrics["kkt"] is None else f"optimality {metrics['kkt']:.1e}"
    say(f"  weights         {metrics['nonzero']} non-zero, NEC {metrics['nec']:.2f}, {optimality}\n")
    _show_curves(metrics)
    _show_concepts(metrics)
    _show_doubt(metrics)
    for key, note in metrics["notes"].items():
        say(f"  note, {key}: {note}")
    say(f"  {metrics['seconds']:.1f} s")


def _show_curves(metrics: dict[str, Any]) -> None:
    _show_table("Accuracy (%) with at most NEC weights per class", metrics["accuracy_at_nec"], metrics["anec_avg"])
    _show_table("The same with pruned heads, which help the controls most", metrics["accuracy_pruned"], {})


def _show_table(title: str, curves: dict[str, dict[str, float] | None], means: dict[str, float | None]) -> None:
    known = [curve for curve in curves.values() if curve]
    if not known:
        return
    names = [key for key in SET_NAMES if key in curves]
    rows = []
    for key in names:
        curve = curves[key]
        cells = [percent(curve[budget]) if curve else "-" for budget in known[0]]
        rows.append([SET_NAMES[key], *cells, *([percent(means[key])] if means else [])])
    table(title, ["set", *known[0], *(["5..30"] if means else [])], rows)
    say()


def _show_concepts(metrics: dict[str, Any]) -> None:
    rows = [
        [kind, f"{value:.3f}", _number(metrics["concept_auc"].get(kind)), _number(metrics["concept_chance"].get(kind))]
        for kind, value in metrics["concept_map"].items()
        if value is not None
    ]
    if rows:
        table("How well concepts are recognised on test clips", ["kind", "mAP", "AUC", "mAP by chance"], rows)
        say()


def _show_doubt(metrics: dict[str, Any]) -> None:
    from dance_xai.report.doubts import beyond_random

    doubt = beyond_random(metrics)
    if doubt is not None:
        say(bold=doubt.question, text=f" {doubt.figure} {doubt.text}\n")


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
