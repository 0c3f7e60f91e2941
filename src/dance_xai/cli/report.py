"""``dance report``: what a model learned, as one page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dance_xai.cli.common import DataRoot, say


def report(
    run: Annotated[Path, typer.Argument(help="RUN folder.")],
    out: Annotated[Path, typer.Option(help="File to write: .html page.")],
    data_root: DataRoot = None,
) -> None:
    """Write the report of a RUN: classes, concepts, accuracy, what was left out, and what to doubt."""
    from dance_xai.artifacts import write_file
    from dance_xai.cli.common import check_out
    from dance_xai.report.report import report_page
    from dance_xai.workflows.reporting import report_of
    from dance_xai.workflows.runs import open_run

    check_out(out, (".html",))
    write_file(out, report_page(report_of(open_run(run, data_root))).encode())
    say(f"wrote {out}")
