"""What all commands share: printing, JSON, progress and where data lies."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dance_xai.errors import ConfigError
from dance_xai.types import numbers

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

JsonFlag = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
DataRoot = Annotated[
    Path | None, typer.Option(help="Folder the data paths of the settings start at. Default: as when the RUN was made.")
]
Seed = Annotated[int, typer.Option(min=0, help="Seed of every random choice.")]


Workers = Annotated[
    int | None, typer.Option(min=1, help="Videos or frames looked at side by side. Default: one per core.")
]


UNBOUNDED = 10_000
"""Letters in a row that is as long as it is."""

NARROWEST = 12
"""Letters that the first column of a table has at least."""


def refuse_unused(context: typer.Context, unused: Collection[str], needs: str, instead: str = "") -> None:
    """Refuse options that would do nothing.

    Args:
        context: Of the command.
        unused: Names of parameters that it does not look at this time.
        needs: What they need, and what was given in its place.
        instead: What else than leaving them out may be done.

    Raises:
        ConfigError: One of them was given.
    """
    source = {one.name: context.get_parameter_source(one.name) for one in context.command.params if one.name in unused}
    given = [
        one.opts[0] for one in context.command.params if getattr(source.get(one.name), "name", "") == "COMMANDLINE"
    ]
    if given:
        advice = f"{instead and f'{instead}, or '}leave {'it' if len(given) == 1 else 'them'} out"
        raise ConfigError(f"{', '.join(given)}: expected {needs}; {advice}")


def cores(workers: int | None) -> int:
    """The number asked for, or one per core this process may use."""
    if workers is not None:
        return workers
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def clip_progress(what: str = "videos") -> Callable[[int, int], None]:
    """Shows on standard error how many videos are done and how much time is left; a line now and then in a file.

    Args:
        what: What is counted.
    """
    start = shown = time.perf_counter()
    live = sys.stderr.isatty()

    def done(count: int, total: int) -> None:
        nonlocal shown
        now = time.perf_counter()
        if count < total and now - shown < (0.2 if live else 10):
            return
        shown = now
        left = (now - start) / count * (total - count)
        text = f"  {what:<12} {count} of {total}, {_clock(left)} left"
        sys.stderr.write(f"\r{text}\x1b[K" + ("\n" if count == total else "") if live else f"{text}\n")
        sys.stderr.flush()

    return done


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def say(text: str = "", *, bold: str = "") -> None:
    """Print a line for a person, to standard output: ``bold`` first, then ``text``, both letter by letter."""
    from rich.console import Console
    from rich.text import Text

    Console(highlight=False, soft_wrap=True).print(Text.assemble((bold, "bold"), text))


def notice(text: str) -> None:
    """Say on standard error what goes on."""
    sys.stderr.write(f"  {text}\n")
    sys.stderr.flush()


def print_json(tree: Any) -> None:
    """Print one JSON object to standard output."""
    sys.stdout.write(json.dumps(tree, allow_nan=False) + "\n")


def paper(least: int = 0) -> Console:
    """What tables are printed on: as wide as the terminal, or as wide as they are where nobody says how wide it is.

    Args:
        least: Letters in a row, also where a terminal has fewer and goes on in the next row.
    """
    from rich.console import Console

    known = sys.stdout.isatty() or "COLUMNS" in os.environ
    console = Console(highlight=False, width=None if known else UNBOUNDED)
    return console if console.width >= least else Console(highlight=False, width=least)


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table, figures to the right and never cut.

    Where it is too wide, headings fold at their spaces, then the first column folds.

    Args:
        title: Stands above it.
        columns: C headings.
        rows: C cells each.
    """
    width, view = paper().width, _table(title, columns, rows)
    if _width_of(view) > width:
        view = _table(title, [column.replace(" ", "\n") for column in columns], rows)
    longest = max((len(row[0]) for row in rows), default=0)
    paper(_width_of(view) - max(0, longest - NARROWEST)).print(view)


def _width_of(view: Table) -> int:
    """Letters in a row of a table in which nothing folds."""
    console = paper(UNBOUNDED)
    return int(console.measure(view).maximum)


def _table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    from rich.table import Table
    from rich.text import Text

    view = Table(
        title=title,
        title_justify="left",
        min_width=min(len(title), 78, paper().width),
        header_style="bold",
        box=None,
        pad_edge=False,
        padding=(0, 1, 0, 0),
    )
    for number, column in enumerate(columns):
        first = number == 0
        view.add_column(column, justify="left" if first else "right", no_wrap=not first, overflow="fold")
    for row in rows:
        view.add_row(*map(Text, row))
    return view


def percent(value: float | None) -> str:
    """``0.9803`` -> ``98.0``, ``0.0002`` -> ``<0.1``; a dash when there is no figure."""
    return "-" if value is None else numbers.percent(value).replace(numbers.THIN, "").removesuffix("%")


def stage_printer() -> Callable[[str, bool], None]:
    """Prints each finished stage with its time to standard error."""
    last = time.perf_counter()

    def finished(name: str, kept: bool) -> None:
        nonlocal last
        now = time.perf_counter()
        sys.stderr.write(f"  {name:<12} {'unchanged' if kept else f'{now - last:6.1f} s'}\n")
        last = now

    return finished


def print_reasons(counts: Mapping[str, int]) -> None:
    """Say how many items were left out for which reason."""
    for reason, count in counts.items():
        say(f"  left out {count:>6}  {reason}")


def json_bytes(tree: Any) -> bytes:
    """A JSON file."""
    return json.dumps(tree, indent=1, allow_nan=False).encode() + b"\n"


def check_out(out: Path | None, suffixes: Sequence[str]) -> str:
    """The ending of an output file.

    Raises:
        ConfigError: It is not one of the given ones.
    """
    if out is None:
        return ""
    if out.suffix.lower() not in suffixes:
        raise ConfigError(f"--out {out}: expected a file ending in {' or '.join(suffixes)}, got {out.suffix or 'none'}")
    return out.suffix.lower()
