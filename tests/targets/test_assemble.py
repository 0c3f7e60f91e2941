import numpy as np
import pytest

from dance_xai.errors import DataError, ShapeError
from dance_xai.targets.assemble import assemble, text_targets


def test_motion_then_object_then_scene_whatever_the_order_given():
    parts = {"scene": np.full((2, 1), 0.3), "motion": np.array([[1.0, 0], [np.nan, np.nan]]), "object": np.ones((2, 1))}
    targets = assemble(("a", "b"), parts)
    np.testing.assert_array_equal(targets.values, [[1, 0, 1, 0.3], [np.nan, np.nan, 1, 0.3]])
    assert targets.ids == ("a", "b")
    assert assemble(("a", "b"), {"object": np.ones((2, 3))}).values.shape == (2, 3)


def test_text_targets_are_the_similarities_of_kept_phrases():
    affinity = np.arange(6.0).reshape(2, 3)
    targets = text_targets(affinity, np.array([2, 0]))
    assert targets.tolist() == [[2, 0], [5, 3]]
    targets[0, 0] = 9
    assert affinity[0, 2] == 2


def test_bad_input_is_named():
    with pytest.raises(ShapeError, match=r"object targets: expected shape \(2, C\), got \(3, 1\)"):
        assemble(("a", "b"), {"object": np.ones((3, 1))})
    with pytest.raises(DataError, match="expected some of the kinds"):
        assemble(("a",), {})
    with pytest.raises(DataError, match="pose"):
        assemble(("a",), {"pose": np.ones((1, 1))})
    with pytest.raises(ShapeError, match="similarities"):
        text_targets(np.full((2, 2), np.nan), np.array([0]))
