"""Solids against circles, convex hulls and the camera."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial import ConvexHull

from dance_xai.planted.camera import draw_cameras, see
from dance_xai.planted.render.plate import ZOOM, Plate
from dance_xai.planted.render.solids import Solid, outlines, still


def camera(azimuth=30.0, elevation=6.0):
    return draw_cameras(1, np.random.default_rng(0), azimuth=(azimuth, azimuth), elevation=(elevation, elevation))


def area(corners):
    x, y = corners.T
    return abs(x @ np.roll(y, 1) - y @ np.roll(x, 1)) / 2


def test_a_ball_is_seen_as_a_circle_of_its_size():
    point = np.array([[[0.2, 1.1, 0.3]]])
    seen = outlines([Solid(point, (0.4,), (100, 100, 100), tones=1)], camera())
    xy, scale = see(point, camera())
    away = np.linalg.norm(seen.corners[0, 0, 0] - xy[0, 0], axis=1)
    np.testing.assert_allclose(away, 0.4 * scale[0, 0], rtol=1e-4)


def test_a_limb_is_the_hull_of_its_two_discs():
    ends = np.array([[[0.0, 0.4, 0.0], [0.3, 1.2, 0.2]]])
    seen = outlines([Solid(ends, (0.15, 0.05), (9, 9, 9))], camera())
    xy, scale = see(ends, camera())
    angle = np.linspace(0, 2 * np.pi, 400)
    ring = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    discs = np.concatenate([xy[0, i] + ring * radius * scale[0, i] for i, radius in enumerate((0.15, 0.05))])
    assert area(seen.corners[0, 0, 0]) == pytest.approx(ConvexHull(discs).volume, rel=0.05)


@given(st.lists(st.tuples(*[st.floats(-0.9, 0.9)] * 3), min_size=1, max_size=4), st.floats(0.02, 0.3))
def test_a_solid_covers_the_middles_of_its_balls_and_nothing_far_away(points, radius):
    centres = np.array([points])
    seen = outlines([Solid(centres, (radius,) * len(points), (9, 9, 9))], camera())
    xy, scale = see(centres, camera())
    assert seen.cover(xy)[0, :, 0].all()
    reach = np.ptp(xy[0], axis=0).max() + radius * scale.max()
    assert not seen.cover(xy[:, :1] + 2 * reach + 5)[0, 0, 0]


def test_what_is_nearer_counts_as_nearer_and_what_is_hidden_covers_nothing():
    points = still([(0, 1, 0.5)], 2), still([(0, 1, -0.5)], 2)
    gone = np.array([True, False])
    seen = outlines([Solid(points[0], (0.2,), (9, 9, 9), shown=gone), Solid(points[1], (0.2,), (9, 9, 9))], camera(0))
    assert (seen.near[:, 0] > seen.near[:, 1]).all()
    inside = seen.cover(see(points[0], camera(0))[0])
    np.testing.assert_array_equal(inside[:, 0, 0], gone)
    pushed = outlines([Solid(points[0], (0.2,), (9, 9, 9)), Solid(points[1], (0.2,), (9, 9, 9), nearer=1.1)], camera(0))
    assert (pushed.near[:, 0] < pushed.near[:, 1]).all()


def plate(azimuth, elevation):
    return Plate(camera(azimuth, elevation), (3, 5, 2, 4), np.random.default_rng(0))


@pytest.mark.parametrize(("azimuth", "elevation"), [(0, 0), (40, 8), (-30, -2)])
def test_a_plate_sees_points_where_the_camera_sees_them(azimuth, elevation):
    turn = np.deg2rad(azimuth)
    right, toward, up = 0.7, -1.4, 0.9
    world = np.array([right * np.cos(turn) + toward * np.sin(turn), up, -right * np.sin(turn) + toward * np.cos(turn)])
    wanted = see(world[None, None], camera(azimuth, elevation))[0][0, 0]
    np.testing.assert_allclose(np.array(plate(azimuth, elevation).at(right, toward, up)) / ZOOM - (3, 2), wanted)


def test_the_floor_lies_where_its_points_are_seen():
    board = plate(25, 7)
    first, x, z = board.floor()
    turn = np.deg2rad(25)
    for row, column in ((first + 40, 30), (board.size[1] - 1, board.size[0] - 1)):
        left, ahead = float(x[row - first, column]), float(z[row - first, column])
        right, toward = left * np.cos(turn) - ahead * np.sin(turn), left * np.sin(turn) + ahead * np.cos(turn)
        np.testing.assert_allclose(board.at(right, toward), (column, row), atol=1e-6)
    assert first >= board.horizon == pytest.approx(board.at(0, -1e9)[1])
