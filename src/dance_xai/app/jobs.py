"""What takes seconds, one at a time on one thread, with its progress told and a way to stop it."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from dance_xai.errors import DanceError

State = Literal["waiting", "running", "done", "failed", "cancelled"]
MOST_REMEMBERED = 200


class Busy(DanceError):
    """The queue is full."""


class Cancelled(Exception):
    """Raised inside a job that was cancelled."""


@dataclass(eq=False)
class Job:
    """One piece of work.

    Attributes:
        owner: Key of the session it belongs to.
        what: What it is about, as text.
        work: What is done; its result is plain data. It calls ``step`` between its parts.
        clean: Called once when the job is over, however it ends, also when it never began.
        key: Random name.
        state: How far it is.
        step_name: What is being done now.
        result: Of the work, once done.
        error: One line, once failed.
    """

    owner: str
    what: str
    work: Callable[[Job], dict[str, Any]]
    clean: Callable[[], None] = lambda: None
    key: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    state: State = "waiting"
    step_name: str = ""
    result: dict[str, Any] = field(default_factory=dict)
    error: str = ""
    started: float = 0.0
    seconds: float = 0.0

    def step(self, name: str) -> None:
        """Say what comes next.

        Raises:
            Cancelled: The user does not want it any more.
        """
        if self.state == "cancelled":
            raise Cancelled
        self.step_name = name


class Worker:
    """One thread that does the jobs in the order in which they came.

    Args:
        most_waiting: Jobs that may wait.
    """

    def __init__(self, most_waiting: int) -> None:
        self._most = most_waiting
        self._queue: deque[Job] = deque()
        self._known: dict[str, Job] = {}
        self._change = threading.Condition()
        self._open = True
        self._thread = threading.Thread(target=self._run, name="dance-app-worker", daemon=True)
        self._thread.start()

    def submit(self, job: Job) -> Job:
        """Put a job at the end of the queue.

        Raises:
            Busy: Too many are waiting; the job is cleaned up.
        """
        with self._change:
            if len(self._queue) < self._most and self._open:
                self._queue.append(job)
                self._known[job.key] = job
                self._forget()
                self._change.notify()
                return job
        job.clean()
        raise Busy(f"{job.what}: expected fewer than {self._most} jobs before it, got a full queue; try again later")

    def find(self, key: str, owner: str) -> Job | None:
        """A job of a session."""
        job = self._known.get(key)
        return job if job is not None and job.owner == owner else None

    def before(self, job: Job) -> int:
        """How many jobs are done before a waiting one begins."""
        with self._change:
            return self._queue.index(job) + 1 if job in self._queue else 0

    def cancel(self, job: Job) -> None:
        """Take a job back: at once while it waits, at its next step while it runs."""
        with self._change:
            waiting = job in self._queue
            if waiting:
                self._queue.remove(job)
            if job.state in ("waiting", "running"):
                job.state = "cancelled"
        if waiting:
            job.clean()

    def close(self, timeout: float = 10.0) -> None:
        """Cancel everything and wait for the thread."""
        for job in list(self._known.values()):
            self.cancel(job)
        with self._change:
            self._open = False
            self._change.notify()
        self._thread.join(timeout)

    def _forget(self) -> None:
        over = [key for key, job in self._known.items() if job.state not in ("waiting", "running")]
        for key in over[: max(0, len(self._known) - MOST_REMEMBERED)]:
            del self._known[key]

    def _run(self) -> None:
        while (job := self._next()) is not None:
            try:
                _do(job)
            finally:
                job.clean()

    def _next(self) -> Job | None:
        with self._change:
            while self._open and not self._queue:
                self._change.wait()
            if not self._open:
                return None
            job = self._queue.popleft()
            job.state = "running"
            return job


def job_tree(worker: Worker, job: Job) -> dict[str, Any]:
    """How far a job is."""
    running = time.monotonic() - job.started if job.state == "running" and job.started else job.seconds
    return {
        "job": job.key,
        "what": job.what,
        "state": job.state,
        "step": job.step_name,
        "before": worker.before(job),
        "seconds": round(running, 1),
        "error": job.error,
        **job.result,
    }


def _do(job: Job) -> None:
    job.started = time.monotonic()
    try:
        result = job.work(job)
        job.step("")
        job.result, job.state = result, "done"
    except Cancelled:
        job.state = "cancelled"
    except DanceError as error:
        job.error, job.state = str(error), "failed"
    except Exception:
        logging.getLogger("dance_xai.app").exception("%s", job.what)
        job.error, job.state = f"{job.what}: the app failed; its terminal says why", "failed"
    finally:
        job.seconds = time.monotonic() - job.started
