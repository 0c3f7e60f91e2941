"""Foreign names, foreign pages, and what our pages may do."""

from __future__ import annotations

import pytest
from starlette.datastructures import Headers

from dance_xai.app.guard import Guard, is_loopback


def refusal(method="GET", at="127.0.0.1", **headers):
    return Guard(None, at).refusal(method, Headers({name.replace("_", "-"): text for name, text in headers.items()}))


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8000", "localhost:1", "LOCALHOST", "[::1]:80"])
def test_names_of_this_machine_pass(host):
    assert refusal(host=host) is None


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "", "192.168.0.7", "a@evil", "[::1"]
)
def test_other_names_are_refused(host):
    assert "expected a request to this machine by its own name" in refusal(host=host)


def test_a_remote_app_takes_addresses_but_no_foreign_names():
    assert refusal(at="0.0.0.0", host="192.168.0.7:80") is None
    assert refusal(at="box.lan", host="box.lan") is None
    assert refusal(at="0.0.0.0", host="evil.example") is not None


@pytest.mark.parametrize(
    ("headers", "ok"),
    [
        ({}, True),
        ({"origin": "http://127.0.0.1:80"}, True),
        ({"origin": "http://127.0.0.1:81"}, False),
        ({"origin": "http://evil.example"}, False),
        ({"origin": "null"}, False),
        ({"sec_fetch_site": "same-origin"}, True),
        ({"sec_fetch_site": "cross-site"}, False),
        ({"sec_fetch_site": "same-site"}, False),
    ],
)
def test_only_pages_of_the_app_change_anything(headers, ok):
    assert (refusal("POST", host="127.0.0.1:80", **headers) is None) == ok
    assert refusal("GET", host="127.0.0.1:80", **headers) is None


def test_loopback():
    assert all(map(is_loopback, ("localhost", "127.0.0.1", "127.8.8.8", "::1")))
    assert not any(map(is_loopback, ("0.0.0.0", "192.168.0.7", "::", "example.org")))
