"""Why clips are wrong: one cause per failure, the first that explains it.

A cause explains a failure when putting right what it names, and nothing else, makes the model say the true class.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias

import numpy as np

from dance_xai.diagnose.correction import Corrector, fit_corrector
from dance_xai.edit.heldout import HeldOut
from dance_xai.edit.lookup import short_name
from dance_xai.errors import check_shape
from dance_xai.model.bottleneck import ConceptBottleneck
from dance_xai.model.head import SparseHead, fit_head
from dance_xai.types import BoolArray, FloatArray, IntArray, Kind

Cause: TypeAlias = Literal["no pose", "key frame missed", "concept wrong", "weight wrong", "same concepts"]
CAUSES: tuple[Cause, ...] = ("no pose", "key frame missed", "concept wrong", "weight wrong", "same concepts")
PAIR_STRENGTH = 1e-3
NAMED = 3


@dataclass(frozen=True, eq=False)
class Facts:
    """What is known of clips beside the model; one row per clip.

    Attributes:
        ids: N clip ids.
        concepts: (N, C) standardised activations.
        labels: (N,) class indices of the model.
        targets: (N, C) concept targets, NaN where unknown; None without any.
        posed: (N,) True where the clip has a pose window; None where poses are not used.
        missed: (N, C) True where a motion is seen in the clip but in none of the windows at its key frames; None where
            nobody looked.
    """

    ids: tuple[str, ...]
    concepts: FloatArray
    labels: IntArray
    targets: FloatArray | None = None
    posed: BoolArray | None = None
    missed: BoolArray | None = None

    def __post_init__(self) -> None:
        count = len(self.ids)
        check_shape("concept activations", self.concepts, (count, "C"))
        check_shape("labels", self.labels, (count,))
        for name in ("targets", "missed"):
            if (array := getattr(self, name)) is not None:
                check_shape(name, array, self.concepts.shape, finite=False)
        if self.posed is not None:
            check_shape("posed", self.posed, (count,))

    def part(self, rows: BoolArray) -> Facts:
        """Some of the clips."""
        return Facts(
            tuple(self.ids[row] for row in np.flatnonzero(rows)),
            self.concepts[rows],
            self.labels[rows],
            targets=None if self.targets is None else self.targets[rows],
            posed=None if self.posed is None else self.posed[rows],
            missed=None if self.missed is None else self.missed[rows],
        )


@dataclass(frozen=True)
class Fault:
    """A concept that has a part in a failure.

    Attributes:
        kind: motion, object or scene.
        concept: Its name, ``kind:name`` where two kinds share it.
        activation: What the model read.
        wanted: What it should have read; None where the weight is at fault.
        gain: What putting it right adds to the margin of the true class over the class said.
    """

    kind: Kind
    concept: str
    activation: float
    wanted: float | None
    gain: float


@dataclass(frozen=True)
class Failure:
    """A clip that is wrong.

    Attributes:
        clip: Its id.
        label: The true class.
        said: The class the model says.
        margin: Logit of the true class minus logit of the one said, below 0.
        cause: The first cause that explains it.
        faults: The concepts behind it, largest gain first; with ``same concepts`` none.
    """

    clip: str
    label: str
    said: str
    margin: float
    cause: Cause
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, eq=False)
class Examiner:
    """Finds the cause of failures.

    Attributes:
        model: The model that failed.
        train: Train clips: what is usual is learnt from them.
    """

    model: ConceptBottleneck
    train: Facts

    @cached_property
    def _corrector(self) -> Corrector | None:
        targets = self.train.targets
        return None if targets is None else fit_corrector(self.train.concepts, targets)

    @cached_property
    def _pairs(self) -> dict[tuple[int, int], SparseHead]:
        return {}

    def failures(self, clips: Facts) -> tuple[Failure, ...]:
        """Every clip that is wrong, in order, with its cause.

        Raises:
            ShapeError: The clips do not fit the model.

        Source: ours.
        """
        logits = self._logits(clips.concepts)
        said = logits.argmax(axis=1)
        return tuple(
            self._examine(clips, int(row), int(said[row]), logits[row]) for row in np.flatnonzero(said != clips.labels)
        )

    def _examine(self, clips: Facts, row: int, said: int, logits: FloatArray) -> Failure:
        label = int(clips.labels[row])
        cause, faults = self._cause(clips, row, label, said)
        names = self.model.classes
        return Failure(
            clips.ids[row], names[label], names[said], float(logits[label] - logits[said]), cause, tuple(faults)
        )

    def _cause(self, clips: Facts, row: int, label: int, said: int) -> tuple[Cause, list[Fault]]:
        found = clips.concepts[row]
        for cause, wanted in self._repairs(clips, row, label):
            if self._logits(wanted[None])[0].argmax() == label:
                return cause, self._fewest(found, wanted, label, said)
        pair = self._pair(label, said)
        if pair.weight[0] @ found + pair.bias[0] > pair.weight[1] @ found + pair.bias[1]:
            return "weight wrong", self._reweighed(pair, found, label, said)
        return "same concepts", []

    def _repairs(self, clips: Facts, row: int, label: int) -> list[tuple[Cause, FloatArray]]:
        """(C,) activations as they should be, for each cause that can be tested."""
        found, motion = clips.concepts[row], self.model.bank.slice("motion")
        repairs: list[tuple[Cause, FloatArray]] = []
        if clips.posed is not None and not clips.posed[row]:
            usual = found.copy()
            usual[motion] = self.train.concepts[self.train.labels == label].mean(axis=0)[motion]
            repairs.append(("no pose", usual))
        if self._corrector is None or clips.targets is None:
            return repairs
        if clips.missed is not None and clips.missed[row].any():
            there = np.where(clips.missed[row], 1.0, np.nan)
            repairs.append(("key frame missed", np.maximum(found, self._corrector(found[None], there[None])[0])))
        repairs.append(("concept wrong", self._corrector(found[None], clips.targets[row][None])[0]))
        return repairs

    def _fewest(self, found: FloatArray, wanted: FloatArray, label: int, said: int) -> list[Fault]:
        """The concepts to put right, largest gain first, until the model says the true class."""
        head = self.model.head
        gain = (head.weight[label] - head.weight[said]) * (wanted - found)
        now, faults = found.copy(), []
        for column in np.argsort(-gain, kind="stable"):
            if wanted[column] == found[column]:
                continue
            now[column] = wanted[column]
            faults.append(self._fault(int(column), found, float(wanted[column]), float(gain[column])))
            if self._logits(now[None])[0].argmax() == label:
                break
        return faults

    def _reweighed(self, pair: SparseHead, found: FloatArray, label: int, said: int) -> list[Fault]:
        """The concepts whose weights speak most for the true class where only the two classes are told apart."""
        head = self.model.head
        gain = (pair.weight[0] - pair.weight[1] - head.weight[label] + head.weight[said]) * found
        order = np.argsort(-gain, kind="stable")[:NAMED]
        return [self._fault(int(column), found, None, float(gain[column])) for column in order if gain[column] > 0]

    def _fault(self, column: int, found: FloatArray, wanted: float | None, gain: float) -> Fault:
        bank = self.model.bank
        return Fault(bank.concepts[column].kind, short_name(bank, column), float(found[column]), wanted, gain)

    def _pair(self, label: int, said: int) -> SparseHead:
        """A head for the two classes alone, the true one first, fitted on their train clips."""
        if (label, said) not in self._pairs:
            rows = np.isin(self.train.labels, (label, said))
            other = (self.train.labels[rows] == said).astype(np.int64)
            self._pairs[label, said] = fit_head(self.train.concepts[rows], other, lam=PAIR_STRENGTH)
        return self._pairs[label, said]

    def _logits(self, concepts: FloatArray) -> FloatArray:
        return np.asarray(concepts @ self.model.head.weight.T + self.model.head.bias)


def held_out_failures(held: HeldOut, clips: Facts) -> tuple[Failure, ...]:
    """Every train clip that models made without it get wrong, in order, with its cause.

    Args:
        held: Train clips in folds.
        clips: What is known of the same clips.

    Source: ours.
    """
    found = [
        failure
        for fold, model in held.fold_models.items()
        for failure in Examiner(model, clips.part(held.folds != fold)).failures(clips.part(held.folds == fold))
    ]
    place = {clip: row for row, clip in enumerate(clips.ids)}
    return tuple(sorted(found, key=lambda failure: place[failure.clip]))


def count_causes(failures: Sequence[Failure]) -> dict[str, dict[Cause, int]]:
    """Failures per class and cause, the class with most failures first."""
    labels = Counter(failure.label for failure in failures)
    return {
        label: {cause: sum(one.label == label and one.cause == cause for one in failures) for cause in CAUSES}
        for label, _ in labels.most_common()
    }
