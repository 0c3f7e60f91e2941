"""What is said of planted motions is true, and depends on nothing but the movement."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import gaussian_filter1d

from dance_xai.data.skeletons import BODY_25, COCO_17, KINECT_20, MEDIAPIPE_33, PENN_13, SKELETONS
from dance_xai.errors import ShapeError
from dance_xai.motion.describe import describe_motion
from dance_xai.motion.encoder import WindowSpec, mirrored, normalised
from dance_xai.motion.figure import SMOOTH_ROWS, SMOOTH_SHARE, _smoothing
from dance_xai.planted.body import draw_bodies, place_joints
from dance_xai.planted.moves import MOTION_NAMES, MOTIONS
from dance_xai.types import PoseTrack, Skeleton

BODY = draw_bodies(1, np.random.default_rng(0), spread=0)
ROWS = 48
FRONT, OBLIQUE, SIDE = 0, 50, 90


def act(name, azimuth=FRONT, repeats=1):
    """(L, 17, 2) the motion at its own pace, statures, as a camera far away sees it; and its seconds."""
    motion = MOTIONS[MOTION_NAMES.index(name)]
    phase = np.linspace(0, repeats, ROWS * repeats) % 1.0
    phase[-1] = 1.0
    joints = place_joints(motion.at(phase), BODY.rows(np.zeros(len(phase), dtype=int))) / BODY.height[0]
    turn = np.deg2rad(azimuth)
    across = joints[..., 0] * np.cos(turn) - joints[..., 2] * np.sin(turn)
    return np.stack([across, -joints[..., 1]], axis=2), motion.seconds * repeats


def describe(poses, seconds=1.0, skeleton=COCO_17, seen=None):
    seen = np.ones(poses.shape[:2], dtype=bool) if seen is None else seen
    return describe_motion(poses, seen, skeleton, seconds=seconds)


def say(name, azimuth=FRONT, repeats=1):
    poses, seconds = act(name, azimuth, repeats)
    return describe(poses, seconds).text


TOLD = [
    ("arm raise", FRONT, 1, "both arms rise sideways to shoulder height and fall; legs still", "repeated|trunk|body"),
    ("arm raise", SIDE, 1, "both arms rise to shoulder height and fall", "sideways|repeated|trunk|body"),
    ("arm raise", FRONT, 3, "both arms rise sideways to shoulder height and fall, 0.5 per second", "left|right"),
    (
        "wave",
        FRONT,
        1,
        "the right arm rises sideways above the head and falls, swinging .* per second",
        "left|both|body",
    ),
    ("wave", OBLIQUE, 1, "the right arm rises .*above the head and falls, swinging to and fro", "left|both|body"),
    (
        "jumping jack",
        FRONT,
        3,
        "both arms rise sideways above the head and fall, 0.8 per second; the feet part and close",
        "left",
    ),
    (
        "jumping jack",
        OBLIQUE,
        2,
        "both arms rise above the head and fall, .*; the feet part and close",
        "left|right",
    ),
    (
        "toe touch",
        FRONT,
        1,
        "the trunk bends far and straightens; both .* fall to the feet and rise; legs still",
        "sinks",
    ),
    (
        "toe touch",
        SIDE,
        1,
        "the trunk bends far and straightens; both .* fall to the feet and rise; legs still",
        "sinks",
    ),
    ("punch", SIDE, 1, "both arms rise to shoulder height .*stretching and bending; the body turns", "sinks|lift|left"),
    ("overhead throw", FRONT, 1, "the right arm rises above the head and falls", "the left arm|both arms"),
    ("overhead throw", SIDE, 1, "the right arm rises above the head and falls, stretching", "the left arm|both arms"),
    ("squat", FRONT, 1, "the body sinks and rises; both arms rise", "lift|part|still|turn|per second|repeatedly"),
    ("squat", SIDE, 1, "the body sinks and rises; both arms rise .*the trunk leans over", "lift|part|still|turn"),
    ("squat", SIDE, 3, "the body sinks and rises, 0.4 per second", "lift|part|still|turn"),
    ("lunge", SIDE, 1, "the feet part and close; the body sinks and rises", "lift|left|right|trunk|turn"),
    (
        "lunge",
        OBLIQUE,
        1,
        "the feet part and close; the body sinks and rises; both arms rise",
        "lift|left|right|trunk|turn",
    ),
    ("walk in place", FRONT, 3, "both feet lift in turn, 0.9 per second", "sinks|trunk|still|jump"),
    (
        "walk in place",
        SIDE,
        3,
        "both arms swing to and fro .*in turn, 0.9 per second; both feet lift in turn",
        "sinks|jump",
    ),
    ("front kick", FRONT, 1, "the right foot lifts to hip height and comes down", "the left foot|both feet|sinks|jump"),
    ("front kick", SIDE, 1, "the right leg lifts to hip height and comes down", "the left leg|both feet|sinks|jump"),
    ("sit down", FRONT, 1, "the body sinks and rises", "lift|part|turn|above|jump"),
    ("sit down", SIDE, 1, "the body sinks and rises", "lift|part|turn|above|jump"),
    ("hop", FRONT, 1, "both arms rise .*and fall.*; the body jumps", "left|right|part|in turn"),
    ("hop", FRONT, 2, "both arms rise .*and fall, 0.7 per second; the body jumps", "left|right|part|in turn"),
]


@pytest.mark.parametrize(("name", "azimuth", "repeats", "said", "unsaid"), TOLD)
def test_a_planted_motion_is_told_as_it_is(name, azimuth, repeats, said, unsaid):
    text = say(name, azimuth, repeats)
    assert re.match(said, text), text
    assert not re.search(unsaid, text), text
    assert len(text.split()) <= 20


CASES = [(name, azimuth) for name in MOTION_NAMES for azimuth in (FRONT, OBLIQUE, SIDE)]


def swap(text):
    return re.sub("left|right", lambda found: {"left": "right", "right": "left"}[found[0]], text)


@pytest.mark.parametrize(("name", "azimuth"), CASES)
def test_a_mirror_swaps_left_and_right(name, azimuth):
    poses, seconds = act(name, azimuth)
    assert describe(mirrored(poses, COCO_17), seconds).text == swap(describe(poses, seconds).text)


@settings(deadline=None, max_examples=40)
@given(st.sampled_from(CASES), st.tuples(*[st.floats(-3, 3)] * 2))
def test_the_place_in_the_picture_does_nothing(case, place):
    poses, seconds = act(*case)
    assert describe(poses + place, seconds).text == describe(poses, seconds).text


@settings(deadline=None, max_examples=20)
@given(st.sampled_from(CASES), st.floats(50, 500))
def test_the_size_in_the_picture_does_nothing(case, pixels):
    poses, seconds = act(*case)
    sure = np.ones(poses.shape[:2])
    tracks = [PoseTrack("a", COCO_17, size * poses, sure, sure[:, 0] > 0, 30.0) for size in (100, pixels)]
    one, other = (normalised([track], ["a"], WindowSpec()).xy for track in tracks)
    assert describe(other, seconds).text == describe(one, seconds).text


@pytest.mark.parametrize(("name", "azimuth"), CASES)
@pytest.mark.parametrize("seed", range(3))
def test_noise_of_a_centimetre_changes_nothing(name, azimuth, seed):
    poses, seconds = act(name, azimuth)
    noisy = poses + 0.005 * np.random.default_rng(seed).standard_normal(poses.shape)
    assert describe(noisy, seconds).text == describe(poses, seconds).text


@pytest.mark.parametrize("rows", [2, 12, 30, 90])
@pytest.mark.parametrize("skeleton", [PENN_13, COCO_17])
def test_jitter_of_two_centimetres_is_still(rows, skeleton):
    first = convert(act("arm raise")[0], skeleton)[:1]
    for seed in range(20):
        jitter = 0.012 * np.random.default_rng(seed).standard_normal((rows, len(skeleton.joints), 2))
        assert describe(first + jitter, 1.0, skeleton).text == "nearly still"


@pytest.mark.parametrize(
    ("name", "azimuth", "there", "back"),
    [
        ("arm raise", FRONT, "both arms rise sideways from hip", "both arms fall from shoulder height to hip height"),
        ("squat", FRONT, "the body sinks", "the body rises"),
        ("toe touch", SIDE, "the trunk bends far", "the trunk straightens"),
        ("front kick", FRONT, "the right foot lifts to hip height", "the right foot comes down"),
        ("lunge", SIDE, "the feet part", "the feet close"),
    ],
)
def test_backwards_in_time_rises_become_falls(name, azimuth, there, back):
    poses, seconds = act(name, azimuth)
    half = poses[: ROWS // 2]
    forth, returned = describe(half, seconds / 2), describe(half[::-1], seconds / 2)
    assert forth.text.startswith(there), forth.text
    assert returned.text.startswith(back), returned.text
    other = {"up": "down", "down": "up", "up and down": "up and down", "down and up": "down and up"}
    assert [other.get(fact.pattern, fact.pattern) for fact in forth.parts] == [fact.pattern for fact in returned.parts]
    assert not any(fact.returns for fact in forth.parts if fact.pattern in ("up", "down"))


def convert(poses, skeleton: Skeleton):
    """The joints of another skeleton out of COCO's; what COCO lacks is made of what it has."""
    made = {
        "head": ("nose",),
        "neck": ("left_shoulder", "right_shoulder"),
        "shoulder_center": ("left_shoulder", "right_shoulder"),
        "mid_hip": ("left_hip", "right_hip"),
        "hip_center": ("left_hip", "right_hip"),
    }
    spare = {"foot": "ankle", "hand": "wrist", "heel": "ankle"}

    def joint(name):
        side, _, part = name.partition("_")
        default = (f"{side}_{spare.get(part, 'ankle')}",) if side in ("left", "right") else ("nose",)
        names = (name,) if name in COCO_17.joints else made.get(name, default)
        return poses[:, COCO_17.index(*names)].mean(axis=1)

    return np.stack([joint(name) for name in skeleton.joints], axis=1)


@pytest.mark.parametrize("skeleton", SKELETONS.values(), ids=SKELETONS)
@pytest.mark.parametrize("name", ["arm raise", "squat", "front kick", "walk in place"])
def test_every_skeleton_is_understood(skeleton, name):
    poses, seconds = act(name)
    assert describe(convert(poses, skeleton), seconds, skeleton).text == describe(poses, seconds).text


def test_joints_a_skeleton_lacks_are_not_spoken_of():
    arms = Skeleton("arms", COCO_17.joints[5:11], (), COCO_17.pairs[2:5])
    poses, seconds = act("jumping jack")
    assert describe(poses[:, 5:11], seconds, arms).text == "both arms rise sideways and fall"
    legs = Skeleton("legs", COCO_17.joints[11:], (), COCO_17.pairs[5:])
    text = describe(poses[:, 11:], seconds, legs).text
    assert "feet part and close" in text
    assert "arm" not in text


@settings(deadline=None, max_examples=40)
@given(st.sampled_from(CASES), st.sets(st.sampled_from(COCO_17.joints), max_size=8), st.floats(-5, 5))
def test_joints_that_are_not_seen_are_not_spoken_of_whatever_stands_there(case, hidden, value):
    poses, seconds = act(*case)
    seen = np.ones(poses.shape[:2], dtype=bool)
    seen[:, COCO_17.index(*hidden)] = False
    told = describe(poses, seconds, seen=seen)
    assert describe(np.where(seen[..., None], poses, value), seconds, seen=seen) == told
    assert describe(np.where(seen[..., None], poses, np.nan), seconds, seen=seen) == told
    sides = [side for side in ("left", "right") if f"{side}_wrist" in hidden]
    assert not [
        fact for fact in told.parts if fact.limb in ("arm", "hand") and fact.side in [*sides, *["both"] * len(sides)]
    ]


def test_gaps_are_bridged():
    poses, seconds = act("arm raise")
    seen = np.ones(poses.shape[:2], dtype=bool)
    seen[10:14] = False
    poses[10:14] = np.nan
    assert describe(poses, seconds, seen=seen).text.startswith("both arms rise sideways to shoulder height and fall")


def test_nothing_is_said_of_a_body_that_is_not_seen():
    poses = np.full((12, 17, 2), np.nan)
    told = describe(poses, seen=np.zeros((12, 17), dtype=bool))
    assert (told.text, told.parts) == ("hardly any joint is seen", ())
    assert describe(poses[:0]).text == "hardly any joint is seen"
    assert describe(act("squat")[0][:1]).text == "nearly still"


def test_without_seconds_no_rate_is_told():
    poses, _ = act("jumping jack", repeats=3)
    told = describe(poses, None)
    assert told.text.startswith("both arms rise sideways above the head and fall, repeatedly")
    assert all(fact.per_second is None for fact in told.parts)


def test_a_jump_is_told_only_where_the_place_is_kept():
    poses, seconds = act("hop", repeats=2)
    assert "jumps" in describe(poses, seconds).text
    assert "jumps" not in describe(poses - poses.mean(axis=1, keepdims=True), seconds).text


@pytest.mark.parametrize("centred", [False, True])
def test_poses_centred_one_by_one_are_told_alike(centred):
    for name in ("arm raise", "toe touch", "front kick", "lunge"):
        poses, seconds = act(name)
        moved = poses - poses.mean(axis=1, keepdims=True) if centred else poses
        assert describe(moved, seconds).text == describe(poses, seconds).text


def test_a_way_through_the_room_is_told():
    poses, seconds = act("walk in place", repeats=3)
    gone = poses + np.linspace(0, 2, len(poses))[:, None, None] * (1, 0)
    assert "moves sideways" in describe(gone, seconds).text
    assert "moves sideways" not in describe(poses, seconds).text


def test_a_hand_that_goes_round_circles():
    poses = np.repeat(act("arm raise")[0][:1], 40, axis=0)
    angle = np.linspace(0, 4 * np.pi, 40)
    wrist, elbow = COCO_17.index("left_wrist", "left_elbow")
    poses[:, wrist] = poses[:, COCO_17.joints.index("left_shoulder")] + 0.2 * np.stack(
        [np.cos(angle), np.sin(angle)], 1
    )
    poses[:, elbow] = poses[:, wrist] / 2 + poses[:, COCO_17.joints.index("left_shoulder")] / 2
    told = describe(poses, 2.0)
    assert told.text.startswith("the left arm circles")
    assert told.parts[0].measure == "circle"


@pytest.mark.parametrize("lying", [True, False])
def test_who_lies_is_said_to_lie(lying):
    poses = act("squat")[0][:1].repeat(12, axis=0)
    turned = poses[..., ::-1] if lying else poses
    assert describe(turned).text.startswith("lying") == lying


def test_raised_hands_that_rest_are_told():
    poses = act("arm raise")[0][ROWS // 2 : ROWS // 2 + 1].repeat(12, axis=0)
    assert describe(poses).text == "nearly still, both arms at shoulder height"


@pytest.mark.parametrize("skeleton", [KINECT_20, BODY_25, MEDIAPIPE_33])
def test_arrays_that_do_not_fit_are_refused(skeleton):
    with pytest.raises(ShapeError, match=r"poses: expected shape"):
        describe(act("squat")[0], 1.0, skeleton)
    with pytest.raises(ShapeError, match=r"seen: expected shape"):
        describe(act("squat")[0], 1.0, COCO_17, seen=np.ones((3, 17), dtype=bool))


@pytest.mark.parametrize("rows", [1, 3, 16, 90])
def test_smoothing_is_the_gaussian_of_scipy(rows):
    path = np.random.default_rng(rows).normal(size=(rows, 2))
    deviation = max(SMOOTH_ROWS, SMOOTH_SHARE * rows)
    expected = gaussian_filter1d(path, deviation, axis=0, mode="nearest")
    np.testing.assert_allclose(_smoothing(rows) @ path, expected, atol=1e-12)
