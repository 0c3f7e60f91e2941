import numpy as np
import pytest

from dance_xai.errors import ShapeError
from dance_xai.explain import best_frames
from dance_xai.features.calibration import calibrate
from dance_xai.types import Concept

FRAME = np.array([2, 7, 11, 30])
PHRASES = np.eye(3, 5) * [[1], [10], [0.1]]
CONCEPTS = {4: (0, Concept("object", "ball")), 6: (2, Concept("scene", "beach"))}


def same(values):
    return values


def test_the_frame_that_points_to_the_phrase_is_best():
    vectors = np.array([[1, 0, 0, 1, 0], [3, 0, 0, 0.1, 0], [0, 5, 2, 0, 0], [0, 0, 0, 0, 1.0]])
    ball, beach = best_frames(FRAME, vectors, PHRASES, CONCEPTS, calibrate=same)
    assert (ball.concept, ball.kind, ball.name, ball.frame) == (4, "object", "ball", 7)
    assert (beach.concept, beach.kind, beach.name, beach.frame) == (6, "scene", "beach", 11)
    cosines = np.array([1 / np.sqrt(2), 3 / np.hypot(3, 0.1), 0, 0])
    assert (ball.score, ball.mean) == (pytest.approx(cosines.max()), pytest.approx(cosines.mean()))
    assert beach.score == pytest.approx(2 / np.hypot(5, 2))


def test_lengths_mean_nothing_and_the_calibration_is_used():
    rng = np.random.default_rng(0)
    vectors, train = rng.normal(size=(4, 5)), rng.uniform(-0.2, 0.3, (20, 3))
    fitted = calibrate(train)
    found = best_frames(FRAME, vectors, PHRASES, CONCEPTS, calibrate=fitted)
    longer = best_frames(FRAME, vectors * rng.uniform(0.1, 9, (4, 1)), PHRASES, CONCEPTS, calibrate=fitted)
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    scores = fitted(unit @ np.eye(3, 5).T)
    for one, other, column in zip(found, longer, (0, 2), strict=True):
        assert one.frame == other.frame == FRAME[scores[:, column].argmax()]
        assert one.score == pytest.approx(scores[:, column].max()) == pytest.approx(other.score)


def test_black_frames_are_passed_over():
    vectors = -np.ones((4, 5))
    vectors[[0, 2]] = 0
    assert [seen.frame for seen in best_frames(FRAME, vectors, PHRASES, CONCEPTS, calibrate=same)] == [7, 7]
    assert best_frames(FRAME, 0 * vectors, PHRASES, CONCEPTS, calibrate=same) == ()
    assert best_frames(FRAME, vectors, PHRASES, {}, calibrate=same) == ()


@pytest.mark.parametrize(
    ("vectors", "phrases", "says"),
    [
        (np.ones((3, 5)), PHRASES, r"expected shape \(4, E\)"),
        (np.ones((4, 6)), PHRASES, r"phrases: expected shape \(C, 6\)"),
        (np.full((4, 5), np.nan), PHRASES, "finite"),
        (np.ones((4, 5)), PHRASES * [[1], [0], [1]], "zeros in row 1"),
    ],
)
def test_what_does_not_fit_is_refused(vectors, phrases, says):
    with pytest.raises(ShapeError, match=says):
        best_frames(FRAME, vectors, phrases, CONCEPTS, calibrate=same)
