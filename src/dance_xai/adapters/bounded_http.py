"""The openai library's own HTTP client, with a limit to what it reads: bytes, and seconds for a body."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from importlib import import_module
from types import ModuleType
from typing import Any

Clock = Callable[[], float]


class TooLargeError(Exception):
    """A body that does not end in time."""


def bounded_client(openai: ModuleType, *, most_bytes: int, seconds: float, clock: Clock = time.monotonic) -> Any:
    """An HTTP client for ``openai.OpenAI(http_client=...)``.

    A server that sends an endless body, or a byte now and then, is left: the timeout of the library itself counts from
    one byte to the next.

    Args:
        openai: The library.
        most_bytes: Of a body, also of an error, as sent.
        seconds: From the head of a response to its end.
        clock: Seconds.

    Source: ours.
    """
    http = import_module(_http_library(openai))

    class Bounded(http.SyncByteStream):  # type: ignore[misc, name-defined]
        def __init__(self, stream: Any) -> None:
            self.stream = stream

        def __iter__(self) -> Iterator[bytes]:
            got, until = 0, clock() + seconds
            for chunk in self.stream:
                got += len(chunk)
                if got > most_bytes:
                    raise TooLargeError(f"more than {most_bytes} bytes")
                if clock() > until:
                    raise http.ReadTimeout(f"no end of the body after {seconds:g} s")
                yield chunk

        def close(self) -> None:
            self.stream.close()

    def bound(response: Any) -> None:
        response.stream = Bounded(response.stream)

    return openai.DefaultHttpxClient(event_hooks={"response": [bound]})


def _http_library(openai: ModuleType) -> str:
    """``httpx2``, or ``httpx`` for an older openai library."""
    return str(openai.DefaultHttpxClient.__mro__[1].__module__.partition(".")[0])
