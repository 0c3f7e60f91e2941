"""Permutation tests that share their permutations, and what is left of many of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dance_xai.types import BoolArray, FloatArray

PERMUTATIONS = 499


@dataclass(frozen=True, eq=False)
class Judgement:
    """M statistics beside what they are when nothing has moved.

    Attributes:
        score: (M,) how many standard deviations each lies above its mean under permutations.
        p: (M,) share of all permuted scores, of all statistics, that are as high, 0..1.
        p_any: Share of permutations whose highest score is as high as the highest one; 1 without statistics.
    """

    score: FloatArray
    p: FloatArray
    p_any: float


def permuted_signs(new: int, old: int, rng: np.random.Generator, count: int = PERMUTATIONS) -> BoolArray:
    """(count + 1, new + old) True where a clip counts as new; the first row is the truth, new clips first."""
    truth = np.arange(new + old) < new
    return np.stack([truth, *(rng.permutation(truth) for _ in range(count))])


def judge_permuted(statistics: FloatArray) -> Judgement:
    """Judge (B + 1, M) statistics, the true ones first, the larger the more has moved.

    Scores of all M are pooled, so that p can be smaller than one over the permutations of a single one.

    Source: Westfall and Young (1993) for ``p_any``; pooling as in Storey and Tibshirani (2003).
    """
    if not statistics.shape[1]:
        return Judgement(np.zeros(0), np.ones(0), 1.0)
    null = statistics[1:]
    spread = null.std(axis=0)
    scores = (statistics - null.mean(axis=0)) / np.where(spread > 0, spread, np.inf)
    pool = np.sort(scores[1:].ravel())
    above = len(pool) - np.searchsorted(pool, scores[0], side="left")
    highest = scores.max(axis=1)
    p_any = (1 + np.count_nonzero(highest[1:] >= highest[0])) / len(highest)
    return Judgement(scores[0], (1 + above) / (1 + len(pool)), float(p_any))


def benjamini_hochberg(p: FloatArray) -> FloatArray:
    """(M,) p-values -> (M,) false discovery rates at which each is called.

    Source: Benjamini and Hochberg (1995).
    """
    order = np.argsort(p)[::-1]
    rank = len(p) - np.arange(len(p))
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum.accumulate(np.minimum(p[order] * len(p) / rank, 1.0))
    return adjusted
