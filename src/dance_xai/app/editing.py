"""Edits that take a moment: those that learn from clips, and the one that a diagnosis proposes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Any

import numpy as np

from dance_xai.app.diagnosis import known_diagnosis
from dance_xai.app.jobs import Job
from dance_xai.app.sessions import Session
from dance_xai.app.trees import outcome_tree
from dance_xai.errors import DataError
from dance_xai.types import Features
from dance_xai.workflows.edit_words import in_words
from dance_xai.workflows.editing import Outcome, edit_clips, make_edit, with_edits
from dance_xai.workflows.halving import halves_of

STEPS = {
    "resolve": "solving again",
    "detach": "detaching, and solving again",
    "split": "dividing its windows",
    "add_class": "fitting the new class",
}


def taken_over(session: Session, outcome: Outcome, new: Features | None = None) -> None:
    """Put an edit in force in the session."""
    session.view = with_edits(session.view, outcome.chain, outcome.model, new)


def solving(session: Session, operation: str, arguments: dict[str, Any], videos: Sequence[str] = ()) -> Job:
    """Make an edit that learns from clips.

    Args:
        session: Whose model it is.
        operation: For example ``resolve``.
        arguments: Its arguments; a split without halves divides the windows of the concept.
        videos: Sent videos that are clips of an added class too.

    Raises:
        DataError: A video is not remembered any more.
    """
    added = [(key, session.video(key)) for key in videos]

    def work(job: Job) -> dict[str, Any]:
        with session.lock:
            job.step(STEPS.get(operation, "reading clips"))
            given, new = dict(arguments), None
            if added:
                ids, new = gathered(session, [key for key, _ in added])
                given["ids"] = [*given.get("ids", []), *ids]
            if operation == "split" and not given.get("halves"):
                given["halves"] = halves_of(session.view, str(given.get("concept", "")))
            outcome = make_edit(session.view, operation, given, new)
            job.step("comparing predictions")
            taken_over(session, outcome, new)
        return {"outcome": outcome_tree(outcome)}

    return Job(session.key, in_words(operation, arguments), work)


def proposed_of(session: Session, number: Any) -> Job:
    """Make the edit proposed against a suspected shortcut of the last diagnosis.

    Raises:
        DataError: Nobody has looked for shortcuts yet, or there is none of that number with an edit.
    """
    shortcuts = known_diagnosis(session).shortcuts
    edits = {place: one.edit for place, one in enumerate(shortcuts, start=1) if one.edit is not None}
    if not isinstance(number, int) or number not in edits:
        raise DataError(f"proposal: expected the number of a shortcut with an edit, got {number!r:.80}; look again")
    edit = edits[number]
    return solving(session, edit.operation, dict(edit.arguments))


def gathered(session: Session, videos: Sequence[str]) -> tuple[list[str], Features]:
    """Videos that were sent as clips of the RUN.

    Args:
        session: It remembers under which name a video became a clip.
        videos: Their ids in the session.

    Returns:
        Their clip ids, and the inputs of all clips that the RUN itself does not know, those known before first.
    """
    view, old = session.view, session.view.new_clips
    ids, values = (list(old.ids), list(old.values)) if old is not None else ([], [])
    taken = set(edit_clips(view).ids)
    for key in videos:
        seen = session.video(key)
        if key not in session.named or session.named[key] not in taken:
            session.named[key] = _free(PurePosixPath(seen.name).stem or "video", taken)
            taken.add(session.named[key])
            ids.append(session.named[key])
            values.append(np.asarray(seen.subject.inputs, dtype=np.float64))
    return [session.named[key] for key in videos], Features("edit", tuple(ids), np.stack(values))


def _free(name: str, taken: set[str]) -> str:
    """The name, with a number behind it if it is taken."""
    names = (name if number == 1 else f"{name} {number}" for number in range(1, len(taken) + 2))
    return next(each for each in names if each not in taken)
