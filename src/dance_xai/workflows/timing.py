"""Whether the timelines of a RUN light up when the planted motions truly happen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from dance_xai.errors import DataError
from dance_xai.evaluate.timing import Time, TimingScore, score_timing
from dance_xai.planted.stage import Span
from dance_xai.planted.truth import score_discovery
from dance_xai.types import IntArray, PoseTrack, Split
from dance_xai.workflows.explaining import timelines_of
from dance_xai.workflows.runs import RunView


def time_motions(view: RunView, spans: Mapping[str, Sequence[Span]], *, split: Split = "test") -> TimingScore:
    """Score the spans of the concepts that show each planted motion against its true time.

    Which concepts show which motion is read off the windows of train clips.

    Args:
        view: A RUN of a planted world, with motion concepts discovered from poses.
        spans: True spans by clip id.
        split: Clips scored.

    Raises:
        DataError: The RUN has no poses, or discovered nothing.
    """
    shows = _shown_by(view, spans)
    ids = [view.manifest.ids[row] for row in view.manifest.rows(split)]
    tracks = {track.clip: track for track in view.tracks(tuple(ids))}
    return score_timing(
        [_found(view, tracks.get(clip), shows) for clip in ids], [_by_motion(spans[clip]) for clip in ids]
    )


def _shown_by(view: RunView, spans: Mapping[str, Sequence[Span]]) -> dict[str, tuple[int, ...]]:
    """The discovered concepts that show each motion in train clips."""
    if view.motion is None or view.motion.windows is None:
        raise DataError(f"{view.run.folder}: expected motion concepts discovered from poses, got none; fit with poses")
    windows: IntArray = view.motion.windows[np.isin(view.motion.windows[:, 0], view.manifest.rows("train"))]
    clip, start, stop, concept = windows.T
    truth = [spans[name] for name in view.manifest.ids]
    score = score_discovery(concept, clip, start, int(np.median(stop - start)), truth)
    return {found.motion: found.concepts for found in score.found}


def _found(view: RunView, track: PoseTrack | None, shows: Mapping[str, Sequence[int]]) -> dict[str, list[Time]]:
    assert view.motion is not None and view.motion.motions is not None
    concepts = {place: (place, concept) for place, concept in enumerate(view.motion.motions.concepts)}
    lit = {each.concept: each.spans for each in timelines_of(view, track, concepts)}
    return {
        motion: [(span.start, span.stop) for place in places for span in lit.get(place, ())]
        for motion, places in shows.items()
    }


def _by_motion(spans: Sequence[Span]) -> dict[str, list[Time]]:
    found: dict[str, list[Time]] = {}
    for span in spans:
        found.setdefault(span.motion, []).append((span.start, span.stop))
    return found
