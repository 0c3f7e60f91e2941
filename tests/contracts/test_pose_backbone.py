"""What every ``PoseBackbone`` promises."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from dance_xai.data.skeletons import BODY_25, COCO_17, NTU_25, PENN_13
from dance_xai.motion.kinematics import PoseKinematics
from dance_xai.protocols import PoseBackbone
from dance_xai.types import PoseTrack, Skeleton

MAKERS = {
    "flat": lambda **how: PoseKinematics(**how),
    "deep": lambda **how: PoseKinematics(use_3d=True, **how),
}


@pytest.fixture(params=MAKERS)
def make(request: pytest.FixtureRequest):
    return MAKERS[request.param]


@pytest.fixture
def backbone(make) -> PoseBackbone:
    return make()


def track_of(seed: int = 0, skeleton: Skeleton = COCO_17, frames: int = 30) -> PoseTrack:
    """Somebody whose joints swing, some of them unseen."""
    rng = np.random.default_rng(seed)
    joints = len(skeleton.joints)
    swing = np.sin(np.arange(frames)[:, None, None] / 4 + rng.uniform(0, 6, (joints, 3))) * rng.uniform(
        0, 0.2, (joints, 3)
    )
    xyz = (rng.uniform(-0.5, 0.5, (joints, 3)) + swing + [0, 0, 3]).astype(np.float32)
    confidence = (rng.random((frames, joints)) > 0.1).astype(np.float32)
    present = confidence.any(axis=1)
    xy = (200 + 100 * xyz[..., :2]).astype(np.float32)
    return PoseTrack(f"c{seed}", skeleton, xy, confidence, present, 25.0, (400, 400), xyz)


def nobody(track: PoseTrack) -> PoseTrack:
    return replace(track, confidence=track.confidence * 0, present=np.zeros(len(track.xy), dtype=bool))


def test_it_is_a_pose_backbone_with_a_name(backbone: PoseBackbone):
    assert isinstance(backbone, PoseBackbone) and backbone.name and backbone.identity


def test_finite_vectors_of_one_width(backbone: PoseBackbone):
    tracks = [
        track_of(skeleton=skeleton, frames=n) for skeleton in (COCO_17, PENN_13, BODY_25, NTU_25) for n in (2, 9, 200)
    ]
    found = [backbone.encode(track) for track in tracks]
    assert {(each.shape, each.dtype) for each in found} == {((len(found[0]),), np.dtype(np.float32))}
    assert all(np.isfinite(each).all() and each.any() for each in found)


def test_nobody_is_zeros(backbone: PoseBackbone):
    found = backbone.encode(nobody(track_of()))
    assert found.shape == backbone.encode(track_of()).shape and not found.any()


def test_what_was_not_seen_means_nothing(backbone: PoseBackbone):
    """The place of an unseen joint is no place, whatever stands there."""
    track = track_of()
    assert track.xyz is not None
    unseen = (track.confidence == 0)[..., None]
    other = replace(track, xy=np.where(unseen, 9e5, track.xy), xyz=np.where(unseen, -7.0, track.xyz))
    np.testing.assert_array_equal(backbone.encode(other), backbone.encode(track))


def test_other_movements_have_other_vectors(backbone: PoseBackbone):
    one, two = backbone.encode(track_of(1)), backbone.encode(track_of(2))
    assert np.abs(one - two).max() > 1e-2


def test_the_same_identity_exactly_when_all_is_the_same(make):
    assert make().identity == make().identity
    names = {maker(**how).identity for maker in MAKERS.values() for how in ({}, {"assumed_fps": 25.0})}
    assert len(names) == 4


def test_several_threads_get_what_one_gets(backbone: PoseBackbone):
    tracks = [track_of(seed) for seed in range(8)]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(backbone.encode, tracks))
    np.testing.assert_array_equal(together, [backbone.encode(track) for track in tracks])


def test_tracks_are_not_changed(backbone: PoseBackbone):
    track, before = track_of(), track_of()
    backbone.encode(track)
    for name in ("xy", "xyz", "confidence", "present"):
        np.testing.assert_array_equal(getattr(track, name), getattr(before, name))
