"""``dance edit``: change the model of a RUN, take it back, and see what that changes."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from dance_xai.cli.common import DataRoot, JsonFlag, print_json, refuse_unused, say
from dance_xai.cli.edit_shown import show_outcome
from dance_xai.errors import ConfigError

app = typer.Typer(no_args_is_help=True)
Out = Annotated[Path | None, typer.Option(help="Write the edited RUN here and leave the first one as it is.")]
ConceptName = Annotated[str, typer.Argument(metavar="CONCEPT", help="Name, or kind:name where two kinds share it.")]
ClassName = Annotated[str, typer.Argument(metavar="CLASS", help="Name of a class.")]
PairList = Annotated[list[str], typer.Option(metavar="CLASS:CONCEPT", help="Pair, or a CONCEPT for every class.")]


@app.callback()
def edit(context: typer.Context, run: Annotated[Path, typer.Argument(metavar="RUN", help="RUN folder.")]) -> None:
    """Change the model of a RUN: each edit is recorded, can be undone, and says what it changes."""
    context.obj = run


@app.command()
def ablate(
    context: typer.Context,
    concepts: Annotated[list[str] | None, typer.Argument(help="Names of concepts.")] = None,
    kind: Annotated[list[str], typer.Option(help="motion, object or scene; may be given twice.")] = [],  # noqa: B006
    out: Out = None,
    as_json: JsonFlag = False,
) -> None:
    """Switch concepts off: single ones, or all of a kind."""
    _edit(context, "ablate", {"kinds": kind, "concepts": concepts or []}, out, as_json)


@app.command("set")
def set_activation(
    context: typer.Context,
    concept: ConceptName,
    value: Annotated[float, typer.Option(help="Standard deviations from the train mean.")],
    out: Out = None,
    as_json: JsonFlag = False,
) -> None:
    """Fix the activation of a concept, whatever the clip shows."""
    _edit(context, "set_activation", {"concept": concept, "value": value}, out, as_json)


@app.command()
def swap(
    context: typer.Context, first: ConceptName, second: ConceptName, out: Out = None, as_json: JsonFlag = False
) -> None:
    """Give each of two concepts the activation of the other."""
    _edit(context, "swap_activations", {"first": first, "second": second}, out, as_json)


@app.command()
def weight(
    context: typer.Context,
    label: ClassName,
    concept: ConceptName,
    set_to: Annotated[float | None, typer.Option("--set", help="New weight.")] = None,
    add: Annotated[float | None, typer.Option(help="Number to add to the weight.")] = None,
    scale: Annotated[float | None, typer.Option(help="Number to multiply the weight by.")] = None,
    out: Out = None,
    as_json: JsonFlag = False,
) -> None:
    """Change the weight of a concept for a class."""
    given = [(name, value) for name, value in (("set", set_to), ("add", add), ("scale", scale)) if value is not None]
    if len(given) != 1:
        raise ConfigError(f"weight: expected one of --set, --add and --scale, got {len(given)}; give one")
    change, value = given[0]
    arguments = {"label": label, "concept": concept, "change": change, "value": value}
    _edit(context, "change_weight", arguments, out, as_json)


@app.command()
def remove(
    context: typer.Context,
    concepts: Annotated[list[str], typer.Argument(help="Names of concepts.")],
    out: Out = None,
    as_json: JsonFlag = False,
) -> None:
    """Take concepts out of the model."""
    _edit(context, "remove", {"concepts": concepts}, out, as_json)


@app.command()
def rename(
    context: typer.Context,
    old: ConceptName,
    new: Annotated[str, typer.Argument(help="New name.")],
    out: Out = None,
    as_json: JsonFlag = False,
) -> None:
    """Give a concept another name."""
    _edit(context, "rename", {"old": old, "new": new}, out, as_json)


@app.command()
def merge(
    context: typer.Context,
    first: ConceptName,
    second: ConceptName,
    name: Annotated[str, typer.Option(help="Name of the merged concept.")],
    out: Out = None,
    as_json: JsonFlag = False,
) -> None:
    """Put one concept in the place of two of the same kind."""
    _edit(context, "merge", {"first": first, "second": second, "name": name}, out, as_json)


@app.command()
def split(
    context: typer.Context,
    concept: ConceptName,
    first: Annotated[str, typer.Option(help="Ids of clips of the first half, with commas between.")] = "",
    second: Annotated[str, typer.Option(help="Ids of clips of the second half.")] = "",
    data_root: DataRoot = None,
    out: Out = None,
    as_json: JsonFlag = False,
) -> None:
    """Put two concepts in the place of a motion concept: by its clips if given, else by 2-means of its windows."""
    from dance_xai.workflows.halving import halves_of
    from dance_xai.workflows.runs import open_run

    if bool(first) != bool(second):
        raise ConfigError("split: expected clips for both halves or for none, got one; give --first and --second")
    if first:
        refuse_unused(context, ("data_root",), "windows to look at, got the clips of both halves")
    halves = [_listed(first), _listed(second)] if first else halves_of(open_run(context.obj, data_root), concept)
    _edit(context, "split", {"concept": concept, "halves": halves}, out, as_json)


@app.command()
def resolve(
    context: typer.Context,
    only: Annotated[list[str], typer.Option(help="Kind that may be used; may be given twice.")] = [],  # noqa: B006
    forbid: PairList = [],  # noqa: B006
    positive: PairList = [],  # noqa: B006
    negative: PairList = [],  # noqa: B006
    lam: Annotated[float | None, typer.Option(help="Strength of the penalty. Default: that of the model.")] = None,
    nec: Annotated[float | None, typer.Option(help="Instead: at most so many weights per class.")] = None,
    out: Out = None,
    as_json: JsonFlag = False,
) -> None:
    """Solve the head again, exactly, with what it may use: kinds, pairs without a weight, signs."""
    pairs = {"forbid": forbid, "positive": positive, "negative": negative}
    _edit(context, "resolve", {**pairs, "only": only, "lam": lam, "nec": nec}, out, as_json)


@app.command()
def detach(
    context: typer.Context,
    concepts: Annotated[list[str] | None, typer.Argument(help="Concepts to detach; else all of other kinds.")] = None,
    kind: Annotated[list[str], typer.Option(help="Detach from all of this kind; may be given twice.")] = [],  # noqa: B006
    source: Annotated[list[str], typer.Option(metavar="CONCEPT", help="Detach from this concept.")] = [],  # noqa: B006
    forbid: PairList = [],  # noqa: B006
    lam: Annotated[float | None, typer.Option(help="Strength of the penalty. Default: that of the model.")] = None,
    out: Out = None,
    as_json: JsonFlag = False,
) -> None:
    """Free concept layers of what they have learnt of other concepts, such as scenes, and solve the head again."""
    arguments = {"kinds": kind, "sources": source, "concepts": concepts or []}
    _edit(context, "detach", {**arguments, "forbid": forbid, "lam": lam}, out, as_json)


@app.command("add-class")
def add_class(
    context: typer.Context,
    label: ClassName,
    clips: Annotated[str, typer.Option(help="Ids of clips, video files or lists (.csv), with commas between.")],
    most: Annotated[int, typer.Option(min=1, help="Weights the class may have.")] = 10,
    data_root: DataRoot = None,
    out: Out = None,
    as_json: JsonFlag = False,
) -> None:
    """Add a class from a few clips; all other weights stay as they are."""
    arguments = {"label": label, "ids": _listed(clips), "most": most}
    _edit(context, "add_class", arguments, out, as_json, data_root)


@app.command("drop-class")
def drop_class(context: typer.Context, label: ClassName, out: Out = None, as_json: JsonFlag = False) -> None:
    """Take a class out of the model."""
    _edit(context, "drop_class", {"label": label}, out, as_json)


@app.command()
def undo(context: typer.Context, out: Out = None, as_json: JsonFlag = False) -> None:
    """Take the last edit back."""
    from dance_xai.workflows import editing

    show_outcome("undone: ", editing.undo(context.obj, out=out), as_json)


@app.command()
def redo(context: typer.Context, out: Out = None, as_json: JsonFlag = False) -> None:
    """Make the edit again that was undone last."""
    from dance_xai.workflows import editing

    show_outcome("", editing.redo(context.obj, out=out), as_json)


@app.command()
def log(context: typer.Context, as_json: JsonFlag = False) -> None:
    """List the edits; those that were undone come last."""
    from dance_xai.workflows.edit_words import in_words
    from dance_xai.workflows.editing import open_for_edits

    chain = open_for_edits(context.obj).edits
    if as_json:
        print_json(asdict(chain))
        return
    if not chain.edits:
        say("no edits")
    for number, record in enumerate(chain.edits, start=1):
        undone = "" if number <= chain.position else "  (undone)"
        say(f"  {number:>3}  {in_words(record.operation, record.arguments)}{undone}")


def _edit(
    context: typer.Context,
    operation: str,
    arguments: dict[str, Any],
    out: Path | None,
    as_json: bool,
    data_root: Path | None = None,
) -> None:
    from dance_xai.workflows.editing import edit_run

    show_outcome("", edit_run(context.obj, operation, arguments, out=out, data_root=data_root), as_json)


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
