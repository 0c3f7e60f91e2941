import numpy as np
import pytest

from dance_xai.data.skeletons import PENN_13
from dance_xai.report.words import label, movement, reason
from dance_xai.types import Contribution


def window(*moves):
    """A still body in which the named joints swing along x or y."""
    poses = np.zeros((9, 13, 2))
    poses[:, 0] = (0, -1)
    for joint, axis, size in moves:
        poses[:, PENN_13.joints.index(joint), axis] += size * np.sin(np.linspace(0, 6, 9))
    return poses, np.ones((9, 13), dtype=bool)


@pytest.mark.parametrize(
    ("moves", "text"),
    [
        ([("left_wrist", 1, 1)], "left wrist moves most, mainly up and down"),
        ([("left_wrist", 0, 1), ("right_wrist", 0, 0.9)], "both wrists move most, mainly sideways"),
        (
            [("left_wrist", 0, 1), ("left_elbow", 1, 0.9)],
            "left wrist and left elbow move most, in all directions",
        ),
        ([("right_ankle", 1, 0.01)], "nearly still"),
    ],
)
def test_movement(moves, text):
    assert movement(*window(*moves), PENN_13) == text


def test_joints_that_are_not_seen_do_not_move():
    poses, seen = window(("left_wrist", 1, 1), ("head", 0, 0.5))
    seen[:, PENN_13.joints.index("left_wrist")] = False
    poses[~seen] = np.nan
    assert movement(poses, seen, PENN_13) == "head moves most, mainly sideways"
    assert movement(poses, np.zeros_like(seen), PENN_13) == "hardly any joint is seen"


@pytest.mark.parametrize(("activation", "text"), [(2.1, "more than"), (-0.4, "less than"), (0.0, "as usual")])
def test_reason_speaks_of_the_activation(activation, text):
    assert text in reason(Contribution(0, "object", "a ball", activation, 0.5, 0.5 * activation))


def test_label():
    assert label("baseball_pitch") == "baseball pitch"
