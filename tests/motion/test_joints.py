"""Joints that nobody ever saw: as if the skeleton did not have them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dance_xai.data.skeletons import COCO_17, PENN_13
from dance_xai.errors import DataError
from dance_xai.motion.encoder import WindowSpec, normalised
from dance_xai.motion.joints import seen_skeleton, unseen_drops
from dance_xai.motion.stack import keep_joints, stack_tracks
from dance_xai.stages.motion import discover_motions
from dance_xai.stages.settings import ClusterConfig, MotionConfig

GONE = ("nose", "left_ankle", "right_ankle")
CONFIG = MotionConfig(
    clusters=ClusterConfig(n_clusters=(10,), refine=2), per_clip=4, min_clips=2, stride=16, stability_repeats=0
)


def hide(track, *joints):
    confidence = track.confidence.copy()
    confidence[:, track.skeleton.index(*joints)] = 0
    return replace(track, confidence=confidence)


def without(track, *joints):
    kept = track.skeleton.only([name for name in track.skeleton.joints if name not in joints])
    columns = track.skeleton.index(*kept.joints)
    return replace(track, skeleton=kept, xy=track.xy[:, columns], confidence=track.confidence[:, columns])


@pytest.fixture(scope="module")
def tracks(small_world):
    return small_world.tracks[:40]


def test_a_skeleton_with_joints_left_out():
    small = COCO_17.only(["right_hip", "left_hip", "left_knee"])
    assert (small.name, small.joints) == ("coco_17", ("left_hip", "right_hip", "left_knee"))
    assert ("left_hip", "left_knee") in small.bones
    assert all(set(bone) <= set(small.joints) for bone in small.bones)
    assert small.pairs == (("left_hip", "right_hip"),)
    assert small.mirror.tolist() == [1, 0, 2]
    assert COCO_17.only(COCO_17.joints) == COCO_17


def test_motions_are_those_of_a_skeleton_without_them(tracks):
    hidden = discover_motions([hide(track, *GONE) for track in tracks], config=CONFIG)
    known = discover_motions([without(track, *GONE) for track in tracks], config=CONFIG)
    assert hidden.encoder.skeleton == known.encoder.skeleton
    np.testing.assert_array_equal(hidden.windows, known.windows)
    np.testing.assert_array_equal(hidden.motions.centres, known.motions.centres)
    np.testing.assert_array_equal(hidden.matches.distance, known.matches.distance)
    assert all(concept.prototype.poses.shape[1] == 14 for concept in hidden.motions.concepts)
    drops = [drop for drop in hidden.drops if drop.stage == "joints"]
    assert [drop.item for drop in drops] == list(GONE)
    assert {drop.reason for drop in drops} == {"not seen in any train clip: nose, left_ankle, right_ankle"}
    assert not [drop for drop in known.drops if drop.stage == "joints"]


def test_what_only_other_clips_show_changes_nothing(tracks):
    learnt = [track.clip for track in tracks[:30]]
    hidden = [hide(track, *GONE) for track in tracks]
    shown = [*hidden[:30], *tracks[30:]]
    one, two = (discover_motions(each, train=learnt, config=CONFIG) for each in (hidden, shown))
    np.testing.assert_array_equal(one.motions.centres, two.motions.centres)
    np.testing.assert_array_equal(one.matches.distance, two.matches.distance)
    body = [one.encoder.body([track], [track.clip]) for track in (hidden[35], tracks[35])]
    np.testing.assert_array_equal(body[0].xy, body[1].xy)


def test_every_joint_seen_is_the_same_skeleton(tracks):
    stack = normalised(tracks, [track.clip for track in tracks], WindowSpec())
    assert seen_skeleton(stack, np.arange(len(stack.xy))) is stack.skeleton
    assert keep_joints(stack, stack.skeleton) is stack
    assert unseen_drops(COCO_17, COCO_17) == ()


def test_no_body_and_no_clips_are_refused_with_names(tracks):
    arms = [name for name in COCO_17.joints if name.partition("_")[2] in ("shoulder", "elbow", "wrist")]
    gone = [name for name in COCO_17.joints if name not in arms]
    with pytest.raises(DataError, match=r"most of the 17 joints of coco_17 .* got no nose, left_eye, .* right_ankle; "):
        discover_motions([hide(track, *gone) for track in tracks], config=CONFIG)
    with pytest.raises(DataError, match="expected poses of train clips, got none"):
        discover_motions(tracks, train=["nobody"], config=CONFIG)


def test_another_skeleton_is_refused(tracks):
    stack = stack_tracks(tracks, [tracks[0].clip])
    with pytest.raises(DataError, match="expected skeleton 'penn_13', got 'coco_17'; convert the poses first"):
        keep_joints(stack, PENN_13)
