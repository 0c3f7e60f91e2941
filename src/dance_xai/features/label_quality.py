"""How far similarities can be trusted as labels: do wordings agree, and do a phrase's own classes score highest?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dance_xai.errors import ShapeError, check_shape
from dance_xai.types import FloatArray, IntArray


def template_agreement(affinity: FloatArray) -> FloatArray:
    """Per phrase, how alike its wordings rank the clips.

    Each wording is compared with the mean of the others by rank correlation; the figure is the mean over wordings. A
    phrase with a low one gets its labels from how it is worded and not from what is in the clips.

    Args:
        affinity: (M, N, C) similarities of N train clips and C phrases in M wordings, M and N at least 2.

    Returns:
        (C,) in -1..1; NaN for a phrase that does not vary over clips in some wording.

    Raises:
        ShapeError: Other axes, fewer than two wordings or clips, or values that are not finite.

    Source: ours; the correlation is Spearman's.
    """
    check_shape("similarities of wordings", affinity, ("M", "N", "C"))
    count, clips, _ = affinity.shape
    if min(count, clips) < 2:
        raise ShapeError(
            f"similarities of wordings: expected at least 2 wordings and 2 clips, got {count} and {clips}; "
            "leave the measure out"
        )
    total = affinity.sum(axis=0)
    likeness = [_rank_correlation(wording, (total - wording) / (count - 1)) for wording in affinity]
    return np.asarray(np.mean(likeness, axis=0))


def class_truth(labels: IntArray, classes: Sequence[str], wanted: Sequence[Sequence[str]]) -> FloatArray:
    """Which clips are of the classes that each phrase was proposed for.

    Args:
        labels: (N,) class indices, -1 where unknown.
        classes: Y class names.
        wanted: For each of C phrases the names of its classes; names that the data set does not have do not count.

    Returns:
        (N, C) 1 for a clip of one of its classes, 0 for another, NaN for a clip without label.
    """
    member = np.array([[name in set(names) for name in classes] for names in wanted], dtype=np.float64)
    truth = member.reshape(len(wanted), len(classes))[:, labels].T
    return np.asarray(np.where(labels[:, None] >= 0, truth, np.nan))


def _rank_correlation(one: FloatArray, other: FloatArray) -> FloatArray:
    """Spearman's correlation of the columns of two (N, C) arrays, (C,); ties share their mean rank."""
    from scipy.stats import rankdata

    a, b = (rankdata(values, axis=0) - (len(values) + 1) / 2 for values in (one, other))
    size = np.sqrt((a * a).sum(axis=0) * (b * b).sum(axis=0))
    return np.asarray(np.divide((a * b).sum(axis=0), size, out=np.full(size.shape, np.nan), where=size > 0))
