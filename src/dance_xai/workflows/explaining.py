"""The explanation of one clip of a RUN, as data and as a page."""

from __future__ import annotations

from dance_xai.explain import explain_clip
from dance_xai.motion.encoder import MotionEncoder, mirrored, window_span
from dance_xai.motion.stack import PoseStack
from dance_xai.motion.windows import window_at
from dance_xai.report.clip import clip_page
from dance_xai.types import BoolArray, Explanation, FloatArray, PoseTrack, WindowMatch
from dance_xai.workflows.runs import RunView
from dance_xai.workflows.subjects import Subject


def explain_of(view: RunView, subject: Subject) -> Explanation:
    """Explain the prediction for a clip."""
    return explain_clip(
        view.model,
        subject.inputs,
        clip=subject.clip,
        true_label=subject.label,
        matches=subject.matches,
        fps=None if subject.track is None else subject.track.fps,
    )


def page_of(view: RunView, explanation: Explanation, track: PoseTrack | None) -> str:
    """The HTML page of an explanation."""
    windows = matched_windows(view, explanation, track)
    return clip_page(explanation, view.model.bank, windows, title=view.settings["name"], track=track)


def matched_windows(
    view: RunView, explanation: Explanation, track: PoseTrack | None
) -> dict[int, tuple[FloatArray, BoolArray]]:
    """The clip's own windows behind its motion terms, by concept column, turned the way round of the prototypes."""
    if track is None or view.motion is None or view.motion.encoder is None:
        return {}
    encoder = view.motion.encoder
    body = encoder.body([track], [track.clip])
    terms = {term.concept: term.match for each in explanation.classes for term in each.contributions}
    return {column: _window(encoder, body, match) for column, match in terms.items() if match is not None}


def _window(encoder: MotionEncoder, body: PoseStack, match: WindowMatch) -> tuple[FloatArray, BoolArray]:
    poses, seen = window_at(body, match.start, encoder.spec.rows, window_span(body, encoder.spec))
    if match.mirrored:
        return mirrored(poses, encoder.skeleton), seen[:, encoder.skeleton.mirror]
    return poses, seen
