"""Each clusterer against what it wraps, its guards, and planted blobs."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from sklearn.cluster import AgglomerativeClustering

from dance_xai.errors import ConfigError, DataError
from dance_xai.motion.clusterers import Agglomerative, Finch, KMeans, by_first_occurrence
from dance_xai.motion.finch import finch

LINKAGES = ("ward", "complete", "average", "single")


def equal_partitions(a, b):
    return len(np.unique(np.stack([a, b]), axis=1).T) == len(np.unique(a)) == len(np.unique(b))


@pytest.fixture(scope="module")
def planted():
    """(points, truth): twelve blobs in four far groups of three."""
    rng = np.random.default_rng(1)
    truth = rng.integers(12, size=360)
    centres = np.repeat(40 * np.eye(4, 8), 3, axis=0) + 6 * np.tile(np.eye(3, 8, 4), (4, 1))
    return centres[truth] + 0.3 * rng.normal(size=(360, 8)), truth


@pytest.mark.parametrize(
    "clusterer", [KMeans((12, 4)), Agglomerative((4, 12)), Agglomerative((12, 4), "single")], ids=repr
)
def test_planted_blobs_and_groups(clusterer, planted):
    points, truth = planted
    fine, coarse = clusterer.partitions(points, np.random.default_rng(0))
    assert equal_partitions(fine, truth)
    assert equal_partitions(coarse, truth // 3)


@pytest.mark.parametrize("linkage", LINKAGES)
def test_agglomerative_equals_scikit_learn_and_nests(linkage):
    points = np.random.default_rng(2).normal(size=(150, 5))
    partitions = Agglomerative((3, 30, 9), linkage).partitions(points, np.random.default_rng(0))
    for labels, n in zip(partitions, (30, 9, 3), strict=True):
        assert equal_partitions(labels, AgglomerativeClustering(n, linkage=linkage).fit_predict(points))
    for fine, coarse in pairwise(partitions):
        assert len(np.unique(np.stack([fine, coarse]), axis=1).T) == fine.max() + 1


def test_kmeans_is_a_fixed_point_and_depends_on_the_generator():
    points = np.random.default_rng(3).normal(size=(400, 4))
    (labels,) = KMeans((15,), n_init=1).partitions(points, np.random.default_rng(0))
    centres = np.array([points[labels == k].mean(0) for k in range(15)])
    np.testing.assert_array_equal(((points[:, None] - centres) ** 2).sum(2).argmin(1), labels)
    (other,) = KMeans((15,), n_init=1).partitions(points, np.random.default_rng(1))
    assert not equal_partitions(labels, other)


def test_kmeans_with_more_starts_is_no_worse():
    points = np.random.default_rng(4).normal(size=(300, 3))

    def inertia(labels):
        return sum(points[labels == k].var(0).sum() * (labels == k).sum() for k in range(20))

    runs = [[KMeans((20,), n).partitions(points, np.random.default_rng(seed))[0] for n in (1, 10)] for seed in range(4)]
    gains = np.array([inertia(few) - inertia(many) for few, many in runs])
    assert gains.min() >= 0
    assert gains.max() > 1


def test_finch_is_finch(planted):
    points, _ = planted
    for options in ({}, {"metric": "euclidean"}, {"n_clusters": 4}):
        for a, b in zip(
            Finch(**options).partitions(points, np.random.default_rng(0)), finch(points, **options), strict=True
        ):
            np.testing.assert_array_equal(a, b)


def test_duplicated_numbers_give_one_partition():
    points = np.random.default_rng(5).normal(size=(30, 2))
    for clusterer in (KMeans((3, 3)), Agglomerative((3, 3))):
        assert len(clusterer.partitions(points, np.random.default_rng(0))) == 1


def test_one_point():
    for clusterer in (Finch(), KMeans((1,)), Agglomerative((1,))):
        assert [p.tolist() for p in clusterer.partitions(np.ones((1, 2)), np.random.default_rng(0))] == [[0]]


def test_by_first_occurrence():
    np.testing.assert_array_equal(by_first_occurrence(np.array([7, 7, 2, 9, 2])), [0, 0, 1, 2, 1])


@pytest.mark.parametrize("clusterer", [KMeans((5,)), Agglomerative((5,))], ids=repr)
def test_fewer_distinct_points_than_clusters(clusterer):
    points = np.repeat(np.eye(4), 10, axis=0)
    with pytest.raises(
        DataError, match="points: expected at least 5 distinct rows for 5 clusters, got 4; ask for fewer"
    ):
        clusterer.partitions(points, np.random.default_rng(0))


def test_agglomerative_refuses_what_would_not_fit_into_memory():
    points = np.random.default_rng(6).normal(size=(21, 2))
    with pytest.raises(DataError, match="points: expected at most 20 for agglomerative clustering, got 21; use finch"):
        Agglomerative((2,), max_points=20).partitions(points, np.random.default_rng(0))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: KMeans(()), r"n_clusters: expected one or more numbers of at least 1, got \(\)"),
        (lambda: Agglomerative((3, 0)), "n_clusters: expected one or more numbers of at least 1"),
        (lambda: KMeans((3,), n_init=0), "n_init: expected at least 1, got 0"),
        (
            lambda: Agglomerative((3,), linkage="median"),
            "linkage: expected ward, complete, average or single, got 'median'",
        ),
    ],
)
def test_bad_settings(make, message):
    with pytest.raises(ConfigError, match=message):
        make()
