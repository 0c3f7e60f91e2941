"""``dance report``: what a model learned, as one page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dance_xai.cli.common import DataRoot, JsonFlag, notice, print_json, say


def report(
    run: Annotated[Path, typer.Argument(help="RUN folder.")],
    out: Annotated[Path | None, typer.Option(help="File to write: .html page or .json.")] = None,
    diagnosis: Annotated[
        bool,
        typer.Option("--diagnosis/--no-diagnosis", help="Find causes of failures and shortcuts, which takes longest."),
    ] = True,
    data_root: DataRoot = None,
    as_json: JsonFlag = False,
) -> None:
    """Write the report of a RUN: classes, concepts, accuracy, what goes wrong and why, and what to doubt."""
    from dance_xai.artifacts import plain, write_file
    from dance_xai.cli.common import check_out, json_bytes
    from dance_xai.errors import ConfigError
    from dance_xai.report.report import report_page
    from dance_xai.workflows.reporting import diagnosed_report, report_of, report_tree
    from dance_xai.workflows.runs import open_run

    if out is None and not as_json:
        raise ConfigError("report: expected --out FILE.html or FILE.json, or --json, got neither; say where to write")
    suffix = check_out(out, (".html", ".json"))
    view = open_run(run, data_root)
    data = diagnosed_report(view, notice) if diagnosis else report_of(view)
    if out is not None:
        write_file(out, report_page(data).encode() if suffix == ".html" else json_bytes(plain(report_tree(data))))
    if as_json:
        print_json(plain(report_tree(data)))
    else:
        say(f"wrote {out}")
