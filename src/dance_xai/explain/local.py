"""Why this clip got this prediction: the exact sum behind every class logit."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from dance_xai.errors import DataError, check_shape
from dance_xai.explain.terms import ConceptModel, contributions, shares
from dance_xai.types import ClassExplanation, ConceptBank, Explanation, FloatArray, WindowMatch


def explain_clip(
    model: ConceptModel,
    x: FloatArray,
    *,
    clip: str,
    true_label: str | None = None,
    matches: Mapping[int, WindowMatch] | None = None,
    fps: float | None = None,
) -> Explanation:
    """Explain every class logit of one clip as ``bias + sum of weight * activation``.

    Args:
        model: Concepts, classes and a linear head.
        x: (D,) input of the clip, as the model takes it.
        clip: Clip id.
        true_label: Its label, None when unknown; it may be a class the model does not have.
        matches: Best window in the clip per motion concept (column in the bank).
        fps: Frames per second of the clip, above 0; None when unknown.

    Returns:
        All classes, most probable first; ``bias + sum(contributions) == logit`` to rounding of float64.

    Raises:
        ShapeError: ``x`` is not (D,) or not finite.
        DataError: A match for a concept that is not a motion concept, or fps that is not above 0.

    Source: the paper, section 3 (contribution of a concept = weight times standardised activation).
    """
    matches = matches or {}
    check_shape("input of the clip", x, ("D",))
    _check(model.bank, matches, fps)
    activation = model.concepts(x[None])[0]  # (C,)
    logits = model.logits(x[None])[0]  # (Y,)
    probabilities = softmax(logits)
    order = np.argsort(-logits, kind="stable")
    return Explanation(
        clip=clip,
        true_label=true_label,
        classes=tuple(_explain_class(model, int(k), activation, logits, probabilities, matches) for k in order),
        activations=model.activations,
        fps=fps,
    )


def softmax(logits: FloatArray) -> FloatArray:
    """(Y,) logits -> (Y,) probabilities summing to 1, without overflow."""
    odds = np.exp(logits - logits.max())
    return np.asarray(odds / odds.sum())


def _explain_class(
    model: ConceptModel,
    k: int,
    activation: FloatArray,
    logits: FloatArray,
    probabilities: FloatArray,
    matches: Mapping[int, WindowMatch],
) -> ClassExplanation:
    terms = contributions(model.bank, model.head.weight[k], activation, matches)
    return ClassExplanation(
        label=model.classes[k],
        probability=float(probabilities[k]),
        logit=float(logits[k]),
        bias=float(model.head.bias[k]),
        contributions=terms,
        shares=shares((term.kind, term.value) for term in terms),
    )


def _check(bank: ConceptBank, matches: Mapping[int, WindowMatch], fps: float | None) -> None:
    motion = set(bank.columns("motion").tolist())
    wrong = sorted(set(matches) - motion)
    if wrong:
        raise DataError(f"matches: expected columns of motion concepts, got {wrong}; pass windows of motion only")
    if fps is not None and not (np.isfinite(fps) and fps > 0):
        raise DataError(f"fps: expected a number above 0 or None, got {fps}; pass None when it is unknown")
