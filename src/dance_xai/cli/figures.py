"""``dance figures``: what a RUN learned and how well, as figures for a paper."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dance_xai.cli.common import DataRoot, Workers, cores, say


def figures(
    run: Annotated[Path, typer.Argument(help="RUN folder.")],
    out: Annotated[Path, typer.Option(help="Folder for the files.")],
    formats: Annotated[str, typer.Option("--format", help="svg, png, or both with a comma between.")] = "svg,png",
    clip: Annotated[
        list[str] | None, typer.Option(help="Clip or video whose sum is drawn too; may be repeated.")
    ] = None,
    data_root: DataRoot = None,
    workers: Workers = None,
) -> None:
    """Draw accuracy, confusion, weights, concept quality and prototypes as vectors (SVG) and in 300 dpi (PNG)."""
    from dance_xai.workflows.figures import write_figures
    from dance_xai.workflows.runs import open_run

    wanted = _formats(formats)
    made = write_figures(open_run(run, data_root), out, wanted, clip or (), threads=cores(workers))
    for path in made.paths:
        say(f"wrote {path}")
    for name, reason in made.left_out.items():
        say(f"  left out {name}: {reason}")


def _formats(text: str) -> tuple[str, ...]:
    from dance_xai.errors import ConfigError
    from dance_xai.report.figures import FORMATS

    wanted = tuple(dict.fromkeys(part.strip().lower() for part in text.split(",") if part.strip()))
    if not wanted or not set(wanted) <= set(FORMATS):
        raise ConfigError(f"--format {text}: expected {' or '.join(FORMATS)}, or both with a comma, got {text!r}")
    return wanted
