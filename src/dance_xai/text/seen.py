"""A phrase set through the filters that look at train clips: visible, varying, unlike the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

import numpy as np

from dance_xai.errors import DataError, check_shape
from dance_xai.text.filters import CONSTANT, REDUNDANT, UNSEEN, natural_break, too_alike, visibility
from dance_xai.text.redundancy import redundant, steadiest_limit
from dance_xai.types import BoolArray, FloatArray, IntArray, Kind, PhraseEntry, PhraseSet

EXPLAINED = "follows from the other phrases"


def judge_by_clips(
    phrase_set: PhraseSet,
    affinities: Mapping[Kind, FloatArray],
    embeddings: Mapping[Kind, FloatArray] | None = None,
    *,
    cutoff: float | Literal["auto"] = "auto",
    top_k: int = 5,
    likeness: float | None = 0.95,
    redundancy: float | Literal["auto"] | None = None,
    min_spread: float = 1e-6,
) -> PhraseSet:
    """Drop the phrases that train clips do not show, that do not vary, or that say the same as others of either kind.

    In this order, each among those left: no variance, not visible, too like a more visible phrase by embedding,
    explained by the others. What was dropped before stays dropped; what a person decided (``by_user``) stays as it is,
    and what a person kept counts for the others. Every entry gets its ``similarity``.

    Args:
        phrase_set: Phrases of both kinds, kept and dropped.
        affinities: Per kind (N, C) similarities of train clips with all its entries, kept or dropped, in their order.
        embeddings: Per kind (C, E) text embeddings in the same order; None leaves out the comparison of embeddings.
        cutoff: A phrase is dropped when its visibility is not above this; ``auto`` takes the ``natural_break`` of its
            kind.
        top_k: Visibility is the mean of this many highest similarities.
        likeness: Drop a phrase whose embedding has a higher cosine with a more visible kept one of either kind; None
            keeps all. 0.95 finds "golf course green" and "golf course tee box", and no two different things, among the
            paper's phrases for Penn Action in InternVid's space; other spaces may need another figure.
        redundancy: Drop, one at a time, the phrase best explained by the other kept ones of both kinds, while it is
            explained more than this share (``redundant``). None, the default, keeps all: dual encoders see much in
            common in all clips of a data set, so high shares are usual. ``auto`` takes the ``steadiest_limit``.
        min_spread: A phrase is dropped when the standard deviation of its similarities is not above this; the default
            is the rounding of single precision.

    Returns:
        The same entries with verdicts; ``value`` is the figure compared.

    Raises:
        ShapeError: Arrays that do not belong to the phrases.
        DataError: No phrase is left, or ``top_k`` is not positive.

    Source: paper, section 3.2 (visibility); LF-CBM, section 3 (likeness); ours (variance, explained by others).
    """
    columns = {kind: _columns(phrase_set, kind) for kind in dict.fromkeys(entry.kind for entry in phrase_set.entries)}
    if not columns:
        return phrase_set
    affinity = _joined("train similarities", affinities, columns, axis=1)
    if top_k < 1 or not len(affinity):
        raise DataError(f"top_k: expected at least 1 and some train clips, got {top_k} and {len(affinity)}")
    shown, spread = visibility(affinity, top_k), affinity.std(axis=0)
    bench = _Bench(phrase_set.entries, shown)
    bench.drop(CONSTANT, ~(spread > min_spread), spread)
    bench.drop(UNSEEN, ~(shown > _floors(shown, bench.kept, columns, cutoff)), shown)
    if embeddings is not None and likeness is not None:
        space = _joined("text embeddings", embeddings, columns, axis=0)
        bench.drop(REDUNDANT, *too_alike(space, shown, bench.kept, likeness, fixed=bench.fixed))
    if redundancy is not None:
        bench.drop(EXPLAINED, *_explained(affinity, shown, bench, redundancy))
    return replace(phrase_set, entries=bench.result())


def _columns(phrase_set: PhraseSet, kind: Kind) -> IntArray:
    return np.flatnonzero([entry.kind == kind for entry in phrase_set.entries])


def _joined(name: str, arrays: Mapping[Kind, FloatArray], columns: Mapping[Kind, IntArray], axis: int) -> FloatArray:
    """One array with the phrases of all kinds in the order of the entries along ``axis``."""
    parts, first = [], None
    for kind, where in columns.items():
        if kind not in arrays:
            raise DataError(f"{kind} {name}: expected an array for {len(where)} phrases, got none; pass it too")
        part = arrays[kind]
        other = first if first is not None else ("N" if axis else "E")
        check_shape(f"{kind} {name}", part, (other, len(where)) if axis else (len(where), other))
        first = part.shape[1 - axis]
        parts.append(part)
    order = np.argsort(np.concatenate(list(columns.values())))
    return np.asarray(np.take(np.concatenate(parts, axis=axis), order, axis=axis))


def _floors(
    shown: FloatArray, kept: BoolArray, columns: Mapping[Kind, IntArray], cutoff: float | Literal["auto"]
) -> FloatArray:
    """(C,) what the visibility of each phrase must be above."""
    floors = np.empty(len(shown))
    for where in columns.values():
        floors[where] = natural_break(shown[where[kept[where]]]) if cutoff == "auto" else cutoff
    return floors


def _explained(
    affinity: FloatArray, shown: FloatArray, bench: _Bench, limit: float | Literal["auto"]
) -> tuple[BoolArray, FloatArray]:
    left = np.flatnonzero(bench.kept)
    part, seen, fixed = affinity[:, left], shown[left], bench.fixed[left]
    chosen = steadiest_limit(part, seen, fixed=fixed) if limit == "auto" else limit
    failed, value = np.zeros(len(shown), dtype=bool), np.full(len(shown), np.nan)
    failed[left], value[left] = redundant(part, seen, chosen, fixed=fixed)
    return failed, value


class _Bench:
    """The entries with their visibility, who is still kept, and whose verdict is fixed."""

    def __init__(self, entries: tuple[PhraseEntry, ...], shown: FloatArray) -> None:
        self.entries = [replace(entry, similarity=float(value)) for entry, value in zip(entries, shown, strict=True)]
        self.fixed: BoolArray = np.array([entry.by_user for entry in entries], dtype=bool)

    @property
    def kept(self) -> BoolArray:
        return np.array([entry.kept for entry in self.entries], dtype=bool)

    def drop(self, reason: str, failed: BoolArray, values: FloatArray) -> None:
        for i in np.flatnonzero(failed & self.kept & ~self.fixed):
            self.entries[i] = replace(self.entries[i], kept=False, reason=reason, value=float(values[i]))

    def result(self) -> tuple[PhraseEntry, ...]:
        if not self.kept.any():
            reason = next((entry.reason for entry in reversed(self.entries) if entry.reason), "not given")
            raise DataError(
                f"phrases: expected some to pass the filters, got none of {len(self.entries)} ({reason}); "
                f"lower the cutoff or give other phrases"
            )
        return tuple(self.entries)
