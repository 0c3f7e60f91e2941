"""``dance diff``: which clips two RUNs predict differently, and why."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dance_xai.cli.common import JsonFlag, print_json, say
from dance_xai.cli.edit_shown import in_figures

if TYPE_CHECKING:
    from dance_xai.edit import Difference


def diff(
    first: Annotated[Path, typer.Argument(metavar="RUN_A", help="RUN folder.")],
    second: Annotated[Path, typer.Argument(metavar="RUN_B", help="RUN folder to compare with it.")],
    top: Annotated[int, typer.Option(min=1, help="Reasons to name per clip.")] = 3,
    train: Annotated[bool, typer.Option("--train", help="Compare train clips instead of test clips.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Say which clips change from one RUN to another, for better and for worse, and what moved them."""
    from dance_xai.workflows.differing import diff_runs
    from dance_xai.workflows.edit_words import difference_tree

    difference = diff_runs(first, second, split="train" if train else "test", top=top)
    if as_json:
        print_json(difference_tree(difference))
    else:
        show_difference(difference)


def show_difference(difference: Difference) -> None:
    """Print each clip that changes with its reasons."""
    say(in_figures(difference))
    for change in difference.changes:
        truth = "" if change.label is None else f" (labelled {change.label})"
        say(f"\n{change.effect:<7}{change.clip}: {change.before} -> {change.after}{truth}")
        if change.margin is None:
            say("         one of the two RUNs does not have one of these classes")
            continue
        was, now = change.margin
        say(f"         margin of {change.after} over {change.before}: {was:+.2f} -> {now:+.2f}")
        for reason in change.reasons:
            say(f"         {reason.value:+8.2f}  {reason.name}")
