"""The openai library's own HTTP client, with a limit to the bytes it reads."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from types import ModuleType
from typing import Any


class TooLargeError(Exception):
    """A body of more bytes than any answer has."""


def bounded_client(openai: ModuleType, *, most_bytes: int) -> Any:
    """An HTTP client for ``openai.OpenAI(http_client=...)`` that leaves a server whose body does not end.

    Args:
        openai: The library.
        most_bytes: Of a body, also of an error, as sent.

    Source: ours.
    """
    http = import_module(_http_library(openai))

    class Bounded(http.SyncByteStream):  # type: ignore[misc, name-defined]
        def __init__(self, stream: Any) -> None:
            self.stream = stream

        def __iter__(self) -> Iterator[bytes]:
            got = 0
            for chunk in self.stream:
                got += len(chunk)
                if got > most_bytes:
                    raise TooLargeError(f"more than {most_bytes} bytes")
                yield chunk

        def close(self) -> None:
            self.stream.close()

    def bound(response: Any) -> None:
        response.stream = Bounded(response.stream)

    return openai.DefaultHttpxClient(event_hooks={"response": [bound]})


def _http_library(openai: ModuleType) -> str:
    """``httpx2``, or ``httpx`` for an older openai library."""
    return str(openai.DefaultHttpxClient.__mro__[1].__module__.partition(".")[0])
