"""Sessions: bounded in number and time, each with its own token."""

from __future__ import annotations

import pytest

from dance_xai.app.jobs import Busy
from dance_xai.app.limits import Limits
from dance_xai.app.sessions import Sessions


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_session_is_found_by_its_key_only(clock):
    sessions = Sessions(None, Limits(), clock)
    one, two = sessions.start(), sessions.start()
    assert sessions.find(one.key) is one and sessions.find(two.key) is two
    assert len({one.key, one.token, two.key, two.token}) == 4
    assert sessions.find(None) is None and sessions.find("guess") is None


def test_idle_sessions_are_forgotten(clock):
    sessions = Sessions(None, Limits(idle=100), clock)
    one, two = sessions.start(), sessions.start()
    clock.now = 90
    sessions.find(two.key)
    clock.now = 150
    assert sessions.find(one.key) is None and sessions.find(two.key) is two


def test_the_longest_idle_session_makes_room_but_none_in_use(clock):
    sessions = Sessions(None, Limits(sessions=2), clock)
    one = sessions.start()
    clock.now = 30
    two = sessions.start()
    with pytest.raises(Busy, match="expected at most 2 browsers at once"):
        sessions.start()
    clock.now = 61
    three = sessions.start()
    assert sessions.find(one.key) is None
    assert sessions.find(two.key) is two and sessions.find(three.key) is three


def test_shelves_keep_the_last_ones(clock):
    session = Sessions(None, Limits(), clock).start()
    keys = [session.keep(session.pages, f"page {i}", 3) for i in range(5)]
    assert list(session.pages) == keys[2:]
