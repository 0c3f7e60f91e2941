"""Discovery, encoding and matching on planted motions: arm raises (left or right) and squats."""

import numpy as np
import pytest

from dance_xai.errors import DataError
from dance_xai.motion.clusterers import KMeans
from dance_xai.motion.discovery import centres_of, describe_motions, orient, recover_centres, refine
from dance_xai.motion.encoder import WindowSpec, fit_encoder, fit_imputer_on, mirrored, normalised, pose_windows
from dance_xai.motion.keyframes import uniform_key_frames
from dance_xai.motion.matching import clip_matches, distances, match_motions, nearest, similarity
from dance_xai.motion.windows import take

MOTIONS = ["left", "right", "squat"] * 8
IDS = tuple(f"clip{row}" for row in range(len(MOTIONS)))
SPEC = WindowSpec(rows=8, frames=30, components=10)


@pytest.fixture(scope="module")
def world(make_track):
    rng = np.random.default_rng(0)
    tracks = [
        make_track(clip, motion=motion, pixels=rng.uniform(80, 300), phase=rng.uniform(-0.3, 0.3), noise=0.005)
        for clip, motion in zip(IDS, MOTIONS, strict=True)
    ]
    body = normalised(tracks, IDS, SPEC)
    windows = pose_windows(body, uniform_key_frames(body, 1), SPEC)
    encoder = fit_encoder(body.skeleton, SPEC, fit_imputer_on(body, np.arange(len(IDS))), windows.poses)
    return tracks, body, windows, encoder, encoder.codes(windows.poses)


def _kind(rows):
    return np.array([MOTIONS[row] == "squat" for row in rows])


def _discover(world, clusters=2):
    _, _, windows, _, codes = world
    points = codes[np.arange(len(codes)), orient(codes)]
    labels = KMeans((clusters,)).partitions(points, np.random.default_rng(0))[0]
    return windows, codes, refine(codes, centres_of(points, labels), iterations=20)


def test_left_and_right_are_one_motion_and_squats_another(world):
    windows, codes, centres = _discover(world)
    label, _, flipped = nearest(codes, centres)
    squat = _kind(windows.clip)
    assert len(set(label[squat])) == 1 and len(set(label[~squat])) == 1 and label[squat][0] != label[~squat][0]
    side = np.array([MOTIONS[row] == "left" for row in windows.clip])
    assert len(set(flipped[~squat & side])) == 1 and flipped[~squat & side][0] != flipped[~squat & ~side][0]


def test_mirroring_twice_changes_nothing_and_codes_swap(world):
    _, body, windows, encoder, codes = world
    turned = mirrored(windows.poses, body.skeleton)
    np.testing.assert_array_equal(mirrored(turned, body.skeleton), windows.poses)
    np.testing.assert_allclose(encoder.codes(turned), codes[:, ::-1], atol=1e-5)


def test_refining_never_moves_windows_away_from_their_centres(world):
    _, codes, centres = _discover(world)
    start = codes[:2, 0].astype(float)
    before, after = (nearest(codes, c)[1] for c in (start, refine(codes, start, iterations=20)))
    assert (after**2).sum() < (before**2).sum()
    np.testing.assert_allclose(refine(codes, centres, iterations=5), centres, atol=1e-9)  # a fixed point


def test_description_counts_train_windows_only_and_says_what_was_dropped(world):
    windows, codes, centres = _discover(world)
    train = windows.clip < 12
    motions = describe_motions(windows, codes, centres, train=train, ids=IDS, min_clips=2)
    raises, squats = motions.concepts
    assert (raises.clips, squats.clips) == (8, 4) and raises.size + squats.size == train.sum()
    assert raises.prototype.clip in IDS[:12] and (raises.members[:, 0] < 12).all()
    assert motions.label.max() == 1 and (motions.label[~train] >= 0).all()
    few = describe_motions(windows, codes, centres, train=train, ids=IDS, min_clips=6)
    assert len(few.concepts) == 1 and few.drops[0].reason == "seen in too few train clips" and few.drops[0].value == 4
    assert set(few.label[_kind(windows.clip)]) == {-1}
    with pytest.raises(DataError, match="min_clips"):
        describe_motions(windows, codes, centres, train=train, ids=IDS, min_clips=20)


def test_the_prototype_is_the_window_nearest_to_the_centre(world):
    windows, codes, centres = _discover(world)
    motions = describe_motions(windows, codes, centres, train=np.ones(len(codes), bool), ids=IDS, min_clips=2)
    every = distances(codes, motions.centres).min(axis=1)
    for column, concept in enumerate(motions.concepts):
        row = np.flatnonzero(motions.label == column)[every[motions.label == column, column].argmin()]
        assert (concept.prototype.clip, concept.prototype.start) == (IDS[windows.clip[row]], windows.start[row])
        assert concept.spread == pytest.approx(every[motions.label == column, column].mean())


def test_matching_finds_the_motion_in_every_clip_in_any_block_size(world):
    _, body, windows, encoder, codes = world
    _, _, centres = _discover(world)
    matches = match_motions(encoder, body, centres, stride=3, block=5)
    other = match_motions(encoder, body, centres, stride=3, block=100)
    np.testing.assert_allclose(matches.distance, other.distance, atol=1e-5)  # single precision in other blocks
    np.testing.assert_array_equal(matches.start, other.start)
    label, _, _ = nearest(codes, centres)
    squat_column = label[_kind(windows.clip)][0]
    assert (matches.distance.argmin(axis=1) == np.where(_kind(range(24)), squat_column, 1 - squat_column)).all()
    one = clip_matches(matches, 0, scale=1.0)
    assert 0 <= one[0].similarity <= 1 and one[0].stop - one[0].start == 30


def test_a_clip_without_poses_matches_nothing(world, make_track):
    tracks, _, _, encoder, _ = world
    body = encoder.body(tracks[:2], [*IDS[:2], "absent"])
    matches = match_motions(encoder, body, np.zeros((3, 10)))
    assert (
        np.isnan(matches.distance[2]).all() and (matches.start[2] == -1).all() and clip_matches(matches, 2, 1.0) == {}
    )
    assert not np.isnan(matches.distance[:2]).any()


def test_centres_are_recovered_from_clip_labels(world):
    windows, codes, _ = _discover(world)
    labels = np.stack([~_kind(range(24)), _kind(range(24)), np.zeros(24, bool)], axis=1).astype(int)
    labels[:3, :2] = 1  # ambiguous clips
    labels[5] = -1  # a clip without label
    codes = codes[:, :1]
    centres = recover_centres(take(windows, slice(None)), codes, labels)
    assert np.isnan(centres[2]).all()
    truth = np.stack([codes[_kind(windows.clip) == squat, 0].mean(axis=0) for squat in (False, True)])
    assert (np.linalg.norm(centres[:2] - truth, axis=1) < 0.2 * np.linalg.norm(truth[0] - truth[1])).all()


def test_similarity_is_one_at_the_centre_and_falls_with_distance():
    values = similarity(np.array([0.0, 1.0, 2.0, np.nan]), 1.0)
    assert values[0] == 1 and values[1] == pytest.approx(np.exp(-0.5)) and values[2] < values[1] and np.isnan(values[3])
