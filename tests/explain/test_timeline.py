import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dance_xai.explain import motion_timelines
from dance_xai.explain.timeline import CORE, REACH
from dance_xai.motion.matching import MotionCurves, similarity
from dance_xai.types import Concept

WIDTH, SCALE = 8, 2.0


def curves(distance, *, first=0, width=WIDTH):
    """Windows at every frame from ``first`` on."""
    distance = np.asarray(distance, dtype=float).reshape(len(distance), 1)
    start = first + np.arange(len(distance))
    return MotionCurves(start, start + width, distance, distance > 3)


def timelines(found, *, spread=1.0, points=600):
    concepts = {5: (0, Concept("motion", "wave", spread=spread))}
    return motion_timelines(found, concepts, scale=SCALE, points=points)


@given(st.lists(st.floats(0, 4), min_size=1, max_size=80), st.integers(0, 5), st.floats(0.1, 2))
def test_spans_are_the_frames_of_the_cores_of_windows_that_count(distance, first, spread):
    found = curves(distance, first=first)
    frames = int(found.stop[-1]) + 3
    (told,) = timelines(found, spread=spread)
    inside, cut = np.zeros(frames, dtype=bool), int(WIDTH * (1 - CORE) / 2)
    for start, stop, gap in zip(found.start, found.stop, found.distance[:, 0], strict=True):
        if gap <= REACH * spread:
            inside[start + cut : stop - cut] = True
    covered = np.zeros(frames, dtype=bool)
    for span in told.spans:
        assert not covered[max(0, span.start - 1) : span.stop + 1].any(), "spans are apart"
        covered[span.start : span.stop] = True
    assert (covered == inside).all()
    peaks = [span.similarity for span in told.spans]
    assert max(peaks, default=None) == (told.similarity.max() if inside.any() else None)
    assert all(peak >= told.threshold for peak in peaks)


def test_a_planted_bump_lights_up_where_it_is():
    distance = np.full(60, 5.0)
    distance[20:31], distance[25] = 1.0, 0.0
    (told,) = timelines(curves(distance))
    assert [(span.start, span.stop, span.similarity) for span in told.spans] == [(22, 36, 1.0)]
    assert (told.concept, told.name) == (5, "wave")
    assert told.centres[25] == 25 + (WIDTH - 1) / 2 and told.similarity.argmax() == 25
    assert told.threshold == pytest.approx(np.exp(-0.5 * (REACH / SCALE) ** 2))
    assert told.mirrored.tolist() == (distance > 3).tolist()


@pytest.mark.parametrize(
    ("width", "expected"), [(1, (9, 10)), (2, (9, 11)), (3, (10, 11)), (7, (11, 14)), (8, (11, 15))]
)
def test_the_core_is_half_a_window_and_never_nothing(width, expected):
    distance = np.full(30, 5.0)
    distance[9] = 1.0
    (told,) = timelines(curves(distance, width=width))
    assert [(span.start, span.stop) for span in told.spans] == [expected]


@given(st.integers(1, 500), st.integers(1, 60))
def test_a_thin_curve_keeps_peaks_and_spans(count, points):
    distance = np.random.default_rng(count).uniform(0, 5, count)
    (thin,), (full,) = timelines(curves(distance), points=points), timelines(curves(distance), points=count)
    assert len(thin.centres) <= points and len(full.centres) == count
    assert thin.spans == full.spans and thin.similarity.max() == full.similarity.max()
    assert (np.diff(thin.centres) > 0).all() and set(thin.centres) <= set(full.centres)
    np.testing.assert_array_equal(full.similarity, similarity(distance, SCALE))


def test_without_windows_or_members_nothing_is_told():
    assert timelines(curves([])) == ()
    assert timelines(curves(np.zeros(5)), spread=None) == ()
