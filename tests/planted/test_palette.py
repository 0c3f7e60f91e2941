"""Colours: the suit is strong, everything else is quiet."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dance_xai.planted import palette
from dance_xai.planted.body import COCO_17
from dance_xai.planted.palette import CHROMA, PADS, QUIET, chroma, pad_colours, quieted
from dance_xai.planted.rule import OBJECTS
from dance_xai.planted.standins.looking import STRONG


def test_pads_are_real_colours_at_the_asked_distance_from_grey_and_far_from_each_other():
    colours = pad_colours()
    assert colours.min() >= 0
    assert colours.max() <= 255
    plane = chroma(colours)
    np.testing.assert_allclose(np.linalg.norm(plane, axis=1), CHROMA, rtol=1e-3)
    apart = np.linalg.norm(plane[:, None] - plane, axis=2) + 999 * np.eye(len(plane))
    assert apart.min() > 0.45 * CHROMA


def test_every_limb_joint_has_its_pad():
    limbs = [name for name in COCO_17.joints if name.split("_")[-1] not in ("nose", "eye", "ear")]
    assert sorted(PADS) == sorted(["head", *limbs])


def test_clothes_skin_and_objects_stay_below_what_counts_as_the_suit():
    groups = (palette.SKIN, palette.HAIR, palette.TOPS, palette.BOTTOMS, palette.SHOES, *palette.OBJECTS.values())
    for group in groups:
        lit = np.clip(1.16 * np.array(group, dtype=float), 0, 255)
        assert np.linalg.norm(chroma(lit), axis=1).max() < STRONG
    assert 1.1 * QUIET < STRONG < 0.6 * CHROMA
    assert set(palette.OBJECTS) == set(OBJECTS)


@given(st.tuples(*[st.integers(0, 255)] * 3))
def test_quieted_colours_keep_their_brightness_and_hue(rgb):
    grey = np.array([0.299, 0.587, 0.114])
    before, after = chroma(np.array(rgb, float)), chroma(quieted(np.array(rgb)))
    np.testing.assert_allclose(quieted(np.array(rgb)) @ grey, np.array(rgb) @ grey, atol=1e-6)
    assert np.linalg.norm(after) <= QUIET + 0.01
    assert abs(before[0] * after[1] - before[1] * after[0]) < 1e-2 * (1 + before @ before)
    if np.linalg.norm(before) < QUIET:
        np.testing.assert_allclose(quieted(np.array(rgb)), rgb, atol=1e-6)
