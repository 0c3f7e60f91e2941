"""What was found against what was planted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dance_xai.errors import ShapeError, check_shape
from dance_xai.planted.rule import SHORTCUT_CLASS, SHORTCUT_RIVAL, SHORTCUT_SCENE
from dance_xai.planted.stage import Span
from dance_xai.planted.world import Planted
from dance_xai.types import IntArray

REST = "rest"


@dataclass(frozen=True)
class Shortcut:
    """A scene that gives a class away in training though the rule does not ask for it.

    Attributes:
        label: The class.
        rival: The class that differs from it by the object only.
        scene: The scene.
        train: Share of the class's train clips at the scene, 0..1.
        test: The same of its test clips.
        shifted: The same of its shifted clips.
        rival_train: Share of the rival's train clips at the scene.
        rival_shifted: Share of the rival's shifted clips at the scene.
    """

    label: str
    rival: str
    scene: str
    train: float
    test: float
    shifted: float
    rival_train: float
    rival_shifted: float

    @property
    def words(self) -> str:
        """The shortcut in two sentences."""
        return (
            f"{self.train:.0%} of the train clips of '{self.label}' are at the scene '{self.scene}', "
            f"though the rule asks for the object only ('{self.rival}': {self.rival_train:.0%}). In the shifted "
            f"clips it is {self.shifted:.0%} of '{self.label}' and {self.rival_shifted:.0%} of '{self.rival}'."
        )


def shortcut(world: Planted) -> Shortcut:
    """The planted shortcut with its shares as counted in this world."""
    here = world.presence["scene"][:, world.names["scene"].index(SHORTCUT_SCENE)]
    clips = world.manifest.clips + world.shifted.clips
    labels = np.array([clip.label for clip in clips])
    parts = np.array([clip.split for clip in clips], dtype=object)
    parts[len(world.manifest.clips) :] = "shifted"

    def share(label: str, part: str) -> float:
        rows = here[(labels == label) & (parts == part)]
        return float(rows.mean()) if len(rows) else float("nan")

    return Shortcut(
        label=SHORTCUT_CLASS,
        rival=SHORTCUT_RIVAL,
        scene=SHORTCUT_SCENE,
        train=share(SHORTCUT_CLASS, "train"),
        test=share(SHORTCUT_CLASS, "test"),
        shifted=share(SHORTCUT_CLASS, "shifted"),
        rival_train=share(SHORTCUT_RIVAL, "train"),
        rival_shifted=share(SHORTCUT_RIVAL, "shifted"),
    )


@dataclass(frozen=True)
class Found:
    """The discovered concepts that show a planted motion: a motion may be found in several phases.

    Attributes:
        motion: The planted motion.
        windows: Windows that truly show it.
        concepts: The discovered concepts that show this motion more often than any other or rest.
        precision: Share of their windows that show the motion, 0 without any.
        recall: Share of the motion's windows that are in them.
        f1: Their harmonic mean, 0..1.
    """

    motion: str
    windows: int
    concepts: tuple[int, ...]
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True)
class DiscoveryScore:
    """How well discovered motion concepts match the planted motions.

    Attributes:
        windows: Windows scored.
        resting: Windows in which no motion fills half of the window.
        concepts: Discovered concepts among the windows.
        adjusted_rand: Adjusted Rand index over windows with a motion, 1 is perfect, 0 chance.
        nmi: Normalised mutual information over the same windows, 0..1.
        purity: Share of those windows whose motion is the most frequent of their concept.
        found: The concepts of each planted motion, in alphabetical order.
    """

    windows: int
    resting: int
    concepts: int
    adjusted_rand: float
    nmi: float
    purity: float
    found: tuple[Found, ...]

    @property
    def mean_f1(self) -> float:
        return float(np.mean([item.f1 for item in self.found])) if self.found else 0.0


def true_motions(
    clip_of_window: IntArray, start: IntArray, length: int, spans: Sequence[Sequence[Span]]
) -> tuple[str, ...]:
    """The motion that fills at least half of each window, else ``rest``.

    Args:
        clip_of_window: (W,) row into ``spans``.
        start: (W,) first frame of each window.
        length: Frames a window spans.
        spans: True spans per clip.
    """
    result = []
    for clip, first in zip(clip_of_window, start, strict=True):
        shared: dict[str, int] = {}
        for span in spans[clip]:
            overlap = min(span.stop, first + length) - max(span.start, first)
            shared[span.motion] = shared.get(span.motion, 0) + max(0, int(overlap))
        best = max(shared, key=lambda name: shared[name], default=REST)
        result.append(best if shared.get(best, 0) * 2 >= length else REST)
    return tuple(result)


def score_discovery(
    concept_of_window: IntArray,
    clip_of_window: IntArray,
    start: IntArray,
    length: int,
    spans: Sequence[Sequence[Span]],
) -> DiscoveryScore:
    """Compare discovered concepts with the planted motions, window by window.

    Args:
        concept_of_window: (W,) concept of each window, -1 for none.
        clip_of_window: (W,) row into ``spans``.
        start: (W,) first frame of each window.
        length: Frames a window spans.
        spans: True spans per clip.

    Raises:
        ShapeError: The arrays differ in length, or no window shows a motion.
    """
    for name, array in (("clip_of_window", clip_of_window), ("start", start)):
        check_shape(name, array, (len(concept_of_window),))
    truth = np.array(true_motions(clip_of_window, start, length, spans))
    moving = truth != REST
    if not moving.any():
        raise ShapeError("windows: expected some that show a planted motion, got none; check the starts and the clips")
    motions, motion_of = np.unique(truth, return_inverse=True)
    concepts, concept_of = np.unique(concept_of_window, return_inverse=True)
    table = np.zeros((len(motions), len(concepts)))
    np.add.at(table, (motion_of, concept_of), 1)
    adjusted_rand, nmi = _agreement(motion_of[moving], concept_of[moving])
    return DiscoveryScore(
        windows=len(truth),
        resting=int((~moving).sum()),
        concepts=int((concepts >= 0).sum()),
        adjusted_rand=adjusted_rand,
        nmi=nmi,
        purity=float(table[motions != REST].max(axis=0).sum() / moving.sum()),
        found=tuple(_found(table, row, str(name), concepts) for row, name in enumerate(motions) if name != REST),
    )


def _agreement(a: IntArray, b: IntArray) -> tuple[float, float]:
    from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

    return float(adjusted_rand_score(a, b)), float(normalized_mutual_info_score(a, b))


def _found(table: np.ndarray, row: int, motion: str, concepts: IntArray) -> Found:
    columns = np.flatnonzero((table.argmax(axis=0) == row) & (concepts >= 0) & (table[row] > 0))
    hits, inside, all_of_it = table[row, columns].sum(), table[:, columns].sum(), table[row].sum()
    return Found(
        motion=motion,
        windows=int(all_of_it),
        concepts=tuple(int(concepts[column]) for column in columns),
        precision=float(hits / inside) if inside else 0.0,
        recall=float(hits / all_of_it),
        f1=float(2 * hits / (inside + all_of_it)),
    )
