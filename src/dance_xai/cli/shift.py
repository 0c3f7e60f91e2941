"""``dance shift``: how new clips differ from those a RUN was made with, and which edit makes up for it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dance_xai.cli.common import JsonFlag, Seed, Workers, clip_progress, cores, percent, print_json, print_reasons, say
from dance_xai.cli.common import table as show_table
from dance_xai.types import counted

if TYPE_CHECKING:
    from dance_xai.shift import Finding, Labelled, Proposal
    from dance_xai.shift.comparison import Steps

MOST_SHOWN = 8


def shift(
    run: Annotated[Path, typer.Argument(help="RUN folder.")],
    data: Annotated[
        Path,
        typer.Option(
            help="New clips, labels not needed: a TOML file with a section data, or a list (.csv, .jsonl) or folder "
            "of videos."
        ),
    ],
    data_root: Annotated[
        Path | None, typer.Option(help="Folder the paths of a TOML file start at. Default: that of the RUN.")
    ] = None,
    labelled: Annotated[
        bool, typer.Option("--labelled", help="Choose on half of the labelled new clips, measure on the other half.")
    ] = False,
    trust: Annotated[list[str], typer.Option(help="Kind to propose nothing against; may be given twice.")] = [],  # noqa: B006
    apply: Annotated[bool, typer.Option("--apply", help="Make the edit proposed.")] = False,
    out: Annotated[Path | None, typer.Option(help="With --apply: write the edited RUN here instead.")] = None,
    cache: Annotated[
        Path | None, typer.Option(help="Folder for what was seen in videos. Default: .dance-cache beside the RUN.")
    ] = None,
    workers: Workers = None,
    seed: Seed = 0,
    as_json: JsonFlag = False,
) -> None:
    """Compare new clips with those a RUN was made with: what has moved, what it costs, what to switch off."""
    from dance_xai.errors import ConfigError
    from dance_xai.workflows.newcomers import Looking
    from dance_xai.workflows.shifting import apply_steps, shift_run

    if out is not None and not apply:
        raise ConfigError("--out: expected --apply with it, got --out alone; add it to make the edit proposed")
    looking = Looking(cache or run.resolve().parent / ".dance-cache", cores(workers), clip_progress())
    found = shift_run(run, data, data_root=data_root, labelled=labelled, trusted=trust, seed=seed, looking=looking)
    position = apply_steps(run, found.steps, out=out) if apply else None
    if as_json:
        print_json(found.tree() | {"position": position})
        return
    show_finding(found.finding)
    print_reasons({reason: count for reason, count in found.tree()["left_out"].items()})
    if found.labelled is not None:
        show_labelled(found.labelled)
    for note in found.notes:
        say(f"  note: {note}")
    if position is not None:
        say(f"  done; {counted(position, 'edit')} in force, dance edit {out or run} undo takes the last one back")


def show_finding(finding: Finding) -> None:
    """What was found without labels."""
    say(bold=counted(finding.clips, "new clip"))
    say(f"  accuracy on held-out train clips    {percent(finding.held_out)} %")
    expected = finding.expected
    say(
        f"  expected on new clips               {percent(expected.by_confidence)} % by confidence, "
        f"{percent(expected.by_threshold)} % by threshold; both miss what the model is wrongly sure of"
    )
    rows = []
    for kind in finding.kinds:
        pair = "-" if kind.agreement is None else " -> ".join(map(percent, kind.agreement))
        bonds = "-" if kind.p_bonds is None else f"{kind.p_bonds:.3f}"
        moved = f"{kind.concepts[0]} of {kind.concepts[1]}"
        rows.append((kind.kind, kind.moved or "no", f"{kind.p_moved:.3f}", moved, bonds, pair))
    show_table(
        "By kind: what has moved, and how the model agrees with the other kinds (%)",
        ("kind", "moved", "p", "concepts", "p of bonds", "agreement"),
        rows,
    )
    _show_moves(finding)
    for number, proposal in enumerate(finding.proposals):
        _show_proposal(proposal, instead=number > 0)
    if not finding.proposals:
        alone = len(finding.kinds) == 1
        say(f"  no edit proposed: {'no other kind is there to judge one by' if alone else 'none surely helps'}")


def show_labelled(labelled: Labelled) -> None:
    """What was chosen and measured with labels."""
    before, after = (percent(value) for value in labelled.measured)
    chosen, measured = counted(labelled.chosen_on, "clip"), counted(labelled.measured_on, "other")
    say(bold=f"With labels: chosen on {chosen}, measured on {measured}")
    if not labelled.steps:
        say(f"  {before} % right as it is; none of {counted(labelled.tried, 'edit')} is surely better")
        return
    say(f"  {in_words(labelled.steps)}")
    costs = " -> ".join(percent(value) for value in labelled.held_out)
    say(f"  {before} -> {after} % right; held-out train clips {costs} %")


def in_words(steps: Steps) -> str:
    """The edits on a line."""
    from dance_xai.workflows.edit_words import in_words as one_in_words

    shown = [one_in_words(step.operation, dict(step.arguments)) for step in steps[:3]]
    more = f"; and {len(steps) - 3} more" if len(steps) > 3 else ""
    return "; ".join(shown) + more


def _show_moves(finding: Finding) -> None:
    moved = {kind.kind: kind.moved for kind in finding.kinds}
    moves = sorted((one for one in finding.moves if moved[one.kind] == "activations"), key=lambda one: one.p)
    for move in moves[:MOST_SHOWN]:
        say(
            f"  {move.kind}:{move.concept}  {move.shift:+.2f} standard deviations, {move.spread:.2f} times the spread, "
            f"p {move.p:.4f}, {percent(move.reliance)} % of the weights"
        )
    bonds = sorted((one for one in finding.bonds if moved[one.kind] == "bonds"), key=lambda one: one.p)
    for bond in bonds[:MOST_SHOWN]:
        say(
            f"  {bond.kind}:{bond.concept} in {bond.label}  {bond.shift:+.2f} standard deviations, "
            f"{bond.contribution:+.2f} to its logit, p {bond.p:.4f}"
        )


def _show_proposal(proposal: Proposal, *, instead: bool) -> None:
    say(
        bold=f"{'or instead' if instead else 'proposed'}, as {proposal.kind} has moved: ", text=in_words(proposal.steps)
    )
    expected, held = (" -> ".join(percent(value) for value in pair) for pair in (proposal.expected, proposal.held_out))
    say(
        f"  expected on new clips {expected} % (gain {percent(proposal.gain)} +- {percent(proposal.error)}), "
        f"held-out train clips {held} %"
    )
