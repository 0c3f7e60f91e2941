"""What an explained video is made of, and what of it belongs to each moment."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from dance_xai.data.video import Video
from dance_xai.errors import DataError
from dance_xai.motion.tracking import MIN_CONFIDENCE
from dance_xai.report.poses import SHOWN_FPS
from dance_xai.types import BoolArray, ConceptBank, ConceptSpan, Contribution, Explanation, FloatArray, PoseTrack

FADE = 0.12
"""Seconds in which a concept lights up and goes out."""

UPRIGHT, FLAT = 0.75, 16 / 9
"""Least and most width per height of what is shown where there are poses alone."""


@dataclass(frozen=True, eq=False)
class Show:
    """An explanation with what there is to see of its clip.

    Attributes:
        explanation: Of the clip; its frames count on the grid of the poses.
        bank: The concepts it refers to.
        video: The clip as ``scan_video`` gives it; None to show the skeleton on a plain ground.
        track: Poses of the clip, None without any.
        top: Most contributions shown.

    Raises:
        DataError: Neither video nor poses.
    """

    explanation: Explanation
    bank: ConceptBank
    video: Video | None = None
    track: PoseTrack | None = None
    top: int = 6

    def __post_init__(self) -> None:
        if self.video is None and self.track is None:
            raise DataError(
                f"clip {self.explanation.clip!r}: expected a video or poses to show, got neither; "
                "give the clip a path in data.clips"
            )

    @property
    def fps(self) -> float:
        """Frames per second."""
        if self.video is not None:
            return self.video.timeline.fps
        assert self.track is not None
        return self.track.fps or SHOWN_FPS

    @property
    def frames(self) -> int:
        """How many frames there are to show."""
        if self.video is not None:
            return len(self.video.timeline)
        assert self.track is not None
        return len(self.track.xy)

    @cached_property
    def pose_of(self) -> FloatArray:
        """(T,) frame of the poses shown at each frame: the nearest in time."""
        count = self.frames if self.track is None else len(self.track.xy)
        rate = None if self.track is None else self.track.fps
        step = rate / self.fps if rate else count / max(1, self.frames)
        return np.asarray(np.clip(np.rint(np.arange(self.frames) * step), 0, max(0, count - 1)))

    @cached_property
    def seen(self) -> BoolArray:
        """(T', K) joints that may be drawn: found, and surely enough."""
        assert self.track is not None
        sure = (self.track.confidence >= MIN_CONFIDENCE) & np.isfinite(self.track.xy).all(axis=2)
        return np.asarray(sure & self.track.present[:, None])

    @cached_property
    def stage(self) -> tuple[float, float, float, float]:
        """Left, top, width and height of the part of the pose plane that is shown."""
        if self.track is None:
            return 0.0, 0.0, 4.0, 3.0
        if self.video is None:
            return self._around_poses()
        height, width = self.track.height_width or self.video.height_width
        return 0.0, 0.0, float(width), float(height)

    def _around_poses(self) -> tuple[float, float, float, float]:
        assert self.track is not None
        points = self.track.xy[self.seen]
        low, high = (points.min(axis=0), points.max(axis=0)) if len(points) else (np.zeros(2), np.ones(2))
        width, height = (high - low + 0.2 * max(1e-9, float((high - low).max()))).tolist()
        width, height = max(width, UPRIGHT * height), max(height, width / FLAT)
        left, top = ((low + high) / 2 - np.array([width, height]) / 2).tolist()
        return left, top, width, height

    @property
    def terms(self) -> tuple[Contribution, ...]:
        """The contributions shown, largest absolute value first."""
        return self.explanation.prediction.contributions[: self.top]

    @cached_property
    def spans(self) -> dict[int, tuple[ConceptSpan, ...]]:
        """When each motion concept shown happens; the best window where nobody looked for more."""
        known = {line.concept: line.spans for line in self.explanation.timelines}
        return {
            term.concept: known.get(term.concept, _best(term) if not known else ())
            for term in self.terms
            if term.kind == "motion"
        }

    def level(self, concept: int, frame: float) -> float:
        """How much a motion concept is lit at a frame of the poses: 1 while it happens, fading to 0 around that."""
        fade = max(1.0, FADE * self.fps)
        away = min(
            (max(span.start - frame, frame - span.stop + 1) for span in self.spans.get(concept, ())), default=9e9
        )
        return float(np.clip(1 - away / fade, 0.0, 1.0))

    def lit(self, frame: float) -> tuple[Contribution, ConceptSpan] | None:
        """The largest contribution that happens at a frame, and since when."""
        for term in self.terms:
            for span in self.spans.get(term.concept, ()):
                if span.start <= frame < span.stop:
                    return term, span
        return None

    def mirrored(self, concept: int, frame: float) -> bool:
        """Whether the clip shows the mirror image of a concept at a frame."""
        for line in self.explanation.timelines:
            if line.concept == concept and len(line.centres):
                return bool(line.mirrored[np.abs(line.centres - frame).argmin()])
        return any(term.concept == concept and term.match is not None and term.match.mirrored for term in self.terms)


def _best(term: Contribution) -> tuple[ConceptSpan, ...]:
    match = term.match
    return () if match is None else (ConceptSpan(match.start, match.stop, match.similarity),)
