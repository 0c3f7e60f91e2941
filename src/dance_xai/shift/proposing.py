"""The edit expected to bring most on new clips, judged by the kinds that did not move.

Nobody knows which new clips are right. But kinds that did not move say of a new clip what they say of a train clip: how
likely each class is. How far the model has come to disagree with them, beside held-out train clips, is what it has
lost; what an edit wins back is measured alike, and what it costs is measured on held-out train clips.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from dance_xai.shift.candidates import without
from dance_xai.shift.comparison import Comparison, Logits, Steps
from dance_xai.shift.estimates import probabilities, temperature
from dance_xai.types import FloatArray, Kind

CERTAINTY = 1.645
"""Standard errors above 0 that an expected gain must lie: 5 % on one side."""


@dataclass(frozen=True)
class Proposal:
    """An edit against what has moved; shares of clips, 0..1.

    Attributes:
        kind: The kind that has moved.
        steps: The edits, in order.
        held_out: Accuracy on held-out train clips before and after: what it costs where nothing has moved.
        expected: Accuracy expected on new clips before and after, by the kinds that did not move.
        gain: The difference of the expected accuracies.
        error: Standard error of the gain.
        tried: Edits compared.
    """

    kind: Kind
    steps: Steps
    held_out: tuple[float, float]
    expected: tuple[float, float]
    gain: float
    error: float
    tried: int

    @property
    def certain(self) -> float:
        """The gain less its margin of error."""
        return self.gain - CERTAINTY * self.error


@dataclass(frozen=True, eq=False)
class Opinion:
    """How likely each class is, by kinds other than some.

    Attributes:
        held: (N, Y) of held-out train clips, rows summing to 1.
        new: (M, Y) of new clips.
    """

    held: FloatArray
    new: FloatArray


@dataclass(frozen=True, eq=False)
class Against:
    """A kind that has moved, and what the others say.

    Attributes:
        kind: motion, object or scene.
        opinion: Of the other kinds.
        left: How much of its agreement with them is left in new clips, 0..1.
    """

    kind: Kind
    opinion: Opinion
    left: float


def opinion_without(comparison: Comparison, kinds: Sequence[Kind]) -> Opinion | None:
    """What the other kinds say, calibrated on held-out train clips; None where there are none."""
    steps = without(comparison.model, kinds)
    return None if steps is None else opinion_after(comparison, steps)


def opinion_after(comparison: Comparison, steps: Steps) -> Opinion:
    """What the model says after some edits, calibrated on held-out train clips."""
    logits = comparison.logits(steps)
    factor = temperature(logits.held, comparison.labels)
    return Opinion(probabilities(logits.held, factor), probabilities(logits.new, factor))


def agreement_left(alone: Opinion, others: Opinion) -> float:
    """How much of the agreement of a kind with the others, above chance, is left in new clips: 1 as ever, 0 none."""
    held, new = (
        float((one * two).sum(axis=1).mean() - one.mean(axis=0) @ two.mean(axis=0))
        for one, two in ((alone.held, others.held), (alone.new, others.new))
    )
    return _share(new / held) if held > 0 else 1.0


def judge(comparison: Comparison, against: Against, steps: Steps, before: Logits, tried: int) -> Proposal:
    """Measure an edit against a second opinion.

    In new clips a prediction is right as often as the second opinion says, and more often by what the moved kind knows
    beyond it. That is measured on held-out train clips, and counts as far as the kind still agrees with the others.

    Source: ours; close to Guillory et al. (2021), with other kinds in the place of the model's own confidence, which a
    shortcut leaves as high as it was.
    """
    opinion, left = against.opinion, against.left
    after = comparison.logits(steps)
    right = [one.held.argmax(axis=1) == comparison.labels for one in (before, after)]
    held = [agreement(one.held, opinion.held) for one in (before, after)]
    new = [agreement(one.new, opinion.new) for one in (before, after)]
    accuracy = [float(np.mean(one)) for one in right]
    expected = [float(new[side].mean()) + left * (accuracy[side] - float(held[side].mean())) for side in (0, 1)]
    beyond = right[1].astype(np.float64) - right[0] - (held[1] - held[0])
    error = np.hypot(_error(new[1] - new[0]), left * _error(beyond))
    return Proposal(
        against.kind,
        steps,
        (accuracy[0], accuracy[1]),
        (_share(expected[0]), _share(expected[1])),
        expected[1] - expected[0],
        float(error),
        tried,
    )


def best_edit(comparison: Comparison, against: Against, edits: Iterable[Steps], before: Logits) -> Proposal | None:
    """The edit whose gain is surest; None where none surely brings anything."""
    tried = list(edits)
    judged = [judge(comparison, against, steps, before, len(tried)) for steps in tried]
    best = max(judged, key=lambda one: one.certain)
    return best if best.certain > 0 else None


def agreement(logits: FloatArray, opinion: FloatArray) -> FloatArray:
    """(N,) how likely the predicted class is in the second opinion."""
    return np.asarray(opinion[np.arange(len(logits)), logits.argmax(axis=1)])


def _error(values: FloatArray) -> float:
    return float(values.std() / np.sqrt(len(values)))


def _share(value: float) -> float:
    return min(max(value, 0.0), 1.0)
