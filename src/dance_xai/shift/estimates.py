"""How many new clips are right, without their labels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dance_xai.types import FloatArray, IntArray

TEMPERATURES = np.geomspace(0.05, 20, 121)


@dataclass(frozen=True)
class Expected:
    """Accuracy expected on new clips, 0..1, by two published estimates.

    Attributes:
        by_confidence: Held-out accuracy less the drop of the mean confidence (DoC).
        by_threshold: Share of clips above the confidence that as many held-out clips reach as are right (ATC).
    """

    by_confidence: float
    by_threshold: float


def temperature(logits: FloatArray, labels: IntArray) -> float:
    """The factor on (N, Y) held-out logits with the smallest cross entropy.

    Source: Guo et al. (2017).
    """
    rows = np.arange(len(labels))
    losses = []
    for factor in TEMPERATURES:
        each = logits * factor
        losses.append(float(np.mean(np.logaddexp.reduce(each, axis=1) - each[rows, labels])))
    return float(TEMPERATURES[int(np.argmin(losses))])


def probabilities(logits: FloatArray, factor: float) -> FloatArray:
    """(N, Y) softmax of the logits times a factor."""
    each = logits * factor
    return np.asarray(np.exp(each - np.logaddexp.reduce(each, axis=1, keepdims=True)))


def expected_accuracy(held: FloatArray, labels: IntArray, new: FloatArray) -> Expected:
    """Estimate the accuracy on new clips.

    Args:
        held: (N, Y) logits of held-out clips.
        labels: (N,) their classes.
        new: (M, Y) logits of new clips.

    Source: Guillory et al. (2021), difference of confidences; Garg et al. (2022), average thresholded confidence.
    """
    factor = temperature(held, labels)
    before, after = (probabilities(each, factor).max(axis=1) for each in (held, new))
    accuracy = float(np.mean(held.argmax(axis=1) == labels))
    threshold = float(np.quantile(before, 1 - accuracy))
    by_confidence = accuracy - (float(before.mean()) - float(after.mean()))
    return Expected(min(max(by_confidence, 0.0), 1.0), float(np.mean(after >= threshold)))
