"""Which phrases become concepts, and for each that does not, the reason and the figure."""

from __future__ import annotations

from typing import Literal

import numpy as np

from dance_xai.errors import DataError, check_shape
from dance_xai.types import BoolArray, Drop, FloatArray, IntArray, Kind, Phrases

REPEATED = "repeated phrase"
CONSTANT = "does not vary over train clips"
UNSEEN = "not visible in train clips"
REDUNDANT = "says the same as another phrase"
UNPREDICTED = "not predictable from the features"

Filtered = tuple[IntArray, tuple[Drop, ...]]


def filter_phrases(
    phrases: Phrases,
    train_affinity: FloatArray,
    *,
    cutoff: float | Literal["auto"] = 0.2,
    top_k: int = 5,
    redundancy: float | None = None,
) -> Filtered:
    """Keep the phrases that are visible in train clips and differ from each other.

    Args:
        phrases: C phrases of one kind.
        train_affinity: (N, C) similarities of train clips.
        cutoff: A phrase is dropped when its visibility is not above this; ``auto`` takes the ``natural_break``.
        top_k: Visibility is the mean of this many highest similarities.
        redundancy: Drop a phrase whose embedding has a higher cosine with a more visible kept one; None keeps all.

    Returns:
        Kept column indices in their order, and the drops.

    Raises:
        ShapeError: Similarities that do not belong to the phrases.
        DataError: No phrase is left, or ``top_k`` is not positive.

    Source: paper, section 3.2 (visibility); LF-CBM, section 3 (likeness).
    """
    check_shape("train similarities", train_affinity, ("N", len(phrases.texts)))
    if top_k < 1 or not len(train_affinity):
        raise DataError(f"top_k: expected at least 1 and some train clips, got {top_k} and {len(train_affinity)}")
    shown = visibility(train_affinity, top_k)
    spread = train_affinity.std(axis=0)
    verdict = _Verdict(phrases)
    verdict.drop(REPEATED, _repeated(phrases.texts))
    verdict.drop(CONSTANT, spread <= 1e-9, spread)
    floor = natural_break(shown[verdict.kept]) if cutoff == "auto" else cutoff
    verdict.drop(UNSEEN, ~(shown > floor), shown)
    if redundancy is not None:
        verdict.drop(REDUNDANT, *too_alike(phrases.embeddings, shown, verdict.kept, redundancy))
    return verdict.result()


def filter_predictable(names: tuple[str, ...], kind: Kind, score: FloatArray, *, minimum: float = 0.3) -> Filtered:
    """Keep the concepts whose layer predicts held-out train clips well enough.

    Args:
        names: C concept names.
        kind: Their kind.
        score: (C,) held-out score of the layer, for example cos-cubed similarity; NaN counts as too low.
        minimum: A concept must score above this; LF-CBM's 0.3.

    Source: LF-CBM, section 3, on train folds instead of the validation set.
    """
    check_shape("scores", score, (len(names),), finite=False)
    good = score > minimum
    drops = (Drop(kind, names[i], UNPREDICTED, float(score[i])) for i in np.flatnonzero(~good))
    return np.flatnonzero(good), tuple(drops)


def visibility(train_affinity: FloatArray, top_k: int) -> FloatArray:
    """(N, C) similarities -> (C,) mean of each phrase's ``top_k`` highest."""
    return np.asarray(np.sort(train_affinity, axis=0)[-top_k:].mean(axis=0))


def natural_break(values: FloatArray) -> float:
    """The cut that splits values into a low and a high group with the least squared spread inside both.

    Free of the scale of the encoder and of labels. It always sets a lower group apart, so it fits phrase lists that a
    language model wrote without seeing the videos. Fewer than four values, or equal ones: minus infinity, keep all.

    Source: Otsu 1979; on the official phrases of Penn Action 0.203 (objects) and 0.191 (scenes), the paper's being 0.2.
    """
    ordered = np.sort(values)
    if len(ordered) < 4 or ordered[0] == ordered[-1]:
        return -np.inf
    low = np.arange(1, len(ordered))
    below = ordered.cumsum()[:-1]
    between = (below - low * ordered.mean()) ** 2 / (low * (len(ordered) - low))
    cut = int(between.argmax())
    return float((ordered[cut] + ordered[cut + 1]) / 2)


def too_alike(
    embeddings: FloatArray, shown: FloatArray, kept: BoolArray, limit: float, *, fixed: BoolArray | None = None
) -> tuple[BoolArray, FloatArray]:
    """Which kept phrases are too like a more visible one that stays.

    Args:
        embeddings: (C, E) of any norm.
        shown: (C,) visibility.
        kept: (C,) phrases to compare.
        limit: The highest cosine allowed.
        fixed: (C,) phrases that stay, and come before the more visible ones; none by default.

    Returns:
        (C,) who goes, and (C,) the highest cosine with one that stays, NaN where not compared.

    Source: LF-CBM, section 3.
    """
    held = np.zeros(len(kept), dtype=bool) if fixed is None else fixed
    unit = embeddings / np.maximum(np.linalg.norm(embeddings, axis=1, keepdims=True), 1e-12)
    chosen: list[int] = []
    failed, likeness = np.zeros(len(kept), dtype=bool), np.full(len(kept), np.nan)
    for i in sorted(np.flatnonzero(kept), key=lambda column: (not held[column], -shown[column])):
        likeness[i] = max((float(unit[i] @ unit[j]) for j in chosen), default=-1.0)
        failed[i] = likeness[i] > limit and not held[i]
        if not failed[i]:
            chosen.append(int(i))
    return failed, likeness


class _Verdict:
    """Phrases still kept, and what was dropped, in order."""

    def __init__(self, phrases: Phrases) -> None:
        self.phrases = phrases
        self.kept: BoolArray = np.ones(len(phrases.texts), dtype=bool)
        self.drops: list[Drop] = []

    def drop(self, reason: str, failed: BoolArray, values: FloatArray | None = None) -> None:
        for i in np.flatnonzero(failed & self.kept):
            value = None if values is None else float(values[i])
            self.drops.append(Drop(self.phrases.kind, self.phrases.texts[i], reason, value))
        self.kept = self.kept & ~failed

    def result(self) -> Filtered:
        if not self.kept.any():
            raise DataError(
                f"{self.phrases.kind} phrases: expected some to pass the filters, got none of {len(self.kept)} "
                f"({self.drops[-1].reason if self.drops else 'none given'}); lower the cutoff or give other phrases"
            )
        return np.flatnonzero(self.kept), tuple(self.drops)


def _repeated(texts: tuple[str, ...]) -> BoolArray:
    folded = [" ".join(text.casefold().split()) for text in texts]
    return np.array([text in folded[:i] for i, text in enumerate(folded)], dtype=bool)
