"""``dance import-official``: released artefacts of the paper as a RUN."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dance_xai.cli.common import JsonFlag, percent, print_json, say
from dance_xai.types import counted


def import_official(
    folder: Annotated[Path, typer.Argument(help="Folder of the released artefacts of one data set.")],
    out: Annotated[Path, typer.Option(help="RUN folder to write.")],
    splits: Annotated[Path | None, typer.Option(help="Folder with train.csv, val.csv and class_list.txt.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Turn official artefacts (.pt, .pkl, .txt) into a RUN; no torch needed, nothing in them is executed."""
    from dance_xai.workflows.importing import import_official_run

    metrics = import_official_run(folder, out, splits=splits)
    if as_json:
        print_json(metrics)
        return
    say(
        bold="imported",
        text=f" into {out}: {metrics['correct']} of {counted(metrics['n'], 'test clip')} right "
        f"({percent(metrics['accuracy'])} %), {counted(metrics['nonzero'], 'non-zero weight')}",
    )
    say(f"\nNext: dance evaluate {out}    dance report {out} --out report.html")
