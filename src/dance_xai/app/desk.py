"""Everything that the requests of one app share."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from dance_xai.app.jobs import Worker
from dance_xai.app.limits import Limits
from dance_xai.app.sessions import Sessions
from dance_xai.workflows.runs import RunView


@dataclass(eq=False)
class Desk:
    """One app at work.

    Attributes:
        view: The RUN.
        other: The RUN it is compared with; None without one.
        limits: What is refused.
        sessions: One per browser.
        worker: Does what takes seconds.
        folder: Where videos lie until they were looked at; gone when the app ends.
        saving: Held while a RUN is written.
        receiving: Counts uploads that are coming in.
    """

    view: RunView
    other: RunView | None
    limits: Limits
    sessions: Sessions
    worker: Worker
    folder: Path
    saving: threading.Lock = field(default_factory=threading.Lock)
    receiving: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(4))


@contextmanager
def open_desk(view: RunView, other: RunView | None, limits: Limits) -> Iterator[Desk]:
    """Set everything up; in the end stop all work and remove every file that was sent."""
    with tempfile.TemporaryDirectory(prefix="dance-app-", ignore_cleanup_errors=True) as folder:
        desk = Desk(view, other, limits, Sessions(view, limits), Worker(limits.waiting), Path(folder))
        try:
            yield desk
        finally:
            desk.worker.close()
