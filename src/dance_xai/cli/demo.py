"""``dance demo``: the whole way on a planted world, with nothing but the base install."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dance_xai.cli.common import Seed, Workers, cores, percent, say, stage_printer, table

if TYPE_CHECKING:
    from dance_xai.workflows.demonstration import Demonstration


def demo(
    out: Annotated[Path, typer.Option(help="Folder for data, RUN and pages.")] = Path("demo-run"),
    seed: Seed = 0,
    workers: Workers = None,
) -> None:
    """Film, fit and explain a planted world whose motions, objects, scenes and one shortcut are known."""
    from dance_xai.workflows.demonstration import demonstrate

    say("A world of people moving, with known motions, objects and scenes, is filmed, and learnt from its videos:")
    show_demo(demonstrate(out, seed=seed, workers=cores(workers), on_stage=stage_printer()))


def show_demo(result: Demonstration) -> None:
    """Print what was planted and what was found."""
    found = sorted(result.discovery.found, key=lambda item: -item.f1)
    say()
    table(
        f"Planted motions, and the discovered concepts that show them ({result.discovery.concepts} concepts)",
        ["planted motion", "concepts", "precision %", "recall %"],
        [[item.motion, str(len(item.concepts)), percent(item.precision), percent(item.recall)] for item in found],
    )
    here, there = result.metrics, result.shifted
    before, after = (_class_accuracy(metrics, result.shortcut.label) for metrics in (here, there))
    say(
        bold="\nAccuracy",
        text=f" {percent(here['accuracy'])} % with {here['nec']:.1f} concepts per class "
        f"(random directions instead of concepts, 5 per class: {percent(here['accuracy_at_nec']['random']['5'])} %)",
    )
    say(bold="\nThe planted shortcut", text=f" {result.shortcut.words}")
    if result.unseen:
        say(f"  {' and '.join(result.unseen)} are too small to be seen and were left out, so the scene is what helps.")
    say(
        f"  '{result.shortcut.label}' is recognised in {percent(before)} % of test clips, "
        f"but {percent(after)} % once the scene no longer helps."
    )
    if result.fooled is not None:
        said = result.fooled.prediction
        terms = ", ".join(f"{term.name} {term.value:+.2f}" for term in said.contributions[:3])
        say(f"  Why: {result.fooled.clip}, '{result.fooled.true_label}', is called '{said.label}' because of {terms}.")
    say("\nOpen: " + "  ".join(str(page) for page in result.pages))
    run = result.folder / "run"
    say(
        f"Try:  dance evaluate {run}\n"
        f"      dance explain {run} {unseen_video(result)} --out new.html    (a video the model has never seen)\n"
        f"      dance fit {result.folder / 'settings.toml'} --data-root {result.folder / 'data'} --out RUN "
        "--set activations=predicted"
    )


def unseen_video(result: Demonstration) -> Path:
    """A video that is not among the clips of the first RUN."""
    return min((result.folder / "data" / "videos").glob("shifted_*.mp4"))


def _class_accuracy(metrics: dict[str, object], label: str) -> float | None:
    rows = metrics["per_class"]
    assert isinstance(rows, list)
    value = next(row["accuracy"] for row in rows if row["label"] == label)
    return None if value is None else float(value)
