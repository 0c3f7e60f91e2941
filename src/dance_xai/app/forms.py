"""Every edit of the model as a form: its fields are those of the function, so that no edit is missing."""

from __future__ import annotations

import inspect
from functools import cache
from typing import Any, Literal, get_args, get_origin, get_type_hints

from dance_xai.edit.operations import BY_HAND, FROM_CLIPS
from dance_xai.errors import DataError

OPERATIONS = BY_HAND | FROM_CLIPS
KINDS_OF_FIELD = {
    "concept": "concept",
    "first": "concept",
    "second": "concept",
    "old": "concept",
    "concepts": "concepts",
    "sources": "concepts",
    "kinds": "kinds",
    "only": "kinds",
    "label": "class",
    "ids": "clips",
    "halves": "halves",
}
"""What a text is the name of, where the name of the argument says so."""

NEW_NAMES = {("add_class", "label")}
PAIRS = ("halves", "names")
"""Lists with a value for each of two halves."""


def forms_tree() -> list[dict[str, Any]]:
    """Per edit its name, what it does, and its fields."""
    return [_form(operation) for operation in OPERATIONS]


def checked(operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """Arguments of an edit as they come from a browser.

    Raises:
        DataError: One is unknown, or of another type than the edit takes.
    """
    hints = _hints(operation)
    for name, value in arguments.items():
        if name not in hints:
            raise DataError(f"{operation}: expected one of {', '.join(hints)}, got {name!r}; leave it out")
        if not _fits(name, hints[name], value):
            raise DataError(f"{operation}: expected another type of value as {name!r}, got {value!r:.80}; mend it")
    return arguments


def _form(operation: str) -> dict[str, Any]:
    function = OPERATIONS[operation]
    given = inspect.signature(function).parameters
    fields = [
        _field(operation, name, hint) | {"optional": given[name].default is not inspect.Parameter.empty}
        for name, hint in _hints(operation).items()
    ]
    does = (inspect.getdoc(function) or "").partition("\n")[0]
    return {"operation": operation, "does": does, "fields": fields}


@cache
def _hints(operation: str) -> dict[str, Any]:
    """Types of the arguments that are not the model or its clips."""
    function = OPERATIONS[operation]
    hints = get_type_hints(function)
    named = inspect.signature(function).parameters.values()
    return {one.name: hints[one.name] for one in named if one.kind is inspect.Parameter.KEYWORD_ONLY}


def _bare(hint: Any) -> Any:
    """A type without ``| None``."""
    options = [each for each in get_args(hint) if each is not type(None)]
    return options[0] if len(options) == 1 and type(None) in get_args(hint) else hint


def _field(operation: str, name: str, hint: Any) -> dict[str, Any]:
    hint = _bare(hint)
    if get_origin(hint) is Literal:
        return {"name": name, "type": "choice", "choices": list(get_args(hint))}
    if hint in (int, float):
        return {"name": name, "type": "number"}
    if (operation, name) in NEW_NAMES:
        return {"name": name, "type": "text"}
    plain = "text" if hint is str else "pairs" if _is_nested(hint) else "texts"
    return {"name": name, "type": KINDS_OF_FIELD.get(name, plain)}


def _is_nested(hint: Any) -> bool:
    """Whether it is a list of lists."""
    inner = get_args(_bare(hint))
    return bool(inner) and bool(get_args(inner[0]))


def _fits(name: str, hint: Any, value: Any) -> bool:
    from pydantic import TypeAdapter, ValidationError

    try:
        TypeAdapter(hint).validate_python(value, strict=True)
    except ValidationError:
        return False
    if name in PAIRS and value is not None:
        return len(value) == 2
    return not _is_nested(hint) or all(len(pair) == 2 for pair in value)
