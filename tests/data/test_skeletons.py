from __future__ import annotations

import numpy as np
import pytest

from dance_xai.data.skeletons import COCO_17, KINECT_20, PENN_13, SKELETONS, skeleton
from dance_xai.errors import DataError
from dance_xai.types import Skeleton

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
    assert all(limbs <= set(table.joints) for table in (COCO_17, PENN_13, KINECT_20))


def test_the_orders_are_those_of_the_data_sets() -> None:
    assert [PENN_13.joints[i] for i in (0, 1, 6, 12)] == ["head", "left_shoulder", "right_wrist", "right_ankle"]
    assert [COCO_17.joints[i] for i in (0, 5, 10, 16)] == ["nose", "left_shoulder", "right_wrist", "right_ankle"]
    assert [KINECT_20.joints[i] for i in (0, 3, 7, 19)] == ["head", "hip_center", "left_hand", "right_foot"]


def test_an_unknown_name_lists_the_known_ones() -> None:
    assert skeleton("penn_13") is PENN_13
    with pytest.raises(DataError, match=r"coco_17, kinect_20, penn_13, got 'halpe_26'"):
        skeleton("halpe_26")
