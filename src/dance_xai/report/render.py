"""Templates, styles and scripts into one page that asks the network for nothing."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from dance_xai._version import __version__
from dance_xai.report import numbers, words
from dance_xai.types import KINDS, counted
from dance_xai.types.numbers import decimal, percent

if TYPE_CHECKING:
    from jinja2 import Environment


COMPILED: dict[str, Any] = {"autoescape": True, "trim_blocks": True, "lstrip_blocks": True}
"""Options that change what templates are compiled to."""

COMPILING = Lock()
"""Held by who compiles; who comes second finds it done."""


def render(template: str, *, styles: tuple[str, ...], scripts: tuple[str, ...], **values: Any) -> str:
    """Fill a template; every value is escaped, styles and scripts are ours and stand in the page.

    Args:
        template: File name under ``templates/``.
        styles: CSS files, in order.
        scripts: JavaScript files, in order.
        values: What the template asks for; ``data`` becomes JSON for the scripts.
    """
    prepare(template)
    page = _environment().get_template(template)
    return page.render(
        css="\n".join(asset(name) for name in styles),
        js="\n".join(asset(name) for name in scripts),
        version=__version__,
        kinds=KINDS,
        **values,
    )


def prepare(*templates: str) -> None:
    """Compile templates ahead of ``render``, which takes longer than to fill them."""
    with COMPILING:
        for name in templates:
            _environment().get_template(name)


@cache
def asset(name: str) -> str:
    """Text of one file under ``templates/``."""
    return (files("dance_xai.report") / "templates" / name).read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    from dance_xai.report.render_kept import KeptTemplates

    environment = Environment(
        loader=FunctionLoader(asset),
        undefined=StrictUndefined,
        bytecode_cache=KeptTemplates(Path(__file__).parent / "templates", str(COMPILED)),
        **COMPILED,
    )
    environment.policies["json.dumps_kwargs"] = {
        "sort_keys": False,
        "allow_nan": False,
        "ensure_ascii": False,
        "separators": (",", ":"),
    }
    environment.filters |= {
        "capitalise": words.capitalise,
        "cell": numbers.cell,
        "counted": counted,
        "decimal": decimal,
        "percent": percent,
        "label": words.label,
    }
    return environment
