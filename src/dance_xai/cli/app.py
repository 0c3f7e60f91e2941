"""The ``dance`` command and its subcommands, each loaded when it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command, get_group

from dance_xai._version import __version__

HOMES = {
    "demo": "demo:demo",
    "fit": "fit:fit",
    "check": "check:check",
    "settings": "settings:settings",
    "evaluate": "evaluate:evaluate",
    "diff": "diff:diff",
    "diagnose": "diagnose:diagnose",
    "shift": "shift:shift",
    "explain": "explain:explain",
    "report": "report:report",
    "figures": "figures:figures",
    "poses": "poses:poses",
    "app": "serve:serve",
    "import-official": "official:import_official",
    "doctor": "doctor:doctor",
    "edit": "edit:app",
    "concepts": "concepts:app",
}
"""Module under ``dance_xai.cli`` and function, or group of functions, by the name of the subcommand."""


class Subcommands(TyperGroup):
    """Loads and builds a subcommand when it is asked for."""

    def list_commands(self, ctx: Any) -> list[str]:
        """All names, in the order of the help."""
        return [*HOMES]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The subcommand, or None; all are loaded then, since typer suggests one of those it knows."""
        for name in [cmd_name] if cmd_name in HOMES else HOMES:
            if name not in self.commands:
                self.commands[name] = _load(name)
        return self.commands.get(cmd_name)


def _load(name: str) -> Any:
    """The subcommand of a name."""
    module, _, attribute = HOMES[name].partition(":")
    home = import_module(f"dance_xai.cli.{module}")
    found = getattr(home, attribute)
    if isinstance(found, typer.Typer):
        group = get_group(found)
        group.name = name
        return group
    alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    alone.command(name, help=getattr(home, "ABOUT", None))(found)
    return get_command(alone)


app = typer.Typer(
    name="dance",
    cls=Subcommands,
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
