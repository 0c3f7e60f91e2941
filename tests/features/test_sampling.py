"""Which frames a network looks at."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dance_xai.features.sampling import sampled_points
from dance_xai.types import Sampling


def test_uniform_takes_the_middle_of_equal_parts():
    np.testing.assert_array_equal(sampled_points(Sampling(4), 16, 25), [[2, 6, 10, 14]])


def test_several_uniform_views_share_no_frame():
    points = sampled_points(Sampling(4, views=2), 16, 25)
    np.testing.assert_array_equal(points, [[1, 5, 9, 13], [3, 7, 11, 15]])


def test_dense_takes_every_so_many_frames_in_the_middle():
    np.testing.assert_array_equal(sampled_points(Sampling(4, stride=2), 11, 25), [[2, 4, 6, 8]])


def test_dense_views_are_spread_over_the_clip():
    points = sampled_points(Sampling(4, stride=1, views=3), 103, 25)
    assert (np.diff(points, axis=1) == 1).all()
    np.testing.assert_allclose(points[:, 0], [16.5, 49.5, 82.5], atol=0.5)


def test_a_stride_may_count_in_another_rate():
    points = sampled_points(Sampling(4, stride=2, fps=15), 200, 60)
    assert (np.diff(points) == 8).all()


def test_a_short_clip_holds_its_last_frame():
    np.testing.assert_array_equal(sampled_points(Sampling(4, stride=2), 3, 25), [[0, 2, 2, 2]])
    np.testing.assert_array_equal(sampled_points(Sampling(4), 2, 25), [[0, 0, 1, 1]])


@given(
    frames=st.integers(1, 40),
    stride=st.one_of(st.none(), st.integers(1, 9)),
    views=st.integers(1, 5),
    length=st.integers(1, 300),
)
def test_points_lie_in_the_clip_in_order(frames: int, stride: int | None, views: int, length: int):
    points = sampled_points(Sampling(frames, stride, views), length, 30)
    assert points.shape == (views, frames)
    assert points.min() >= 0 and points.max() < length
    assert (np.diff(points, axis=1) >= 0).all() and (np.diff(points, axis=0) >= 0).all()
