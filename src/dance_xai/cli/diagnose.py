"""``dance diagnose``: what goes wrong in the model of a RUN, why, and what could be done."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dance_xai.cli.common import DataRoot, JsonFlag, Seed, percent, print_json, say, table
from dance_xai.types import counted

if TYPE_CHECKING:
    from dance_xai.diagnose import Diagnosis


def diagnose(
    run: Annotated[Path, typer.Argument(help="RUN folder.")],
    apply: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Make the edit proposed against shortcut number N.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="With --apply: write the edited RUN here.")] = None,
    groups: Annotated[
        Path | None, typer.Option(help="CSV file with an id and attributes of each clip, such as its view.")
    ] = None,
    seed: Seed = 0,
    data_root: DataRoot = None,
    as_json: JsonFlag = False,
) -> None:
    """Group failures by cause, name suspected shortcuts with an edit against each, and correct concepts."""
    from dance_xai.cli.edit_shown import show_outcome
    from dance_xai.errors import ConfigError
    from dance_xai.workflows.diagnosing import apply_proposal, diagnose_run

    if out is not None and apply is None:
        raise ConfigError("--out: expected --apply N with it, got --out alone; say which proposal to make")
    diagnosis = diagnose_run(run, groups=groups, seed=seed, data_root=data_root)
    if apply is not None:
        show_outcome("", apply_proposal(run, diagnosis, apply, out=out), as_json)
    elif as_json:
        print_json(diagnosis.to_dict())
    else:
        show_diagnosis(diagnosis)


def show_diagnosis(diagnosis: Diagnosis) -> None:
    """Print a diagnosis as a person reads it."""
    from dance_xai.diagnose.words import failure_words, shortcut_words, uneven_words

    _show_causes(diagnosis)
    for failure in diagnosis.failures:
        say(f"  {failure_words(failure)}")
    say(bold="\nSuspected shortcuts", text="" if diagnosis.shortcuts else ": none")
    for number, one in enumerate(diagnosis.shortcuts, start=1):
        say(f"  {number}. {shortcut_words(one)}")
    if diagnosis.uneven:
        say(bold="\nConcepts that work differently in subgroups")
    for uneven in diagnosis.uneven:
        say(f"  {uneven_words(uneven)}")
    _show_curves(diagnosis)
    for note in diagnosis.notes:
        say(f"  note: {note}")


def _show_causes(diagnosis: Diagnosis) -> None:
    from dance_xai.diagnose import CAUSES, count_causes

    say(bold=f"{len(diagnosis.failures)} of {counted(diagnosis.clips, 'test clip')} wrong\n")
    counts = count_causes(diagnosis.failures)
    if counts:
        rows = [[label, *(str(found[cause] or "-") for cause in CAUSES)] for label, found in counts.items()]
        table("Causes", ["class", *CAUSES], rows)
        say()


def _show_curves(diagnosis: Diagnosis) -> None:
    if not diagnosis.interventions:
        return
    say()
    rows = [[one.policy, *(percent(score) for score in one.accuracy)] for one in diagnosis.interventions]
    corrected = [str(count) for count in diagnosis.interventions[0].corrected]
    table("Accuracy (%) on test clips after correcting so many concepts of each", ["order", *corrected], rows)
