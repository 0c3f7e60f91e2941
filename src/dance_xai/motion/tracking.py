"""From everybody in the frames of a clip to people over time, and to the one person the clip is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from dance_xai.motion.linking import Shapes, link
from dance_xai.types import BoolArray, IntArray, People, PoseTrack

MIN_SCORE = 0.15
"""Low, as estimators give people in unusual pictures 0.2; false detections are short and fall to ``MIN_SECONDS``."""

MIN_CONFIDENCE = 0.2
"""Joints below this do not count for boxes and motion: their places are guesses that would stretch the box."""

MIN_JOINTS = 3
"""Fewer joints make no box and no pose to compare."""

MAX_GAP = 1.0
"""Seconds a person may be hidden and is still looked for nearby: passing behind somebody takes less."""

MIN_SECONDS = 0.2
"""A track seen for less (and less than 3 frames) is a false detection, unless the clip itself is that short."""

ASSUMED_FPS = 25.0

LAG = 0.2
"""Seconds, half a short clip at most, over which motion is measured: the estimator's jitter is small beside it."""

STILL = 0.01
"""Motion that everybody gets, so that among people who do not move the larger and surer ones come first."""

TRAVEL = 0.5
"""Weight of moving as a whole against moving the limbs: a pan of the camera and a passer-by move as a whole."""

LARGEST_MOTION = 0.5
"""Diagonals per ``LAG``; more is a jump of the estimator, not a motion."""

MOST_CHANGE = 2.0
"""A track of another size than this factor is not the main actor coming back."""


@dataclass(frozen=True, eq=False)
class ActorTrack:
    """One person over time.

    Attributes:
        rows: (T,) detection of ``People`` that shows the person in each frame, -1 where none does.
        importance: How much the clip is about this person; see ``track_people``.
        diagonal: Median diagonal of the person's box, pixels.
    """

    rows: IntArray
    importance: float
    diagonal: float

    @property
    def present(self) -> BoolArray:
        """(T,) frames in which the person is seen."""
        return self.rows >= 0

    @property
    def span(self) -> tuple[int, int]:
        """First and last frame in which the person is seen."""
        frames = np.flatnonzero(self.present)
        return int(frames[0]), int(frames[-1])


def track_people(
    people: People,
    *,
    fps: float | None = None,
    min_score: float = MIN_SCORE,
    min_confidence: float = MIN_CONFIDENCE,
    max_gap: float = MAX_GAP,
    min_seconds: float = MIN_SECONDS,
) -> tuple[ActorTrack, ...]:
    """Tell people apart over time, the most important first.

    The importance of a track is the sum over its frames of score x mean confidence, times the square root of the
    person's size relative to the largest, times how much the person moves: the mean displacement of the joints over
    0.2 s in own body sizes, limbs fully and the body as a whole half. Size counts less than motion, so that a
    spectator close to the camera does not win over somebody who acts further away.

    Args:
        people: Everybody in T frames; the order within a frame does not matter.
        fps: Frames per second, 25 where unknown.
        min_score: Detections with a lower score are ignored.
        min_confidence: Joints with a lower confidence do not count for boxes and motion.
        max_gap: Seconds without a detection after which a person is a new one.
        min_seconds: Shorter tracks are left out; at least 3 frames, or all frames of a shorter clip.

    Returns:
        Tracks without shared detections.

    Source: ours.
    """
    rate = fps or ASSUMED_FPS
    known = (people.confidence >= min_confidence) & (people.confidence > 0)
    usable = np.flatnonzero((people.score >= min_score) & (known.sum(axis=1) >= MIN_JOINTS))
    shapes, rows = _ordered(people, known, usable)
    numbers = link(shapes, min(max(1, round(max_gap * rate)), people.frames))
    least = min(max(3, round(min_seconds * rate)), people.frames)
    long = np.flatnonzero(np.bincount(numbers) >= least)
    lag = min(max(1, round(LAG * rate)), max(1, people.frames // 2))
    tracks = [_track(people, shapes, rows, np.flatnonzero(numbers == number), lag) for number in long]
    largest = max((track.diagonal for track in tracks), default=1.0)
    ranked = [replace(t, importance=t.importance * float(np.sqrt(t.diagonal / largest))) for t in tracks]
    return tuple(sorted(ranked, key=lambda track: (-track.importance, track.span)))


def main_rows(people: People, fps: float | None = None, *, min_score: float = MIN_SCORE) -> IntArray:
    """The detection that shows the main actor in each frame.

    The main actor is the most important track. Tracks before or after it, most important first, are taken as the same
    person when they share no time with it and are not more than twice or less than half as large: people come back
    into the picture, and cameras cut.

    Args:
        people: Everybody in T frames.
        fps: Frames per second, 25 where unknown.
        min_score: Detections with a lower score are ignored.

    Returns:
        (T,) row of ``people``, -1 where the main actor is not seen; all -1 when nobody is there.

    Source: ours.
    """
    chosen = np.full(people.frames, -1)
    for track in _of_main(track_people(people, fps=fps, min_score=min_score)):
        chosen = np.where(track.present, track.rows, chosen)
    return chosen


def _of_main(tracks: Sequence[ActorTrack]) -> list[ActorTrack]:
    """The tracks that are the main actor, the most important first."""
    found: list[ActorTrack] = []
    for track in tracks:
        apart = all(track.span[0] > other.span[1] or track.span[1] < other.span[0] for other in found)
        if apart and 1 / MOST_CHANGE <= track.diagonal / tracks[0].diagonal <= MOST_CHANGE:
            found.append(track)
    return found


def main_actor(
    people: People,
    clip: str,
    fps: float | None,
    height_width: tuple[int, int] | None,
    *,
    min_score: float = MIN_SCORE,
) -> PoseTrack:
    """The poses of the person a clip is about; see ``main_rows``.

    Args:
        people: Everybody in T frames.
        clip: Clip id.
        fps: Frames per second, or None.
        height_width: Frame size in pixels, or None.
        min_score: Detections with a lower score are ignored.

    Returns:
        A track of T frames; where the main actor is not seen nobody is present and confidence is 0.

    Source: ours.
    """
    return pose_track(people, main_rows(people, fps, min_score=min_score), clip, fps, height_width)


def others(
    people: People,
    clip: str,
    fps: float | None,
    height_width: tuple[int, int] | None,
    *,
    min_score: float = MIN_SCORE,
) -> tuple[PoseTrack, ...]:
    """The poses of everybody but the main actor, most important first, all with the id of the clip.

    Args:
        people: Everybody in T frames.
        clip: Clip id.
        fps: Frames per second, or None.
        height_width: Frame size in pixels, or None.
        min_score: Detections with a lower score are ignored.

    Returns:
        A track of T frames per further track of ``track_people``.

    Source: ours.
    """
    tracks = track_people(people, fps=fps, min_score=min_score)
    main = _of_main(tracks)
    return tuple(pose_track(people, track.rows, clip, fps, height_width) for track in tracks if track not in main)


def pose_track(
    people: People, rows: IntArray, clip: str, fps: float | None, height_width: tuple[int, int] | None
) -> PoseTrack:
    """The poses of the chosen detection of each frame.

    Args:
        people: Everybody in T frames.
        rows: (T,) rows of ``people``, -1 for nobody.
        clip: Clip id.
        fps: Frames per second, or None.
        height_width: Frame size in pixels, or None.
    """
    found = rows >= 0
    xy = np.zeros((people.frames, *people.xy.shape[1:]), np.float32)
    confidence = np.zeros((people.frames, people.xy.shape[1]), np.float32)
    xy[found], confidence[found] = people.xy[rows[found]], people.confidence[rows[found]]
    return PoseTrack(clip, people.skeleton, xy, confidence, found, fps, height_width)


def _ordered(people: People, known: BoolArray, usable: IntArray) -> tuple[Shapes, IntArray]:
    """The usable detections by frame and place, so that their order in the source does not matter."""
    xy, mask = people.xy[usable].astype(np.float64), known[usable]
    low = np.where(mask[..., None], xy, np.inf).min(axis=1, initial=np.inf)
    high = np.where(mask[..., None], xy, -np.inf).max(axis=1, initial=-np.inf)
    box = np.concatenate([low, high], axis=1)
    ties = (people.confidence[usable].sum(axis=1), xy.sum(axis=(1, 2)), people.score[usable])
    order = np.lexsort((*ties, *box.T[::-1], people.frame[usable]))
    rows = usable[order]
    return Shapes(people.frame[rows], xy[order], mask[order], box[order]), rows


def _track(people: People, shapes: Shapes, rows: IntArray, members: IntArray, lag: int) -> ActorTrack:
    """One track; its importance without the share of its size."""
    chosen = np.full(people.frames, -1)
    chosen[shapes.frame[members]] = rows[members]
    diagonal = float(np.median(shapes.diagonal[members]))
    known = shapes.known[members]
    confidence = (people.confidence[rows[members]] * known).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    weight = float((people.score[rows[members]] * confidence).sum())
    return ActorTrack(chosen, weight * (STILL + _motion(shapes, members, lag) / diagonal), diagonal)


def _motion(shapes: Shapes, members: IntArray, lag: int) -> float:
    """Mean displacement over ``lag`` frames in pixels, limbs fully and the whole half; 0 when not measurable."""
    frame = shapes.frame[members]
    ahead = np.minimum(np.searchsorted(frame, frame + lag), len(frame) - 1)
    first = np.flatnonzero((frame[ahead] - frame >= lag) & (frame[ahead] - frame < 2 * lag))
    start, stop = members[first], members[ahead[first]]
    both = shapes.known[start] & shapes.known[stop]
    enough = both.sum(axis=1) >= MIN_JOINTS
    start, stop, both = start[enough], stop[enough], both[enough][..., None]
    count = both.sum(axis=1)
    shift = (shapes.xy[stop] - shapes.xy[start]) * both  # (n, K, 2)
    whole = shift.sum(axis=1) / count
    limbs = (np.linalg.norm((shift - whole[:, None]) * both, axis=2).sum(axis=1)) / count[:, 0]
    amount = limbs + TRAVEL * np.linalg.norm(whole, axis=1)
    largest = LARGEST_MOTION * np.maximum(shapes.diagonal[start], shapes.diagonal[stop])
    return float(np.minimum(amount, largest).mean()) if len(start) else 0.0
