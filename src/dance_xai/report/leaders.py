"""What a prediction mostly rests on, and whether the clip bears it out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dance_xai.types import Contribution, Explanation, MotionTimeline

WORTH, AGAINST = 0.25, 0.1
"""Share of the largest contribution that makes a second one, or one against, worth a mention."""


@dataclass(frozen=True)
class Leaders:
    """The contributions that a summary names.

    Attributes:
        pro: The largest for the class, and the second where it counts too.
        contra: The largest against it, where it counts.
    """

    pro: tuple[Contribution, ...]
    contra: tuple[Contribution, ...]


def leaders(contributions: Sequence[Contribution]) -> Leaders:
    """Choose what a summary names.

    Args:
        contributions: Largest absolute value first.
    """
    pro = [term for term in contributions if term.value > 0][:2]
    contra = [term for term in contributions if term.value < 0][:1]
    most = pro[0].value if pro else 0.0
    return Leaders(
        tuple(term for term in pro if term.value >= WORTH * most),
        tuple(term for term in contra if -term.value >= AGAINST * most),
    )


def unseen_text(explanation: Explanation) -> str | None:
    """Tell that a prediction leans on what the clip does not show; None where it shows it all.

    Args:
        explanation: Of the clip. Motions that are strong in it and lead its prediction are looked up in its time lines.
    """
    terms = leaders(explanation.prediction.contributions).pro
    fixed = [term.name for term in terms if term.concept in explanation.fixed]
    read = [term for term in terms if term.concept not in explanation.fixed]
    told = [_unposed([term for term in read if term.kind == "motion" and term.activation > 0], explanation)]
    if fixed:
        told.append(f"{' and '.join(fixed)} {'is' if len(fixed) == 1 else 'are'} the same for every clip.")
    return " ".join(f"But {each}" for each in told if each) or None


def _unposed(claimed: Sequence[Contribution], explanation: Explanation) -> str:
    """Which of the motions claimed the poses do not show; empty where they show them all."""
    curves = {line.concept: line for line in explanation.timelines}
    never = [curves[term.concept] for term in claimed if term.concept in curves and not curves[term.concept].spans]
    if never:
        source = "" if explanation.activations == "grounded" else "; the model read this from the backbone’s feature"
        return f"at no moment do the poses come near enough to {' or '.join(map(_nearest, never))}{source}."
    blind = [term.name for term in claimed if term.concept not in curves and term.match is None]
    return f"no poses of this clip could be compared with {' or '.join(blind)}." if blind else ""


def _nearest(line: MotionTimeline) -> str:
    most = float(line.similarity.max())
    digits = next((digits for digits in (2, 3) if round(most, digits) < round(line.threshold, digits)), 4)
    return f"{line.name} (similarity at most {most:.{digits}f}, {line.threshold:.{digits}f} needed)"
