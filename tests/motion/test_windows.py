from dataclasses import replace

import numpy as np

from dance_xai.motion.body import to_body_units
from dance_xai.motion.stack import stack_tracks
from dance_xai.motion.windows import cut_windows, filter_windows


def _body(make_track, **kwargs):
    return to_body_units(stack_tracks([make_track("a", frames=40, **kwargs), make_track("b", frames=6)], ["a", "b"]))


def test_windows_are_centred_on_key_frames_and_stay_inside_the_clip(make_track):
    body = _body(make_track)
    windows = cut_windows(body, np.array([0, 0, 0, 0]), np.array([0, 20, 20, 39]), rows=11, span=np.array([10.0, 10.0]))
    assert windows.start.tolist() == [0, 15, 29] and windows.stop.tolist() == [11, 26, 40]  # the duplicate once
    anchor = body.xy[15:26][:, [7, 8]].mean(axis=(0, 1))
    np.testing.assert_allclose(windows.poses[1], body.xy[15:26] - anchor, atol=1e-6)


def test_rows_between_frames_are_interpolated(make_track):
    body = _body(make_track)
    windows = cut_windows(body, np.array([0]), np.array([20]), rows=5, span=np.array([2.0, 2.0]))
    np.testing.assert_allclose(windows.poses[0, 1], windows.poses[0, [0, 2]].mean(axis=0), atol=1e-6)


def test_a_clip_shorter_than_the_window_holds_its_last_pose(make_track):
    body = _body(make_track)
    windows = cut_windows(body, np.array([1]), np.array([3]), rows=11, span=np.array([10.0, 10.0]))
    assert windows.start.tolist() == [0] and windows.stop.tolist() == [6]
    np.testing.assert_array_equal(windows.poses[0, 5], windows.poses[0, 10])


def test_left_out_windows_carry_the_reason_and_the_figure(make_track):
    body = _body(make_track)
    seen = body.seen.copy()
    seen[:12, 3:] = False
    xy = body.xy.copy()
    xy[30:40] += 1.5  # another person from here on
    body = replace(body, seen=seen, xy=xy)
    windows = cut_windows(body, np.zeros(3, int), np.array([5, 17, 30]), rows=11, span=np.array([10.0, 10.0]))
    kept = filter_windows(windows, ("a", "b"), min_seen=0.5, max_step=0.3)
    assert kept.start.tolist() == [12]
    assert [(drop.item, drop.reason) for drop in kept.drops] == [("a:0", "too few joints seen"), ("a:25", "pose jumps")]
    assert kept.drops[1].value > 1.5
