from dataclasses import replace

import numpy as np
import pytest

from dance_xai.errors import DataError, ShapeError
from dance_xai.report import Predictions


def test_what_does_not_fit_is_refused(planted):
    data = planted.report()
    with pytest.raises(ShapeError, match="head weights"):
        replace(data, weight=data.weight[:, 1:])
    with pytest.raises(ShapeError, match="head biases"):
        replace(data, bias=data.bias[1:])
    with pytest.raises(DataError, match="as many ids"):
        replace(data, predictions=Predictions(("a",), (0,), ()))
    for true, predicted in ((3, 0), (0, 3), (-2, 0), (0, -1)):
        with pytest.raises(DataError, match=r"class indices in 0\.\.2"):
            replace(data, predictions=Predictions(("a",), (true,), (predicted,)))


def test_clips_without_a_label_are_not_scored():
    said = Predictions(("a", "b"), (-1, 1), (0, 0))
    assert said.scored == (("b", 1, 0),)


def test_tiny_weights_do_not_count(planted):
    data = planted.report()
    data.weight[0] = 1e-6
    assert not data.used[0].any()
    assert (data.used == (np.abs(data.weight) > 1e-5)).all()
