"""Features of several backbones side by side."""

from __future__ import annotations

import numpy as np
import pytest

from dance_xai.errors import ShapeError
from dance_xai.features.blocks import fit_blocks, put_together
from dance_xai.types import Features

IDS = tuple("abcdef")
RNG = np.random.default_rng(0)
SMALL = Features("small", IDS, RNG.normal(size=(6, 3)))
LARGE = Features("large", IDS, 1000 * RNG.normal(size=(6, 40)) + 7)
TRAIN = np.arange(4)


def test_blocks_have_one_size_over_train_clips():
    blocks = fit_blocks([SMALL, LARGE], TRAIN)
    values = put_together([SMALL.values, LARGE.values], blocks)[TRAIN]
    centred = values - values.mean(axis=0)
    for part in (centred[:, :3], centred[:, 3:]):
        assert (part**2).sum(axis=1).mean() == pytest.approx(1, rel=1e-5)


def test_test_clips_do_not_change_the_scale():
    other = Features("large", IDS, np.concatenate([LARGE.values[:4], 1e6 * LARGE.values[4:]]))
    assert fit_blocks([SMALL, LARGE], TRAIN) == fit_blocks([SMALL, other], TRAIN)


def test_a_single_block_stays_as_it_is():
    blocks = fit_blocks([LARGE], TRAIN)
    np.testing.assert_array_equal(put_together([LARGE.values], blocks), LARGE.values.astype(np.float32))


def test_a_block_that_does_not_vary_is_kept():
    flat = Features("flat", IDS, np.ones((6, 2)))
    assert fit_blocks([flat, SMALL], TRAIN).scales[0] == 1


def test_other_widths_are_refused():
    blocks = fit_blocks([SMALL, LARGE], TRAIN)
    with pytest.raises(ShapeError, match=r"expected 3 \+ 40 numbers from small, large, got 3 \+ 39"):
        put_together([SMALL.values, LARGE.values[:, :-1]], blocks)
