"""Classes that lean on something their clips need not show: suspected shortcuts, from held-out train clips alone.

A concept gives a class away in most of its train clips. The clips of the class without it, and the clips of other
classes with it, show what would happen if that association broke, and no further label is needed to find them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from dance_xai.diagnose.learnt import Learnt, Lessons
from dance_xai.diagnose.presence import Possession, possession
from dance_xai.diagnose.suspicion import Leaning, Suspicion, Unjudged
from dance_xai.edit.heldout import HeldOut, Proposed
from dance_xai.edit.lookup import full_name, short_name
from dance_xai.types import BoolArray, FloatArray, IntArray, Kind

SUSPECTED_KINDS: tuple[Kind, ...] = ("object", "scene")
LEAST_CLIPS = 2
MOST = 0.5
SMOOTHING = 0.25
LEAST_PART = 0.1  # of the largest weight of a class


@dataclass(frozen=True, eq=False)
class Association:
    """A class and a concept that speaks for it, or whose absence does.

    Attributes:
        label: Row of the class.
        concept: Column in the bank.
        usual: (N,) in 0..1, how likely a clip is as the weight expects clips of the class to be: with the concept for
            a weight above 0, without it for one below.
        own: (N,) True for clips of the class.
    """

    label: int
    concept: int
    usual: FloatArray
    own: BoolArray

    @property
    def share(self) -> float:
        """Share of the class's clips on the usual side, 0..1."""
        return float(self.usual[self.own].mean())

    @property
    def elsewhere(self) -> float:
        """Share of the other clips on that side, 0..1."""
        return float(self.usual[~self.own].mean())

    @property
    def can_be_judged(self) -> bool:
        """Whether enough clips of the class break it."""
        return bool(self.unusual[self.own].sum() >= LEAST_CLIPS)

    @property
    def unusual(self) -> FloatArray:
        """(N,) how likely a clip breaks the association: one of the class without it, of another class with it."""
        return np.where(self.own, 1 - self.usual, self.usual)

    def turned(self, score: FloatArray, labels: IntArray) -> float:
        """What the mean of a score would be if the association were turned round: classes as frequent as they are, each
        represented by its clips that break the association, or by all where it has none.

        Args:
            score: (N,) of the clips, for example whether they are right.
            labels: (N,) class indices.
        """
        total = 0.0
        for label in np.unique(labels):
            rows = labels == label
            total += rows.mean() * float(np.average(score[rows], weights=self.weights(rows)))
        return total

    def weights(self, rows: BoolArray) -> FloatArray:
        """How much the clips of one class, the True of (N,), stand for it when the association is turned round."""
        broken = self.unusual[rows]
        return broken if broken.sum() >= LEAST_CLIPS else np.ones(len(broken))


@dataclass(frozen=True, eq=False)
class Screen:
    """Looks for shortcuts of a model.

    Attributes:
        held: Train clips in folds.
        lessons: What layers have learnt of other concepts; None where there are no layers, or nobody knows.
    """

    held: HeldOut
    lessons: Lessons | None = None

    @cached_property
    def _possession(self) -> Possession:
        return possession(self.held.concepts, self.held.labels)

    @cached_property
    def right(self) -> BoolArray:
        """(N,) held-out clips that are right."""
        return right(self.held.logits, self.held.labels)

    @cached_property
    def _motion_alone(self) -> FloatArray | None:
        """(Y,) held-out accuracy per class without objects and scenes."""
        bank = self.held.model.bank
        if not len(bank.columns("motion")):
            return None
        good = right(self.held.after(Proposed("resolve", {"only": ["motion"]})), self.held.labels)
        return np.array([good[self.held.labels == label].mean() for label in range(len(self.held.model.classes))])

    @cached_property
    def _passed(self) -> FloatArray:
        """(C, C) how much of the concept of the column that of the row holds: of other kinds, where learnt."""
        bank = self.held.model.bank
        if self.lessons is None:
            return np.zeros((len(bank), len(bank)))
        kind = np.array([one.kind for one in bank.concepts])
        return np.where((self.lessons.correlation != 0) & (kind[:, None] != kind), self.lessons.slope, 0.0)

    @cached_property
    def _weight(self) -> FloatArray:
        """(Y, C) weight of each concept for each class, directly and through others where that is not too little."""
        weight = self.held.model.head.weight
        through, least = weight @ self._passed, LEAST_PART * np.abs(weight).max(axis=1)
        return np.asarray(weight + np.where(np.abs(through) >= least[:, None], through, 0.0))

    def associations(self) -> list[Association]:
        """Every class with every object or scene it uses that goes with most of its clips and that some break."""
        return [one for one in self._candidates() if one.can_be_judged]

    def unjudged(self) -> list[Unjudged]:
        """The same where too few clips break it to say whether the class needs it, largest part of the class first."""
        weight = np.abs(self._weight)
        least = LEAST_PART * weight.max(axis=1)
        found = [
            one
            for one in self._candidates()
            if not one.can_be_judged and weight[one.label, one.concept] >= least[one.label]
        ]
        return sorted(map(self._unjudged, found), key=lambda one: -one.mass * (one.share - one.elsewhere))

    def suspicions(self) -> list[tuple[Suspicion, Association]]:
        """All associations with their evidence: credible ones first, then the largest expected loss."""
        pairs = [(self._judge(one), one) for one in self.associations()]
        return sorted(pairs, key=lambda pair: (not pair[0].is_credible, -pair[0].loss))

    def _candidates(self) -> Iterator[Association]:
        model, labels = self.held.model, self.held.labels
        for concept in model.bank.columns(*SUSPECTED_KINDS):
            for label in np.flatnonzero(self._weight[:, concept]):
                has = self._possession.has[:, concept]
                usual = has if self._weight[label, concept] > 0 else 1 - has
                one = Association(int(label), int(concept), usual, labels == label)
                if one.share > max(one.elsewhere, MOST):
                    yield one

    def _leaning(self, one: Association) -> Leaning:
        model = self.held.model
        return Leaning(
            label=model.classes[one.label],
            kind=model.bank.concepts[one.concept].kind,
            concept=full_name(model.bank, one.concept).partition(":")[2],
            weight=float(self._weight[one.label, one.concept]),
            share=one.share,
            elsewhere=one.elsewhere,
            mass=self._mass(one),
        )

    def _unjudged(self, one: Association) -> Unjudged:
        return Unjudged(**vars(self._leaning(one)), exceptions=int((one.own & (one.usual <= 0.5)).sum()))

    def _mass(self, one: Association) -> float:
        """Share of the absolute contributions to the class's logit, over its own clips, that the concept makes."""
        terms = np.abs(self.held.model.head.weight[one.label] * self.held.concepts[one.own]).mean(axis=0)
        return float(terms[one.concept] / terms.sum()) if terms.any() else 0.0

    def _judge(self, one: Association) -> Suspicion:
        right = self.right
        score = right.astype(np.float64)
        usual, unusual = right[one.own & (one.usual > 0.5)], right[one.own & (one.usual <= 0.5)]
        tempted = ~one.own & (one.usual > 0.5)
        taken = self.held.logits[tempted].argmax(axis=1) == one.label
        alone = self._motion_alone
        return Suspicion(
            **vars(self._leaning(one)),
            usual=float(usual.mean()) if len(usual) else None,
            unusual=float(unusual.mean()) if len(unusual) else None,
            n_unusual=len(unusual),
            misled=int(taken.sum()),
            n_tempted=int(tempted.sum()),
            by_noise=float(self._possession.misjudged[one.concept] * one.own.sum()),
            motion_alone=None if alone is None else float(alone[one.label]),
            loss=float(score.mean()) - one.turned(score, self.held.labels),
            through=self._through(one),
        )

    def _through(self, one: Association) -> tuple[Learnt, ...]:
        if self.lessons is None:
            return ()
        bank = self.held.model.bank
        passed = self.held.model.head.weight[one.label] * self._passed[:, one.concept]
        return tuple(
            Learnt(
                bank.concepts[column].kind,
                short_name(bank, int(column)),
                float(self.lessons.correlation[column, one.concept]),
                float(passed[column]),
            )
            for column in np.argsort(-np.abs(passed), kind="stable")
            if passed[column]
        )


def right(logits: FloatArray, labels: IntArray) -> BoolArray:
    """(N,) True where (N, Y) logits say the (N,) label."""
    return np.asarray(logits.argmax(axis=1) == labels)


def rightness(logits: FloatArray, labels: IntArray) -> FloatArray:
    """(N,) how safely (N, Y) logits say the (N,) label: 1 well above all others, 0 well below, 1/2 at a tie.

    It is steadier than right or wrong where clips are few, and the same for weak and strong penalties, as margins are
    measured by their own spread.
    """
    rows = np.arange(len(labels))
    others = logits.copy()
    others[rows, labels] = -np.inf
    margin = logits[rows, labels] - others.max(axis=1)
    width = SMOOTHING * max(float(margin.std()), 1e-12)
    return np.asarray(1 / (1 + np.exp(-np.clip(margin / width, -500, 500))))
