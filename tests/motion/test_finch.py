"""FINCH and its neighbour search against float64 oracles, finch-clust and planted truths."""

from __future__ import annotations

import warnings
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cdist

from dance_xai.errors import ConfigError, DataError, ShapeError
from dance_xai.motion import neighbours
from dance_xai.motion.finch import finch
from dance_xai.motion.neighbours import nearest_neighbours

METRICS = ("cosine", "euclidean")


@pytest.fixture(scope="module")
def peer():
    """finch-clust, always exact: (points, **options) -> partitions, requested partition."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from finch import FINCH

    def run(points, **options):
        partitions, _, requested = FINCH(points, verbose=False, ann_threshold=10**9, **options)
        return list(partitions.T), requested

    return run


@pytest.fixture
def small_blocks(monkeypatch):
    """Many blocks and several workers already on few points."""
    monkeypatch.setattr(neighbours, "LARGEST_BLOCK", 48)


def blobs(rng, n=600, dimension=12, centres=9, spread=0.4):
    return rng.normal(size=(centres, dimension))[rng.integers(centres, size=n)] + spread * rng.normal(
        size=(n, dimension)
    )


def float32_values(points):
    """The peer works on float32 input; give both the same numbers."""
    return np.asarray(points, dtype=np.float32)


def dense_neighbours(points, metric):
    distances = cdist(points.astype(np.float64), points.astype(np.float64), metric)
    np.fill_diagonal(distances, np.inf)
    return distances.argmin(1), distances.min(1)


def pose_windows(shared, n, frame_min_max):
    """(n, 650) windows of 25 frames of real poses, evenly spread."""
    with np.load(shared / "penn_action" / "keypoints.npz") as file:
        xy, lengths = file["xy_px"], file["lengths"]
    first = np.cumsum(lengths) - lengths
    starts = np.concatenate([np.arange(a, a + n - 24) for a, n in zip(first, lengths, strict=True) if n >= 25])
    windows = xy[starts[np.linspace(0, len(starts) - 1, n).astype(int)][:, None] + np.arange(25)]
    windows = windows - windows.min(2, keepdims=True) if frame_min_max else windows - windows.mean(2, keepdims=True)
    if frame_min_max:
        windows = windows / np.maximum(windows.max(2, keepdims=True), 1)
    return float32_values(windows.reshape(n, -1))


# --- neighbours


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("shape", [(2, 1), (3, 2), (130, 7), (500, 65), (300, 130)])
@pytest.mark.parametrize("offset", [0.0, 30.0])
def test_neighbours_are_those_of_float64(metric, shape, offset, small_blocks):
    points = np.random.default_rng(0).normal(size=shape) + offset
    index, distance = nearest_neighbours(points, metric=metric)
    near, expected = dense_neighbours(points, metric)
    if shape[1] > 1 or metric == "euclidean":
        np.testing.assert_array_equal(index, near)
    np.testing.assert_allclose(distance, expected, rtol=1e-6, atol=1e-12)


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("rivals", [2, 5, 20])
def test_neighbours_that_float32_cannot_tell_apart(metric, rivals, small_blocks):
    """Around each of 30 hubs lie rivals at distances that differ by 1e-9 of themselves; the nearest is known.

    Each rival has a companion behind it, nearer to it than the hub, so that only the hub asks for the pair.
    """
    rng = np.random.default_rng(1)
    hubs = np.linalg.qr(rng.normal(size=(60, 60)))[0][:30, None]
    factors = np.stack([rng.permutation(1 + 1e-9 * np.arange(rivals)) for _ in range(30)])
    factors = np.concatenate([factors, np.full((30, rivals), 1.05)], axis=1)[:, :, None]
    directions = np.linalg.qr(rng.normal(size=(60, 60)))[0][None, :rivals]
    if metric == "cosine":
        directions = directions - (directions * hubs).sum(2, keepdims=True) * hubs
        directions = directions / np.linalg.norm(directions, axis=2, keepdims=True)
    around = hubs + 0.1 * factors * np.concatenate([directions, directions], axis=1)
    points = np.concatenate([hubs, around], axis=1).reshape(-1, 60)
    order = rng.permutation(len(points))
    index, _ = nearest_neighbours(points[order], metric=metric)
    first = np.arange(0, len(points), 2 * rivals + 1)
    np.testing.assert_array_equal(order[index[np.argsort(order)[first]]], first + 1 + factors[:, :, 0].argmin(1))


def test_neighbours_of_real_windows_beat_float32(shared):
    points = pose_windows(shared, 1500, frame_min_max=True)
    index, distance = nearest_neighbours(points)
    exact, expected = dense_neighbours(points, "cosine")
    np.testing.assert_array_equal(index, exact)
    np.testing.assert_allclose(distance, expected, rtol=1e-7, atol=1e-14)


def test_ties_and_duplicates_go_to_the_lowest_index(small_blocks):
    points = np.repeat(np.random.default_rng(2).normal(size=(4, 5)), 60, axis=0)
    index, distance = nearest_neighbours(points, metric="euclidean")
    group = np.arange(240) // 60 * 60
    np.testing.assert_array_equal(index, np.where(np.arange(240) == group, group + 1, group))
    assert not distance.any()
    square = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    np.testing.assert_array_equal(nearest_neighbours(square, metric="euclidean")[0], [1, 0, 0, 1])


def test_a_zero_row_is_at_cosine_distance_one_from_all():
    points = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 0.1], [-1.0, -2.0], [0.0, 0.0]])
    index, distance = nearest_neighbours(points)
    np.testing.assert_array_equal(index, [1, 2, 1, 0, 0])
    np.testing.assert_allclose(distance[[0, 3, 4]], 1.0)


@given(seed=st.integers(0, 10**6), block=st.integers(32, 200), memory=st.sampled_from([2, 2000]))
@settings(max_examples=15, deadline=None)
def test_block_size_memory_and_workers_change_nothing(seed, block, memory):
    points = float32_values(blobs(np.random.default_rng(seed), n=300))
    whole = nearest_neighbours(points)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(neighbours, "LARGEST_BLOCK", block)
        blocked = nearest_neighbours(points, max_memory_mb=memory)
    for a, b in zip(whole, blocked, strict=True):
        np.testing.assert_array_equal(a, b)


def test_too_little_memory_says_how_much_is_needed():
    with pytest.raises(DataError, match=r"max_memory_mb of at least \d+ for 5000 x 100 points, got 1;"):
        nearest_neighbours(np.ones((5000, 100)), metric="euclidean", max_memory_mb=1)


# --- FINCH


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("seed", range(4))
def test_partitions_equal_finch_clust(peer, metric, seed, small_blocks):
    rng = np.random.default_rng(seed)
    for points in (rng.normal(size=(700, 20)), blobs(rng), blobs(rng, spread=2.0), blobs(rng, n=60, dimension=3)):
        ours = finch(float32_values(points), metric=metric)
        theirs, _ = peer(float32_values(points), distance=metric)
        assert len(ours) == len(theirs)
        for a, b in zip(ours, theirs, strict=True):
            np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("metric", METRICS)
def test_far_clusters_merge_as_in_finch_clust(peer, metric):
    """Blobs far beyond any first-neighbour distance still merge: finch-clust's threshold removes no link."""
    rng = np.random.default_rng(8)
    points = float32_values(8 * np.eye(12)[rng.integers(12, size=500)] + 0.5 * rng.normal(size=(500, 12)))
    theirs, _ = peer(points, distance=metric)
    ours = finch(points, metric=metric)
    assert [p.max() + 1 for p in ours] == [p.max() + 1 for p in theirs]
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("frame_min_max", [False, True])
def test_partitions_of_real_windows_equal_finch_clust(peer, shared, frame_min_max):
    """The peer gets the float64 first neighbours, because its own float32 ones are wrong in near ties."""
    points = pose_windows(shared, 1500, frame_min_max)
    theirs, _ = peer(points, distance="cosine", initial_rank=dense_neighbours(points, "cosine")[0])
    ours = finch(points)
    assert len(ours) == len(theirs) >= 4
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("n_clusters", [1, 2, 7, 11, 40])
def test_requested_number_equals_finch_clust(peer, metric, n_clusters):
    points = float32_values(blobs(np.random.default_rng(5), n=500, spread=1.0))
    (labels,) = finch(points, metric=metric, n_clusters=n_clusters)
    _, expected = peer(points, distance=metric, req_clust=n_clusters)
    assert labels.max() + 1 == n_clusters
    _, relabelled = np.unique(expected, return_inverse=True)
    np.testing.assert_array_equal(labels, relabelled)


@pytest.mark.parametrize("metric", METRICS)
def test_planted_blobs_are_found_exactly(metric):
    rng = np.random.default_rng(6)
    truth = rng.integers(6, size=300)
    points = 10 * np.eye(6)[truth] + 0.1 * rng.normal(size=(300, 6))
    (labels,) = finch(points, metric=metric, n_clusters=6)
    assert len(np.unique(np.stack([truth, labels]), axis=1).T) == 6


@given(seed=st.integers(0, 10**6), n=st.integers(2, 120), metric=st.sampled_from(METRICS))
@settings(max_examples=30, deadline=None)
def test_partitions_nest_and_labels_are_in_order_of_appearance(seed, n, metric):
    partitions = finch(np.random.default_rng(seed).normal(size=(n, 3)), metric=metric)
    for labels in partitions:
        assert labels.shape == (n,)
        first_seen = np.unique(labels, return_index=True)[1]
        np.testing.assert_array_equal(first_seen, np.sort(first_seen))
        assert np.bincount(labels).min() >= (2 if n > 1 else 1)
    for fine, coarse in pairwise(partitions):
        assert len(np.unique(np.stack([fine, coarse]), axis=1).T) == fine.max() + 1
        assert coarse.max() + 1 <= (fine.max() + 1) / 2


@given(seed=st.integers(0, 10**6), n_clusters=st.sampled_from([None, 3]))
@settings(max_examples=20, deadline=None)
def test_permuting_rows_permutes_labels(seed, n_clusters):
    rng = np.random.default_rng(seed)
    points, order = blobs(rng, n=90), rng.permutation(90)
    plain, moved = finch(points, n_clusters=n_clusters), finch(points[order], n_clusters=n_clusters)
    assert len(plain) == len(moved)
    for a, b in zip(plain, moved, strict=True):
        assert len(np.unique(np.stack([a[order], b]), axis=1).T) == a.max() + 1 == b.max() + 1


def test_input_is_left_alone_and_its_layout_does_not_matter():
    points = blobs(np.random.default_rng(7), n=200)
    before = points.copy()
    for a, b in zip(finch(points, n_clusters=4), finch(np.asfortranarray(points), n_clusters=4), strict=True):
        np.testing.assert_array_equal(a, b)
    np.testing.assert_array_equal(points, before)


def test_smallest_inputs():
    assert [p.tolist() for p in finch(np.ones((1, 3)))] == [[0]]
    assert [p.tolist() for p in finch(np.eye(2), n_clusters=1)] == [[0, 0]]
    assert [p.tolist() for p in finch(np.ones((5, 2)))] == [[0] * 5]
    assert [p.tolist() for p in finch(np.zeros((3, 2)), metric="euclidean")] == [[0] * 3]
    assert [p.tolist() for p in finch(np.array([[1], [2], [9], [8]]), metric="euclidean")] == [[0, 0, 1, 1]]


def test_means_that_cancel_out_are_no_error():
    directions = np.array([[1.0, 0.0], [-1.0, 0.0]])
    partitions = finch(np.repeat(directions, 3, axis=0), n_clusters=1)
    assert partitions[0].tolist() == [0] * 6


@pytest.mark.parametrize(
    ("points", "options", "error", "message"),
    [
        (np.ones((3, 2)) * [1, np.nan], {}, ShapeError, "points: expected finite numbers, got 3 NaN"),
        (np.ones(3), {}, ShapeError, r"points: expected shape \(W, P\), got \(3,\)"),
        (np.ones((0, 3)), {}, DataError, "points: expected at least one row, got none"),
        (np.eye(3) * [1, 0, 1], {}, DataError, r"not zero under cosine, got 1 zero rows \(first: 1\)"),
        (np.eye(3), {"metric": "cityblock"}, ConfigError, "metric: expected one of cosine, euclidean, got 'cityblock'"),
        (np.eye(3), {"n_clusters": 0}, ConfigError, "n_clusters: expected at least 1, got 0"),
        (np.eye(3), {"n_clusters": 3}, DataError, "n_clusters: expected at most 1, .* got 3; ask for fewer"),
        (np.ones((1, 3)), {"n_clusters": 2}, DataError, "n_clusters: expected at most 1, .* got 2; ask for fewer"),
    ],
)
def test_bad_input_is_one_clear_line(points, options, error, message):
    with pytest.raises(error, match=message) as caught:
        finch(points, **options)
    assert "\n" not in str(caught.value)
