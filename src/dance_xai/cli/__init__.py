"""The command line, one file per command group."""

from __future__ import annotations

import sys

STOPPED = 130
"""Exit code after Ctrl+C."""


def main() -> None:
    """Run ``dance``; a user's mistake ends in one line and exit code 2."""
    try:
        _run()
    except KeyboardInterrupt:
        sys.stderr.write("\ndance: stopped\n")
        raise SystemExit(STOPPED) from None


def _run() -> None:
    from dance_xai.cli.app import app
    from dance_xai.errors import DanceError

    try:
        app()
    except SystemExit as end:
        if end.code == STOPPED:  # the library's own answer, without a word
            raise KeyboardInterrupt from None
        raise
    except DanceError as error:
        sys.stderr.write(f"dance: {' '.join(str(error).split())}\n")
        raise SystemExit(2) from None
    except BrokenPipeError:
        raise SystemExit(141) from None
