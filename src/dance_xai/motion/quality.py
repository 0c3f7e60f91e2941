"""How good a clustering of pose windows is: agreement with classes, stability, and which partition to take.

Only ``window_class_nmi`` sees classes, and only to report; the choice of a partition never does.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Literal

import numpy as np

from dance_xai.errors import ConfigError, DataError, ShapeError, check_shape
from dance_xai.protocols import Clusterer
from dance_xai.types import FloatArray, IntArray


def window_class_nmi(labels: IntArray, classes: IntArray) -> float:
    """Normalised mutual information in 0..1 of window clusters with the classes of the windows' clips.

    Args:
        labels: (W,) cluster of each window; negative for none.
        classes: (W,) class index of its clip; negative where unknown. Windows without either do not count.

    Raises:
        ShapeError: Different lengths.
        DataError: No window has both.
    """
    from sklearn.metrics import normalized_mutual_info_score

    labels, classes = np.asarray(labels), np.asarray(classes)
    _check_same_length("labels", labels, "classes", classes)
    known = (labels >= 0) & (classes >= 0)
    if not known.any():
        raise DataError(
            f"labels: expected windows with a cluster and a class, got none of {len(labels)}; check the clips' labels"
        )
    return float(normalized_mutual_info_score(classes[known], labels[known]))


def stability(
    points: FloatArray,
    clusterer: Clusterer,
    rng: np.random.Generator,
    *,
    repeats: int = 5,
    fraction: float = 0.8,
    n_clusters: int | None = None,
) -> dict[str, float]:
    """How alike the clusterings of overlapping subsamples, and of different seeds, are.

    Args:
        points: (W, P) finite.
        clusterer: Any clusterer.
        rng: Draws the subsamples and gives each clustering a generator of its own.
        repeats: Clusterings of each sort; all pairs are compared on their common points.
        fraction: Share of the points in a subsample, below 1.
        n_clusters: Compare the partitions whose number of clusters is nearest to this; None for the finest.

    Returns:
        Means over pairs: ``subsample_ari``, ``subsample_nmi``, ``seed_ari``, ``seed_nmi``; adjusted Rand index (1 is
        equal, 0 is chance) and normalised mutual information (0..1).

    Raises:
        ConfigError: ``repeats`` below 2 or ``fraction`` not between 0.5 and 1.
        DanceError: As the clusterer.

    Source: the idea of Ben-Hur, Elisseeff, Guyon, "A stability based method for discovering structure in clustered
    data", 2002; pairs over seeds are ours.
    """
    if repeats < 2:
        raise ConfigError(f"repeats: expected at least 2 clusterings to compare, got {repeats}; ask for more")
    if not 0.5 <= fraction < 1:
        raise ConfigError(f"fraction: expected 0.5 up to below 1, got {fraction}; subsamples must overlap and differ")
    size = max(1, round(fraction * len(points)))
    subsamples = [np.sort(rng.choice(len(points), size, replace=False)) for _ in range(repeats)]
    everyone = [np.arange(len(points))] * repeats
    result = {}
    for name, samples in (("subsample", subsamples), ("seed", everyone)):
        labels = [_spread(points, rows, clusterer, rng.spawn(1)[0], n_clusters) for rows in samples]
        result[f"{name}_ari"], result[f"{name}_nmi"] = _mean_agreement(labels)
    return result


def _spread(
    points: FloatArray, rows: IntArray, clusterer: Clusterer, rng: np.random.Generator, n_clusters: int | None
) -> IntArray:
    """(W,) labels of the clustering of some rows, -1 elsewhere."""
    partitions = clusterer.partitions(points[rows], rng)
    sizes = np.array([labels.max() + 1 for labels in partitions])
    chosen = 0 if n_clusters is None else int(np.argmin(np.abs(np.log(sizes / n_clusters))))
    labels = np.full(len(points), -1, dtype=np.int64)
    labels[rows] = partitions[chosen]
    return labels


def _mean_agreement(labelings: Sequence[IntArray]) -> tuple[float, float]:
    """Mean adjusted Rand index and normalised mutual information over all pairs, on the points both know."""
    from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

    rand, information = [], []
    for a, b in combinations(labelings, 2):
        both = (a >= 0) & (b >= 0)
        rand.append(adjusted_rand_score(a[both], b[both]))
        information.append(normalized_mutual_info_score(a[both], b[both]))
    return float(np.mean(rand)), float(np.mean(information))


def choose_partition(
    points: FloatArray,
    partitions: Sequence[IntArray],
    *,
    min_clusters: int,
    max_clusters: int,
    groups: IntArray | None = None,
    metric: Literal["cosine", "euclidean"] = "euclidean",
    tolerance: float = 0.01,
) -> tuple[int, list[dict[str, float | None]]]:
    """Choose the finest partition among those with nearly the best centroid silhouette, without labels.

    Why this criterion: it needs neither classes nor a sample, so it is exact and deterministic, costs one matrix
    product per partition, and sees small clusters whole, which a sampled silhouette tears apart. Scoring each window
    against the members of its cluster from *other clips* keeps clusters that only repeat one clip from looking perfect;
    without ``groups`` only the window itself is left out, and on real windows the finest partition then tends to win.

    Args:
        points: (W, P) finite, train windows only.
        partitions: Each (W,) labels 0..k-1, every label used.
        min_clusters: Fewest clusters allowed, at least 2.
        max_clusters: Most clusters allowed.
        groups: (W,) clip of each window; None leaves out only the window itself.
        metric: ``cosine`` scores the normalised rows.
        tolerance: Silhouettes this close to the best count as good as it, and the finer partition, which tells more
            apart, is taken. Two runs of k-means with one number of clusters differ by about half of it.

    Returns:
        Index of the partition, and the table behind the choice, one row per
        partition: ``clusters``, ``median_size`` (points in a cluster), ``silhouette`` (mean, -1..1, higher is better;
        None where the number of clusters is not allowed).

    Raises:
        ConfigError: A range without numbers of at least 2.
        ShapeError: Points and labels of different lengths.
        DataError: No partition has an allowed number of clusters.

    Source: ours, after the simplified silhouette (Hruschka, de Castro, Campello 2004), with the clip left out.
    """
    check_shape("points", points, ("W", "P"))
    if groups is not None:
        _check_same_length("points", points, "groups", groups)
    if not 2 <= min_clusters <= max_clusters:
        raise ConfigError(
            f"min_clusters, max_clusters: expected 2 <= min <= max, got {min_clusters}, {max_clusters}; widen the range"
        )
    values = _unit_rows(points) if metric == "cosine" else points
    table = [_score(values, labels, groups, min_clusters, max_clusters) for labels in partitions]
    allowed = [
        (row["silhouette"], labels.max(), index)
        for index, (row, labels) in enumerate(zip(table, partitions, strict=True))
        if row["silhouette"] is not None
    ]
    if not allowed:
        raise DataError(
            f"partitions: expected one with {min_clusters} to {max_clusters} clusters, "
            f"got {', '.join(str(row['clusters']) for row in table)}; widen motion.clusters.min_clusters to "
            "max_clusters, or ask for a number in it as motion.clusters.n_clusters"
        )
    enough = max(silhouette for silhouette, _, _ in allowed) - tolerance
    good = [(clusters, index) for silhouette, clusters, index in allowed if silhouette >= enough]
    return max(good)[1], table


def _score(
    points: FloatArray, labels: IntArray, groups: IntArray | None, fewest: int, most: int
) -> dict[str, float | None]:
    _check_same_length("points", points, "partitions", labels)
    sizes = np.bincount(labels)
    fits = fewest <= len(sizes) <= most
    return {
        "clusters": len(sizes),
        "median_size": float(np.median(sizes)),
        "silhouette": float(centroid_silhouette(points, labels, groups).mean()) if fits else None,
    }


def centroid_silhouette(points: FloatArray, labels: IntArray, groups: IntArray | None = None) -> FloatArray:
    """(W,) silhouettes in -1..1 against cluster centres instead of members.

    ``(b - a) / max(a, b)`` with ``a`` the Euclidean distance to the centre of those members of the point's cluster that
    are outside its group and ``b`` the distance to the nearest other centre; 0 for a group alone in its cluster.

    Args:
        points: (W, P) finite.
        labels: (W,) labels 0..k-1, every label used, k at least 2.
        groups: (W,) group of each point; None for every point a group of its own.
    """
    groups = np.arange(len(points)) if groups is None else groups
    points = points - points.mean(0, dtype=np.float64)
    sums, sizes = _sums(points, labels)
    _, part = np.unique(np.stack([labels, groups]), axis=1, return_inverse=True)
    part_sums, part_sizes = _sums(points, part.ravel())
    own, other, rest = np.empty(len(points)), np.empty(len(points)), sizes[labels] - part_sizes[part.ravel()]
    for start in range(0, len(points), 4096):
        rows = slice(start, start + 4096)
        outside = sums[labels[rows]] - part_sums[part.ravel()[rows]]
        own[rows] = np.linalg.norm(points[rows] - outside / np.maximum(rest[rows], 1)[:, None], axis=1)
        other[rows] = _nearest_other(points[rows], labels[rows], sums / sizes[:, None])
    widest = np.maximum(own, other)
    scores = np.divide(other - own, widest, out=np.zeros(len(points)), where=widest > 0)
    return np.where(rest == 0, 0.0, scores)


def _sums(points: FloatArray, labels: IntArray) -> tuple[FloatArray, FloatArray]:
    """(k, P) sums and (k,) sizes of the groups 0..k-1."""
    from scipy.sparse import csr_matrix

    sizes = np.bincount(labels).astype(np.float64)
    members = csr_matrix((np.ones(len(labels)), (labels, np.arange(len(labels)))), shape=(len(sizes), len(labels)))
    return members @ points, sizes


def _nearest_other(points: FloatArray, labels: IntArray, means: FloatArray) -> FloatArray:
    """Distance of each point to the nearest centre that is not its own."""
    squared = (points**2).sum(1)[:, None] - 2 * points @ means.T + (means**2).sum(1)
    squared[np.arange(len(points)), labels] = np.inf
    nearest: FloatArray = np.sqrt(np.maximum(squared.min(1), 0))
    return nearest


def _unit_rows(points: FloatArray) -> FloatArray:
    norms = np.linalg.norm(points, axis=1, keepdims=True)
    return points / np.where(norms > 0, norms, 1.0)


def _check_same_length(name: str, rows: np.ndarray, other_name: str, other: np.ndarray) -> None:
    if len(rows) != len(other):
        raise ShapeError(
            f"{other_name}: expected {len(rows)} entries, one per row of {name}, got {len(other)}; "
            f"check that both belong to the same windows"
        )
