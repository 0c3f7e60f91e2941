"""The page of one clip: what the model says, what it rests on, and where to see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dance_xai.explain import contrast, to_json
from dance_xai.report.numbers import percent, span, whole_percents
from dance_xai.report.poses import SHOWN_FPS, pack, pack_skeleton, pack_track, round_seconds, views
from dance_xai.report.render import render
from dance_xai.report.waterfall import Waterfall, waterfall
from dance_xai.report.words import Window, looks_like, reason
from dance_xai.types import ConceptBank, Contribution, Explanation, Kind, PoseTrack

MOST_PROBABLE = 5


def clip_page(
    explanation: Explanation,
    bank: ConceptBank,
    clip_windows: Mapping[int, Window],
    *,
    title: str,
    track: PoseTrack | None = None,
    top: int = 8,
    why_not_top: int = 6,
) -> str:
    """Write the page of one clip as HTML that needs no network.

    Args:
        explanation: From `dance_xai.explain.explain_clip`.
        bank: The concepts it refers to.
        clip_windows: Per motion concept (column in the bank) the clip's own best matching window, turned the way of
            the prototype where the match is mirrored.
        title: Name of the model or data set.
        track: Poses of the whole clip, None to leave the player out.
        top: Contributions shown one by one; the rest is summed.
        why_not_top: The same for each comparison with another class.

    Raises:
        ShapeError: A window whose arrays do not fit.
    """
    prediction = explanation.prediction
    shown = prediction.contributions[:top]
    motion = [term for term in shown if term.kind == "motion"]
    figures = _figures(explanation, bank, clip_windows, motion)
    return render(
        "clip.html.j2",
        styles=("page.css", "figures.css", "clip.css"),
        scripts=("skeleton.js", "clip.js"),
        title=title,
        explanation=explanation,
        verdict=_verdict(explanation),
        probabilities=_probabilities(explanation),
        shares=whole_percents(prediction.shares),
        steps=waterfall(prediction.bias, prediction.contributions, prediction.logit, top=top),
        reason=reason,
        cards=[_card(term, bank, clip_windows, explanation.fps) for term in motion],
        phrases=[term for term in shown if term.kind != "motion"],
        hidden=len(prediction.contributions) - len(shown),
        why_not=_why_not(explanation, why_not_top),
        asked=_asked(explanation),
        lanes=_lanes(motion, explanation.fps, len(track.xy) if track else 0),
        track=_describe_track(track, explanation.fps),
        figures=figures.keys(),
        alts=_alts(bank, figures),
        leaders=_leaders(shown),
        data={
            "skeleton": pack_skeleton(bank.skeleton) if bank.skeleton else None,
            "figures": figures,
            "groups": _groups(motion, explanation.fps),
            "track": _track(track, explanation.fps),
            "explanation": to_json(explanation),
        },
    )


def _probabilities(explanation: Explanation) -> list[tuple[str, float, str]]:
    return [(each.label, each.probability, percent(each.probability)) for each in explanation.classes[:MOST_PROBABLE]]


def _groups(motion: Sequence[Contribution], fps: float | None) -> dict[str, float]:
    """How long one round of the figures of each motion takes."""
    return {
        str(term.concept): round_seconds(term.match.stop - term.match.start, fps)
        for term in motion
        if term.match is not None
    }


def _verdict(explanation: Explanation) -> str:
    if explanation.true_label is None:
        return "unknown"
    return "right" if explanation.true_label == explanation.prediction.label else "wrong"


def _figures(
    explanation: Explanation, bank: ConceptBank, windows: Mapping[int, Window], motion: Sequence[Contribution]
) -> dict[str, dict[str, Any]]:
    """Prototypes of every motion concept that may be shown and the clip's windows of the top ones, packed."""
    poses: dict[str, Window] = {}
    for concept in sorted({term.concept for each in explanation.classes for term in each.contributions}):
        prototype = bank.concepts[concept].prototype
        if prototype is not None and bank.skeleton is not None:
            poses[f"p{concept}"] = (prototype.poses, prototype.seen)
    for term in motion:
        if term.concept in windows and bank.skeleton is not None:
            poses[f"w{term.concept}"] = windows[term.concept]
    packed = {key: pack(*window) for key, window in poses.items()}
    return {key: packed[key] | {"view": view} for key, view in views(poses).items()}


def _alts(bank: ConceptBank, figures: Mapping[str, Any]) -> dict[int, str]:
    """What each prototype shows, in words."""
    texts = {}
    for column, concept in enumerate(bank.concepts):
        if f"p{column}" in figures and concept.prototype is not None and bank.skeleton is not None:
            shown = concept.prototype
            texts[column] = looks_like((shown.poses, shown.seen), bank.skeleton, shown.stop - shown.start, None)
    return texts


def _card(term: Contribution, bank: ConceptBank, windows: Mapping[int, Window], fps: float | None) -> dict[str, Any]:
    concept, window = bank.concepts[term.concept], windows.get(term.concept)
    prototype = concept.prototype
    own = None
    if window is not None and bank.skeleton and term.match is not None:
        own = looks_like(window, bank.skeleton, term.match.stop - term.match.start, fps)
    return {
        "term": term,
        "concept": concept,
        "source": f"clip {prototype.clip}, {span(prototype.start, prototype.stop, None)}" if prototype else None,
        "own": own,
        "where": span(term.match.start, term.match.stop, fps) if term.match else None,
    }


def _why_not(explanation: Explanation, top: int) -> list[tuple[str, Waterfall]]:
    pairs = [contrast(explanation, other.label) for other in explanation.classes[1:]]
    return [(pair.other, waterfall(pair.bias, pair.contributions, pair.logit, top=top)) for pair in pairs]


def _asked(explanation: Explanation) -> str:
    """The comparison shown first: the true class where the prediction is wrong, else the runner-up."""
    names = [each.label for each in explanation.classes[1:]]
    return explanation.true_label if explanation.true_label in names else explanation.runner_up.label


def _lanes(motion: Sequence[Contribution], fps: float | None, frames: int) -> list[dict[str, Any]]:
    """Where the matched windows lie on the timeline of a clip with so many frames (0: no timeline)."""
    return [
        {
            "term": term,
            "match": term.match,
            "left": round(100 * term.match.start / frames, 3),
            "width": round(100 * (term.match.stop - term.match.start) / frames, 3),
            "where": span(term.match.start, term.match.stop, fps),
        }
        for term in motion
        if term.match is not None and frames
    ]


def _describe_track(track: PoseTrack | None, fps: float | None) -> dict[str, Any] | None:
    if track is None:
        return None
    frames = len(track.xy)
    seen = int(((track.confidence > 0).any(axis=1) & track.present).sum())
    return {"frames": frames, "seen": seen, "fps": fps, "where": span(0, frames, fps)}


def _track(track: PoseTrack | None, fps: float | None) -> dict[str, Any] | None:
    if track is None:
        return None
    return pack_track(track) | {"skeleton": pack_skeleton(track.skeleton), "fps": fps, "speed": fps or SHOWN_FPS}


def _leaders(shown: Sequence[Contribution]) -> dict[str, list[tuple[str, Kind]]]:
    """The three strongest terms for the prediction and the strongest two against it."""
    return {
        "for": [(term.name, term.kind) for term in shown if term.value > 0][:3],
        "against": [(term.name, term.kind) for term in shown if term.value < 0][:2],
    }
