"""What goes wrong in the model of a session, and the edits proposed against it."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from dance_xai.app.jobs import Job
from dance_xai.app.sessions import Looked, Missing, Session
from dance_xai.diagnose import Diagnosis
from dance_xai.report.diagnosed import diagnosed
from dance_xai.report.interventions import interventions
from dance_xai.workflows.diagnosing import diagnose_view
from dance_xai.workflows.reporting import model_report
from dance_xai.workflows.runs import RunView

LOOKING = "looking for causes and shortcuts"


def looking_for_causes(session: Session) -> Job:
    """Diagnose the model with the edits in force; the session remembers what was found."""
    view = session.view

    def work(job: Job) -> dict[str, Any]:
        job.step(LOOKING)
        found = diagnose_view(view)
        job.step("putting it together")
        session.looked = Looked(view.edits.content, found, _tree(view, found))
        return {}

    return Job(session.key, "diagnosis", work)


def known_diagnosis(session: Session) -> Diagnosis:
    """The last diagnosis of a session.

    Raises:
        Missing: Nobody has looked.
    """
    if session.looked is None:
        raise Missing("diagnosis: expected one of this model, got none; look for causes first")
    return session.looked.diagnosis


def _tree(view: RunView, found: Diagnosis) -> dict[str, Any]:
    """As on the page of the report, with the content hash of the model it is of."""
    shown = diagnosed(replace(model_report(view), diagnosis=found))
    curves = interventions(found)
    assert shown is not None
    return asdict(shown) | {"content": view.edits.content, "curves": None if curves is None else asdict(curves)}
