import csv
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from dance_xai.data.skeletons import COCO_17, KINECT_20, PENN_13
from dance_xai.errors import DataError
from dance_xai.motion.encoder import mirrored
from dance_xai.motion.kinematics import MEASURES, PoseKinematics
from dance_xai.motion.kinematics_body import JOINTS, POINTS, SMOOTHING, movement_of
from dance_xai.motion.kinematics_summary import BANDS, STILL
from dance_xai.protocols import PoseBackbone
from dance_xai.types import PoseTrack

FLAT, SOLID = PoseKinematics(), PoseKinematics(use_3d=True)
LEFT, RIGHT = POINTS.index("left_wrist"), POINTS.index("right_wrist")
SWAP = [POINTS.index(name.replace("left", "?").replace("right", "left").replace("?", "right")) for name in POINTS]


@pytest.fixture(scope="module")
def standing(make_track):
    """(13, 2) statures of a person at rest."""
    return make_track("at rest", frames=1, pixels=1.0).xy[0].astype(float) - [320, 240]


@pytest.fixture(scope="module")
def wave(standing):
    """A person whose wrist swings up and down at ``hertz`` between ``begin`` and ``end`` seconds."""

    def make(hertz=1.5, *, joint="right_wrist", fps=30.0, seconds=4.0, begin=0.0, end=np.inf, pixels=200.0):
        time = np.arange(round(seconds * fps) + 1) / fps
        swing = np.where((time >= begin) & (time <= end), np.sin(2 * np.pi * hertz * (time - begin)), 0)
        xy = np.repeat(standing[None], len(time), axis=0)
        xy[:, PENN_13.joints.index(joint), 1] -= 0.15 * swing
        return _track(xy * pixels + [300, 200], fps)

    return make


def _track(xy, fps=30.0, skeleton=PENN_13):
    seen = np.ones(xy.shape[:2], np.float32)
    return PoseTrack("a clip", skeleton, xy.astype(np.float32), seen, seen[:, 0] > 0, fps)


def _solid(track, depth=0.3):
    """The track with z behind it, 100 pixels to the metre."""
    z = depth * np.sin(np.arange(len(track.xy)) / 9)[:, None, None] + np.linspace(0, 0.2, track.xy.shape[1])[:, None]
    return replace(track, xyz=np.concatenate([track.xy / 100, z], axis=2).astype(np.float32))


def _unlike(one, other):
    return np.linalg.norm(one - other) / np.linalg.norm(one)


@pytest.mark.parametrize("backbone", [FLAT, SOLID])
def test_one_finite_vector_per_clip_whatever_the_skeleton(backbone, make_track):
    assert isinstance(backbone, PoseBackbone)
    track = _solid(make_track("a"))
    feature = backbone.encode(track)
    assert feature.dtype == np.float32 and feature.ndim == 1 and np.isfinite(feature).all() and feature.any()
    np.testing.assert_array_equal(feature, backbone.encode(track))
    coco = np.zeros((len(track.xy), 17, 3), np.float32)
    for place, name in enumerate(COCO_17.joints):
        source = "head" if name == "nose" else name
        if source in track.skeleton.joints:
            coco[:, place] = track.xyz[:, track.skeleton.joints.index(source)]
    seen = (coco != 0).any(axis=2).astype(np.float32)
    other = replace(track, skeleton=COCO_17, xy=coco[..., :2] * 100, xyz=coco, confidence=seen)
    np.testing.assert_allclose(backbone.encode(other), feature, atol=1e-3)


def test_the_identity_names_every_setting():
    every = [PoseKinematics(), PoseKinematics(use_3d=True), PoseKinematics(assumed_fps=25.0)]
    assert len({one.identity for one in every}) == 3


@settings(max_examples=20, deadline=None)
@given(scale=st.floats(0.2, 5), x=st.floats(-500, 500), y=st.floats(-500, 500))
def test_size_and_place_do_not_matter(make_track, scale, x, y):
    track = _solid(make_track("a", noise=0.005))
    near = replace(track, xy=(track.xy * scale + [x, y]).astype(np.float32), xyz=track.xyz * np.float32(scale))
    assert _unlike(FLAT.encode(track), FLAT.encode(near)) < 2e-3
    assert _unlike(SOLID.encode(track), SOLID.encode(near)) < 2e-3


@pytest.mark.parametrize("fps", [15.0, 24.0, 59.94])
def test_the_frame_rate_does_not_matter(wave, fps):
    track = wave(1.2, end=3.0)
    feature, rest = FLAT.encode(track), FLAT.encode(wave(0.0))
    other, twice = FLAT.encode(wave(1.2, end=3.0, fps=fps)), FLAT.encode(replace(track, fps=60.0))
    assert _unlike(feature - rest, other - rest) < 0.15 < 0.5 < _unlike(feature - rest, twice - rest)


def test_a_mirrored_clip_has_left_and_right_swapped(make_track):
    track = make_track("a", motion="right", noise=0.002)
    other = replace(track, xy=mirrored(track.xy, track.skeleton))
    as_is, swapped = FLAT.measures(track), FLAT.measures(other)
    for name in ("positions", "velocities", "net_displacement"):
        np.testing.assert_allclose(swapped[name], as_is[name][..., SWAP, :] * [-1, 1], atol=1e-4)
    for name in ("speeds", "spectrum", "dominant_rate", "timing", "speed_levels"):
        np.testing.assert_allclose(swapped[name], as_is[name][..., SWAP], atol=2e-3)
    np.testing.assert_allclose(swapped["turning"], -as_is["turning"][SWAP], atol=1e-3)
    np.testing.assert_allclose(swapped["angles"], np.roll(as_is["angles"], 4, axis=1), atol=1e-4)
    assert _unlike(FLAT.encode(track), FLAT.encode(other)) > 0.3


@pytest.mark.parametrize("hertz", [0.8, 1.5, 3.0])
@pytest.mark.parametrize("fps", [20.0, 30.0, 50.0])
def test_a_wave_has_its_peak_at_its_rate(wave, hertz, fps):
    measured = FLAT.measures(wave(hertz, fps=fps))
    assert measured["dominant_rate"][RIGHT] == pytest.approx(hertz, abs=0.08)
    band = measured["spectrum"][:, RIGHT].argmax()
    assert BANDS[band] - 0.1 <= hertz <= BANDS[band + 1]
    power = (np.expm1(measured["spectrum"][:, RIGHT]) * STILL).sum()
    softened = 0.15 * np.exp(-2 * (np.pi * SMOOTHING * hertz) ** 2)  # what the smoothing leaves of the amplitude
    assert power == pytest.approx(softened**2 / 2, rel=0.16)
    assert measured["dominant_rate"][LEFT] == 0 and measured["spectrum"][:, LEFT].max() < 1e-9


def test_speeds_are_in_statures_per_second(wave):
    levels = FLAT.measures(wave(0.5, seconds=8.0))["speed_levels"][:, RIGHT]
    swing = 0.15 * 2 * np.pi * 0.5
    np.testing.assert_allclose(levels, [swing * 2 / np.pi, swing, swing / 2**0.5], rtol=0.06)


def test_rest_before_and_after_does_not_matter(wave):
    short, long = wave(1.0, seconds=3.0), wave(1.0, seconds=9.0, begin=4.0, end=7.0)
    for track in (short, long):
        track.xy[:] += np.random.default_rng(0).normal(0, 0.3, track.xy.shape)  # pixels, of a tracker
    start, stop = (lambda m: (m.start, m.stop))(movement_of(long, use_3d=False))
    assert abs(start - 120) < 6 and abs(stop - 210) < 6
    assert _unlike(FLAT.encode(short), FLAT.encode(long)) < 0.15


def test_who_moves_first_and_which_way_round_is_told(standing):
    time = np.linspace(0, 1, 61)
    xy = np.repeat(standing[None], 61, axis=0)
    angle = 2 * np.pi * np.clip(2 * time, 0, 1)
    xy[:, PENN_13.joints.index("left_wrist")] += 0.1 * np.stack([np.cos(angle) - 1, np.sin(angle)], axis=1)
    xy[:, PENN_13.joints.index("right_wrist"), 0] -= 0.3 * np.clip(2 * time - 1, 0, 1)
    there, back = FLAT.measures(_track(xy)), FLAT.measures(_track(xy[::-1]))
    assert there["timing"][LEFT] < -0.2 < 0.2 < there["timing"][RIGHT]
    assert back["timing"][RIGHT] < -0.2 < 0.2 < back["timing"][LEFT]
    assert there["turning"][LEFT, 0] > 0.05 and back["turning"][LEFT, 0] < -0.05
    np.testing.assert_allclose(there["net_displacement"][RIGHT], [-0.3, 0], atol=0.06)


@pytest.mark.parametrize("garbage", [0.0, 1e6, np.nan])
def test_an_unseen_joint_adds_nothing(make_track, garbage):
    track = make_track("a")
    joint = track.skeleton.joints.index("right_wrist")
    track.confidence[:, joint] = 0
    hidden = FLAT.measures(track)
    track.xy[:, joint] = garbage
    assert all((hidden[name] == values).all() for name, values in FLAT.measures(track).items())
    for name in ("positions", "velocities", "ranges", "net_displacement"):
        assert not hidden[name][..., RIGHT, :].any(), name
    for name in ("speeds", "spectrum", "timing", "share_known"):
        assert not hidden[name][..., RIGHT].any(), name
    assert hidden["share_known"][LEFT] == 1 and hidden["angles"][:, 0].any() and not hidden["angles"][:, 4].any()


def test_short_gaps_are_filled_and_long_ones_are_not_believed(wave):
    full = wave(1.0)
    joint = PENN_13.joints.index("right_wrist")

    def hide(frames):
        confidence, xy = full.confidence.copy(), full.xy.copy()
        confidence[frames, joint], xy[frames, joint] = 0, 1e5
        return FLAT.measures(replace(full, confidence=confidence, xy=xy))

    short, long = hide(slice(50, 54)), hide(slice(40, 100))
    assert short["share_known"][RIGHT] == 1
    np.testing.assert_allclose(short["positions"], FLAT.measures(full)["positions"], atol=0.03)
    assert 0.5 < long["share_known"][RIGHT] < 0.85
    assert np.abs(long["ranges"]).max() < 1.5 and long["share_known"][LEFT] == 1


def test_what_is_bridged_over_a_long_gap_does_not_count(standing):
    bob = 0.3 * np.sin(np.linspace(0, np.pi, 61))  # the whole body sinks and rises, nothing moves around the root
    track = _track(standing + np.stack([np.zeros(61), bob], axis=1)[:, None])
    track.confidence[10:51, PENN_13.joints.index("right_wrist")] = 0
    least, greatest, spread = FLAT.measures(track)["ranges"][:, RIGHT, 1]
    assert greatest - least < 0.12 and spread < 0.05


def test_absent_frames_are_told_from_stillness(wave):
    track = wave(1.0)
    track.present[40:100], track.xy[40:100] = False, np.nan
    measured = FLAT.measures(track)
    assert (measured["share_known"] < 0.85).all() and (measured["share_known"] > 0.3).all()
    assert np.isfinite(FLAT.encode(track)).all()


@pytest.mark.parametrize("backbone", [FLAT, SOLID])
def test_nobody_gives_zeros_and_one_pose_is_enough(backbone, wave):
    track = _solid(wave())
    width = len(backbone.encode(track))
    nobody = backbone.encode(replace(track, present=np.zeros_like(track.present), fps=None, xyz=None))
    unseen = backbone.encode(replace(track, confidence=np.zeros_like(track.confidence)))
    assert nobody.shape == unseen.shape == (width,) and not nobody.any() and not unseen.any()
    one = replace(track, xy=track.xy[:1], xyz=track.xyz[:1], confidence=track.confidence[:1], present=track.present[:1])
    measured = backbone.measures(one)
    assert np.isfinite(backbone.encode(one)).all() and measured["positions"].any()
    assert not any(measured[name].any() for name in ("velocities", "speeds", "spectrum", "turning", "duration"))
    empty = replace(one, xy=one.xy[:0], xyz=one.xyz[:0], confidence=one.confidence[:0], present=one.present[:0])
    assert not backbone.encode(empty).any()


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_whatever_the_track_the_feature_is_finite(data):
    frames = data.draw(st.integers(0, 40))
    shape = (frames, len(PENN_13.joints))
    values = st.one_of(st.floats(-1e4, 1e4, width=32), st.just(np.nan), st.just(np.inf))
    xyz = data.draw(hnp.arrays(np.float32, (*shape, 3), elements=values, fill=st.just(np.float32(1))))
    confidence = data.draw(hnp.arrays(np.float32, shape, elements=st.sampled_from([0.0, 0.5, 1.0])))
    present = data.draw(hnp.arrays(np.bool_, frames))
    fps = data.draw(st.floats(1, 240))
    track = PoseTrack("a clip", PENN_13, xyz[..., :2], confidence, present, fps, None, xyz)
    for backbone in (FLAT, SOLID):
        assert np.isfinite(backbone.encode(track)).all()


def test_every_block_has_a_say(make_track):
    features = [FLAT.measures(make_track("a", motion=motion)) for motion in ("left", "squat")]
    features.append(FLAT.measures(make_track("b", frames=25)))
    assert set(features[0]) == set(MEASURES)
    still = {name for name in MEASURES if all((one[name] == features[0][name]).all() for one in features)}
    assert still <= {"share_known"}


def test_errors_say_what_to_do(make_track):
    track = replace(make_track("wave 7"), fps=None)
    with pytest.raises(DataError, match=r"'wave 7'.*expected frames per second above 0.*got None; state"):
        FLAT.encode(track)
    assert np.isfinite(PoseKinematics(assumed_fps=30.0).encode(track)).all()
    with pytest.raises(DataError, match=r"'wave 7'.*expected 3D positions.*got none; read"):
        SOLID.encode(make_track("wave 7"))


def test_joints_are_those_of_the_tables():
    assert all(name in table.joints for table in (PENN_13, KINECT_20) for name in JOINTS)


def test_actions_of_people_not_seen_before_are_told_apart(shared):
    """UTD-MHAD, 27 actions, two train subjects and a third; chance is 3.7 %."""
    from sklearn.linear_model import RidgeClassifier

    folder = shared / "utd_mhad"
    if not folder.is_dir():
        pytest.skip("real data not found: no utd_mhad folder")
    with np.load(folder / "skeletons.npz") as file:
        parts = np.cumsum(file["lengths"])[:-1]
        flat, solid = (np.split(file[name], parts) for name in ("joints_uv_px", "joints_xyz_m"))
        by_name = {name: place for place, name in enumerate(file["names"].tolist())}
    with (folder / "clips.csv").open(newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["subject"] in "135" and row["trial"] in "13"]
    places = [by_name[row["path"].split("/")[-1].removesuffix(".mp4")] for row in rows]
    tracks = [replace(_track(flat[place], skeleton=KINECT_20), xyz=solid[place]) for place in places]
    labels, held = np.array([row["label"] for row in rows]), np.array([row["subject"] == "5" for row in rows])
    for backbone, floor in ((SOLID, 0.8), (FLAT, 0.65)):
        x = np.stack([backbone.encode(track) for track in tracks])
        fitted = RidgeClassifier(alpha=1.0).fit(x[~held], labels[~held])
        assert fitted.score(x[held], labels[held]) > floor
