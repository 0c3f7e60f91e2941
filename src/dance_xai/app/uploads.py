"""Videos that a browser sends: limited while they come in, never named by their names, probed before any work."""

from __future__ import annotations

import secrets
from pathlib import Path
from urllib.parse import unquote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from dance_xai.app.limits import Limits
from dance_xai.data.container import opened, stated_seconds
from dance_xai.data.video import scan_video
from dance_xai.errors import DataError

LONGEST_NAME = 120


class TooLarge(DataError):
    """An upload beyond the limit of bytes."""


def shown_name(header: str) -> str:
    """The name of a file as text to show: the last part of its path, printable, not too long.

    It is never part of a path on this machine.
    """
    last = unquote(header, errors="replace").replace("\\", "/").rsplit("/", 1)[-1]
    printable = "".join(letter if letter.isprintable() else " " for letter in last).strip()
    return printable[:LONGEST_NAME] or "video"


async def receive(request: Request, folder: Path, name: str, limits: Limits) -> Path:
    """Write the body of a request to a new file under a random name; no more is stored than the limit.

    Args:
        request: Its body is the file.
        folder: Where.
        name: What the user calls it.
        limits: Of the app.

    Raises:
        TooLarge: Refused from its stated length alone, or as soon as more has come; nothing is left on disk.
        DataError: The browser broke off.
    """
    stated = request.headers.get("content-length", "0")
    if not stated.isdecimal() or int(stated) > limits.bytes:
        raise _too_large(name, limits)
    path = folder / secrets.token_hex(16)
    try:
        await _write(request, path, name, limits)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path


async def _write(request: Request, path: Path, name: str, limits: Limits) -> None:
    size = 0
    with path.open("xb") as file:
        async for chunk in request.stream():
            size += len(chunk)
            if size > limits.bytes:
                raise _too_large(name, limits)
            await run_in_threadpool(file.write, chunk)


def probe(path: Path, name: str, limits: Limits) -> float:
    """Check that a file is a video, and short enough, before anything looks at its pictures.

    Returns:
        Its seconds.

    Raises:
        DataError: It is something else, damaged, too long, or too large; the message has the user's name of the file.
    """
    try:
        with opened(path) as (container, stream):
            stated = stated_seconds(container, stream)
            _check("frames", stream.width * stream.height / 1e6, limits.megapixels, "megapixels", name)
        _check("a video", stated or 0.0, limits.seconds, "s", name)
        timeline = scan_video(path).timeline
        _check("a video", len(timeline) / timeline.fps, limits.seconds, "s", name)
        _check("a video", timeline.fps, limits.rate, "frames per second", name)
    except DataError as error:
        raise DataError(in_users_words(str(error), path, name)) from None
    return len(timeline) / timeline.fps


def in_users_words(message: str, path: Path, name: str) -> str:
    """A message with the user's name of a file instead of ours."""
    return message.replace(str(path), name)


def _check(what: str, value: float, most: float, unit: str, name: str) -> None:
    if value > most:
        advice = (
            "cut it to one action, or start the app with a higher --max-seconds" if unit == "s" else "export it anew"
        )
        raise DataError(f"{name}: expected {what} of at most {most:g} {unit}, got {value:.4g} {unit}; {advice}")


def _too_large(name: str, limits: Limits) -> TooLarge:
    return TooLarge(
        f"{name}: expected a file of at most {limits.megabytes:g} MB, got a larger one; cut it to one action, or "
        "start the app with a higher --max-mb"
    )
