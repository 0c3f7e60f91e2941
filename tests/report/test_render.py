from __future__ import annotations

import marshal
import sys

import pytest
from jinja2 import DictLoader, Environment

from dance_xai.report import render
from dance_xai.report.clip.page import TEMPLATES
from dance_xai.report.render_kept import KeptTemplates


@pytest.fixture(autouse=True)
def kept_here(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)


@pytest.fixture
def shown(tmp_path, monkeypatch):
    """Renders a source as a new process does, and says whether it was compiled for that."""

    def show(source: str = "{{ 1 + 1 }} <b>", options: str = "a") -> tuple[str, bool]:
        environment = Environment(
            loader=DictLoader({"x.j2": source}), bytecode_cache=KeptTemplates(tmp_path, options), autoescape=True
        )
        compiled, compile_ = [], environment.compile
        environment.compile = lambda *given: compiled.append(given) or compile_(*given)
        return environment.get_template("x.j2").render(), bool(compiled)

    return show


def test_a_template_is_compiled_once_for_all(shown, tmp_path):
    assert shown() == ("2 <b>", True) and shown() == ("2 <b>", False)
    assert [path.parent.name for path in tmp_path.rglob("*.pyc")] == ["__pycache__"]


def test_another_source_or_other_options_are_compiled_again(shown):
    shown()
    assert shown("{{ 1 + 2 }}") == ("3", True) and shown("{{ 1 + 2 }}", "b") == ("3", True)
    assert shown("{{ 1 + 2 }}", "b") == ("3", False)


def test_what_is_damaged_is_compiled_again_and_never_run(shown, tmp_path):
    shown()
    (kept,) = tmp_path.rglob("*.pyc")
    data = kept.read_bytes()
    evil = marshal.dumps(compile("raise SystemExit", "x", "exec"))
    for bad in (b"", data[:20], data[:-1], data[: data.rindex(b"\xe3") + 0] + evil, data[:48] + evil):
        kept.write_bytes(bad)
        assert shown() == ("2 <b>", True)
        assert kept.read_bytes() == data


def test_nothing_is_kept_where_python_keeps_nothing(shown, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert shown() == shown() == ("2 <b>", True) and not list(tmp_path.rglob("*.pyc"))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    (tmp_path / "__pycache__").write_bytes(b"")  # a place that cannot be written
    assert shown() == shown() == ("2 <b>", True)


def test_kept_templates_make_the_same_page(tmp_path, monkeypatch):
    """All our templates survive being kept: the code that comes back is the code that was compiled."""
    environment = render._environment()
    kept = KeptTemplates(tmp_path, "x")
    for name in TEMPLATES:
        source = render.asset(name)
        bucket = kept.get_bucket(environment, name, None, source)
        assert bucket.code is None
        bucket.code = environment.compile(source, name)
        kept.set_bucket(bucket)
        assert kept.get_bucket(environment, name, None, source).code == bucket.code
