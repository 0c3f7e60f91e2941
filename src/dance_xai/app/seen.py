"""A video that was sent: looked at once, then remembered as numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from dance_xai.app.uploads import in_users_words
from dance_xai.errors import DanceError
from dance_xai.report.clip import Picture
from dance_xai.types import WindowMatch
from dance_xai.workflows.explaining import explain_of
from dance_xai.workflows.picturing import picture_of
from dance_xai.workflows.runs import RunView
from dance_xai.workflows.subjects import Subject, new_video


@dataclass(frozen=True, eq=False)
class SeenVideo:
    """What is left of a video after it was deleted.

    Attributes:
        name: What its owner calls it.
        subject: What the model reads of it.
        matches: Best window per motion concept, by where the concept comes from, so that they outlive edits.
        picture: Small pictures for its page.
        other: The same for the model that is compared with; None without one.
        trouble: Why ``other`` is missing though there is a model.
    """

    name: str
    subject: Subject
    matches: dict[int, WindowMatch]
    picture: Picture
    other: Subject | None = None
    trouble: str = ""

    def subject_in(self, view: RunView) -> Subject:
        """The video as the concepts of an edited model see it."""
        found = {
            column: self.matches[source] for column, source in view.sources("motion").items() if source in self.matches
        }
        return replace(self.subject, matches=found)


def look_at(path: Path, name: str, view: RunView, other: RunView | None, step: Callable[[str], None]) -> SeenVideo:
    """Look at a video as the RUN does.

    Args:
        path: The file.
        name: What its owner calls it.
        view: The RUN.
        other: The RUN it is compared with.
        step: Told what comes next.

    Raises:
        DanceError: It cannot be explained; the message has the owner's name of the file.
    """
    try:
        step("looking at every frame")
        subject = replace(new_video(view, path), clip=name)
        theirs, trouble = None, ""
        if other is not None:
            step("looking at it for the other model")
            theirs, trouble = _for_other(other, path, name)
        step("cutting pictures")
        picture = picture_of(view, explain_of(view, subject), subject, str(path))
    except DanceError as error:
        raise type(error)(in_users_words(str(error), path, name)) from None
    source = view.sources("motion")
    matches = {source[column]: match for column, match in subject.matches.items()}
    return SeenVideo(name, subject, matches, picture, theirs, trouble)


def _for_other(view: RunView, path: Path, name: str) -> tuple[Subject | None, str]:
    try:
        return replace(new_video(view, path), clip=name), ""
    except DanceError as error:
        return None, in_users_words(str(error), path, name)
