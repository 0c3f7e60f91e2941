"""An explanation in sentences, for screen readers, for mails and for the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from dance_xai.report.leaders import unseen_text
from dance_xai.report.numbers import span, whole_percents
from dance_xai.report.waterfall import Step, Waterfall
from dance_xai.report.words import label, reason
from dance_xai.types import Contribution, Explanation, Flip, MotionTimeline, PhraseSeen, counted
from dance_xai.types.numbers import THIN, decimal, percent

Section: TypeAlias = tuple[str, tuple[str, ...]]
"""A heading and its lines."""


def in_words(explanation: Explanation, fall: Waterfall, looks: Mapping[int, str]) -> tuple[Section, ...]:
    """The whole explanation as text; its numbers are those of the page.

    Args:
        explanation: Of the clip.
        fall: The rows of its sum.
        looks: What motion concepts look like, by column.
    """
    said, fps = explanation.prediction, explanation.fps
    shown = [step.term.concept for step in fall.steps if step.term is not None]
    moments = [happens(line, fps) for line in explanation.timelines if line.concept in shown]
    seen = [seen_best(each, fps) for each in explanation.phrases_seen or () if each.concept in shown]
    shares = ", ".join(f"{value}{THIN}% {kind}" for kind, value in whole_percents(said.shares).items())
    return tuple(
        (heading, tuple(lines))
        for heading, lines in (
            ("What the model says", _verdict(explanation)),
            ("What it rests on", [f"{shares}." if said.contributions else "On no concept: its score is the bias."]),
            ("How the score adds up", [_row(step, looks, label(said.label)) for step in fall.steps]),
            ("When the motions happen", moments),
            ("Where objects and scenes are seen best", seen),
            ("What would change the decision", [flip_text(explanation.flip)]),
            ("With concepts set by hand", correction_text(explanation)),
            ("What could not be told", explanation.notes),
        )
        if lines
    )


def flip_text(flip: Flip | None) -> str:
    """The smallest change of concepts that gives another decision, in one sentence."""
    if flip is None:
        return "No change of concepts within what train clips show gives another decision."
    changes = [f"{each.name} were {_way(each.before, each.after)}" for each in flip.changes]
    return f"It would say {label(flip.rival)} if {_and(changes)}."


def correction_text(explanation: Explanation) -> tuple[str, ...]:
    """What some concepts set by hand change, in sentences; none where nothing was set."""
    changed, before = explanation.correction, explanation.prediction
    if changed is None:
        return ()
    after = changed.prediction
    rows = [
        f"{each.name}: {decimal(each.after, 2, sign=True)} instead of {decimal(each.before, 2, sign=True)}."
        for each in changed.changes
    ]
    was = f"{label(before.label)}, {percent(before.probability)} sure"
    if after.label == before.label:
        return (*rows, f"It still says {was}; now {percent(after.probability)}.")
    left = next(each for each in changed.classes if each.label == before.label)
    now = f"{label(after.label)}, {percent(after.probability)} sure"
    return (
        *rows,
        f"It then says {now}, not {was} before and {percent(left.probability)} now.",
        *_repaired(explanation),
    )


def _repaired(explanation: Explanation) -> tuple[str, ...]:
    """Whether the correction makes a prediction right or wrong."""
    truth, changed = explanation.true_label, explanation.correction
    if changed is None or truth not in (explanation.prediction.label, changed.prediction.label):
        return ()
    return ("That is its label.",) if truth == changed.prediction.label else (f"Its label is {label(truth)}.",)


def happens(line: MotionTimeline, fps: float | None) -> str:
    """When a motion happens, in one sentence."""
    if not line.spans:
        nearest = max(line.similarity.tolist(), default=0.0)
        return f"{line.name}: never near enough (similarity at most {nearest:.2f}, {line.threshold:.2f} needed)."
    spans = [f"{span(each.start, each.stop, fps)}, similarity up to {each.similarity:.2f}" for each in line.spans]
    return f"{line.name}: {'; '.join(spans)}."


def seen_best(seen: PhraseSeen, fps: float | None) -> str:
    """The frame that shows a phrase best, in one sentence."""
    score, mean = decimal(seen.score, 2, sign=True), decimal(seen.mean, 2, sign=True)
    return f"{seen.name} ({seen.kind}): {moment(seen.frame, fps)}, score {score}, {mean} on average."


def moment(frame: int, fps: float | None) -> str:
    """A frame, in seconds too where fps is known."""
    return f"frame {frame}" if fps is None else f"{frame / fps:.2f}{THIN}s (frame {frame})"


def amount(term: Contribution) -> str:
    """How much there is of a concept in a clip."""
    return "stronger than usual" if term.activation > 0 else "weaker than usual" if term.activation < 0 else "as usual"


def _way(before: float, after: float) -> str:
    way = "stronger" if after > before else "weaker"
    return f"{way} ({decimal(after, 2, sign=True)} instead of {decimal(before, 2, sign=True)})"


def _and(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _verdict(explanation: Explanation) -> list[str]:
    said, other, truth = explanation.prediction, explanation.runner_up, explanation.true_label
    lines = [f"{label(said.label)}, {percent(said.probability)} sure."]
    if truth is not None:
        lines.append("This is its label." if truth == said.label else f"This is wrong: its label is {label(truth)}.")
    if other is not said:
        lines.append(f"Next: {label(other.label)}, {percent(other.probability)}.")
    unseen = unseen_text(explanation)
    return lines if unseen is None else [*lines, unseen]


def _row(step: Step, looks: Mapping[int, str], said: str) -> str:
    if step.term is None:
        total, others = f"score of {said}", counted(step.count, "other concept")
        names = {"bias": "bias", "others": others, "rounding": "rounding", "total": total}
        return f"{names[step.role]}: {step.text}"
    look = f", looks like: {looks[step.term.concept]}" if step.term.concept in looks else ""
    return f"{step.term.name} ({step.term.kind}{look}): {reason(step.term)} = {step.text}"
