"""What is put in the queue: looking at a video, and writing a page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dance_xai.app.desk import Desk
from dance_xai.app.diagnosis import LOOKING
from dance_xai.app.jobs import Job
from dance_xai.app.seen import look_at
from dance_xai.app.sessions import Session
from dance_xai.app.uploads import probe
from dance_xai.report.report import report_page
from dance_xai.workflows.explaining import explain_of, page_of
from dance_xai.workflows.picturing import picture_of
from dance_xai.workflows.reporting import diagnosed_report, report_of
from dance_xai.workflows.subjects import known_clip


def looking(desk: Desk, session: Session, path: Path, name: str) -> Job:
    """Look at a video that was sent, and delete it."""

    def work(job: Job) -> dict[str, Any]:
        job.step("checking the file")
        probe(path, name, desk.limits)
        seen = look_at(path, name, desk.view, desk.other, job.step)
        return {"video": session.keep(session.videos, seen, desk.limits.kept)}

    return Job(session.key, name, work, clean=lambda: path.unlink(missing_ok=True))


def clip_page_of(desk: Desk, session: Session, clip: str) -> Job:
    """Write the page of a clip of the RUN with the edits in force."""
    view = session.view
    view.row(clip)

    def work(job: Job) -> dict[str, Any]:
        job.step("reading the clip")
        subject = known_clip(view, clip)
        explanation = explain_of(view, subject)
        job.step("cutting pictures")
        picture = picture_of(view, explanation, subject, clip)
        return _kept(desk, session, page_of(view, explanation, subject.track, picture))

    return Job(session.key, clip, work)


def video_page_of(desk: Desk, session: Session, key: str) -> Job:
    """Write the page of a video that was sent with the edits in force."""
    view, seen = session.view, session.video(key)

    def work(job: Job) -> dict[str, Any]:
        job.step("writing the page")
        subject = seen.subject_in(view)
        return _kept(desk, session, page_of(view, explain_of(view, subject), subject.track, seen.picture))

    return Job(session.key, seen.name, work)


def report_page_of(desk: Desk, session: Session) -> Job:
    """Write the report of the RUN with the edits in force, and with its diagnosis."""
    view, looked = session.view, session.looked

    def work(job: Job) -> dict[str, Any]:
        if looked is not None and looked.content == view.edits.content:
            data = report_of(view, looked.diagnosis)
        else:
            data = diagnosed_report(view, lambda line: job.step(LOOKING))
        job.step("writing the report")
        return _kept(desk, session, report_page(data))

    return Job(session.key, "report", work)


def _kept(desk: Desk, session: Session, page: str) -> dict[str, Any]:
    return {"page": session.keep(session.pages, page, desk.limits.pages)}
