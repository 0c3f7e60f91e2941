"""A planted clip with everything a page can show: time lines, best frames, a flip, and a video to take pictures of."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dance_xai.types import (
    ConceptSpan,
    Explanation,
    Flip,
    FlipChange,
    MotionTimeline,
    PhraseSeen,
    VideoFacts,
    WindowMatch,
)

FRAMES, FPS, HEIGHT, WIDTH = 30, 25.0, 240, 320
LENGTH = 12


def timeline(concept, name, peak, *, threshold=0.5, frames=FRAMES, length=LENGTH):
    """Similarity that falls from 0.9 around one window, and the span of the middle parts above the threshold."""
    starts = np.arange(frames - length + 1)
    values = np.maximum(0.9 - 0.05 * np.abs(starts - peak), 0.1)
    near = starts[values >= threshold]
    cut = length // 4
    spans = (ConceptSpan(int(near[0]) + cut, int(near[-1]) + length - cut, 0.9),) if len(near) else ()
    centres = starts + (length - 1) / 2
    return MotionTimeline(concept, name, centres, values, np.zeros(len(starts), dtype=bool), threshold, spans)


def flip_of(bank, explanation):
    """Two changes that take 2.005 from a margin of 2."""
    said, other = explanation.classes[0].label, explanation.classes[1].label
    names = bank.names
    changes = (
        FlipChange(1, "motion", names[1], 1.25, -0.75, 1.3333),
        FlipChange(3, "object", names[3], -0.5, 1.0, 0.6717),
    )
    return Flip(said, other, changes, 2.0, 2.0 - 1.3333 - 0.6717)


def whole(planted, bank, **options) -> Explanation:
    """An explanation of the planted bank with every field filled."""
    explanation = planted.explanation(bank, fps=FPS, **options)
    motions = [int(j) for j in bank.columns("motion")]
    phrases = [int(j) for j in bank.columns("object", "scene")]
    matched = tuple(
        replace(
            each,
            contributions=tuple(
                replace(term, match=WindowMatch(2 + 3 * term.concept, 2 + 3 * term.concept + LENGTH, 0.9))
                if term.kind == "motion"
                else term
                for term in each.contributions
            ),
        )
        for each in explanation.classes
    )
    return replace(
        explanation,
        classes=matched,
        timelines=tuple(timeline(j, bank.names[j], 2 + 3 * j, threshold=0.95 if j == 2 else 0.5) for j in motions),
        phrases_seen=tuple(PhraseSeen(j, bank.concepts[j].kind, bank.names[j], 4 + j, 1.25, 0.5) for j in phrases),
        flip=flip_of(bank, explanation),
        video=VideoFacts(FRAMES, FPS, WIDTH, HEIGHT),
    )


def seen_track(planted):
    """The planted body in pixels of the planted video."""
    return replace(planted.track(FRAMES), fps=FPS, height_width=(HEIGHT, WIDTH))
