"""``dance fit``: from a data set to a model."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from dance_xai.cli.common import (
    JsonFlag,
    Workers,
    clip_progress,
    cores,
    notice,
    percent,
    print_json,
    print_reasons,
    say,
    stage_printer,
)
from dance_xai.types import counted


def fit(
    config: Annotated[Path, typer.Argument(help="TOML file of settings.")],
    out: Annotated[
        Path, typer.Option(help="RUN folder to write; an earlier RUN there is replaced when this one is complete.")
    ],
    data_root: Annotated[Path, typer.Option(help="Folder the data paths of the settings start at.")] = Path(),
    settings: Annotated[
        list[str] | None, typer.Option("--set", help="key=value on top of the file, for example head.nec=3.")
    ] = None,
    cache: Annotated[
        Path | None, typer.Option(help="Folder for finished stages. Default: .dance-cache beside the RUN.")
    ] = None,
    workers: Workers = None,
    as_json: JsonFlag = False,
) -> None:
    """Fit a model on train clips, score it once on test clips, and write a RUN.

    Finished stages are kept: a run that was stopped goes on where it was, and one with nothing changed ends at once.
    """
    from dance_xai.config import read_config
    from dance_xai.workflows.fitting import fit_run

    try:
        metrics = fit_run(
            read_config(config, settings or ()),
            data_root,
            out,
            cache=cache or out.resolve().parent / ".dance-cache",
            on_stage=stage_printer(),
            workers=cores(workers),
            on_clip=clip_progress(),
        )
    except KeyboardInterrupt:
        notice("what is done is kept: the same command goes on from here")
        raise
    if as_json:
        print_json(metrics)
        return
    summarise(out, metrics)


def summarise(out: Path, metrics: dict[str, Any]) -> None:
    """Print what came out and what to do next."""
    from dance_xai.workflows.runs import open_run

    view = open_run(out)
    low, high = metrics["accuracy_ci"]
    counts = {kind: len(view.model.bank.columns(kind)) for kind in ("motion", "object", "scene")}
    say(
        bold=view.settings["name"],
        text=f": {metrics['correct']} of {counted(metrics['n'], 'test clip')} right, "
        f"{percent(metrics['accuracy'])} % (95 % interval {percent(low)} to {percent(high)})",
    )
    say(f"  concepts   {', '.join(f'{count} {kind}' for kind, count in counts.items())}")
    say(f"  weights    {metrics['nonzero']} non-zero, {metrics['nec']:.1f} per class")
    if "nec" in metrics["notes"]:
        say(f"  few weights  {metrics['notes']['nec']}")
    print_reasons(view.run.json("drops")["counts"])
    say(
        f"\nNext: dance evaluate {out}    dance report {out} --out report.html    "
        f"dance explain {out} CLIP --out clip.html"
    )
