"""How long a server is waited for: tries, growing pauses, and an end to it."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TypeVar

from dance_xai.errors import ProposalError

Result = TypeVar("Result")
Left = Callable[[], float]
"""Seconds that the next request may take, more than 0; raises ``ServerTroubleError`` when the time is up."""


class ServerTroubleError(Exception):
    """A call that brought no answer.

    Attributes:
        reason: What came instead, in a few words.
        advice: What to do when it stays so.
        passing: Whether it may pass by itself.
        after: Seconds the server asks to be left alone, None where it does not say.
    """

    def __init__(self, reason: str, advice: str, *, passing: bool, after: float | None = None) -> None:
        super().__init__(reason)
        self.reason, self.advice, self.passing, self.after = reason, advice, passing, after


def too_late() -> ServerTroubleError:
    """That the time is up."""
    advice = "raise the limits (timeout, total_timeout), or check the server"
    return ServerTroubleError("nothing in time", advice, passing=True)


def within(seconds: float, work: Callable[[], Result], leave: Callable[[], object]) -> Result:
    """What comes of work that is waited for no longer than this, whatever it is held up by.

    The timeouts of HTTP libraries count from one byte to the next, and looking up a name has none.

    Args:
        seconds: From now, more than 0.
        work: Done in a thread of its own, which does not keep the process alive.
        leave: Called when the work is not waited for any more, so that it may end.

    Raises:
        ServerTroubleError: It is not done in time.

    Source: ours.
    """
    done: Future[Result] = Future()

    def run() -> None:
        try:
            done.set_result(work())
        except BaseException as error:
            done.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    try:
        return done.result(seconds)
    except TimeoutError as error:
        raise too_late() from error
    finally:
        if not done.done():
            leave()


@dataclass(frozen=True)
class Patience:
    """Limits of waiting, in seconds. A failing answer ends the run, so these bound the whole wait.

    Attributes:
        call: One request, from its start to the last byte of the response.
        total: One answer with all its requests and pauses.
        retries: Further calls after the first.
        first_pause: Before the first retry; doubled each time, and shortened by up to half at random so that many
            clients do not come back together.
        longest_pause: Of one pause. A server that asks for a longer one (``Retry-After``) is left at once.
    """

    call: float = 60.0
    total: float = 300.0
    retries: int = 5
    first_pause: float = 1.0
    longest_pause: float = 60.0


@dataclass(frozen=True)
class Waiter:
    """Calls again while trouble may pass.

    Attributes:
        where: What errors call the server.
        patience: The limits.
        clock: Seconds, growing.
        sleep: Waits so many seconds.
        chance: Numbers in 0..1.
    """

    where: str
    patience: Patience
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random

    def __call__(self, call: Callable[[Left], Result]) -> Result:
        """Call until there is a result.

        Args:
            call: Given what tells the seconds that each of its requests may take.

        Raises:
            ProposalError: Trouble that does not pass, or not within the limits.

        Source: exponential back-off with jitter; ``Retry-After`` as in RFC 9110, section 10.2.3.
        """
        begin = self.clock()

        def left() -> float:
            seconds = min(self.patience.call, self.patience.total - (self.clock() - begin))
            if seconds <= 0:
                raise too_late()
            return seconds

        for retry in range(self.patience.retries + 1):
            try:
                return call(left)
            except ServerTroubleError as trouble:
                pause = self._pause(trouble, retry)
                spent = self.clock() - begin
                if pause is None or spent + pause >= self.patience.total:
                    raise self._failed(trouble, retry + 1, spent) from trouble
                self.sleep(pause)
        raise AssertionError("the last retry returns or raises")

    def _pause(self, trouble: ServerTroubleError, retry: int) -> float | None:
        """Seconds until the next call, None when there is no point in one."""
        longest = self.patience.longest_pause
        asked = trouble.after or 0.0
        if not trouble.passing or retry == self.patience.retries or asked > longest:
            return None
        own = min(longest, self.patience.first_pause * 2.0**retry)
        return max(asked, own * (1 - self.chance() / 2))

    def _failed(self, trouble: ServerTroubleError, calls: int, spent: float) -> ProposalError:
        times = "" if calls == 1 else f" in the last of {calls} calls over {spent:.0f} s"
        wait = "" if trouble.after is None else f", asking to wait {trouble.after:.0f} s"
        return ProposalError(f"{self.where}: expected an answer, got {trouble.reason}{wait}{times}; {trouble.advice}")
