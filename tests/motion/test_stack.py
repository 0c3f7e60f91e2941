from dataclasses import replace

import numpy as np
import pytest

from dance_xai.errors import DataError
from dance_xai.motion.stack import stack_tracks


def test_frames_of_clips_stand_one_after_another_and_a_clip_without_track_has_none(make_track):
    a, b = make_track("a", frames=10), make_track("b", frames=7, motion="squat")
    stack = stack_tracks([b, a], ["a", "missing", "b"])
    assert stack.lengths.tolist() == [10, 0, 7]
    np.testing.assert_array_equal(stack.xy[10:], b.xy)
    assert stack.fps[0] == 30 and np.isnan(stack.fps[1])
    assert stack.clip_of_frame.tolist() == [0] * 10 + [2] * 7


def test_nobody_in_the_frame_and_low_confidence_are_unseen(make_track):
    track = make_track("a", frames=4)
    confidence = track.confidence.copy()
    confidence[1, 3] = 0.2
    stack = stack_tracks(
        [replace(track, confidence=confidence, present=np.array([1, 1, 0, 1], bool))], ["a"], min_confidence=0.3
    )
    assert not stack.seen[2].any() and not stack.seen[1, 3] and stack.seen[0].all()


def test_bad_tracks_are_refused(make_track, body_13):
    track = make_track("a")
    other = replace(track, clip="b", skeleton=replace(body_13, name="other"))
    for tracks, ids in (([track, track], ["a"]), ([track], ["b"]), ([track, other], ["a", "b"])):
        with pytest.raises(DataError, match="expected"):
            stack_tracks(tracks, ids)
