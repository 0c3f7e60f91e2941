"""What every ``Clusterer`` promises."""

from __future__ import annotations

import dataclasses
from itertools import pairwise

import numpy as np
import pytest

from dance_xai.errors import DanceError
from dance_xai.motion.clusterers import Agglomerative, Finch, KMeans
from dance_xai.protocols import Clusterer

CLUSTERERS = [
    Finch(),
    Finch("euclidean"),
    Finch(n_clusters=5),
    KMeans((4, 12)),
    Agglomerative((12, 4)),
    Agglomerative((4,), linkage="average"),
]
pytestmark = pytest.mark.parametrize("clusterer", CLUSTERERS, ids=repr)


@pytest.fixture
def points():
    rng = np.random.default_rng(0)
    return rng.normal(size=(8, 6))[rng.integers(8, size=240)] + 0.3 * rng.normal(size=(240, 6))


def same_partitions(a, b):
    assert len(a) == len(b)
    for x, y in zip(a, b, strict=True):
        np.testing.assert_array_equal(x, y)


def test_is_a_frozen_clusterer(clusterer):
    assert isinstance(clusterer, Clusterer)
    with pytest.raises(dataclasses.FrozenInstanceError):
        clusterer.n_clusters = (2,)


def test_labels_are_complete_and_in_order_of_appearance(clusterer, points):
    for labels in clusterer.partitions(points, np.random.default_rng(0)):
        assert labels.shape == (len(points),)
        assert np.issubdtype(labels.dtype, np.integer)
        used, first = np.unique(labels, return_index=True)
        np.testing.assert_array_equal(used, np.arange(len(used)))
        np.testing.assert_array_equal(first, np.sort(first))


def test_partitions_go_from_finest_to_coarsest(clusterer, points):
    sizes = [labels.max() + 1 for labels in clusterer.partitions(points, np.random.default_rng(0))]
    assert sizes
    assert all(fine > coarse for fine, coarse in pairwise(sizes))


def test_same_generator_same_partitions(clusterer, points):
    first = clusterer.partitions(points, np.random.default_rng(3))
    np.random.default_rng(99).random(1000)
    same_partitions(first, clusterer.partitions(points, np.random.default_rng(3)))


def test_points_are_not_changed_and_global_state_not_touched(clusterer, points):
    before, state = points.copy(), np.random.get_state()[1].copy()  # noqa: NPY002
    clusterer.partitions(points, np.random.default_rng(0))
    np.testing.assert_array_equal(points, before)
    np.testing.assert_array_equal(np.random.get_state()[1], state)  # noqa: NPY002


def test_float32_points_are_welcome(clusterer, points):
    for labels in clusterer.partitions(points.astype(np.float32), np.random.default_rng(0)):
        assert len(labels) == len(points)


@pytest.mark.parametrize("bad", [np.full((9, 2), np.nan), np.ones(5), np.ones((0, 3))], ids=["nan", "1d", "empty"])
def test_bad_points_are_one_clear_line(clusterer, bad):
    with pytest.raises(DanceError, match=r"points: expected .* got") as caught:
        clusterer.partitions(bad, np.random.default_rng(0))
    assert "\n" not in str(caught.value)
