"""Settings that few clips can meet, and nothing else changed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dance_xai.stages.clustering import FEW, cluster, suit
from dance_xai.stages.settings import ClusterConfig, MotionConfig

USUAL = MotionConfig()


@pytest.mark.parametrize(("windows", "clips"), [(12_000, 1256), (8_600, 431), (800, 24)])
def test_what_can_be_met_stays_as_it_is(windows: int, clips: int):
    assert suit(USUAL, windows, clips) == (USUAL, ())
    asked = replace(USUAL, min_clips=2, clusters=replace(USUAL.clusters, n_clusters=(12,)))
    assert suit(asked, 24, 6) == (asked, ())


def test_numbers_that_the_windows_cannot_fill_are_left_out():
    found, drops = suit(USUAL, 480, 48)
    assert found == replace(USUAL, clusters=replace(USUAL.clusters, n_clusters=(40, 60)))
    assert [(drop.item, drop.reason) for drop in drops] == [
        ("80 clusters", "too many for 480 different train windows"),
        ("100 clusters", "too many for 480 different train windows"),
    ]


def test_few_clips_get_few_clusters_and_it_is_said():
    found, drops = suit(USUAL, 50, 6)
    assert (found.min_clips, found.clusters.n_clusters, found.clusters.min_clusters) == (2, (8,), 8)
    assert {drop.stage for drop in drops} == {"clusters"} and len(drops) == 5
    assert {drop.reason for drop in drops} == {
        "motion.min_clips = 8 is more than a third of the 6 train clips with windows; 2 taken",
        "too many for 50 different train windows; 8 taken",
    }


def test_only_few_clips_lower_what_a_concept_must_be_seen_in():
    asked = replace(USUAL, min_clips=5000)
    assert suit(asked, 10_000, FEW)[0].min_clips == 5000
    assert suit(asked, 10_000, FEW - 1)[0].min_clips == (FEW - 1) // 3


@given(
    st.integers(1, 500), st.integers(1, 60), st.integers(1, 30), st.lists(st.integers(2, 200), min_size=1, max_size=4)
)
def test_what_is_taken_can_be_met_and_every_change_is_told(windows: int, clips: int, least: int, numbers: list[int]):
    asked = replace(USUAL, min_clips=least, clusters=ClusterConfig(n_clusters=tuple(numbers), min_clusters=2))
    found, drops = suit(asked, windows, clips)
    taken = found.clusters.n_clusters
    assert (found == asked) == (not drops)
    assert found.min_clips <= least and (clips >= FEW or found.min_clips <= max(2, clips // 3))
    assert all(number * found.min_clips <= windows or number == 2 for number in taken)
    assert {f"{number} clusters" for number in set(numbers) - set(taken)} <= {drop.item for drop in drops}


def test_finch_is_asked_for_one_number_only_or_finds_them():
    asked = replace(USUAL, clusters=ClusterConfig(method="finch"))
    found, drops = suit(asked, 90, 9)
    assert found.clusters.n_clusters == (10,) and [drop.item for drop in drops[1:]] == ["40 clusters"]
    free = replace(USUAL, clusters=ClusterConfig(method="finch", n_clusters=()))
    assert suit(free, 50, 6)[0].clusters == replace(free.clusters, min_clusters=8)
    assert suit(free, 800, 30) == (free, ())


def test_a_dozen_clips_are_clustered_with_the_usual_settings():
    """Three motions, four clips of each, ten windows a clip."""
    rng = np.random.default_rng(0)
    motion, clips = np.repeat([0, 1, 2], 40), np.repeat(np.arange(12), 10)
    codes = (10 * np.eye(3)[motion] + 0.1 * rng.normal(size=(120, 3)))[:, None, :]
    found = cluster(codes, clips, USUAL, rng)
    assert found.report["clusters"] == len(found.centres) == 10 and found.min_clips == 4
    nearest = np.linalg.norm(codes[:, :1] - found.centres[None], axis=2).argmin(1)
    assert all(len(set(motion[nearest == centre])) <= 1 for centre in range(10))


def test_numbers_left_out_do_not_let_fewer_clusters_in():
    config = replace(MotionConfig(), clusters=ClusterConfig(n_clusters=(4, 40, 100), min_clusters=10))
    taken, drops = suit(config, 500, 1000)
    assert [drop.item for drop in drops] == ["100 clusters"]
    assert taken.clusters.n_clusters == (4, 40) and taken.clusters.min_clusters == 10
