"""What comes in: counted while it comes, under names of our own."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import ClientDisconnect, Request

from dance_xai.app.limits import Limits
from dance_xai.app.uploads import TooLarge, receive, shown_name

MEGABYTE = 1_000_000


class Sender:
    """A body in pieces of a megabyte; ``taken`` counts those that were asked for, ``largest`` what lay on disk."""

    def __init__(self, folder, pieces, stated=None, breaks_off=False):
        self.folder, self.pieces, self.breaks_off = folder, pieces, breaks_off
        self.taken = self.largest = 0
        self.headers = [] if stated is None else [(b"content-length", str(stated).encode())]

    async def __call__(self):
        self.largest = max(self.largest, sum(path.stat().st_size for path in self.folder.iterdir()))
        self.taken += 1
        if self.breaks_off and self.taken == self.pieces:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": bytes(MEGABYTE), "more_body": self.taken < self.pieces}

    def receive(self, limits):
        request = Request({"type": "http", "method": "POST", "headers": self.headers}, self)
        with ThreadPoolExecutor(1) as apart:  # the tests in a browser have a loop on this thread
            return apart.submit(lambda: asyncio.run(receive(request, self.folder, "big.mp4", limits))).result()


def test_a_stated_length_is_refused_unread(tmp_path):
    for stated in (200 * MEGABYTE, 100 * MEGABYTE + 1, "-1", "x"):
        sender = Sender(tmp_path, 200, stated)
        with pytest.raises(TooLarge, match="at most 100 MB"):
            sender.receive(Limits())
        assert sender.taken == 0 and list(tmp_path.iterdir()) == []


def test_a_body_that_does_not_say_its_length_is_cut_at_the_limit(tmp_path):
    sender = Sender(tmp_path, 200)
    with pytest.raises(TooLarge, match=r"big\.mp4: expected a file of at most 5 MB, got a larger one"):
        sender.receive(Limits(megabytes=5))
    assert sender.taken == 6 and sender.largest <= 5 * MEGABYTE and list(tmp_path.iterdir()) == []


def test_a_body_that_lies_about_its_length_is_cut_too(tmp_path):
    sender = Sender(tmp_path, 200, stated=10)
    with pytest.raises(TooLarge):
        sender.receive(Limits(megabytes=5))
    assert sender.taken == 6 and list(tmp_path.iterdir()) == []


def test_the_limit_itself_is_taken(tmp_path):
    path = Sender(tmp_path, 5, 5 * MEGABYTE).receive(Limits(megabytes=5))
    assert path.stat().st_size == 5 * MEGABYTE and "big" not in path.name and path.parent == tmp_path


def test_a_browser_that_breaks_off_leaves_nothing(tmp_path):
    with pytest.raises(ClientDisconnect):
        Sender(tmp_path, 3, breaks_off=True).receive(Limits())
    assert list(tmp_path.iterdir()) == []


@given(st.text(max_size=300))
def test_shown_names_are_one_short_printable_line(text):
    name = shown_name(text)
    assert 0 < len(name) <= 120 and name.isprintable() and "/" not in name and "\\" not in name


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("clip.mp4", "clip.mp4"),
        ("..%2F..%2Fetc%2Fpasswd", "passwd"),
        ("C%3A%5Cvideos%5Ca%20b.mov", "a b.mov"),
        ("%E8%B7%B3%E8%88%9E.mp4", "\u8df3\u821e.mp4"),
        ("%0A%00", "video"),
        ("", "video"),
    ],
)
def test_shown_names(sent, shown):
    assert shown_name(sent) == shown
