"""FINCH: clusters from first-neighbour relations, exact and deterministic, with no parameter to choose.

Written from the paper: Sarfraz, Sharma, Stiefelhagen, "Efficient Parameter-free Clustering Using First Neighbor
Relations", CVPR 2019. None of the authors' code (``finch-clust``) is in here: its README says that code and algorithm
are not meant for commercial use, although its licence file is MIT. It is the oracle of the tests. Where the paper
leaves a choice open (ties go to the lowest index, a single cluster is not a partition) the choice is the same as there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numba import njit
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from dance_xai.errors import ConfigError, DataError
from dance_xai.motion.neighbour_kernels import inverse_norm, measure, squared_distance
from dance_xai.motion.neighbours import Metric, as_points, nearest_neighbours, row_scales
from dance_xai.types import FloatArray, IntArray


def finch(
    points: FloatArray,
    *,
    metric: Metric = "cosine",
    n_clusters: int | None = None,
    max_memory_mb: float = 2000.0,
) -> list[IntArray]:
    """Cluster points by linking each to its nearest neighbour, then the clusters' means, and so on.

    A partition with a single cluster is only returned when it is the first. Every cluster has at least two points, so
    the number of clusters at least halves from one partition to the next. The result does not depend on block size,
    threads or a seed.

    Args:
        points: (W, P) finite floats; under ``cosine`` no zero rows.
        metric: ``cosine`` or ``euclidean``.
        n_clusters: Ask for one partition of exactly that many clusters: the coarsest partition that has at least
            that many, then the two nearest cluster means merged, one pair at a time.
        max_memory_mb: Most working memory of the neighbour search on top of ``points``, in MiB. The means of the first
            partition (at most W / 2 rows of float64) come on top.

    Returns:
        Partitions from the finest to the coarsest, each (W,) labels 0..k-1 numbered by first occurrence; each is nested
        in the next. With ``n_clusters``, a list of that one partition.

    Raises:
        ConfigError: Unknown metric, or ``n_clusters`` below one.
        ShapeError: Not a matrix, or NaN or infinite values in it.
        DataError: No points, a zero row under ``cosine``, more clusters asked for than the finest partition has, or too
            little memory allowed.

    Source: the paper, algorithms 1 and 2.
    """
    points = _checked(points, metric, n_clusters)
    if len(points) == 1:
        return [np.zeros(1, dtype=np.int64)]
    partitions = list(_hierarchy(points, metric, max_memory_mb))
    return partitions if n_clusters is None else [_refined(points, partitions, n_clusters, metric, max_memory_mb)]


def _checked(points: FloatArray, metric: Metric, n_clusters: int | None) -> FloatArray:
    points = as_points(points)
    if not len(points):
        raise DataError("points: expected at least one row, got none; check the filters before clustering")
    zeros = np.flatnonzero(row_scales(points, metric) == 0)
    if len(zeros):
        raise DataError(
            f"points: expected rows that are not zero under cosine, got {len(zeros)} zero rows (first: {zeros[0]}); "
            f"remove them or use metric='euclidean'"
        )
    if n_clusters is not None and not 1 <= n_clusters:
        raise ConfigError(f"n_clusters: expected at least 1, got {n_clusters}; ask for a positive number")
    if n_clusters is not None and n_clusters > 1 == len(points):
        raise _too_many(n_clusters, 1)
    return points


def _too_many(asked: int, finest: int) -> DataError:
    return DataError(
        f"n_clusters: expected at most {finest}, the clusters of the finest partition of these points, got {asked}; "
        f"ask for fewer clusters"
    )


def _hierarchy(points: FloatArray, metric: Metric, max_memory_mb: float) -> Iterator[IntArray]:
    """Partitions from the finest on: link first neighbours, replace clusters by their means, repeat."""
    labels = _linked(points, metric, max_memory_mb)
    while True:
        yield labels
        means, counts = _group_sums(points, labels, labels.max() + 1)
        if len(means) == 1:
            return
        means /= counts[:, None]
        groups = _linked(means, metric, max_memory_mb)
        if groups.max() == 0:
            return
        labels = groups[labels]


def _linked(points: FloatArray, metric: Metric, max_memory_mb: float) -> IntArray:
    """Connected components of the graph that links each point with its nearest neighbour (the paper's equation 1)."""
    nearest, _ = nearest_neighbours(points, metric=metric, max_memory_mb=max_memory_mb)
    n = len(nearest)
    graph = csr_matrix((np.ones(n, dtype=np.int8), (np.arange(n), nearest)), shape=(n, n))
    return connected_components(graph, directed=False)[1].astype(np.int64)


def _refined(
    points: FloatArray, partitions: list[IntArray], n_clusters: int, metric: Metric, max_memory_mb: float
) -> IntArray:
    """Exactly ``n_clusters`` clusters, from the coarsest partition that has enough (the paper's algorithm 2)."""
    if partitions[0].max() + 1 < n_clusters:
        raise _too_many(n_clusters, int(partitions[0].max()) + 1)
    labels = next(labels for labels in reversed(partitions) if labels.max() + 1 >= n_clusters)
    sums, counts = _group_sums(points, labels, labels.max() + 1)
    if len(sums) == n_clusters:
        return labels
    means = sums / counts[:, None]
    nearest, _ = nearest_neighbours(means, metric=metric, max_memory_mb=max_memory_mb)
    owners = _merge_pairs(sums, counts, row_scales(means, metric), nearest, n_clusters, metric == "cosine")
    return np.unique(owners, return_inverse=True)[1][labels]


@njit(cache=True, nogil=True)
def _group_sums(points: Any, labels: Any, n_groups: Any) -> Any:
    """(k, P) float64 sums and (k,) sizes, rows added in order."""
    sums = np.zeros((n_groups, points.shape[1]))
    counts = np.zeros(n_groups)
    for i in range(points.shape[0]):
        counts[labels[i]] += 1
        for k in range(points.shape[1]):
            sums[labels[i], k] += points[i, k]
    return sums, counts


@njit(cache=True, nogil=True)
def _merge_pairs(sums: Any, counts: Any, scales: Any, nearest: Any, n_clusters: int, cosine: bool) -> Any:
    """(k,) lowest index of the mean each ends in when the nearest pair is merged until ``n_clusters`` remain.

    Loops instead of array expressions: numba takes 5 s to compile those.
    """
    n_means = sums.shape[0]
    means, squared = np.empty(sums.shape), np.empty(n_means)
    owners, alive = np.arange(n_means), np.ones(n_means, dtype=np.bool_)
    for k in range(n_means):
        _write_mean(sums, counts, k, means)
    for k in range(n_means):
        squared[k] = squared_distance(means, scales, k, nearest[k], np.inf)
    for _ in range(n_means - n_clusters):
        i = np.argmin(squared)
        kept, gone = min(i, nearest[i]), max(i, nearest[i])
        for k in range(n_means):
            owners[k] = kept if owners[k] == gone else owners[k]
        for k in range(sums.shape[1]):
            sums[kept, k] += sums[gone, k]
        counts[kept] += counts[gone]
        _write_mean(sums, counts, kept, means)
        if cosine:
            scales[kept] = inverse_norm(means, kept)
        squared[gone], alive[gone] = np.inf, False
        _update_nearest(means, scales, alive, kept, gone, nearest, squared)
    return owners


@njit(cache=True, nogil=True)
def _write_mean(sums: Any, counts: Any, row: int, means: Any) -> None:
    for k in range(sums.shape[1]):
        means[row, k] = sums[row, k] / counts[row]


@njit(cache=True, nogil=True)
def _update_nearest(means: Any, scales: Any, alive: Any, kept: int, gone: int, nearest: Any, squared: Any) -> None:
    """Bring nearest means up to date after ``gone`` was merged into ``kept``."""
    for i in range(alive.shape[0]):
        if not alive[i]:
            continue
        if i == kept or nearest[i] == kept or nearest[i] == gone:
            nearest[i], squared[i] = -1, np.inf
            for j in range(alive.shape[0]):
                if alive[j] and j != i:
                    measure(means, scales, i, j, nearest, squared)
        else:
            distance = squared_distance(means, scales, i, kept, squared[i])
            if distance < squared[i] or (distance == squared[i] and kept < nearest[i]):
                nearest[i], squared[i] = kept, distance
