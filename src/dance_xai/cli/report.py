"""``dance report``: what a model learned, as one page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dance_xai.cli.common import DataRoot, say


def report(
    run: Annotated[Path, typer.Argument(help="RUN folder.")],
    out: Annotated[Path, typer.Option(help="File to write: .html page or .json.")],
    data_root: DataRoot = None,
) -> None:
    """Write the report of a RUN: classes, concepts, accuracy, what was left out, and what to doubt."""
    from dance_xai.artifacts import plain, write_file
    from dance_xai.cli.common import check_out, json_bytes
    from dance_xai.report.report import report_page
    from dance_xai.workflows.reporting import report_of, report_tree
    from dance_xai.workflows.runs import open_run

    suffix = check_out(out, (".html", ".json"))
    data = report_of(open_run(run, data_root))
    write_file(out, report_page(data).encode() if suffix == ".html" else json_bytes(plain(report_tree(data))))
    say(f"wrote {out}")
