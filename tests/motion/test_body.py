from dataclasses import replace

import numpy as np
import pytest

from dance_xai.motion.body import stature, to_body_units, to_unit_box
from dance_xai.motion.stack import stack_tracks


def test_stature_is_found_from_the_bones_at_any_zoom(make_track):
    stack = stack_tracks([make_track("a", pixels=150), make_track("b", pixels=320, motion="squat")], ["a", "b"])
    np.testing.assert_allclose(stature(stack), [150, 320], rtol=0.06)


def test_zoom_and_place_do_not_matter_and_aspect_is_kept(make_track):
    near, far = (to_body_units(stack_tracks([make_track("a", pixels=p)], ["a"])) for p in (100, 300))
    np.testing.assert_allclose(near.xy, far.xy, atol=2e-3)
    extent = np.ptp(near.xy, axis=1).mean(axis=0)
    assert extent[1] > 2 * extent[0]  # a standing person stays upright
    assert extent[1] == pytest.approx(0.89, abs=0.06)


def test_a_clip_without_bones_is_unseen(make_track):
    track = make_track("a")
    lonely = replace(track, clip="b", confidence=track.confidence * (np.arange(13) == 0))
    body = to_body_units(stack_tracks([track, lonely], ["a", "b"]))
    assert body.seen[:40].all() and not body.seen[40:].any() and np.isfinite(body.xy).all()


def test_unit_box_fills_the_square_in_every_frame(make_track):
    box = to_unit_box(stack_tracks([make_track("a")], ["a"]))
    np.testing.assert_allclose(box.xy.min(axis=1), 0, atol=1e-6)
    np.testing.assert_allclose(box.xy.max(axis=1), 1, atol=1e-6)
