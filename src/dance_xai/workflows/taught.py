"""Clips that came with an edit, as subjects of an explanation."""

from __future__ import annotations

from dance_xai.workflows.editing import edit_clips
from dance_xai.workflows.runs import RunView
from dance_xai.workflows.subjects import Subject

UNKNOWN = "came with an edit, which keeps of its video only what the model reads"


def taught_clip(view: RunView, name: str) -> Subject | None:
    """A clip that an edit of the RUN has learnt from, by its id; None where no edit brought it.

    Args:
        view: The RUN.
        name: What was asked for.
    """
    new = view.new_clips
    if new is None or name not in new.ids or name in view.manifest.ids:
        return None
    clips = view.edits.clips(edit_clips(view))
    row = clips.ids.index(name)
    return Subject(name, clips.inputs[row], clips.labels[row], None, {}, notes=(f"{name} {UNKNOWN}",))
