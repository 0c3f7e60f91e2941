"""Agreement, stability and the choice of a partition, against hand-made truths."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import silhouette_samples

from dance_xai.errors import ConfigError, DataError, ShapeError
from dance_xai.motion.clusterers import Agglomerative, Finch, KMeans
from dance_xai.motion.quality import centroid_silhouette, choose_partition, stability, window_class_nmi


def blobs(rng, n=400, k=10, spread=0.2, dimension=6):
    """(points, truth)"""
    truth = np.concatenate([np.arange(k), rng.integers(k, size=n - k)])
    return 3 * rng.normal(size=(k, dimension))[truth] + spread * rng.normal(size=(n, dimension)), truth


# --- agreement with classes


def test_nmi_is_one_for_equal_partitions_and_zero_for_independent_ones():
    classes = np.repeat(np.arange(4), 25)
    assert window_class_nmi(3 - classes, classes) == pytest.approx(1)
    assert window_class_nmi(np.tile(np.arange(5), 20), classes) == pytest.approx(0, abs=1e-12)


def test_nmi_by_hand():
    labels, classes = np.array([0, 0, 1, 1]), np.array([0, 0, 0, 1])
    h_classes = -(0.75 * np.log(0.75) + 0.25 * np.log(0.25))
    mutual = 0.5 * np.log(0.5 / (0.5 * 0.75)) + 0.25 * np.log(0.25 / (0.5 * 0.75)) + 0.25 * np.log(0.25 / (0.5 * 0.25))
    assert window_class_nmi(labels, classes) == pytest.approx(2 * mutual / (h_classes + np.log(2)))


def test_nmi_leaves_out_windows_without_cluster_or_class():
    labels, classes = np.array([0, 0, 1, 1, -1, 0, 1]), np.array([5, 5, 6, 6, 5, -1, -1])
    assert window_class_nmi(labels, classes) == pytest.approx(1)


def test_nmi_of_wrong_input():
    with pytest.raises(ShapeError, match="classes: expected 3 entries, one per row of labels, got 2"):
        window_class_nmi(np.zeros(3, int), np.zeros(2, int))
    with pytest.raises(DataError, match="labels: expected windows with a cluster and a class, got none of 2"):
        window_class_nmi(np.zeros(2, int), np.full(2, -1))


# --- stability


@pytest.mark.parametrize(
    "clusterer", [KMeans((10,)), Agglomerative((10,)), Finch("euclidean", n_clusters=10)], ids=repr
)
def test_clear_blobs_are_stable(clusterer):
    points, _ = blobs(np.random.default_rng(0))
    result = stability(points, clusterer, np.random.default_rng(1), repeats=3)
    assert set(result) == {"subsample_ari", "subsample_nmi", "seed_ari", "seed_nmi"}
    assert min(result.values()) > 0.99


def test_noise_is_unstable_and_too_many_clusters_are_less_stable():
    rng = np.random.default_rng(2)
    noise = stability(rng.normal(size=(400, 6)), KMeans((10,), n_init=1), rng, repeats=3)
    assert noise["subsample_ari"] < 0.6
    assert noise["seed_ari"] < 0.6
    points, _ = blobs(rng, k=6)
    right, too_many = (stability(points, KMeans((k,)), rng, repeats=3)["subsample_ari"] for k in (6, 14))
    assert right > 0.99
    assert too_many < 0.8


def test_a_clustering_without_a_seed_agrees_with_itself():
    points = np.random.default_rng(3).normal(size=(150, 5))
    result = stability(points, Finch(), np.random.default_rng(0), repeats=2)
    assert result["seed_ari"] == result["seed_nmi"] == pytest.approx(1)
    assert result["subsample_ari"] < 1


class Recording:
    """Puts the points into clusters by their first column; remembers what it was given."""

    def __init__(self):
        self.sizes, self.draws = [], []

    def partitions(self, points, rng):
        self.sizes.append(len(points))
        self.draws.append(rng.random())
        return [np.unique(np.floor(points[:, 0] / width), return_inverse=True)[1] for width in (1, 25)]


def test_subsamples_have_the_asked_size_and_every_run_its_own_generator():
    recording, points = Recording(), np.arange(100.0)[:, None]
    result = stability(points, recording, np.random.default_rng(0), repeats=4, fraction=0.6)
    assert recording.sizes == [60] * 4 + [100] * 4
    assert len(set(recording.draws)) == 8
    assert result["subsample_ari"] == 1


def test_the_partition_nearest_in_number_is_compared():
    class Noisy(Recording):
        def partitions(self, points, rng):
            fine, coarse = super().partitions(points, rng)
            return [rng.permutation(fine % 40), coarse]

    points = np.arange(100.0)[:, None]
    assert stability(points, Noisy(), np.random.default_rng(0))["seed_ari"] < 0.5
    assert stability(points, Noisy(), np.random.default_rng(0), n_clusters=5)["seed_ari"] == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [({"repeats": 1}, "repeats: expected at least 2"), ({"fraction": 1.0}, "fraction: expected 0.5 up to below 1")],
)
def test_stability_settings(options, message):
    with pytest.raises(ConfigError, match=message):
        stability(np.ones((9, 2)), KMeans((2,)), np.random.default_rng(0), **options)


# --- choosing a partition


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    "clusterer", [KMeans((3, 6, 8, 10, 13, 20, 60)), Agglomerative((3, 6, 8, 10, 13, 20, 60))], ids=repr
)
def test_the_planted_number_of_clusters_is_chosen(clusterer, seed):
    rng = np.random.default_rng(seed)
    points, truth = blobs(rng)
    partitions = clusterer.partitions(points, rng)
    chosen, table = choose_partition(points, partitions, min_clusters=2, max_clusters=80)
    assert partitions[chosen].max() + 1 == 10
    assert window_class_nmi(partitions[chosen], truth) == pytest.approx(1)
    assert [row["clusters"] for row in table] == [60, 20, 13, 10, 8, 6, 3]


def test_the_planted_finch_partition_is_chosen():
    rng = np.random.default_rng(4)
    points, truth = blobs(rng, k=5, dimension=12)
    partitions = Finch().partitions(points, rng)
    chosen, _ = choose_partition(points, partitions, min_clusters=2, max_clusters=100, metric="cosine")
    scores = [window_class_nmi(labels, truth) for labels in partitions]
    assert chosen == np.argmax(scores)


def test_only_allowed_numbers_are_scored_and_chosen():
    rng = np.random.default_rng(5)
    points, _ = blobs(rng)
    partitions = KMeans((5, 10, 30)).partitions(points, rng)
    chosen, table = choose_partition(points, partitions, min_clusters=12, max_clusters=40)
    assert chosen == 0
    assert [row["silhouette"] is None for row in table] == [False, True, True]


def test_the_finest_of_nearly_equal_partitions_is_taken():
    points, truth = blobs(np.random.default_rng(8), k=12)
    split = np.where((truth == 11) & (np.arange(len(truth)) % 2 == 0), 12, truth)
    options = {"min_clusters": 2, "max_clusters": 40}
    close, apart = (choose_partition(points, [split, truth], tolerance=t, **options)[0] for t in (1.0, 0.0))
    assert (close, apart) == (0, 1)


def test_splitting_noise_ever_finer_is_not_rewarded():
    """Pairs and single points must not look perfect: the point itself is left out of its centre."""
    points = np.random.default_rng(6).normal(size=(300, 8))
    alone, pairs = np.arange(300), np.arange(300) // 2
    assert not centroid_silhouette(points, alone).any()
    assert centroid_silhouette(points, pairs).mean() < 0


def test_repeating_single_clips_is_not_rewarded_when_clips_are_held_out():
    """Six motions, each in 20 clips that differ a little, with four near-copies of a window per clip."""
    rng = np.random.default_rng(9)
    clip = np.repeat(np.arange(120), 4)
    motion = rng.permutation(np.arange(120) % 6)[clip]
    style = 0.5 * rng.normal(size=(120, 5))
    points = 3 * np.eye(6, 5)[motion] + style[clip] + 0.01 * rng.normal(size=(480, 5))
    partitions, options = [clip, motion], {"min_clusters": 2, "max_clusters": 200}
    assert choose_partition(points, partitions, **options)[0] == 0
    assert choose_partition(points, partitions, groups=clip, **options)[0] == 1


def test_silhouette_with_groups_by_hand():
    points, labels, groups = (
        np.array([[0.0], [1.0], [4.0], [10.0], [12.0]]),
        np.array([0, 0, 0, 1, 1]),
        np.array([7, 7, 8, 8, 8]),
    )
    expected = [(11 - 4) / 11, (10 - 3) / 10, (7 - 3.5) / 7, 0, 0]
    np.testing.assert_allclose(centroid_silhouette(points, labels, groups), expected)


def test_clips_held_out_of_real_windows_leave_a_peak(shared):
    """On train windows the silhouette without clips grows to the finest partition; with them it peaks between."""
    with np.load(shared / "penn_action" / "keypoints.npz") as file:
        xy, lengths, train = file["xy_px"], file["lengths"], file["official_train"] > 0
    first = np.cumsum(lengths) - lengths
    clips = np.flatnonzero(train & (lengths >= 24))[::4]
    starts = np.array([first[c] + np.linspace(0, lengths[c] - 24, 6).astype(int) for c in clips]).ravel()
    windows = xy[starts[:, None] + np.arange(0, 24, 6)]
    windows = (windows - windows.mean(2, keepdims=True)).reshape(len(starts), -1)
    windows /= windows.std(1, keepdims=True) + 1e-6
    partitions = Agglomerative((4, 60, 800)).partitions(windows, np.random.default_rng(0))
    options = {"min_clusters": 2, "max_clusters": 1000}
    assert choose_partition(windows, partitions, **options)[0] == 0
    held_out = choose_partition(windows, partitions, groups=np.repeat(clips, 6), **options)[1]
    assert held_out[0]["silhouette"] < held_out[1]["silhouette"]


def test_centroid_silhouette_by_hand():
    points = np.array([[0.0], [2.0], [10.0], [11.0], [15.0], [40.0]])
    labels = np.array([0, 0, 1, 1, 1, 2])
    expected = [(12 - 2) / 12, (10 - 2) / 10, (9 - 3) / 9, (10 - 1.5) / 10, (14 - 4.5) / 14, 0]
    np.testing.assert_allclose(centroid_silhouette(points, labels), expected)


def test_centroid_silhouette_follows_the_silhouette_and_ignores_offset_scale_and_type():
    points, truth = blobs(np.random.default_rng(7), spread=1.0)
    scores = centroid_silhouette(points, truth)
    assert np.corrcoef(scores, silhouette_samples(points, truth))[0, 1] > 0.9
    np.testing.assert_allclose(centroid_silhouette(7 * points + 1e7, truth), scores, atol=1e-6)
    np.testing.assert_allclose(centroid_silhouette(points.astype(np.float32), truth), scores, atol=1e-4)


def test_identical_points_have_no_silhouette():
    np.testing.assert_array_equal(centroid_silhouette(np.ones((6, 2)), np.array([0, 0, 0, 1, 1, 1])), 0)


def test_cosine_scores_directions_only():
    rng = np.random.default_rng(8)
    points, truth = blobs(rng, k=5, dimension=12)
    lengths = rng.uniform(0.1, 10, size=(len(points), 1))
    options = {"min_clusters": 2, "max_clusters": 9, "metric": "cosine"}
    (_, plain), (_, scaled) = (choose_partition(p, [truth], **options) for p in (points, points * lengths))
    assert plain[0]["silhouette"] == pytest.approx(scaled[0]["silhouette"])


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"min_clusters": 1, "max_clusters": 5}, ConfigError, "expected 2 <= min <= max, got 1, 5"),
        ({"min_clusters": 6, "max_clusters": 5}, ConfigError, "expected 2 <= min <= max, got 6, 5"),
        ({"min_clusters": 3, "max_clusters": 5}, DataError, "expected one with 3 to 5 clusters, got 2, 1; widen"),
    ],
)
def test_choice_settings(options, error, message):
    partitions = [np.array([0, 1, 0, 1]), np.zeros(4, int)]
    with pytest.raises(error, match=message):
        choose_partition(np.eye(4), partitions, **options)


def test_labels_of_other_points_are_refused():
    with pytest.raises(ShapeError, match="groups: expected 4 entries, one per row of points, got 2"):
        choose_partition(np.eye(4), [np.arange(4)], min_clusters=2, max_clusters=4, groups=np.arange(2))
    with pytest.raises(ShapeError, match="partitions: expected 4 entries, one per row of points, got 3"):
        choose_partition(np.eye(4), [np.array([0, 1, 0])], min_clusters=2, max_clusters=3)
