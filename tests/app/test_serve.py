"""``dance app``: where it listens, and what it refuses."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest
import uvicorn

from dance_xai.cli import main


@pytest.fixture
def dance(monkeypatch, capsys):
    """``dance(*arguments)`` -> exit code, output, errors, and what would have been served."""
    served = []
    monkeypatch.setattr(uvicorn.Server, "run", lambda server, sockets: served.append((server.config.app, sockets)))

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["dance", "app", *map(str, arguments), "--no-open"])
        with pytest.raises(SystemExit) as stop:
            main()
        said = capsys.readouterr()
        return SimpleNamespace(code=int(stop.value.code or 0), out=said.out, err=said.err, served=served)

    return run


def test_it_listens_on_this_machine_only(dance, run):
    told = dance(run)
    assert told.code == 0 and told.out.startswith("http://127.0.0.1:") and told.err == ""
    assert len(told.served) == 1


def test_another_address_needs_a_word_and_gives_a_warning(dance, run):
    told = dance(run, "--host", "0.0.0.0")
    assert told.code == 2 and told.served == []
    assert (
        told.err.startswith("dance: --host 0.0.0.0: expected an address of this machine only")
        and told.err.count("\n") == 1
    )
    told = dance(run, "--host", "0.0.0.0", "--allow-remote")
    assert told.code == 0 and "warning: there is no password" in told.err and len(told.served) == 1


def test_mistakes_are_one_line(dance, run, tmp_path):
    for arguments in (
        (tmp_path / "none",),
        (run, "--compare", tmp_path),
        (run, "--host", "203.0.113.9", "--allow-remote"),
    ):
        told = dance(*arguments)
        assert told.code == 2 and "expected" in told.err.splitlines()[-1] and "Traceback" not in told.err


def test_a_taken_port_is_named(dance, run):
    from dance_xai.cli.serve import listening

    with listening("127.0.0.1", 0) as place:
        told = dance(run, "--port", place.getsockname()[1])
    assert told.code == 2 and "expected a free port of this machine" in told.err
