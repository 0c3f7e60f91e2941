"""The page of one clip, put together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dance_xai.explain import contrast, to_json
from dance_xai.report.clip.figures import data_url, figures_of, player_of, rounds_of, texts_of
from dance_xai.report.clip.flip import change_teller, flip_fall
from dance_xai.report.clip.lanes import lanes
from dance_xai.report.clip.picture import Picture
from dance_xai.report.leaders import leaders, unseen_text
from dance_xai.report.numbers import span, whole_percents
from dance_xai.report.poses import pack_skeleton
from dance_xai.report.render import render
from dance_xai.report.sentences import amount, correction_text, flip_text, in_words, moment
from dance_xai.report.waterfall import Waterfall, waterfall
from dance_xai.report.words import Window, looks_like, reason
from dance_xai.types import ConceptBank, Contribution, Explanation, MotionTimeline, PoseTrack
from dance_xai.types.numbers import percent

MOST_PROBABLE = 5
TOP = 8
TEMPLATES = ("clip.html.j2", "base.html.j2", "macros.html.j2", "player.html.j2")
"""The page, and what it is made of."""


def clip_page(
    explanation: Explanation,
    bank: ConceptBank,
    clip_windows: Mapping[int, Window],
    *,
    title: str,
    track: PoseTrack | None = None,
    picture: Picture | Callable[[], Picture] | None = None,
    top: int = TOP,
    why_not_top: int = 6,
) -> str:
    """Write the page of one clip as HTML that needs no network.

    Args:
        explanation: From `dance_xai.explain.explain_clip`.
        bank: The concepts it refers to.
        clip_windows: Per motion concept (column in the bank) the clip's own best matching window, turned the way of
            the prototype where the match is mirrored.
        title: Name of the model or data set.
        track: Poses of the whole clip, None without any.
        picture: From its video, or what hands it out and is asked when all else is ready; None without one. Without
            poses and video there is no player.
        top: Contributions shown one by one; the rest is summed.
        why_not_top: The same for each comparison with another class.

    Raises:
        ShapeError: A window whose arrays do not fit.
    """
    prediction, flip = explanation.prediction, explanation.flip
    steps = waterfall(prediction.bias, prediction.contributions, prediction.logit, top=top)
    shown = [step.term for step in steps.steps if step.term is not None]
    motion = [term for term in shown if term.kind == "motion"]
    why_not = _why_not(explanation, why_not_top)
    flip_steps = None if flip is None else flip_fall(flip)
    named = _named(steps, flip_steps, *(fall for _, fall in why_not))
    alts = texts_of(bank, named)
    told = _told(explanation) | {
        "steps": steps,
        "cards": _cards(motion, bank, clip_windows, explanation),
        "hidden": len(prediction.contributions) - len(shown),
        "why_not": why_not,
        "flip_steps": flip_steps,
        "alts": alts,
        "words": in_words(explanation, steps, alts),
    }
    groups, plain = rounds_of(motion, explanation.fps), to_json(explanation)
    taken = picture() if callable(picture) else picture or Picture()
    player = player_of(explanation, track, taken)
    figures = figures_of(named, bank, clip_windows, motion, track, taken)
    skeleton = pack_skeleton(bank.skeleton) if bank.skeleton else None
    return render(
        TEMPLATES[0],
        styles=("page.css", "figures.css", "clip.css", "player.css", "print.css"),
        scripts=("skeleton.js", "player.js", "clip.js"),
        title=title,
        phrases=[_phrase(term, explanation, taken) for term in shown if term.kind != "motion"],
        lanes=lanes(explanation, motion, player["frames"] if player else 0),
        player=player,
        note=taken.note,
        figures=figures.keys(),
        data={
            "skeleton": skeleton,
            "figures": figures,
            "groups": groups,
            "player": player,
            "explanation": plain,
        },
        **told,
    )


def _told(explanation: Explanation) -> dict[str, Any]:
    """What the page says of the explanation as it is."""
    return {
        "explanation": explanation,
        "verdict": _verdict(explanation),
        "probabilities": _probabilities(explanation),
        "shares": whole_percents(explanation.prediction.shares),
        "reason": reason,
        "amount": amount,
        "asked": _asked(explanation),
        "flip": explanation.flip,
        "flip_text": flip_text(explanation.flip),
        "correction": correction_text(explanation),
        "change": change_teller(explanation.flip),
        "leaders": leaders(explanation.prediction.contributions),
        "unseen": unseen_text(explanation),
    }


def _cards(
    motion: Sequence[Contribution], bank: ConceptBank, windows: Mapping[int, Window], explanation: Explanation
) -> list[dict[str, Any]]:
    curves = {line.concept: line for line in explanation.timelines}
    return [_card(term, bank, windows, explanation.fps, curves.get(term.concept)) for term in motion]


def _probabilities(explanation: Explanation) -> list[tuple[str, float, str]]:
    """The most probable classes, and the true one wherever it stands."""
    first, rest = explanation.classes[:MOST_PROBABLE], explanation.classes[MOST_PROBABLE:]
    shown = (*first, *(each for each in rest if each.label == explanation.true_label))
    return [(each.label, each.probability, percent(each.probability)) for each in shown]


def _verdict(explanation: Explanation) -> str:
    if explanation.true_label is None:
        return "unknown"
    return "right" if explanation.true_label == explanation.prediction.label else "wrong"


def _card(
    term: Contribution,
    bank: ConceptBank,
    windows: Mapping[int, Window],
    fps: float | None,
    curve: MotionTimeline | None,
) -> dict[str, Any]:
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
        "needed": None if curve is None else curve.threshold,
        "missed": _missed(term, curve),
    }


def _missed(term: Contribution, curve: MotionTimeline | None) -> float | None:
    """How near the clip comes between the windows that are compared, where only that counts as the motion."""
    if term.match is None or curve is None or not curve.spans or term.match.similarity >= curve.threshold:
        return None
    return max(each.similarity for each in curve.spans)


def _phrase(term: Contribution, explanation: Explanation, picture: Picture) -> dict[str, Any]:
    """An object or scene with the frame that shows it best, where single frames were looked at."""
    found = {each.concept: each for each in explanation.phrases_seen or ()}.get(term.concept)
    still = None if found is None else picture.stills.get(found.frame)
    return {
        "term": term,
        "seen": found,
        "when": None if found is None else moment(found.frame, explanation.fps),
        "still": None if still is None else data_url(still, "image/jpeg"),
    }


def _why_not(explanation: Explanation, top: int) -> list[tuple[str, Waterfall]]:
    pairs = [contrast(explanation, other.label) for other in explanation.classes[1:]]
    return [(pair.other, waterfall(pair.bias, pair.contributions, pair.logit, top=top)) for pair in pairs]


def _named(*falls: Waterfall | None) -> set[int]:
    """Concepts with a row of their own."""
    return {step.term.concept for fall in falls if fall is not None for step in fall.steps if step.term is not None}


def _asked(explanation: Explanation) -> str:
    """The comparison shown first: the true class where the prediction is wrong, else the runner-up."""
    names = [each.label for each in explanation.classes[1:]]
    return explanation.true_label if explanation.true_label in names else explanation.runner_up.label
