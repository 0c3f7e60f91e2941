"""The explained video of a clip."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from dance_xai.data.container import is_there
from dance_xai.types import Clip, Explanation
from dance_xai.workflows.runs import RunView
from dance_xai.workflows.subjects import Subject


@dataclass(frozen=True)
class Filmed:
    """An explained video that was written.

    Attributes:
        path: The file.
        frames: Frames of the clip.
        note: What is missing in it, and why; None for nothing.
    """

    path: Path
    frames: int
    note: str | None


def film_clip(
    view: RunView,
    explanation: Explanation,
    subject: Subject,
    name: str,
    path: Path,
    progress: Callable[[int, int], None] | None = None,
) -> Filmed:
    """Write the explained video of a clip: over its video where that is there, else over a plain ground.

    Args:
        view: The RUN.
        explanation: Of the clip.
        subject: The clip.
        name: As ``find_subject`` took it: its id, or a video file.
        path: ``.mp4``, ``.gif`` or ``.webp``.
        progress: Told how many frames of how many are done.

    Raises:
        DataError: Neither video nor poses, a damaged video, or a file that cannot be written.
    """
    from dance_xai.data.video import scan_video
    from dance_xai.report.film import Show, write_film

    clip = listed_clip(view, name)
    found = clip.path is not None and is_there(clip.path)
    config = view.extract
    video = scan_video(Path(clip.path), start=clip.start, end=clip.end, fps=config.fps) if found and clip.path else None
    show = Show(explanation, view.model.bank, video, subject.track)
    write_film(path, show, progress)
    return Filmed(path, show.frames, None if found else missing_video(clip))


def listed_clip(view: RunView, name: str) -> Clip:
    """The clip with the place of its video as the list of clips under the data root tells it."""
    if name not in view.manifest.ids:
        return Clip(Path(name).stem, path=Path(name))
    return view.listed.get(name) or view.manifest.clips[view.row(name)]


def missing_video(clip: Clip) -> str:
    """Why a page or film shows no video, for its reader."""
    if clip.path is None:
        return "the list of clips names no videos: the skeleton is shown on a plain ground"
    return f"{clip.path}: no video there: the skeleton is shown on a plain ground; pass --data-root if it has moved"
