"""What speaks for a shortcut, and what nobody can tell."""

from __future__ import annotations

import math
from dataclasses import dataclass

from dance_xai.diagnose.learnt import Learnt
from dance_xai.types import Kind

CHANCE = 0.05


@dataclass(frozen=True)
class Leaning:
    """A class that uses a concept which most of its clips have, or lack.

    Attributes:
        label: The class.
        kind: object or scene.
        concept: Name of the concept, ``kind:name`` where two kinds share it.
        weight: Its weight for the class, with what the class gets of it through concepts whose layers have learnt it.
        share: Share of the class's train clips that are as the weight expects: with the concept for a weight above 0,
            without it for one below.
        elsewhere: Share of all other train clips that are so.
        mass: Share of the absolute contributions to the class's logit, over its own clips, that the concept itself
            makes; 0 where it reaches the class through other concepts only.
    """

    label: str
    kind: Kind
    concept: str
    weight: float
    share: float
    elsewhere: float
    mass: float


@dataclass(frozen=True)
class Suspicion(Leaning):
    """Evidence that a class leans on a concept it does not need.

    Attributes:
        usual: Held-out accuracy of the class's clips that are so, 0..1.
        unusual: Held-out accuracy of its clips that are not.
        n_unusual: How many those are.
        misled: Held-out clips of other classes that are as the class is expected to be and are taken for it.
        n_tempted: How many clips of other classes are so.
        by_noise: How many of the class's clips the noise of the measurement alone would put on the unusual side.
        motion_alone: Held-out accuracy of the class with motion concepts alone; None without any.
        loss: Accuracy over all clips that would be lost if the association were turned round, as held-out clips that
            break it say.
        through: Concepts of other kinds with a weight for the class whose layers have learnt it, most passed on first.
    """

    usual: float | None
    unusual: float | None
    n_unusual: int
    misled: int
    n_tempted: int
    by_noise: float
    motion_alone: float | None
    loss: float
    through: tuple[Learnt, ...] = ()

    @property
    def is_credible(self) -> bool:
        """Whether more clips of the class break the association than noise explains (one in twenty by chance)."""
        below = sum(math.exp(-self.by_noise) * self.by_noise**k / math.factorial(k) for k in range(self.n_unusual))
        return 1 - below < CHANCE


@dataclass(frozen=True)
class Unjudged(Leaning):
    """A class that uses a concept of nearly all its clips: too few break it to say whether the class needs it.

    Attributes:
        exceptions: Clips of the class that are not as the weight expects.
    """

    exceptions: int
