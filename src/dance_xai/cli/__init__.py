"""The command line, one file per command group."""

from __future__ import annotations

import errno
import os
import sys
from typing import Any, TextIO

STOPPED = 130
"""Exit code after Ctrl+C."""

CLOSED = 1
"""Exit code when nobody reads on; typer's own."""

FULL = "output: expected room to write it, got none left on the disk; make room, or write elsewhere"


def main() -> None:
    """Run ``dance``; a user's mistake ends in one line and exit code 2."""
    sys.stdout, sys.stderr = sys.stdout or _nowhere(), sys.stderr or _nowhere()  # None where they are closed
    try:
        code = _run()
        sys.stdout.flush()
    except KeyboardInterrupt:
        code = STOPPED
    except OSError as error:
        if error.errno not in (errno.EPIPE, errno.ENOSPC):
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is still to be flushed goes nowhere
        code = CLOSED if error.errno == errno.EPIPE else _complain(FULL)
    if code == STOPPED:
        sys.stderr.write("\ndance: stopped\n")
    raise SystemExit(code)


def _run() -> int:
    """The exit code."""
    import typer

    from dance_xai.cli.app import app
    from dance_xai.errors import DanceError

    misuse: type[Exception] = typer.BadParameter.__bases__[0]  # whatever is wrong with the words of the command
    try:
        return app(prog_name="dance", standalone_mode=False) or 0
    except DanceError as error:
        return _complain(str(error))
    except misuse as error:
        return _complain(_advice(error))
    except typer.Abort:  # Ctrl+C or Ctrl+D at a question
        return STOPPED


def _nowhere() -> TextIO:
    return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123  held until the end


def _complain(text: str) -> int:
    if text:
        sys.stderr.write(f"dance: {' '.join(text.split())}\n")
    return 2


def _advice(error: Any) -> str:
    """What is wrong with the words of a command and where to look; empty where its help has been shown instead."""
    said = error.format_message().rstrip(".")
    command = error.ctx.command_path.translate({ord(brace): None for brace in "{}"}) if error.ctx else "dance"
    return said and f"{said[0].lower()}{said[1:]}; see {command} --help"
