import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dance_xai.errors import DataError, ShapeError
from dance_xai.targets.motion import motion_targets


def test_multi_hot_with_unknown_clips():
    clip, concept = np.array([0, 0, 0, 2, 3, 3]), np.array([1, 1, 2, 0, -1, 2])
    targets = motion_targets(clip, concept, 5, 3, np.array([True, False, True, True, True]))
    expected = [[0, 1, 1], [np.nan] * 3, [1, 0, 0], [0, 0, 1], [0, 0, 0]]
    np.testing.assert_array_equal(targets, expected)


@given(st.integers(0, 10_000))
@settings(max_examples=40, deadline=None)
def test_equals_the_loop(seed):
    rng = np.random.default_rng(seed)
    has = rng.random(6) < 0.7
    clip = rng.choice(np.flatnonzero(has), 9) if has.any() else np.zeros(0, int)
    concept = rng.integers(-1, 4, len(clip))
    targets = motion_targets(clip, concept, 6, 4, has)
    for n in range(6):
        for c in range(4):
            shown = any(clip[w] == n and concept[w] == c for w in range(len(clip)))
            assert targets[n, c] == shown if has[n] else np.isnan(targets[n, c])


@pytest.mark.parametrize(
    ("clip", "concept", "has", "error", "message"),
    [
        ([0, 5], [0, 0], [True] * 3, DataError, r"clip_of_window: expected 0\.\.2, got 5"),
        ([0, 1], [0, 2], [True] * 3, DataError, r"concept_of_window: expected -1\.\.1, got 2"),
        ([0, 1], [0], [True] * 3, ShapeError, r"concept_of_window: expected shape \(2\)"),
        ([0, 1], [0, 1], [True, False, True], DataError, "got False for clip 1"),
        ([0, 1], [0, 1], [True], ShapeError, "has_windows"),
    ],
)
def test_bad_input_is_named(clip, concept, has, error, message):
    with pytest.raises(error, match=message):
        motion_targets(np.array(clip), np.array(concept), 3, 2, np.array(has))
