"""What the browser asks for, as functions from a session and plain data to plain data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dance_xai._version import __version__
from dance_xai.app.catalogue import catalogue_tree, failures_tree
from dance_xai.app.desk import Desk
from dance_xai.app.diagnosis import looking_for_causes
from dance_xai.app.forms import forms_tree
from dance_xai.app.jobs import Job, job_tree
from dance_xai.app.sessions import Missing, Session
from dance_xai.app.trees import clips_tree, known_tree, log_tree, model_tree, video_tree
from dance_xai.app.work import clip_page_of, report_page_of, video_page_of
from dance_xai.errors import DanceError, DataError
from dance_xai.workflows.differing import diff_views
from dance_xai.workflows.edit_words import difference_tree
from dance_xai.workflows.subjects import files_instead_of_eyes

Query = Mapping[str, str]


def state(desk: Desk, session: Session, query: Query) -> dict[str, Any]:
    """All that a page needs to begin."""
    return {
        "token": session.token,
        "version": __version__,
        "limits": {"bytes": desk.limits.bytes, "megabytes": desk.limits.megabytes, "seconds": desk.limits.seconds},
        "blind": blind(desk),
        "model": model_tree(session.view),
        "other": None if desk.other is None else model_tree(desk.other),
        "log": log_tree(session.view),
        "videos": [{"video": key, "name": seen.name} for key, seen in session.videos.items()],
    }


def blind(desk: Desk) -> str:
    """Why the RUN cannot look at new videos; empty when it can."""
    try:
        needed = files_instead_of_eyes(desk.view)
    except DanceError as error:
        return str(error)
    return f"This RUN was made with {' and '.join(needed)} from files, and cannot look at new videos." if needed else ""


def clips(desk: Desk, session: Session, query: Query) -> dict[str, Any]:
    """Clips of the RUN that fit a search."""
    start = query.get("start", "0")
    first = int(start) if start.isdecimal() and len(start) < 10 else 0
    return clips_tree(session.view, query.get("words", "")[:200], query.get("only", "all"), first)


def reading(desk: Desk, session: Session, query: Query) -> dict[str, Any]:
    """What the model reads of a clip (``clip``), or of a video that was sent (``video``).

    Raises:
        DataError: There is none.
    """
    view = session.view
    if "video" not in query:
        tree = known_tree(view, desk.other, query.get("clip", ""))
    else:
        seen = session.video(query["video"])
        tree = video_tree(view, desk.other, seen.subject, seen.other, seen.trouble)
    return tree | {"content": view.edits.content}


def catalogue(desk: Desk, session: Session, query: Query) -> dict[str, Any]:
    """The concepts of the model, or of the one it is compared with (``which=other``)."""
    other = desk.other if query.get("which") == "other" else None
    return catalogue_tree(other or session.view)


def failures(desk: Desk, session: Session, query: Query) -> dict[str, Any]:
    """The test clips that the model gets wrong."""
    return {"failures": failures_tree(session.view)}


def comparison(desk: Desk, session: Session, query: Query) -> dict[str, Any]:
    """Test clips that the two models predict differently; ``trouble`` says why when they share none.

    Raises:
        Missing: There is one model only.
    """
    if desk.other is None:
        raise Missing("compare: expected a second RUN, got none; start the app with --compare RUN2")
    try:
        return difference_tree(diff_views(session.view, desk.other))
    except DataError as error:
        return {"trouble": str(error)}


def page(desk: Desk, session: Session, body: dict[str, Any]) -> dict[str, Any]:
    """Begin to write a page: of a clip, a video or the RUN."""
    if "video" in body:
        job = video_page_of(desk, session, str(body["video"]))
    elif "clip" in body:
        job = clip_page_of(desk, session, str(body["clip"]))
    else:
        job = report_page_of(desk, session)
    return job_tree(desk.worker, desk.worker.submit(job))


def diagnose(desk: Desk, session: Session, body: dict[str, Any]) -> dict[str, Any]:
    """Begin to look for causes of mistakes and for shortcuts."""
    return job_tree(desk.worker, desk.worker.submit(looking_for_causes(session)))


def diagnosis(desk: Desk, session: Session, query: Query) -> dict[str, Any]:
    """The last diagnosis of the session; None where nobody has looked."""
    return {"diagnosis": None if session.looked is None else session.looked.tree}


def forms(desk: Desk, session: Session, query: Query) -> dict[str, Any]:
    """The edits that can be made, with their fields."""
    return {"forms": forms_tree()}


def find_job(desk: Desk, session: Session, key: str) -> Job:
    """A job of the session.

    Raises:
        Missing: It has none of that name.
    """
    job = desk.worker.find(key, session.key)
    if job is None:
        raise Missing("job: expected one of yours, got another; start it again")
    return job
