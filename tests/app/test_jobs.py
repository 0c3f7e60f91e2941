"""One thread, in order, told and stopped."""

from __future__ import annotations

import threading
import time

import pytest

from dance_xai.app.jobs import Busy, Job, Worker
from dance_xai.errors import DataError


@pytest.fixture
def worker():
    working = Worker(most_waiting=2)
    yield working
    working.close()


def wait_for(job, *states):
    until = time.monotonic() + 60
    while job.state not in states:
        assert time.monotonic() < until, job.state
        time.sleep(0.002)


class Gate:
    """A job that runs until it is let go."""

    def __init__(self, owner="me"):
        self.go, self.cleaned, self.reached = threading.Event(), [], []
        self.job = Job(owner, "gate", self._work, clean=lambda: self.cleaned.append(self.job.state))

    def _work(self, job):
        job.step("first")
        self.reached.append("first")
        assert self.go.wait(10)
        job.step("second")
        self.reached.append("second")
        return {"answer": 42}


def test_jobs_run_one_after_the_other(worker):
    gates = [Gate() for _ in range(3)]
    worker.submit(gates[0].job)
    wait_for(gates[0].job, "running")
    for gate in gates[1:]:
        worker.submit(gate.job)
    assert [worker.before(gate.job) for gate in gates] == [0, 1, 2]
    assert [gate.job.state for gate in gates] == ["running", "waiting", "waiting"]
    for gate in gates:
        gate.go.set()
        wait_for(gate.job, "done")
    assert gates[2].job.result == {"answer": 42}


def test_a_full_queue_refuses_and_cleans_up(worker):
    gates = [Gate() for _ in range(4)]
    worker.submit(gates[0].job)
    wait_for(gates[0].job, "running")
    worker.submit(gates[1].job)
    worker.submit(gates[2].job)
    with pytest.raises(Busy, match="full queue"):
        worker.submit(gates[3].job)
    assert gates[3].cleaned == ["waiting"]
    for gate in gates:
        gate.go.set()


def test_a_waiting_job_is_cancelled_at_once_a_running_one_at_its_next_step(worker):
    running, waiting = Gate(), Gate()
    worker.submit(running.job)
    wait_for(running.job, "running")
    worker.submit(waiting.job)
    worker.cancel(waiting.job)
    assert waiting.job.state == "cancelled" and waiting.cleaned == ["cancelled"] and waiting.reached == []
    worker.cancel(running.job)
    running.go.set()
    after = Job("me", "after", lambda job: {})
    worker.submit(after)
    wait_for(after, "done")
    assert running.reached == ["first"] and running.cleaned == ["cancelled"] and running.job.state == "cancelled"


def test_a_job_cancelled_in_its_last_step_gives_nothing(worker):
    gate = threading.Event()
    job = Job("me", "last", lambda job: gate.wait(10) and {"answer": 1})
    worker.submit(job)
    wait_for(job, "running")
    worker.cancel(job)
    gate.set()
    end = worker.submit(Job("me", "end", lambda job: {}))
    wait_for(end, "done")
    assert job.state == "cancelled" and job.result == {}


def test_mistakes_are_told_and_crashes_are_not_shown(worker, caplog):
    def wrong(job):
        raise DataError("clip: expected a, got b; do c")

    def crash(job):
        raise RuntimeError("secret /place")

    one, two = worker.submit(Job("me", "one", wrong)), worker.submit(Job("me", "two", crash))
    wait_for(two, "failed")
    assert (one.state, one.error) == ("failed", "clip: expected a, got b; do c")
    assert two.error == "two: the app failed; its terminal says why"
    assert "secret" in caplog.text


def test_a_job_is_found_by_its_owner_only(worker):
    job = worker.submit(Job("me", "one", lambda job: {}))
    assert worker.find(job.key, "me") is job and worker.find(job.key, "you") is None
