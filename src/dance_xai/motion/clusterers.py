"""The clusterings behind the ``Clusterer`` protocol: FINCH, k-means, agglomerative.

All number the clusters 0..k-1 by first occurrence: row 0 is in cluster 0, and so on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from dance_xai.errors import ConfigError, DataError, check_shape
from dance_xai.types import FloatArray, IntArray


@dataclass(frozen=True)
class Finch:
    """FINCH: exact first neighbours, no seed.

    Attributes:
        metric: ``cosine`` or ``euclidean``.
        n_clusters: None for all partitions; a number for the one partition with that many clusters.
    """

    metric: Literal["cosine", "euclidean"] = "cosine"
    n_clusters: int | None = None

    def partitions(self, points: FloatArray, rng: np.random.Generator) -> list[IntArray]:
        """(W, P) finite -> partitions, finest first, each (W,); ``rng`` is not used.

        Raises:
            DanceError: As ``dance_xai.motion.finch.finch``.
        """
        from dance_xai.motion.finch import finch

        return finch(points, metric=self.metric, n_clusters=self.n_clusters)


@dataclass(frozen=True)
class KMeans:
    """k-means with k-means++ starts, one partition per number of clusters.

    On one thread: sums over several threads differ in their last bits, and threads that wait for each other are slower
    on a busy machine.

    Attributes:
        n_clusters: Numbers of clusters, any order.
        n_init: Starts per number; the one with the least inertia stays.
    """

    n_clusters: tuple[int, ...] = (20, 40, 80, 160)
    n_init: int = 4

    def __post_init__(self) -> None:
        _check_numbers(self.n_clusters)
        if self.n_init < 1:
            raise ConfigError(f"n_init: expected at least 1, got {self.n_init}; ask for a positive number of starts")

    def partitions(self, points: FloatArray, rng: np.random.Generator) -> list[IntArray]:
        """(W, P) finite -> one (W,) partition per number, largest number first; the seed is drawn from ``rng``.

        Raises:
            ShapeError: Not a matrix, or NaN or infinite values in it.
            DataError: Fewer distinct points than clusters.
        """
        from sklearn.cluster import KMeans as SklearnKMeans
        from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

        _check_enough(points, self.n_clusters)
        numbers = sorted(set(self.n_clusters), reverse=True)
        models = [SklearnKMeans(n, n_init=self.n_init, random_state=int(rng.integers(2**31))) for n in numbers]
        with threadpool_limits(1):
            return [by_first_occurrence(model.fit_predict(points)) for model in models]


@dataclass(frozen=True)
class Agglomerative:
    """One linkage tree under Euclidean distance, cut at several numbers of clusters; no seed.

    Attributes:
        n_clusters: Numbers of clusters, any order.
        linkage: How far two clusters are apart.
        max_points: Most points allowed; the tree needs 8 * W**2 bytes (0.8 GB for the default).
    """

    n_clusters: tuple[int, ...] = (20, 40, 80, 160)
    linkage: Literal["ward", "complete", "average", "single"] = "ward"
    max_points: int = 10_000

    def __post_init__(self) -> None:
        _check_numbers(self.n_clusters)
        if self.linkage not in ("ward", "complete", "average", "single"):
            raise ConfigError(
                f"linkage: expected ward, complete, average or single, got {self.linkage!r}; choose one of them"
            )

    def partitions(self, points: FloatArray, rng: np.random.Generator) -> list[IntArray]:
        """(W, P) finite -> one (W,) partition per number, largest number first, nested; ``rng`` is not used.

        Raises:
            ShapeError: Not a matrix, or NaN or infinite values in it.
            DataError: Fewer distinct points than clusters, or more points than ``max_points``.
        """
        from scipy.cluster.hierarchy import cut_tree, linkage

        _check_enough(points, self.n_clusters)
        if len(points) > self.max_points:
            raise DataError(
                f"points: expected at most {self.max_points} for agglomerative clustering, got {len(points)}; "
                f"use finch or kmeans (motion.clusters.method), or cut fewer windows (motion.per_clip)"
            )
        numbers = sorted(set(self.n_clusters), reverse=True)
        if len(points) == 1:
            return [np.zeros(1, dtype=np.int64)]
        tree = linkage(np.asarray(points, dtype=np.float64), self.linkage)
        return [by_first_occurrence(column) for column in cut_tree(tree, numbers).T]


def by_first_occurrence(labels: IntArray) -> IntArray:
    """Renumber labels 0..k-1 in the order in which they first occur."""
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[inverse]


def _check_numbers(numbers: tuple[int, ...]) -> None:
    if not numbers or min(numbers) < 1:
        raise ConfigError(f"n_clusters: expected one or more numbers of at least 1, got {numbers}; list some")


def _check_enough(points: FloatArray, numbers: tuple[int, ...]) -> None:
    check_shape("points", points, ("W", "P"))
    distinct = len(np.unique(points, axis=0)) if len(points) else 0
    if distinct < max(numbers):
        raise DataError(
            f"points: expected at least {max(numbers)} distinct rows for {max(numbers)} clusters, got {distinct}; "
            f"ask for fewer clusters (motion.clusters.n_clusters) or cut more windows (motion.per_clip)"
        )
