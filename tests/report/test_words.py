import numpy as np
import pytest

from dance_xai.data.skeletons import PENN_13
from dance_xai.report.words import label, looks_like, reason
from dance_xai.types import Contribution


def test_a_window_is_told_with_its_rate_where_the_frame_rate_is_known(planted):
    poses, seen = (np.concatenate([part] * 3) for part in planted.wave(12, "left"))
    assert looks_like((poses, seen), PENN_13, 46, 30.0).startswith(
        "the left hand rises above the head and falls, 1.9 per"
    )
    assert looks_like((poses, seen), PENN_13, 46, None).startswith(
        "the left hand rises above the head and falls, repeat"
    )
    assert looks_like((poses, ~seen), PENN_13, 46, 30.0) == "hardly any joint is seen"


@pytest.mark.parametrize(("activation", "text"), [(2.1, "more than"), (-0.4, "less than"), (0.0, "as usual")])
def test_reason_speaks_of_the_activation(activation, text):
    assert text in reason(Contribution(0, "object", "a ball", activation, 0.5, 0.5 * activation))


def test_label():
    assert label("baseball_pitch") == "baseball pitch"
