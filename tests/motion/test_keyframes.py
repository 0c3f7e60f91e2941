from dataclasses import replace

import numpy as np

from dance_xai.motion.body import to_body_units
from dance_xai.motion.keyframes import (
    body_motion,
    every_key_frame,
    given_key_frames,
    motion_key_frames,
    uniform_key_frames,
)
from dance_xai.motion.stack import stack_tracks


def _still_then_moving(make_track):
    track = make_track("a", frames=60)
    xy = track.xy.copy()
    xy[:30] = xy[30]
    return to_body_units(stack_tracks([replace(track, xy=xy), make_track("b", frames=5)], ["a", "none", "b"]))


def test_key_frames_fall_where_the_body_moves(make_track):
    clip, frame = motion_key_frames(_still_then_moving(make_track), 4)
    assert clip.tolist() == [0] * 4 + [2] * 4
    assert (frame[:4] >= 30).all() and (frame[:4] < 60).all() and (np.diff(frame[:4]) > 0).all()
    assert (frame[4:] < 5).all()


def test_motion_is_zero_at_clip_starts_and_where_joints_are_hidden(make_track):
    body = _still_then_moving(make_track)
    motion = body_motion(body)
    assert motion[0] == 0 and motion[60] == 0 and (motion[1:30] < 1e-9).all() and motion[40] > 0
    assert not body_motion(replace(body, seen=np.zeros_like(body.seen))).any()


def test_a_clip_at_rest_still_has_key_frames(make_track):
    track = make_track("a", frames=20)
    body = to_body_units(stack_tracks([replace(track, xy=np.repeat(track.xy[:1], 20, axis=0))], ["a"]))
    assert np.array_equal(motion_key_frames(body, 5)[1], np.clip(motion_key_frames(body, 5)[1], 0, 19))


def test_uniform_given_and_sliding_key_frames(make_track):
    body = _still_then_moving(make_track)
    clip, frame = uniform_key_frames(body, 3)
    assert frame.tolist() == [10, 30, 50, 0, 2, 4]
    clip, frame = given_key_frames(body, {"a": [1, 5, 9, 59, 60, 99], "z": [1]}, per_clip=3)
    assert clip.tolist() == [0, 0, 0] and frame.tolist() == [1, 9, 59]
    clip, frame = every_key_frame(body, 25)
    assert clip.tolist() == [0, 0, 0, 2] and frame.tolist() == [0, 25, 50, 0]
