"""Phrases that follow from the others: ridge regression of each phrase's train similarities on those of the rest."""

from __future__ import annotations

import numpy as np

from dance_xai.errors import check_shape
from dance_xai.types import BoolArray, FloatArray

LIMITS = (0.8, 0.9, 0.95, 0.97, 0.98, 0.99, 0.995, 0.999)
_STRENGTH = 0.01
_TIE = 1.1


def explained_share(affinity: FloatArray) -> FloatArray:
    """How well ridge regression on the other phrases explains each phrase.

    The least penalised loss of each regression stands on the diagonal of one inverse, so no regression is run.

    Args:
        affinity: (N, C) similarities.

    Returns:
        (C,) in 0..1: one minus the least value of mean squared residual plus 0.01 times the squared weights, all
        columns standardised; never above the R^2 of the same regression.

    Source: ours; the identity is the variance inflation factor of Marquardt 1970.
    """
    return _shares(_inverse(affinity), affinity.shape[1])


def redundant(
    affinity: FloatArray, shown: FloatArray, limit: float, *, fixed: BoolArray | None = None
) -> tuple[BoolArray, FloatArray]:
    """Leave out phrases that follow from those still kept, one at a time, until none is above the limit.

    Each time the one best explained goes; among those whose unexplained share is within a tenth of the least, the least
    visible.

    Args:
        affinity: (N, C) train similarities.
        shown: (C,) visibility of each phrase.
        limit: The most a kept phrase may be explained by the others, 0..1.
        fixed: (C,) phrases that stay whatever happens; none by default.

    Returns:
        (C,) who goes, and (C,) the share that was explained when it went, NaN for the others.

    Source: ours.
    """
    check_shape("visibility", shown, (affinity.shape[1],))
    inverse = _inverse(affinity)
    gone, value = np.zeros(len(shown), dtype=bool), np.full(len(shown), np.nan)
    held = np.zeros(len(shown), dtype=bool) if fixed is None else fixed
    for _ in range(len(shown) - 1):
        share = np.where(gone | held, -np.inf, _shares(inverse, len(shown)))
        if not share.max(initial=-np.inf) > limit:
            break
        near = (share > limit) & (1 - share <= _TIE * (1 - share.max()) + 1e-9)
        i = int(np.where(near, shown, np.inf).argmin())
        gone[i], value[i] = True, share[i]
        inverse = _without(inverse, i)
    return gone, value


def steadiest_limit(
    affinity: FloatArray, shown: FloatArray, *, fixed: BoolArray | None = None, folds: int = 5
) -> float:
    """The limit at which the phrases left out depend least on which clips are looked at; needs no labels.

    ``redundant`` is run with each limit of ``LIMITS`` on the train clips without one fold, for each fold (every
    ``folds``-th clip). The limit with the highest stability of the kept sets, corrected for chance, is taken; of equal
    ones the highest, which leaves out least. Where no limit leaves anything out, 1.0.

    Args:
        affinity: (N, C) train similarities.
        shown: (C,) visibility.
        fixed: (C,) phrases that stay.
        folds: Parts of the clips left out in turn.

    Source: stability of Nogueira, Sechidis and Brown 2018 (JMLR 18), their equation 4; its use here is ours.
    """
    fold = np.arange(len(affinity)) % folds
    parts = [affinity[fold != each] for each in range(min(folds, len(affinity)))]
    scores = [
        stability(~np.array([redundant(part, shown, limit, fixed=fixed)[0] for part in parts])) for limit in LIMITS
    ]
    known = [(score, limit) for score, limit in zip(scores, LIMITS, strict=True) if not np.isnan(score)]
    return max(known)[1] if known else 1.0


def stability(kept: BoolArray) -> float:
    """Agreement of M choices among C items: 1 when all are alike, about 0 by chance, NaN when all or none are kept.

    Args:
        kept: (M, C) choices, M at least 2.

    Source: Nogueira, Sechidis and Brown 2018, equation 4.
    """
    often = kept.mean(axis=0)
    share = often.mean()
    if len(kept) < 2 or share in (0.0, 1.0):
        return float("nan")
    spread = len(kept) / (len(kept) - 1) * (often * (1 - often)).mean()
    return float(1 - spread / (share * (1 - share)))


def _inverse(affinity: FloatArray) -> FloatArray:
    check_shape("similarities", affinity, ("N", None))
    centred = affinity.astype(np.float64) - affinity.mean(axis=0)
    unit = centred / np.maximum(centred.std(axis=0), 1e-12)
    return np.asarray(np.linalg.inv(unit.T @ unit / max(len(unit), 1) + _STRENGTH * np.eye(unit.shape[1])))


def _shares(inverse: FloatArray, count: int) -> FloatArray:
    diagonal = np.diag(inverse).reshape(count)
    return np.asarray(1 - (1 / np.maximum(diagonal, 1e-12) - _STRENGTH))


def _without(inverse: FloatArray, i: int) -> FloatArray:
    """The inverse when row and column ``i`` leave the matrix; they are replaced by zeros and a one."""
    smaller = inverse - np.outer(inverse[:, i], inverse[i]) / inverse[i, i]
    smaller[i], smaller[:, i] = 0.0, 0.0
    smaller[i, i] = 1.0
    return np.asarray(smaller)
