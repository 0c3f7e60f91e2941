"""The explanation of one clip of a RUN, as data and as a page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from dance_xai.errors import DanceError
from dance_xai.explain import best_frames, explain_clip, fewest_changes, motion_timelines
from dance_xai.motion.encoder import MotionEncoder, mirrored, window_span
from dance_xai.motion.matching import motion_curves
from dance_xai.motion.stack import PoseStack
from dance_xai.motion.windows import window_at
from dance_xai.report.clip import Picture, clip_page
from dance_xai.report.clip.page import TEMPLATES, TOP
from dance_xai.report.render import prepare
from dance_xai.types import (
    BoolArray,
    Concept,
    Explanation,
    FloatArray,
    Kind,
    MotionTimeline,
    PhraseSeen,
    PoseTrack,
    WindowMatch,
)
from dance_xai.workflows.runs import RunView
from dance_xai.workflows.subjects import Subject

if TYPE_CHECKING:
    from dance_xai.extract.moments import Moments

MOST_WINDOWS = 5_000
"""Clips of more frames are gone through in larger steps, of a quarter of a window at most."""


def explain_of(view: RunView, subject: Subject) -> Explanation:
    """Explain the prediction for a clip: the sum, when and where its concepts are seen, and what would change it."""
    video = subject.video
    explanation = explain_clip(
        view.model,
        subject.inputs,
        clip=subject.clip,
        true_label=subject.label,
        matches=subject.matches,
        fps=None if video is None else video.fps,
    )
    low, high = train_ranges(view)
    return replace(
        explanation,
        timelines=timelines_of(view, subject.track, _used(view, "motion")),
        phrases_seen=_phrases_seen(view, subject.moments),
        flip=fewest_changes(view.model, view.model.concepts(subject.inputs[None])[0], low=low, high=high),
        video=video,
        notes=subject.notes,
        fixed=tuple(np.flatnonzero(~view.model.layer.weight.any(axis=1)).tolist()),
    )


def timelines_of(
    view: RunView, track: PoseTrack | None, concepts: Mapping[int, tuple[int, Concept]]
) -> tuple[MotionTimeline, ...]:
    """When motion concepts happen in a clip; empty without poses.

    Args:
        view: The RUN.
        track: Poses of the clip.
        concepts: By the number they shall have in the result: place among the motion concepts found, and the concept.

    Raises:
        DataError: The poses have another skeleton than the RUN's.
    """
    motion = view.motion
    if track is None or motion is None or motion.encoder is None or motion.motions is None:
        return ()
    body = motion.encoder.body([track], [track.clip])
    centres = motion.motions.centres[[source for source, _ in concepts.values()]]
    longest = max(1, int(window_span(body, motion.encoder.spec)[0]) // 4)
    stride = min(1 + len(track.xy) // MOST_WINDOWS, longest)
    curves = motion_curves(motion.encoder, body, centres, stride=stride)
    compared = {column: (row, concept) for row, (column, (_, concept)) in enumerate(concepts.items())}
    return motion_timelines(curves, compared, scale=motion.motions.scale)


def train_ranges(view: RunView) -> tuple[FloatArray, FloatArray]:
    """(C,) least and (C,) largest activation of each concept of the model over train clips."""
    activations = view.model.concepts(view.inputs[view.manifest.rows("train")])
    return activations.min(axis=0), activations.max(axis=0)


def _phrases_seen(view: RunView, moments: Moments | None) -> tuple[PhraseSeen, ...] | None:
    if moments is None or view.text is None or view.text.calibration is None:
        return None
    embeddings = np.concatenate([phrases.embeddings for phrases in view.text.phrases])
    used = _used(view, "object", "scene")
    return best_frames(moments.frame, moments.vectors, embeddings, used, calibrate=view.text.calibration)


def _used(view: RunView, *kinds: Kind) -> dict[int, tuple[int, Concept]]:
    """The concepts that some class uses, by column of the model's bank: where they come from, and the concept."""
    weight, concepts = view.model.head.weight, view.model.bank.concepts
    return {
        column: (source, concepts[column]) for column, source in view.sources(*kinds).items() if weight[:, column].any()
    }


def prepare_page(view: RunView) -> None:
    """Make ready what the page of any clip needs; worth a thread of its own while a clip is looked at.

    What is wrong with the RUN comes up again where the page is made, and is left to that.
    """
    prepare(*TEMPLATES)
    with suppress(DanceError):
        view.model.concepts(view.inputs[:1])


def page_of(
    view: RunView,
    explanation: Explanation,
    track: PoseTrack | None,
    picture: Picture | Callable[[], Picture] | None = None,
) -> str:
    """The HTML page of an explanation, with pictures of the clip's video where there are any; see ``clip_page``."""
    windows = matched_windows(view, explanation, track)
    title = view.settings["name"]
    return clip_page(explanation, view.model.bank, windows, title=title, track=track, picture=picture)


def matched_windows(
    view: RunView, explanation: Explanation, track: PoseTrack | None
) -> dict[int, tuple[FloatArray, BoolArray]]:
    """The clip's own windows behind the motions shown, by concept column, turned the way round of the prototypes."""
    if track is None or view.motion is None or view.motion.encoder is None:
        return {}
    encoder = view.motion.encoder
    body = encoder.body([track], [track.clip])
    terms = {term.concept: term.match for term in explanation.prediction.contributions[:TOP]}
    return {column: _window(encoder, body, match) for column, match in terms.items() if match is not None}


def _window(encoder: MotionEncoder, body: PoseStack, match: WindowMatch) -> tuple[FloatArray, BoolArray]:
    poses, seen = window_at(body, match.start, encoder.spec.rows, window_span(body, encoder.spec))
    if match.mirrored:
        return mirrored(poses, encoder.skeleton), seen[:, encoder.skeleton.mirror]
    return poses, seen
