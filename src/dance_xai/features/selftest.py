"""A self-test of clip-phrase similarities: what dead weights give is refused, what is real passes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dance_xai.errors import DataError, check_shape
from dance_xai.types import FloatArray

SMALLEST_SPREAD = 1e-4
"""Working encoders spread 0.01 to 0.1, and 0.002 for the two most alike clips of Penn Action; dead ones about 1e-5."""

SMALLEST_CHANGE = 1e-3
"""How much the clips must differ in *which* phrases fit. Five clips and five phrases of Penn Action: 0.007 at least,
all of them 0.031. Untrained CLIP and SigLIP networks on videos that look alike: 0.0008 and 0.0002, though their
similarities spread by 0.001 to 0.04."""

FEW = 5
"""Fewer clips or phrases may be alike by chance; then only those that are equal are refused."""

EQUAL = 1e-7
"""Below the rounding of single precision at 1."""


def check_similarities(similarities: FloatArray, clips: Sequence[str], phrases: Sequence[str]) -> None:
    """Refuse similarities that tell nothing apart. A single clip or phrase cannot vary, and passes.

    Args:
        similarities: (N, C) cosines, -1..1.
        clips: N clip ids.
        phrases: C phrases; one that appears twice counts once.

    Raises:
        ShapeError: Another shape.
        DataError: NaN or infinite, the same for all clips, the same for all phrases, or the phrases in the same order
            for all clips; with the likely cause.

    Source: ours.
    """
    check_shape("similarities", similarities, (len(clips), len(phrases)), finite=False)
    _check_finite(similarities, clips, phrases)
    _, first = np.unique(np.asarray(phrases, dtype=str), return_index=True)
    values = np.asarray(similarities, dtype=np.float64)[:, np.sort(first)]
    if values.size == 0:
        return
    _check_spread(values, "clips", "video", axis=0)
    _check_spread(values, "phrases", "text", axis=1)
    _check_change(values)


def _check_finite(similarities: FloatArray, clips: Sequence[str], phrases: Sequence[str]) -> None:
    bad = np.argwhere(~np.isfinite(similarities))
    if len(bad):
        clip, phrase = bad[0]
        raise DataError(
            f"similarities: expected finite numbers, got {len(bad)} of {similarities.size} NaN or infinite, first for "
            f"clip {clips[clip]!r} and phrase {phrases[phrase]!r}; most likely half precision overflowed: "
            "encode again in float32"
        )


def _check_spread(values: FloatArray, over: str, tower: str, axis: int) -> None:
    """Refuse values that are the same along an axis."""
    count = values.shape[axis]
    if count == 1:
        return
    spreads = values.std(axis=axis)
    spread, least = (float(np.median(spreads)), SMALLEST_SPREAD) if count >= FEW else (float(spreads.max()), EQUAL)
    if spread < least:
        raise DataError(
            f"similarities: expected them to vary over {over}, got a spread of {spread:.1e} over {count}; most likely "
            f"the weights of the dual encoder's {tower} part were not loaded: check its checkpoint and encode again"
        )


def _check_change(values: FloatArray) -> None:
    """Refuse a sum of one number per clip and one per phrase: it says nothing about what is in which clip."""
    if min(values.shape) < FEW:
        return
    change = values - values.mean(axis=0) - values.mean(axis=1, keepdims=True) + values.mean()
    if (size := float(change.std())) < SMALLEST_CHANGE:
        raise DataError(
            "similarities: expected clips to differ in which phrases fit, got the same order for all (differences of "
            f"{size:.1e}); most likely weights of the dual encoder were not loaded: check them and encode again"
        )
