"""Pictures of a clip for its page, from its video."""

from __future__ import annotations

from pathlib import Path

from dance_xai.data.container import is_there
from dance_xai.errors import DanceError
from dance_xai.report.clip import Picture, take_picture
from dance_xai.report.clip.crops import Square, square_of
from dance_xai.report.clip.page import TOP
from dance_xai.types import Explanation, PoseTrack
from dance_xai.workflows.filming import listed_clip, missing_video
from dance_xai.workflows.runs import RunView
from dance_xai.workflows.subjects import Subject


def picture_of(view: RunView, explanation: Explanation, subject: Subject, name: str) -> Picture:
    """The clip's video small enough for a page; without it a note, as the explanation stands without pictures.

    Args:
        view: The RUN.
        explanation: Of the clip.
        subject: The clip.
        name: As ``find_subject`` took it: its id, or a video file.
    """
    try:
        clip = listed_clip(view, name)
        if clip.path is None or not is_there(clip.path):
            return Picture(note=missing_video(clip))
        shown = {term.concept for term in explanation.prediction.contributions[:TOP]}
        return take_picture(
            Path(clip.path),
            clip.start,
            clip.end,
            fps=view.extract.fps,
            rate=explanation.fps,
            stills=[each.frame for each in explanation.phrases_seen or () if each.concept in shown],
            squares=_squares(explanation, subject.track),
        )
    except DanceError as error:
        return Picture(note=str(error))


def _squares(explanation: Explanation, track: PoseTrack | None) -> dict[int, Square]:
    """Where in the frame the motions of the page are, by concept."""
    if track is None:
        return {}
    terms = explanation.prediction.contributions[:TOP]
    found = {term.concept: square_of(track, term.match) for term in terms if term.match is not None}
    return {concept: square for concept, square in found.items() if square is not None}
