import pytest
from hypothesis import given
from hypothesis import strategies as st

from dance_xai.errors import ShapeError
from dance_xai.evaluate.timing import overlap, score_timing

TIMES = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)).map(lambda pair: tuple(sorted(pair))), max_size=4)


@given(TIMES, TIMES)
def test_overlap_is_that_of_sets_of_frames(one, two):
    a, b = ({frame for start, stop in spans for frame in range(start, stop)} for spans in (one, two))
    assert overlap(one, two) == pytest.approx(len(a & b) / len(a | b) if a | b else 1.0)
    assert overlap(one, two) == overlap(two, one)


def test_every_true_motion_counts_and_what_is_not_found_counts_nothing():
    true = [{"wave": [(0, 10)], "squat": [(20, 30)]}, {"wave": [(0, 4), (6, 10)]}]
    found = [{"wave": [(0, 5)], "hop": [(0, 30)]}, {"wave": [(0, 6), (4, 10)]}]
    score = score_timing(found, true)
    assert (score.clips, score.pairs) == (2, 3)
    assert score.per_motion == {"squat": 0.0, "wave": pytest.approx((0.5 + 0.8) / 2)}
    assert score.mean_iou == pytest.approx((0.5 + 0 + 0.8) / 3)


def test_perfect_and_shifted():
    true = [{"wave": [(10, 20)]}]
    assert score_timing(true, true).mean_iou == 1
    assert score_timing([{"wave": [(15, 25)]}], true).mean_iou == pytest.approx(1 / 3)


def test_other_clips_and_nothing_true_are_refused():
    with pytest.raises(ShapeError, match="spans of 1 clips, got 0"):
        score_timing([], [{}])
    with pytest.raises(ShapeError, match="got none"):
        score_timing([{}], [{}])
