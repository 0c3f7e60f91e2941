"""What an edit did, as a person reads it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from dance_xai.cli.common import percent, print_json, say
from dance_xai.types import counted

if TYPE_CHECKING:
    from dance_xai.edit import Difference
    from dance_xai.workflows.editing import Outcome


def show_outcome(before: str, outcome: Outcome, as_json: bool) -> None:
    """Print what an edit did."""
    from dance_xai.workflows.edit_words import difference_tree, in_words

    if as_json:
        print_json(
            {
                "edit": asdict(outcome.edit),
                "position": outcome.chain.position,
                "edits": len(outcome.chain.edits),
                "model": outcome.chain.content,
                "nonzero": outcome.model.head.nonzero,
                "train": difference_tree(outcome.train),
                "test": difference_tree(outcome.test),
                "note": outcome.note,
            }
        )
        return
    say(bold=before + in_words(outcome.edit.operation, outcome.edit.arguments))
    say(f"  weights    {outcome.model.head.nonzero} non-zero, {outcome.model.head.nec:.1f} per class")
    for name, difference in (("train", outcome.train), ("test", outcome.test)):
        say(f"  {name:<9}  {in_figures(difference)}")
    if outcome.note is not None:
        say(f"  note: {outcome.note}")


def in_figures(difference: Difference) -> str:
    """Accuracy before and after, and the clips that change."""
    if not difference.labelled:
        return "no labelled clips"
    before, after = (percent(right / difference.labelled) for right in difference.correct)
    changed = counted(len(difference.changes), "changed prediction")
    return (
        f"{before} -> {after} % right of {difference.labelled}; {changed}: "
        f"{difference.count('better')} for the better, {difference.count('worse')} for the worse"
    )
