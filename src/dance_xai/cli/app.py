"""The ``dance`` command and its subcommands."""

from __future__ import annotations

from typing import Annotated

import typer

from dance_xai._version import __version__
from dance_xai.cli import (
    check,
    concepts,
    demo,
    diagnose,
    diff,
    doctor,
    edit,
    evaluate,
    explain,
    figures,
    fit,
    official,
    poses,
    report,
    serve,
    settings,
    shift,
)

app = typer.Typer(
    name="dance",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Video action recognition that explains itself through motion, object and scene concepts.",
)


def _show_version(show: bool) -> None:
    if show:
        typer.echo(f"dance-xai {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    pass


app.command("demo")(demo.demo)
app.command("fit")(fit.fit)
app.command("check")(check.check)
app.command("settings")(settings.settings)
app.command("evaluate")(evaluate.evaluate)
app.add_typer(edit.app, name="edit")
app.command("diff")(diff.diff)
app.command("diagnose")(diagnose.diagnose)
app.command("shift")(shift.shift)
app.command("explain")(explain.explain)
app.command("report")(report.report)
app.command("figures")(figures.figures)
app.command("poses", help=poses.ABOUT)(poses.poses)
app.command("app")(serve.serve)
app.add_typer(concepts.app, name="concepts")
app.command("import-official")(official.import_official)
app.command("doctor")(doctor.doctor)
