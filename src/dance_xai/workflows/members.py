"""A few windows of every motion concept to look at, cut again from the poses of a RUN."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from dance_xai.errors import DanceError
from dance_xai.motion.encoder import MotionEncoder, mirrored, window_span
from dance_xai.motion.matching import nearest
from dance_xai.motion.windows import cut_windows, take
from dance_xai.types import FloatArray, IntArray, PoseTrack, PoseWindows, Prototype
from dance_xai.workflows.runs import RunView

UNREADABLE = (
    "Of each motion only the prototype is shown: the poses could not be read again; "
    "pass --data-root if they have moved."
)
OTHER_POSES = "Of each motion only the prototype is shown: the poses are no longer those of the fit."


@dataclass(frozen=True)
class Members:
    """What the poses of a RUN tell of its motion concepts.

    Attributes:
        windows: By column of the model's bank up to three train windows: nearest, median and furthest from the centre.
        rates: Frames per second of train clips by id, where known.
        notes: Why there are none.
    """

    windows: dict[int, tuple[Prototype, ...]] = field(default_factory=dict)
    rates: dict[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def find_members(view: RunView) -> Members:
    """Cut the train windows of every motion concept again and choose three of each by distance to the centre.

    Poses that are no longer there, or that are not those of the fit, give a note instead.
    """
    motion = view.motion
    if motion is None or motion.encoder is None or motion.motions is None or motion.windows is None:
        return Members()
    rows = motion.windows[np.isin(motion.windows[:, 0], view.manifest.rows("train")) & (motion.windows[:, 3] >= 0)]
    clips, clip = np.unique(rows[:, 0], return_inverse=True)
    ids = tuple(view.manifest.ids[row] for row in clips)
    try:
        tracks = view.tracks(ids)
        windows = _cut(motion.encoder, tracks, ids, (clip, rows[:, 1]))
    except DanceError:
        return Members(notes=(UNREADABLE,))
    rates = {track.clip: track.fps for track in tracks if track.fps}
    if not np.array_equal(windows.stop, rows[:, 2]):
        return Members(rates=rates, notes=(OTHER_POSES,))
    shown = {}
    for column, source in view.sources("motion").items():
        mine = take(windows, rows[:, 3] == source)
        chosen = _spread(motion.encoder, mine, motion.motions.centres[source], ids)
        if chosen and _is(chosen[0], view.model.bank.concepts[column].prototype):
            shown[column] = chosen
    return Members(shown, rates)


def _cut(
    encoder: MotionEncoder, tracks: Sequence[PoseTrack], ids: tuple[str, ...], at: tuple[IntArray, IntArray]
) -> PoseWindows:
    """The windows of the given clips that start at the given frames, in that order."""
    body = encoder.body(tracks, ids)
    clip, start = at
    span = window_span(body, encoder.spec)
    middle: Any = start + span[clip] / 2
    return cut_windows(body, clip, middle, rows=encoder.spec.rows, span=span)


def _spread(
    encoder: MotionEncoder, windows: PoseWindows, centre: FloatArray, ids: tuple[str, ...]
) -> tuple[Prototype, ...]:
    """The nearest, the median and the furthest window, turned the way round of the centre."""
    if not len(windows):
        return ()
    _, distance, flipped = nearest(encoder.codes(windows.poses), centre[None])
    order = np.argsort(distance, kind="stable")
    chosen = order[sorted({0, len(order) // 2, len(order) - 1})]
    return tuple(_turned(encoder, windows, int(row), ids, flip=bool(flipped[row])) for row in chosen)


def _turned(encoder: MotionEncoder, windows: PoseWindows, row: int, ids: tuple[str, ...], *, flip: bool) -> Prototype:
    poses, seen = windows.poses[row], windows.seen[row]
    shown = Prototype(ids[windows.clip[row]], int(windows.start[row]), int(windows.stop[row]), poses, seen)
    if not flip:
        return shown
    return replace(shown, poses=mirrored(poses, encoder.skeleton), seen=seen[:, encoder.skeleton.mirror])


def _is(one: Prototype, other: Prototype | None) -> bool:
    """Whether they are the same window: a concept that was edited since shows other windows than its source."""
    return other is not None and (one.clip, one.start, one.stop) == (other.clip, other.start, other.stop)
