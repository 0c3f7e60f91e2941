"""The command line, one file per command group."""

from __future__ import annotations

import sys


def main() -> None:
    """Run ``dance``; a user's mistake ends in one line and exit code 2."""
    from dance_xai.cli.app import app
    from dance_xai.errors import DanceError

    try:
        app()
    except DanceError as error:
        sys.stderr.write(f"dance: {' '.join(str(error).split())}\n")
        raise SystemExit(2) from None
    except KeyboardInterrupt:
        sys.stderr.write("dance: stopped\n")
        raise SystemExit(130) from None
    except BrokenPipeError:
        raise SystemExit(141) from None
