"""Edits of a session, and keeping them as a new RUN."""

from __future__ import annotations

import re
from typing import Any

from dance_xai.app.desk import Desk
from dance_xai.app.sessions import Session
from dance_xai.app.trees import log_tree, model_tree, outcome_tree
from dance_xai.errors import ArtifactError, DataError
from dance_xai.workflows.editing import Outcome, make_edit, redone, undone, with_edits, write_edits

OFFERED = ("ablate", "change_weight", "remove", "rename", "set_activation")
"""Edits that take no time; the rest is for ``dance edit``."""

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _.-]{0,79}")


def edit(desk: Desk, session: Session, body: dict[str, Any]) -> dict[str, Any]:
    """Make an edit: ``{"operation": ..., "arguments": {...}}``.

    Raises:
        DanceError: It is impossible; nothing has changed.
    """
    operation, arguments = body.get("operation"), body.get("arguments")
    if operation not in OFFERED or not isinstance(arguments, dict):
        raise DataError(
            f"edit: expected one of {', '.join(OFFERED)} with its arguments, got {operation!r}; use dance edit"
        )
    with session.lock:
        return _now(session, make_edit(session.view, operation, checked(arguments)))


def undo(desk: Desk, session: Session, body: dict[str, Any]) -> dict[str, Any]:
    """Take the last edit back."""
    with session.lock:
        return _now(session, undone(session.view))


def redo(desk: Desk, session: Session, body: dict[str, Any]) -> dict[str, Any]:
    """Make the edit again that was undone last."""
    with session.lock:
        return _now(session, redone(session.view))


def save(desk: Desk, session: Session, body: dict[str, Any]) -> dict[str, Any]:
    """Write the edited RUN beside the RUN, under a new name: ``{"name": ...}``.

    Raises:
        DataError: The name is no plain name.
        ArtifactError: There is something of that name, or it cannot be written.
    """
    given = body.get("name")
    name = given.strip() if isinstance(given, str) else ""
    if not NAME.fullmatch(name) or name.endswith("."):
        raise DataError(
            f"name: expected letters, digits, spaces and _ . - only, got {name[:80]!r}; choose another name"
        )
    place = desk.view.run.folder.resolve().parent / name
    with desk.saving, session.lock:
        if place.exists() or place.is_symlink():
            raise ArtifactError(f"{name}: expected a new name, got one that is taken; choose another name")
        write_edits(session.view, session.view.edits, session.view.model, place)
    return {"folder": str(place)}


def checked(arguments: dict[str, Any]) -> dict[str, Any]:
    """Arguments of an edit as they come from a browser.

    Raises:
        DataError: They are not text, numbers, or lists of text.
    """
    for name, value in arguments.items():
        listed = value if isinstance(value, list) else [value]
        if not all(isinstance(each, str | int | float) and not isinstance(each, bool) for each in listed):
            raise DataError(f"edit: expected text, numbers or lists of them as {name!r}, got something else; mend it")
        if isinstance(value, list) and not all(isinstance(each, str) for each in value):
            raise DataError(f"edit: expected a list of text as {name!r}, got something else; mend it")
    return arguments


def _now(session: Session, outcome: Outcome) -> dict[str, Any]:
    session.view = with_edits(session.view, outcome.chain, outcome.model)
    return {"model": model_tree(session.view), "log": log_tree(session.view), "outcome": outcome_tree(outcome)}
