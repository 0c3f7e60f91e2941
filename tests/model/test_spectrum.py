import numpy as np
import pytest

from dance_xai.errors import DataError
from dance_xai.model.spectrum import spectrum


@pytest.mark.parametrize("shape", [(40, 7), (9, 30), (12, 12), (2, 5)])
def test_parts_give_the_inputs_back(shape):
    x = np.random.default_rng(0).normal(3, 2, shape)
    parts = spectrum(x)
    np.testing.assert_allclose(parts.mean + (parts.left * parts.scale) @ parts.right.T, x, atol=1e-8)
    np.testing.assert_allclose(parts.left.T @ parts.left, np.eye(len(parts.scale)), atol=1e-8)
    np.testing.assert_allclose(parts.left.sum(axis=0), 0, atol=1e-8)
    assert parts.power == pytest.approx(((x - x.mean(axis=0)) ** 2).sum(axis=1).mean())
    assert len(parts.scale) == min(shape[0] - 1, shape[1])


def test_directions_without_spread_are_left_out():
    x = np.random.default_rng(0).normal(size=(20, 2)) @ np.random.default_rng(1).normal(size=(2, 9))
    assert len(spectrum(x).scale) == 2


def test_equal_rows_are_refused():
    with pytest.raises(DataError, match="expected rows that differ"):
        spectrum(np.full((4, 3), 7.1))
