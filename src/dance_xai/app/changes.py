"""Edits of a session, and keeping them as a new RUN."""

from __future__ import annotations

import re
from typing import Any

from dance_xai.app.desk import Desk
from dance_xai.app.editing import proposed_of, solving, taken_over
from dance_xai.app.forms import OPERATIONS, checked
from dance_xai.app.jobs import job_tree
from dance_xai.app.sessions import Session
from dance_xai.app.trees import log_tree, model_tree, outcome_tree
from dance_xai.edit.operations import BY_HAND
from dance_xai.errors import ArtifactError, DataError
from dance_xai.workflows.editing import Outcome, make_edit, redone, undone, write_edits

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _.-]{0,79}")


def edit(desk: Desk, session: Session, body: dict[str, Any]) -> dict[str, Any]:
    """Make an edit: ``{"operation": ..., "arguments": {...}, "videos": [...]}``; one that learns from clips is a job.

    ``videos`` are clips of a class that is added, besides those among the arguments.

    Raises:
        DanceError: It is impossible; nothing has changed.
    """
    operation, arguments, videos = body.get("operation"), body.get("arguments"), body.get("videos", [])
    if operation not in OPERATIONS or not isinstance(arguments, dict) or not isinstance(videos, list):
        raise DataError(f"edit: expected one of {', '.join(OPERATIONS)} with its arguments, got {operation!r:.80}")
    if videos and operation != "add_class":
        raise DataError(f"edit: expected videos for add_class alone, got some for {operation}; leave them out")
    given = checked(operation, arguments)
    if operation in BY_HAND:
        with session.lock:
            return _now(session, make_edit(session.view, operation, given))
    job = solving(session, operation, given, [str(key) for key in videos])
    return job_tree(desk.worker, desk.worker.submit(job))


def propose(desk: Desk, session: Session, body: dict[str, Any]) -> dict[str, Any]:
    """Make the edit that the diagnosis proposes against a shortcut, as a job: ``{"number": 1}``.

    Raises:
        DanceError: There is none.
    """
    return job_tree(desk.worker, desk.worker.submit(proposed_of(session, body.get("number"))))


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
    with session.lock, desk.saving:
        if place.exists() or place.is_symlink():
            raise ArtifactError(f"{name}: expected a new name, got one that is taken; choose another name")
        view = session.view
        write_edits(view, view.edits, view.model, place, view.new_clips)
    return {"folder": str(place)}


def _now(session: Session, outcome: Outcome) -> dict[str, Any]:
    taken_over(session, outcome)
    return {"model": model_tree(session.view), "log": log_tree(session.view), "outcome": outcome_tree(outcome)}
