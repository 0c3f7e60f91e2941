"""One session per browser: its own edits, its own explained videos, its own pages."""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from dance_xai.app.jobs import Busy
from dance_xai.app.limits import Limits
from dance_xai.app.seen import SeenVideo
from dance_xai.diagnose import Diagnosis
from dance_xai.errors import DataError
from dance_xai.workflows.runs import RunView

T = TypeVar("T")


class Missing(DataError):
    """Something that is not there, or not any more."""


BRIEF = 60.0
"""Seconds of idleness after which a session may make room for a new one."""


@dataclass(frozen=True, eq=False)
class Looked:
    """What goes wrong in a model.

    Attributes:
        content: Content hash of the model.
        diagnosis: Of it.
        tree: The same as the browser gets it.
    """

    content: str
    diagnosis: Diagnosis
    tree: dict[str, Any]


@dataclass(eq=False)
class Session:
    """What one browser has done.

    Attributes:
        view: The RUN with the edits of this session in force.
        token: What the browser must send with whatever changes something.
        key: What its cookie says.
        lock: Held while edits change.
        videos: Explained videos by their ids, the last one last.
        pages: Written pages by their ids.
        named: Ids of videos that became clips of a class, by their ids in the session.
        looked: The last diagnosis.
        used: When it was used last.
    """

    view: RunView
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    key: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    lock: threading.RLock = field(default_factory=threading.RLock)
    videos: OrderedDict[str, SeenVideo] = field(default_factory=OrderedDict)
    pages: OrderedDict[str, str] = field(default_factory=OrderedDict)
    named: dict[str, str] = field(default_factory=dict)
    looked: Looked | None = None
    used: float = 0.0

    def video(self, key: str) -> SeenVideo:
        """A video that was sent.

        Raises:
            Missing: It is not remembered, or not any more.
        """
        if key not in self.videos:
            raise Missing("video: expected one that is remembered, got an older one; send it again")
        return self.videos[key]

    def keep(self, shelf: OrderedDict[str, T], value: T, most: int) -> str:
        """Put something on a shelf of the session, the oldest makes room; returns its id."""
        key = secrets.token_urlsafe(12)
        with self.lock:
            shelf[key] = value
            while len(shelf) > most:
                shelf.popitem(last=False)
        return key


class Sessions:
    """All sessions of an app.

    Args:
        view: The RUN every session starts from.
        limits: How many, and for how long.
        clock: Seconds.
    """

    def __init__(self, view: RunView, limits: Limits, clock: Callable[[], float] = time.monotonic) -> None:
        self._view = view
        self._limits = limits
        self._clock = clock
        self._lock = threading.Lock()
        self._sessions: dict[str, Session] = {}

    def find(self, key: str | None) -> Session | None:
        """The session of a cookie; None when there is none or it was forgotten."""
        with self._lock:
            self._tidy(self._limits.idle)
            session = self._sessions.get(key or "")
            if session is not None:
                session.used = self._clock()
            return session

    def start(self) -> Session:
        """A new session.

        Raises:
            Busy: There are as many as may be, all in use.
        """
        with self._lock:
            self._tidy(self._limits.idle)
            if len(self._sessions) >= self._limits.sessions:
                self._tidy(BRIEF, most=1)
            if len(self._sessions) >= self._limits.sessions:
                raise Busy(f"app: expected at most {self._limits.sessions} browsers at once, got more; try again later")
            session = Session(self._view, used=self._clock())
            self._sessions[session.key] = session
            return session

    def __len__(self) -> int:
        return len(self._sessions)

    def _tidy(self, idle: float, most: int | None = None) -> None:
        before = self._clock() - idle
        old = sorted((each for each in self._sessions.values() if each.used < before), key=lambda each: each.used)
        for session in old[:most]:
            del self._sessions[session.key]
