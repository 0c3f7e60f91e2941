"""The even grid over the frames of a clip."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dance_xai.data.timeline import frame_rate, make_timeline


def test_a_steady_video_is_its_own_grid():
    timeline = make_timeline(np.arange(90) / 30)
    assert timeline.fps == pytest.approx(30)
    np.testing.assert_array_equal(timeline.source, np.arange(90))


def test_a_fractional_rate_is_kept():
    assert make_timeline(np.arange(300) * 1001 / 30000).fps == pytest.approx(30000 / 1001)


def test_milliseconds_do_not_change_the_rate():
    rounded = np.round(np.arange(300) / 30, 3)
    timeline = make_timeline(rounded)
    assert timeline.fps == pytest.approx(30, rel=1e-3)
    np.testing.assert_array_equal(timeline.source, np.arange(300))


def test_a_frame_that_stays_on_screen_is_repeated():
    times = np.array([0.0, 0.1, 0.2, 0.63, 0.73])
    timeline = make_timeline(times)
    assert timeline.fps == pytest.approx(10)
    np.testing.assert_array_equal(timeline.source, [0, 1, 2, 2, 2, 3, 3, 4])


def test_the_grid_may_be_coarser_or_finer():
    times = np.arange(60) / 30
    np.testing.assert_array_equal(make_timeline(times, fps=10).source, np.arange(0, 60, 3))
    fine = make_timeline(times, fps=60)
    assert len(fine) == 120
    assert set(fine.source) == set(range(60))


def test_a_cut_takes_the_frames_inside_and_neighbours_share_none():
    times = np.arange(100) / 25
    parts = [make_timeline(times, start=a, end=b) for a, b in [(0, 1), (1, 2.48), (2.48, None)]]
    frames = [np.arange(part.first, part.first + len(part.times)) for part in parts]
    np.testing.assert_array_equal(np.concatenate(frames), np.arange(100))
    assert [len(part) for part in parts] == [25, 37, 38]


def test_the_first_stamp_does_not_matter():
    times = np.arange(50) / 25
    late = make_timeline(times + 1234.5, start=0.4, end=1.2)
    np.testing.assert_array_equal(late.source, make_timeline(times, start=0.4, end=1.2).source)
    assert late.first == 10


def test_no_frame_in_the_span_gives_an_empty_timeline():
    assert len(make_timeline(np.arange(50) / 25, start=9, end=10)) == 0


def test_stamps_that_jump_do_not_make_an_endless_grid():
    timeline = make_timeline(np.array([0, 0.04, 0.08, 95_443.7]), stated=25)
    np.testing.assert_array_equal(timeline.source, np.arange(4))


def test_a_single_frame_has_the_stated_rate():
    timeline = make_timeline(np.array([3.0]), stated=24)
    assert (timeline.fps, len(timeline)) == (24, 1)


@given(
    steps=st.lists(st.floats(0.005, 2.0), min_size=1, max_size=60),
    fps=st.one_of(st.none(), st.floats(1.0, 120.0)),
)
def test_every_grid_point_shows_the_nearest_frame(steps: list[float], fps: float | None):
    times = np.concatenate([[0.0], np.cumsum(steps)])
    timeline = make_timeline(times, fps=fps)
    grid = np.arange(len(timeline)) / timeline.fps
    distance = np.abs(times[timeline.source] - grid)
    np.testing.assert_allclose(distance, np.abs(times[:, None] - grid).min(axis=0), atol=1e-9)
    assert (np.diff(timeline.source) >= 0).all()
    assert timeline.seconds == pytest.approx(times[-1] + 1 / frame_rate(times), abs=1 / timeline.fps)
