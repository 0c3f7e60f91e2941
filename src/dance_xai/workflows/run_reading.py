"""What is read for a RUN from its settings and its data root, one piece at a time."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from operator import attrgetter, getitem
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from dance_xai.data.container import is_there
from dance_xai.data.pose_source import PosesSource, read_tracks
from dance_xai.errors import DataError
from dance_xai.motion.tracking import main_rows
from dance_xai.types import PoseTrack

if TYPE_CHECKING:
    from dance_xai.workflows.runs import RunView

T = TypeVar("T")


def section(view: RunView, hint: type[T], *place: str) -> T:
    """Settings in one place, checked alone, which is quicker than all.

    Raises:
        ConfigError: They are of another version; see ``RunView.config``.
    """
    from pydantic import TypeAdapter, ValidationError

    try:
        return TypeAdapter(hint).validate_python(reduce(getitem, place, view.settings))
    except (ValidationError, KeyError, TypeError):
        found: T = attrgetter(".".join(place))(view.config)
        return found


def poses_of_files(view: RunView, poses: dict[str, Any], clips: tuple[str, ...]) -> tuple[PoseTrack, ...]:
    """Poses of those of the clips that have any, from the files that the settings name.

    Args:
        view: The RUN.
        poses: ``data.poses`` of the settings.
        clips: Ids.

    Raises:
        DataError: The pose file is not where it was, or is damaged.
    """
    try:
        source = PosesSource(**{**poses, "path": Path(poses["path"]), "xyz": None})  # motions and pages are flat
        known = {clip.id: clip for clip in view.manifest.clips}
        wanted = [known[clip] for clip in clips if clip in known]
        return tuple(_with_rate(view, track) for track in read_tracks(source, view.root, wanted, main_rows))
    except DataError as error:
        raise DataError(f"{error}; pass --data-root if the data has moved") from error


def _with_rate(view: RunView, track: PoseTrack) -> PoseTrack:
    """Poses that state no frame rate have that of their video."""
    clip = view.listed.get(track.clip) if track.fps is None else None
    if clip is None or clip.path is None or not is_there(clip.path):
        return track
    from dance_xai.extract.watch import open_clip

    return replace(track, fps=open_clip(clip, replace(view.extract, fps=None)).timeline.fps)
