from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dance_xai.motion.fill import fill_gaps
from dance_xai.motion.stack import PoseStack, stack_tracks
from dance_xai.types import Skeleton

ONE = Skeleton("one", ("hip",), (), ())


def _stack(values, seen, lengths):
    xy = np.stack([np.asarray(values, np.float32)] * 2, axis=1)[:, None]
    offset = np.concatenate([[0], np.cumsum(lengths)])
    return PoseStack(
        ONE, tuple(map(str, lengths)), offset, xy, np.asarray(seen, bool)[:, None], np.full(len(lengths), np.nan)
    )


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(-50, 50), st.booleans()), min_size=1, max_size=30), st.integers(0, 6), st.data())
def test_equals_interpolation_within_each_clip(frames, max_gap, data):
    cut = data.draw(st.integers(0, len(frames)))
    values, seen = np.array([f[0] for f in frames], float), np.array([f[1] for f in frames])
    filled = fill_gaps(_stack(values, seen, [cut, len(frames) - cut]), max_gap=max_gap)
    for part in (slice(0, cut), slice(cut, None)):
        at, known = np.arange(len(values))[part], np.flatnonzero(seen[part]) + (part.start or 0)
        near = np.abs(at[:, None] - known).min(axis=1) <= max_gap if len(known) else np.zeros(len(at), bool)
        np.testing.assert_array_equal(filled.seen[part, 0], near)
        if len(known):
            wanted = np.interp(at, known, values[known])
            np.testing.assert_allclose(filled.xy[part, 0, 0][near], wanted[near], atol=1e-4)


def test_measured_joints_stay_as_they_are(make_track):
    stack = stack_tracks([make_track("a", noise=0.01)], ["a"])
    hidden = replace(stack, seen=stack.seen & (np.arange(13) != 4))
    filled = fill_gaps(hidden)
    np.testing.assert_array_equal(filled.xy[:, :4], stack.xy[:, :4])
    assert not filled.seen[:, 4].any()
