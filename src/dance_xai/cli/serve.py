"""``dance app``: the local web app."""

from __future__ import annotations

import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dance_xai.cli.common import DataRoot, say
from dance_xai.errors import ConfigError, require

if TYPE_CHECKING:
    from dance_xai.app import Limits

LARGEST_PORT = 65_535


def serve(
    run: Annotated[Path, typer.Argument(help="RUN folder.")],
    compare: Annotated[Path | None, typer.Option(help="Another RUN to compare it with.")] = None,
    data_root: DataRoot = None,
    host: Annotated[str, typer.Option(help="Address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=LARGEST_PORT, help="Port; 0 takes a free one.")] = 0,
    allow_remote: Annotated[
        bool, typer.Option("--allow-remote", help="Let other machines in: whoever reaches the address may use the app.")
    ] = False,
    open_browser: Annotated[bool, typer.Option("--open/--no-open", help="Open it in the browser.")] = True,
    max_mb: Annotated[float, typer.Option(min=0.001, help="Largest video, 10^6 bytes each.")] = 100,
    max_seconds: Annotated[float, typer.Option(min=0.1, help="Longest video.")] = 60,
) -> None:
    """Explain videos, change concepts and edit the model in the browser; nothing leaves this machine."""
    for module in ("starlette", "uvicorn"):
        require(module, "app")
    from dance_xai.app import Limits
    from dance_xai.app.guard import is_loopback

    if not is_loopback(host) and not allow_remote:
        raise ConfigError(
            f"--host {host}: expected an address of this machine only, such as 127.0.0.1, got one that others may "
            "reach; add --allow-remote if that is meant"
        )
    if not is_loopback(host):
        sys.stderr.write(
            "dance: warning: there is no password; whoever reaches this address may send videos and write RUNs\n"
        )
    with listening(host, port) as place:
        _serve(run, compare, data_root, place, host, Limits(megabytes=max_mb, seconds=max_seconds), open_browser)


def listening(host: str, port: int) -> socket.socket:
    """A socket that takes connections.

    Raises:
        ConfigError: The address is not of this machine, or the port is taken.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    place = socket.socket(family, socket.SOCK_STREAM)
    try:
        place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        place.bind((host, port))
        place.listen()
    except OSError as error:
        place.close()
        raise ConfigError(
            f"--host {host} --port {port}: expected a free port of this machine, got: {error.strerror or error}; "
            "choose another, or 0 for any"
        ) from error
    return place


def _serve(
    run: Path,
    compare: Path | None,
    data_root: Path | None,
    place: socket.socket,
    host: str,
    limits: Limits,
    open_browser: bool,
) -> None:
    import webbrowser

    import uvicorn

    from dance_xai.app import make_app
    from dance_xai.workflows.runs import open_run

    view, other = open_run(run, data_root), None if compare is None else open_run(compare, data_root)
    app = make_app(view, other=other, limits=limits, host=host)
    name = f"[{host}]" if ":" in host else host
    address = f"http://{name}:{place.getsockname()[1]}/"
    say(bold=address, text="  (Ctrl+C ends it)")
    if open_browser:
        webbrowser.open(address)  # answered as soon as the app runs: the socket listens already
    config = uvicorn.Config(app, log_level="warning", access_log=False, server_header=False, limit_concurrency=100)
    uvicorn.Server(config).run(sockets=[place])
