from __future__ import annotations

import numpy as np
import pytest

from dance_xai.data.skeletons import (
    BODY_25,
    COCO_17,
    DERIVED,
    KINECT_20,
    MEDIAPIPE_33,
    NTU_25,
    OPENPOSE_18,
    PENN_13,
    SKELETONS,
    convert,
    skeleton,
)
from dance_xai.errors import DataError
from dance_xai.types import PoseTrack, Skeleton

TABLES = pytest.mark.parametrize("table", SKELETONS.values(), ids=SKELETONS)


@TABLES
def test_the_number_in_the_name_is_the_number_of_joints_and_names_are_unique(table: Skeleton) -> None:
    assert len(table.joints) == len(set(table.joints)) == int(table.name.rsplit("_", 1)[1])


@TABLES
def test_bones_join_all_joints_into_one_body(table: Skeleton) -> None:
    reached = {table.joints[0]}
    for _ in table.joints:
        reached |= {joint for bone in table.bones if set(bone) & reached for joint in bone}
    assert reached == set(table.joints)
    assert len({frozenset(bone) for bone in table.bones}) == len(table.bones)


@TABLES
def test_mirroring_swaps_every_left_with_its_right_and_maps_bones_onto_bones(table: Skeleton) -> None:
    swapped = {"left": "right", "right": "left"}
    for joint, other in zip(table.joints, np.array(table.joints)[table.mirror], strict=True):
        side, _, rest = joint.partition("_")
        assert other == (f"{swapped[side]}_{rest}" if side in swapped else joint)
    bones = {frozenset(bone) for bone in table.bone_index.tolist()}
    assert {frozenset(table.mirror[list(bone)].tolist()) for bone in bones} == bones


def test_limb_joints_are_spelled_alike_everywhere() -> None:
    limbs = {f"{side}_{part}" for side in ("left", "right") for part in "shoulder elbow wrist hip knee ankle".split()}
    assert all(limbs <= set(table.joints) for table in SKELETONS.values())


def test_the_orders_are_those_of_the_data_sets() -> None:
    assert [PENN_13.joints[i] for i in (0, 1, 6, 12)] == ["head", "left_shoulder", "right_wrist", "right_ankle"]
    assert [COCO_17.joints[i] for i in (0, 5, 10, 16)] == ["nose", "left_shoulder", "right_wrist", "right_ankle"]
    assert [KINECT_20.joints[i] for i in (0, 3, 7, 19)] == ["head", "hip_center", "left_hand", "right_foot"]
    assert [NTU_25.joints[i] for i in (0, 3, 4, 20, 24)] == [
        "hip_center",
        "head",
        "left_shoulder",
        "shoulder_center",
        "right_thumb",
    ]
    assert [OPENPOSE_18.joints[i] for i in (1, 2, 5, 14, 17)] == [
        "neck",
        "right_shoulder",
        "left_shoulder",
        "right_eye",
        "left_ear",
    ]
    assert [BODY_25.joints[i] for i in (8, 9, 12, 19, 22)] == [
        "mid_hip",
        "right_hip",
        "left_hip",
        "left_big_toe",
        "right_big_toe",
    ]
    assert [MEDIAPIPE_33.joints[i] for i in (7, 11, 16, 19, 32)] == [
        "left_ear",
        "left_shoulder",
        "right_wrist",
        "left_index",
        "right_foot_index",
    ]


def test_an_unknown_name_lists_the_known_ones() -> None:
    assert skeleton("penn_13") is PENN_13
    with pytest.raises(DataError, match=r"coco_17, coco_18, kinect_20, .*, penn_13, got 'halpe_26'"):
        skeleton("halpe_26")


def track(table: Skeleton, frames: int = 4, xyz: bool = False) -> PoseTrack:
    rng = np.random.default_rng(0)
    k = len(table.joints)
    confidence = rng.uniform(0.1, 1, (frames, k)).astype(np.float32)
    depth = rng.uniform(1, 3, (frames, k, 3)).astype(np.float32) if xyz else None
    xy = rng.uniform(0, 99, (frames, k, 2)).astype(np.float32)
    return PoseTrack("clip", table, xy, confidence, np.ones(frames, bool), 25.0, (100, 100), depth)


def joint(one: PoseTrack, *names: str) -> np.ndarray:
    return one.xy[:, one.skeleton.index(*names)]


@TABLES
def test_conversion_keeps_the_joints_both_have_and_leaves_out_what_nothing_tells(table: Skeleton) -> None:
    for other in SKELETONS.values():
        one = track(table)
        made = convert(one, other)
        for i, name in enumerate(other.joints):
            if name in table.joints:
                np.testing.assert_array_equal(made.xy[:, i], joint(one, name)[:, 0])
                np.testing.assert_array_equal(made.confidence[:, i], one.confidence[:, table.joints.index(name)])
            elif not any(set(choice) <= set(table.joints) for choice in DERIVED.get(name, ())):
                assert not made.confidence[:, i].any()
        assert (made.skeleton, made.fps, made.height_width, made.clip) == (other, 25.0, (100, 100), "clip")
        assert made.present.all()


def test_derived_joints_are_the_stated_means_with_the_least_confidence() -> None:
    one = track(COCO_17, xyz=True)
    one.confidence[1, COCO_17.index("left_ear")] = 0
    one.confidence[2, COCO_17.index("nose", "left_ear")] = 0
    penn, body = convert(one, PENN_13), convert(one, BODY_25)
    face = joint(one, "nose", "left_ear", "right_ear")
    np.testing.assert_allclose(penn.xy[0, 0], face[0].mean(axis=0), rtol=1e-6)
    np.testing.assert_array_equal(penn.xy[1, 0], face[1, 0])
    assert penn.confidence[2, 0] == 0
    shoulders = COCO_17.index("left_shoulder", "right_shoulder")
    np.testing.assert_allclose(joint(body, "neck")[:, 0], one.xy[:, shoulders].mean(axis=1), rtol=1e-6)
    np.testing.assert_array_equal(body.confidence[:, 1], one.confidence[:, shoulders].min(axis=1))
    np.testing.assert_allclose(
        joint(body, "mid_hip")[:, 0], joint(one, "left_hip", "right_hip").mean(axis=1), rtol=1e-6
    )
    assert body.xyz is not None
    assert one.xyz is not None
    np.testing.assert_allclose(body.xyz[:, 1], one.xyz[:, shoulders].mean(axis=1), rtol=1e-6)


def test_a_frame_in_which_nothing_is_left_is_absent_and_the_same_skeleton_is_the_same_track() -> None:
    one = track(COCO_17)
    assert convert(one, COCO_17) is one
    one.confidence[3, 5:] = 0
    limbs = Skeleton("limbs_2", ("left_wrist", "right_wrist"), (), ())
    assert convert(one, limbs).present.tolist() == [True, True, True, False]
    one.present[0] = False
    assert convert(one, limbs).present.tolist() == [False, True, True, False]
