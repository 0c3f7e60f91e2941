"""How new clips differ from those of a RUN, and what is proposed against it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from dance_xai.errors import ConfigError
from dance_xai.shift import Comparison, Finding, Labelled, choose_by_labels, find_shift
from dance_xai.shift.comparison import Steps
from dance_xai.types import KINDS, Drop, IntArray, Kind, count_reasons, counted
from dance_xai.workflows.case import Case
from dance_xai.workflows.editing import make_edit, with_edits, write_edits
from dance_xai.workflows.newcomers import Looking, Newcomers, read_newcomers
from dance_xai.workflows.runs import RunView, open_run

SAME = 1e-5
AGAIN = "{} of {} are train clips of the RUN, which knows them: what is expected of them is too good"


@dataclass(frozen=True)
class Shift:
    """What became of a RUN on new clips.

    Attributes:
        finding: From unlabelled clips.
        labelled: Chosen and measured with labels; None without.
        drops: New clips left out, with reasons.
        notes: What to know of the comparison.
    """

    finding: Finding
    labelled: Labelled | None
    drops: tuple[Drop, ...]
    notes: tuple[str, ...]

    @property
    def steps(self) -> Steps:
        """The edits proposed: those chosen with labels if there are labels."""
        if self.labelled is not None:
            return self.labelled.steps
        return self.finding.proposals[0].steps if self.finding.proposals else ()

    def tree(self) -> dict[str, Any]:
        """All of it as plain data."""
        finding = asdict(self.finding)
        finding["contributions"] = [
            {"label": label, "kind": kind, "value": value}
            for (label, kind), value in self.finding.contributions.items()
        ]
        return {
            **finding,
            "labelled": None if self.labelled is None else asdict(self.labelled),
            "proposed": [asdict(step) for step in self.steps],
            "left_out": count_reasons(self.drops),
            "notes": list(self.notes),
        }


def shift_run(
    folder: Path,
    place: Path,
    *,
    data_root: Path | None = None,
    labelled: bool = False,
    trusted: Sequence[str] = (),
    seed: int = 0,
    looking: Looking | None = None,
) -> Shift:
    """Compare new clips with the held-out train clips of a RUN. Its test clips are not looked at.

    Args:
        folder: The RUN, with its edits in force.
        place: The new clips, see ``read_newcomers``.
        data_root: Where the paths of the new clips start; None: where those of the RUN do.
        labelled: Whether to choose and measure edits with the labels of the new clips; without it they are not used.
        trusted: Kinds that nothing is proposed against.
        seed: Of permutations, halves and the folds of new clips.
        looking: How to look at videos.

    Raises:
        DanceError: The RUN or the clips cannot be read or compared.
    """
    for kind in trusted:
        if kind not in KINDS:
            raise ConfigError(f"--trust {kind}: expected one of {', '.join(KINDS)}, got another word; choose one")
    view = open_run(folder)
    new = read_newcomers(view, place, data_root, looking)
    case = Case(view)
    comparison = Comparison(case.held_out, new.inputs, seed)
    rng = np.random.default_rng(seed)
    kept: list[Kind] = [kind for kind in KINDS if kind in trusted]
    finding = find_shift(comparison, rng, trusted=kept)
    proposed = tuple(one.steps for one in finding.proposals)
    chosen = choose_by_labels(comparison, _classes(view, new), rng, proposed, trusted=kept) if labelled else None
    return Shift(finding, chosen, new.drops, (*case.notes, *_doubts(view, new)))


def apply_steps(folder: Path, steps: Steps, *, out: Path | None = None) -> int:
    """Make the edits proposed, each recorded and undone on its own.

    Args:
        folder: The RUN.
        steps: The edits, in order.
        out: Where to write the edited RUN to; None changes the RUN itself.

    Returns:
        How many edits of the RUN are in force.

    Raises:
        ConfigError: There are none.
        DanceError: One is impossible, or the RUN cannot be read or written. Nothing has changed.
    """
    if not steps:
        raise ConfigError("--apply: expected a proposed edit, got none; nothing surely helps. See dance edit")
    view = open_run(folder)
    for step in steps:
        outcome = make_edit(view, step.operation, dict(step.arguments))
        view = with_edits(view, outcome.chain, outcome.model)
    write_edits(view, view.edits, view.model, out)
    return view.edits.position


def _doubts(view: RunView, new: Newcomers) -> Iterator[str]:
    """What may deceive in a comparison."""
    if again := _met_before(view, new):
        yield AGAIN.format(again, counted(len(new.ids), "new clip"))


def _met_before(view: RunView, new: Newcomers) -> int:
    """How many new clips the model reads exactly as one of its train clips, which they then are."""
    train = np.asarray(view.inputs[view.manifest.rows("train")], dtype=np.float64)
    sums = train.sum(axis=1)
    most = SAME * train.shape[1] + SAME * np.abs(train).sum(axis=1)
    near = [train[np.abs(sums - row.sum()) <= most] for row in new.inputs]
    same = (np.isclose(row, rows, rtol=SAME, atol=SAME) for rows, row in zip(near, new.inputs, strict=True))
    return sum(bool(each.all(axis=1).any()) for each in same)


def _classes(view: RunView, new: Newcomers) -> IntArray:
    """(M,) rows of the classes of the model, -1 for clips without a label or of another class."""
    known = {label: row for row, label in enumerate(view.model.classes)}
    return np.array([known.get(label or "", -1) for label in new.labels], dtype=np.int64)
