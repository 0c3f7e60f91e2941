"""The curve of a sliding window against the best window, and on planted motions."""

from dataclasses import replace

import numpy as np
import pytest

from dance_xai.motion.encoder import WindowSpec, fit_encoder, fit_imputer_on, mirrored, normalised, pose_windows
from dance_xai.motion.keyframes import every_key_frame
from dance_xai.motion.matching import match_motions, motion_curves

SPEC = WindowSpec(rows=8, frames=20, components=10)
IDS = ("left", "right", "squat")


@pytest.fixture(scope="module")
def world(make_track):
    tracks = [make_track(motion, motion=motion, pixels=150, noise=0.005) for motion in IDS]
    body = normalised(tracks, IDS, SPEC)
    windows = pose_windows(body, every_key_frame(body, 3), SPEC)
    encoder = fit_encoder(body.skeleton, SPEC, fit_imputer_on(body, np.arange(3)), windows.poses)
    codes = encoder.codes(windows.poses)
    return tracks, encoder, np.stack([codes[windows.clip == row][2, 0] for row in range(3)])


def test_the_best_window_is_a_point_of_the_curve(world):
    tracks, encoder, centres = world
    for track in tracks:
        body = encoder.body([track], [track.clip])
        curves, best = motion_curves(encoder, body, centres), match_motions(encoder, body, centres, stride=2)
        for column in range(3):
            (row,) = np.flatnonzero(curves.start == best.start[0, column])
            assert curves.stop[row] == best.stop[0, column]
            assert curves.distance[row, column] == pytest.approx(best.distance[0, column], abs=2e-3)
            assert curves.mirrored[row, column] == best.mirrored[0, column]
            assert curves.distance[:, column].min() <= best.distance[0, column] + 2e-3


@pytest.mark.parametrize("stride", [1, 3, 7, 100])
def test_windows_start_at_every_stride_and_the_last_ends_the_clip(world, stride):
    tracks, encoder, centres = world
    body = encoder.body(tracks[:1], IDS[:1])
    curves = motion_curves(encoder, body, centres, stride=stride)
    last = len(body.xy) - SPEC.frames
    assert curves.start.tolist() == sorted({*range(0, last, stride), last})
    assert (curves.stop - curves.start == SPEC.frames).all()


@pytest.mark.parametrize("frames", [1, 2, 19, 20, 21])
def test_a_short_clip_has_a_window(world, make_track, frames):
    _, encoder, centres = world
    body = encoder.body([make_track("short", motion="squat", frames=frames)], ["short"])
    curves = motion_curves(encoder, body, centres)
    assert curves.start.tolist() == list(range(max(1, frames - 19))) and curves.stop[-1] == frames


def test_blocks_change_nothing(world):
    tracks, encoder, centres = world
    body = encoder.body(tracks[:1], IDS[:1])
    small, large = (motion_curves(encoder, body, centres, block=block) for block in (7, 10_000))
    np.testing.assert_array_equal(small.start, large.start)
    np.testing.assert_allclose(small.distance, large.distance, atol=2e-3)  # single precision in other blocks


def test_the_mirror_image_is_as_near_and_told(world):
    tracks, encoder, centres = world
    body = encoder.body(tracks[:1], IDS[:1])
    turned = replace(body, xy=mirrored(body.xy, body.skeleton), seen=body.seen[:, body.skeleton.mirror])
    one, two = (motion_curves(encoder, each, centres) for each in (body, turned))
    np.testing.assert_allclose(one.distance, two.distance, atol=2e-3)
    assert (one.mirrored[:, 0] != two.mirrored[:, 0]).mean() > 0.9
    best = one.distance[:, 0].argmin()  # the window that the centre was made of, as it is
    assert not one.mirrored[best, 0] and two.mirrored[best, 0]


def test_where_nobody_is_seen_there_is_no_point(world):
    tracks, encoder, centres = world
    track = tracks[2]
    present = np.ones(len(track.xy), dtype=bool)
    present[:30] = False
    body = encoder.body([replace(track, present=present)], ["squat"])
    curves = motion_curves(encoder, body, centres)
    assert len(curves.start) and (curves.start + curves.stop > 2 * 20).all()
    nobody = encoder.body([tracks[0], replace(track, present=np.zeros_like(present))], ["squat"])
    assert motion_curves(encoder, nobody, centres).distance.shape == (0, 3)
