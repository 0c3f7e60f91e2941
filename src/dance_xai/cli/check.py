"""``dance check``: what is wrong with the data, before an hour is spent on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dance_xai.cli.common import JsonFlag, Workers, clip_progress, cores, print_json, print_reasons, say
from dance_xai.types import counted

if TYPE_CHECKING:
    from dance_xai.workflows.checking import Check
    from dance_xai.workflows.probing import Problem

WIDEST = 60
"""Letters to which columns are padded; what is longer is shown whole all the same."""

ALIKE = 20
"""Clips of which the same is wrong that are shown one by one; the others are counted."""


def check(
    config: Annotated[Path, typer.Argument(help="TOML file of settings.")],
    data_root: Annotated[Path, typer.Option(help="Folder the data paths of the settings start at.")] = Path(),
    settings: Annotated[
        list[str] | None, typer.Option("--set", help="key=value on top of the file, for example extract.fps=10.")
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Fail (exit code 2) when any clip has a problem.")] = False,
    workers: Workers = None,
    as_json: JsonFlag = False,
) -> None:
    """Probe settings, files and every clip, and list what is wrong and what to do. Nothing is written.

    What keeps all of it from being fitted is an error (exit code 2); what is wrong with single clips is one with
    --strict.
    """
    from dance_xai.config import read_config
    from dance_xai.errors import DataError
    from dance_xai.workflows.checking import check_data

    found = check_data(read_config(config, settings or ()), data_root, workers=cores(workers), progress=clip_progress())
    if as_json:
        print_json(as_tree(found))
    else:
        show_check(found)
    if found.faults:
        more = f" ({len(found.faults) - 1} more wrong, listed above)" if len(found.faults) > 1 else ""
        raise DataError(f"{found.faults[0]}{more}")
    if strict and found.problems:
        first = found.problems[0]
        raise DataError(
            f"clips: expected none with a problem, got {found.bad} of {found.clips} "
            f"({first.clip}: {first.what}); mend them or leave them out"
        )


def as_tree(found: Check) -> dict[str, Any]:
    """The result as plain data."""
    from dance_xai.types import count_reasons

    return {
        "clips": found.clips,
        "classes": found.classes,
        "bad": found.bad,
        "faults": list(found.faults),
        "problems": [vars(problem) for problem in found.problems],
        "left_out": count_reasons(found.drops),
    }


def show_check(found: Check) -> None:
    """Print the problems, one a line however long, or that there are none."""
    from dance_xai.types import count_reasons

    said = f"{found.bad} with a problem" if found.problems else "nothing wrong with them"
    said = said if found.problems or found.faults else "nothing wrong"
    say(bold=f"{counted(found.clips, 'clip')} of {counted(found.classes, 'class')}", text=f": {said}")
    print_reasons(count_reasons(found.drops))
    for fault in found.faults:
        say(f"  cannot be fitted  {fault}")
    if found.problems:
        shown, others = _first_of_each(found.problems)
        rows = [("clip", "what is wrong", "what to do")]
        rows += [(problem.clip, problem.what, problem.advice) for problem in shown]
        wide = [min(WIDEST, max(len(row[column]) for row in rows)) for column in (0, 1)]
        for clip, what, advice in rows:
            say(f"  {clip:<{wide[0]}}  {what:<{wide[1]}}  {advice}")
        for what, count in others.items():
            say(f"  and {count:,} more with: {what} (--json lists all)")
        say("\nA fit leaves out clips that it cannot use, with the reason, and counts them.")


def _first_of_each(problems: Sequence[Problem]) -> tuple[list[Problem], Counter[str]]:
    """The problems to show, and how many more there are of each kind."""
    shown, seen = [], Counter[str]()
    for problem in problems:
        seen[problem.what] += 1
        if seen[problem.what] <= ALIKE:
            shown.append(problem)
    return shown, seen - Counter(dict.fromkeys(seen, ALIKE))
