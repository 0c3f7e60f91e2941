"""For each suspected shortcut an edit, chosen and measured on held-out train clips.

An edit is worth what it brings where the association does not hold, and must cost little where it does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from dance_xai.diagnose.learnt import Lessons
from dance_xai.diagnose.shortcuts import Association, Screen, right, rightness
from dance_xai.diagnose.suspicion import Suspicion, Unjudged
from dance_xai.edit.heldout import HeldOut, Proposed
from dance_xai.edit.lookup import short_name
from dance_xai.types import KINDS, FloatArray, IntArray

MOST_COST = 0.01
MOST_PROPOSALS = 12
STRENGTHS = (0.5, 0.25, 0.1)
PRIOR_CLIPS, PRIOR_DEVIATION = 2.0, 0.25


@dataclass(frozen=True)
class Effect:
    """What an edit does to held-out train clips; shares of clips, 0..1.

    Attributes:
        accuracy: Before and after.
        turned: Before and after, if the association were turned round (``Association.turned``).
        unusual: Of the class's clips that break the association, before and after; None where there is none.
        gain: By how much the edit raises the mean probability of the truth if the association were turned round.
        error: Standard error of the gain.
    """

    accuracy: tuple[float, float]
    turned: tuple[float, float]
    unusual: tuple[float, float] | None
    gain: float
    error: float

    @property
    def cost(self) -> float:
        """Accuracy lost while the association holds."""
        return self.accuracy[0] - self.accuracy[1]

    @property
    def certain(self) -> float:
        """The gain less its standard error."""
        return self.gain - self.error


@dataclass(frozen=True)
class Shortcut:
    """A suspected shortcut with the edit proposed against it.

    Attributes:
        suspicion: The evidence.
        evidence: What forbidding the concept at the same strength, and detaching others from it, brings for certain,
            times by how much more of the class's clips than of the others are as the weight expects: where that is
            little, another class has the shortcut. Shortcuts are ranked by it.
        edit: The edit proposed; None where none costs little enough and brings something.
        effect: Its effect on held-out train clips.
        control: The effect of solving again at the same strength with nothing forbidden; None where the edit keeps the
            strength.
        tried: How many edits were measured.
    """

    suspicion: Suspicion
    evidence: float
    edit: Proposed | None
    effect: Effect | None
    control: Effect | None
    tried: int


def find_shortcuts(
    held: HeldOut, *, lessons: Lessons | None = None, most: int = MOST_PROPOSALS, most_cost: float = MOST_COST
) -> tuple[Shortcut, ...]:
    """Suspected shortcuts, the one with the strongest evidence first.

    Suspected is only what goes with most clips of the class, and only where forbidding it surely makes clips that break
    the association more right. The expected loss alone says too little: it hangs on a handful of clips.

    Args:
        held: Train clips in folds; nothing else is looked at.
        lessons: What the layers have learnt of other concepts, of the same clips; None where nobody knows.
        most: Suspicions that edits are measured for: those with the largest expected loss.
        most_cost: Accuracy (0..1) an edit may cost while the association holds.

    Source: ours.
    """
    pairs = Screen(held, lessons).suspicions()[:most]
    found = [_propose(held, suspicion, one, most_cost) for suspicion, one in pairs]
    found = [each for each in found if each.evidence > 0]
    return tuple(sorted(found, key=lambda each: (not each.suspicion.is_credible, -each.evidence)))


def find_unjudged(held: HeldOut, *, lessons: Lessons | None = None) -> tuple[Unjudged, ...]:
    """Associations that too few train clips break to be judged, the largest part of a class first; as above."""
    return tuple(Screen(held, lessons).unjudged())


def measure(held: HeldOut, one: Association, logits: FloatArray) -> Effect:
    """Compare (N, Y) logits after an edit with those of the model as it is."""
    labels, before = held.labels, held.logits
    was, now = (right(each, labels).astype(np.float64) for each in (before, logits))
    change = rightness(logits, labels) - rightness(before, labels)
    broken = one.own & (one.usual <= 0.5)
    return Effect(
        accuracy=(float(was.mean()), float(now.mean())),
        turned=(one.turned(was, labels), one.turned(now, labels)),
        unusual=(float(was[broken].mean()), float(now[broken].mean())) if broken.any() else None,
        gain=one.turned(change, labels),
        error=_error(one, change, labels),
    )


def _error(one: Association, change: FloatArray, labels: IntArray) -> float:
    """Standard error of the turned mean of (N,) changes; few clips say little, whatever they agree on."""
    variance = 0.0
    for label in np.unique(labels):
        rows = labels == label
        weight = one.weights(rows)
        count = float(weight.sum() ** 2 / (weight**2).sum())
        mean = float(np.average(change[rows], weights=weight))
        spread = float(np.average((change[rows] - mean) ** 2, weights=weight))
        pooled = (count * spread + PRIOR_CLIPS * PRIOR_DEVIATION**2) / (count + PRIOR_CLIPS)
        variance += float(rows.mean()) ** 2 * pooled / count
    return float(np.sqrt(variance))


def _propose(held: HeldOut, suspicion: Suspicion, one: Association, most_cost: float) -> Shortcut:
    """Forbid more and more, at the strength of the model and at weaker ones."""
    tried = [(edit, measure(held, one, held.after(edit))) for edit in _edits(held, one)]
    certain = max(effect.certain for edit, effect in tried if _is_direct(edit))
    evidence = certain * (one.share - one.elsewhere if certain > 0 else 1.0)
    solved = [edit for edit, _ in tried if edit.operation != "ablate"]
    weaker = [_weaker(edit, held.model.head.lam * factor) for edit in solved for factor in STRENGTHS]
    tried += [(edit, measure(held, one, held.after(edit))) for edit in weaker]
    edit, effect = _best(tried, most_cost) or (None, None)
    lam = None if edit is None else edit.arguments.get("lam")
    control = None if lam is None else measure(held, one, held.after(Proposed("resolve", {"lam": lam})))
    return Shortcut(suspicion, evidence, edit, effect, control, len(tried))


def _edits(held: HeldOut, one: Association) -> Iterator[Proposed]:
    model = held.model
    label, name = model.classes[one.label], short_name(model.bank, one.concept)
    kind = model.bank.concepts[one.concept].kind
    yield Proposed("ablate", {"concepts": [name]})
    yield Proposed("resolve", {"forbid": [[label, name]]})
    yield Proposed("resolve", {"forbid": [["*", name]]})
    names = [short_name(model.bank, column) for column in model.bank.columns(kind)]
    others = [model.classes[one.label], _rival(held, one)]
    if len(names) < len(model.bank):
        of_two = [[each, other] for each in others for other in names]
        yield Proposed("resolve", {"forbid": of_two})
        if model.activations == "predicted":
            yield Proposed("detach", {"sources": [name], "forbid": [["*", name]]})
            yield Proposed("detach", {"kinds": [kind], "forbid": of_two})
        yield Proposed("resolve", {"only": [each for each in KINDS if each != kind and len(model.bank.columns(each))]})


def _rival(held: HeldOut, one: Association) -> str:
    """The class that held-out clips of the class come nearest to."""
    logits = held.logits[one.own].copy()
    logits[:, one.label] = -np.inf
    nearest = np.bincount(logits.argmax(axis=1), minlength=logits.shape[1])
    return held.model.classes[int(nearest.argmax())]


def _is_direct(edit: Proposed) -> bool:
    """Whether an edit forbids the suspected concept and nothing else, at the same strength."""
    forbidden = edit.arguments.get("forbid", [])
    return len(forbidden) == 1 and "lam" not in edit.arguments


def _weaker(edit: Proposed, lam: float) -> Proposed:
    return replace(edit, arguments={**edit.arguments, "lam": lam})


def _best(tried: Sequence[tuple[Proposed, Effect]], most_cost: float) -> tuple[Proposed, Effect] | None:
    """The edit that surely brings most where the association does not hold, of those that cost little enough."""
    good = [pair for pair in tried if pair[1].cost <= most_cost and pair[1].certain > 0]
    return max(good, key=lambda pair: (round(pair[1].turned[1], 3), pair[1].certain), default=None)
