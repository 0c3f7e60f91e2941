"""People over time: planted people must be told apart, and the one who acts must be chosen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dance_xai.motion.tracking import ASSUMED_FPS, MIN_SCORE, main_actor, main_rows, others, track_people
from dance_xai.types import People, Skeleton

JOINTS = "nose left_shoulder right_shoulder left_elbow right_elbow left_wrist right_wrist left_hip right_hip left_knee"
SKELETON = Skeleton("ten_10", tuple(JOINTS.split()), (), ())
BODY = np.array([[0, -9], [-2, -7], [2, -7], [-3, -4], [3, -4], [-3, -1], [3, -1], [-1.5, 0], [1.5, 0], [-1.5, 5]]) / 10
FRAMES = 60


def person(x, y=100.0, size=100.0, swing=0.0, frames=FRAMES, seed=0, jitter=0.5):
    """(T, K, 2) a body at x (T or a number), its arms swinging by a share of its size."""
    rng = np.random.default_rng(seed)
    xy = np.repeat(BODY[None] * size, frames, axis=0)
    phase = np.sin(np.arange(frames) * 0.6)
    for joint, amount in ((3, 0.5), (4, -0.5), (5, 1.0), (6, -1.0)):
        xy[:, joint, 1] += swing * size * amount * phase
    xy[..., 0] += np.broadcast_to(x, frames)[:, None]
    xy[..., 1] += np.broadcast_to(y, frames)[:, None]
    return xy + rng.normal(0, jitter, xy.shape)


def crowd(*bodies, present=None, score=0.9, frames=FRAMES):
    """Everybody in one noun, in this order within each frame, and who each detection is."""
    kept = [np.ones(frames, bool) if present is None or present[i] is None else present[i] for i in range(len(bodies))]
    pairs = [(t, i) for t in range(frames) for i in range(len(bodies)) if kept[i][t]]
    frame = np.array([t for t, _ in pairs], dtype=np.int64)
    who = np.array([i for _, i in pairs], dtype=np.int64)
    xy = np.array([bodies[i][t] for t, i in pairs], np.float32).reshape(-1, 10, 2)
    scores = np.broadcast_to(score, len(bodies)).astype(np.float32)[who]
    people = People(SKELETON, frames, frame, xy, np.full((len(frame), 10), 0.8, np.float32), scores)
    return people, who


def shuffled(people, who, seed):
    order = np.lexsort((np.random.default_rng(seed).random(len(who)), people.frame))
    return replace(people, xy=people.xy[order], confidence=people.confidence[order], score=people.score[order]), who[
        order
    ]


def identities(track, who):
    return set(who[track.rows[track.present]].tolist())


@pytest.mark.parametrize("seed", range(5))
def test_two_people_who_cross_are_not_swapped(seed):
    t = np.arange(FRAMES)
    people, who = shuffled(*crowd(person(50 + 5 * t, seed=seed), person(345 - 5 * t, seed=seed + 9)), seed)
    tracks = track_people(people, fps=30)
    assert {frozenset(identities(track, who)) for track in tracks} == {frozenset({0}), frozenset({1})}
    assert all(track.present.all() for track in tracks)


@pytest.mark.parametrize("hidden", [2, 5, 8])
def test_two_people_who_cross_are_not_swapped_when_one_hides_the_other(hidden):
    t = np.arange(FRAMES)
    seen = np.abs(t - 29.5) > hidden / 2
    bodies = person(50 + 5 * t, swing=0.1), person(345 - 5 * t, seed=1)
    people, who = shuffled(*crowd(*bodies, present=[None, seen]), 3)
    tracks = track_people(people, fps=30)
    assert {frozenset(identities(track, who)) for track in tracks} == {frozenset({0}), frozenset({1})}


def test_one_who_leaves_and_comes_back_is_the_same_main_actor():
    t = np.arange(FRAMES)
    for gone in (np.arange(20, 30), np.arange(10, 55)):  # within a second, and longer than is bridged
        here = ~np.isin(t, gone)
        people, _ = crowd(person(100, swing=0.2), present=[here])
        track = main_actor(people, "clip", 15.0, (240, 320))
        np.testing.assert_array_equal(track.present, here)
        assert not track.confidence[~here].any()
        assert not track.xy[~here].any()
        np.testing.assert_array_equal(track.xy[here], people.xy)


def test_somebody_of_another_size_is_not_the_main_actor_coming_back():
    t = np.arange(FRAMES)
    people, who = crowd(person(100, swing=0.2), person(100, size=30), present=[t < 30, t >= 30])
    rows = main_rows(people, 30)
    assert set(who[rows[rows >= 0]].tolist()) == {0}
    assert (rows[30:] == -1).all()


def test_false_detections_that_flicker_never_win():
    rng = np.random.default_rng(0)
    actor = person(160, swing=0.15, size=40)
    noise = [person(rng.uniform(0, 640, FRAMES), rng.uniform(0, 480, FRAMES), size=150) for _ in range(3)]
    flicker = [rng.random(FRAMES) < 0.4 for _ in noise]
    people, who = shuffled(*crowd(actor, *noise, present=[None, *flicker]), 1)
    rows = main_rows(people, 30)
    assert set(who[rows].tolist()) == {0}


def test_a_false_detection_alone_is_nobody():
    people, _ = crowd(person(100, size=300), present=[np.arange(FRAMES) == 7])
    track = main_actor(people, "clip", 30.0, None)
    assert not track.present.any()
    assert track.xy.shape == (FRAMES, 10, 2)


@pytest.mark.parametrize("size", [100, 250, 400])
def test_a_spectator_close_to_the_camera_does_not_win(size):
    spectator = person(300, 300, size=size, jitter=0.01 * size, seed=4)
    actor = person(100 + np.arange(FRAMES), swing=0.3, seed=5)
    people, who = crowd(spectator, actor, score=[0.99, 0.7])
    assert set(who[main_rows(people, 30)].tolist()) == {1}


def test_who_acts_in_place_goes_before_who_passes_by():
    passer = person(-50 + 4 * np.arange(FRAMES), seed=4)
    actor = person(150, swing=0.3, seed=5)
    people, who = crowd(passer, actor, present=[np.arange(FRAMES) < 35, None])
    assert set(who[main_rows(people, 30)].tolist()) == {1}


def test_among_people_who_do_not_move_the_larger_comes_first():
    people, who = crowd(person(50, size=40, jitter=0), person(300, size=120, jitter=0))
    assert [identities(track, who) for track in track_people(people)] == [{1}, {0}]


def test_people_side_by_side_and_their_numbers():
    bodies = [person(80 * i, swing=0.1 * i, size=60, seed=i) for i in range(6)]
    people, who = shuffled(*crowd(*bodies), 8)
    tracks = track_people(people, fps=30)
    assert [identities(track, who) for track in tracks] == [{5}, {4}, {3}, {2}, {1}, {0}]
    assert np.all(np.diff([track.importance for track in tracks]) <= 0)
    rest = others(people, "clip", 30, (240, 640))
    assert len(rest) == 5
    assert (rest[0].clip, rest[0].fps, rest[0].height_width) == ("clip", 30, (240, 640))
    rows = [main_rows(people, 30), *(track.rows for track in tracks[1:])]
    for one, which in zip(rest, rows[1:], strict=True):
        np.testing.assert_array_equal(one.present, which >= 0)
        np.testing.assert_array_equal(one.xy[one.present], people.xy[which[which >= 0]])


def everybody(people):
    return (main_actor(people, "clip", 10.0, None), *others(people, "clip", 10.0, None))


def test_who_comes_back_is_not_among_the_others():
    """The main actor leaves and comes back as another track; somebody else stands by."""
    there = np.ones(FRAMES, bool)
    there[15:50] = False
    people, who = crowd(person(100, swing=1.0), person(400, jitter=0.1), present=[there, None])
    assert set(who[main_rows(people, 10)[there]].tolist()) == {0}
    (rest,) = others(people, "clip", 10, None)
    np.testing.assert_array_equal(rest.xy, people.xy[who == 1])


def test_nobody_and_detections_too_unsure():
    nobody = People(SKELETON, 5, np.zeros(0, np.int64), *(np.zeros((0, *s), np.float32) for s in ((10, 2), (10,), ())))
    for people in (nobody, crowd(person(100), score=MIN_SCORE - 0.01)[0]):
        track = main_actor(people, "clip", None, None)
        assert track.xy.shape == (people.frames, 10, 2)
        assert not track.present.any()
        assert track_people(people) == ()
        assert others(people, "clip", None, None) == ()


def test_one_frame_takes_the_larger_person():
    people, who = crowd(person(50, size=40, frames=1), person(300, frames=1), frames=1)
    track = main_actor(people, "clip", 30.0, None)
    assert track.present.tolist() == [True]
    np.testing.assert_array_equal(track.xy[0], people.xy[who == 1][0])


def test_joints_that_are_guesses_do_not_break_a_track():
    bodies = person(100, swing=0.2)
    people, _ = crowd(bodies)
    rng = np.random.default_rng(0)
    guess = rng.random(people.confidence.shape) < 0.3
    people.xy[guess] = rng.uniform(-5000, 5000, (int(guess.sum()), 2))
    people.confidence[guess] = 0.1
    (track,) = track_people(people, fps=30)
    assert track.present.all()


def test_the_rate_only_sets_how_long_people_are_looked_for():
    here = ~np.isin(np.arange(FRAMES), np.arange(20, 36))
    people, _ = crowd(person(100, swing=0.2), present=[here])
    assert len(track_people(people, fps=None)) == len(track_people(people, fps=ASSUMED_FPS)) == 1
    assert len(track_people(people, fps=5)) == 2


def test_nor_does_it_where_both_choices_are_equally_good():
    t = np.arange(20)
    left, right = (person(100 + side * 10 * (t > 9), frames=20, jitter=0) for side in (-1, 1))
    people, _ = crowd(left, right, present=[None, t > 9], frames=20)
    mirrored, _ = crowd(right, left, present=[None, t > 9], frames=20)
    for one, two in zip(everybody(people), everybody(mirrored), strict=True):
        np.testing.assert_array_equal(one.xy, two.xy)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), count=st.integers(1, 5))
def test_the_order_of_detections_does_not_matter(seed, count):
    rng = np.random.default_rng(seed)
    walks = [np.cumsum(rng.normal(0, 6, (20, 2)), axis=0) + rng.uniform(0, 300, 2) for _ in range(count)]
    bodies = [person(w[:, 0], w[:, 1], size=rng.uniform(30, 90), frames=20, seed=seed + i) for i, w in enumerate(walks)]
    people, who = crowd(*bodies, present=[rng.random(20) < 0.8 for _ in bodies], frames=20)
    other, _ = shuffled(people, who, seed + 1)
    before, after = (everybody(some) for some in (people, other))
    assert len(before) == len(after)
    for one, two in zip(before, after, strict=True):
        np.testing.assert_array_equal(one.xy, two.xy)
        np.testing.assert_array_equal(one.confidence, two.confidence)
    np.testing.assert_array_equal(main_actor(people, "c", 10.0, None).xy, main_actor(other, "c", 10.0, None).xy)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_tracks_share_no_detection_and_hold_one_per_frame(seed):
    rng = np.random.default_rng(seed)
    frame = np.sort(rng.integers(0, 15, 40))
    xy = rng.uniform(0, 200, (40, 10, 2)).astype(np.float32)
    people = People(SKELETON, 15, frame, xy, rng.random((40, 10), np.float32), rng.random(40, np.float32))
    tracks = track_people(people, min_seconds=0)
    rows = np.concatenate([track.rows[track.present] for track in tracks]) if tracks else np.zeros(0, int)
    assert len(set(rows.tolist())) == len(rows)
    for track in tracks:
        np.testing.assert_array_equal(people.frame[track.rows[track.present]], np.flatnonzero(track.present))


def test_real_people_who_cross_are_not_swapped(shared):
    with np.load(shared / "utd_mhad" / "skeletons.npz") as file:
        stops, places = np.cumsum(file["lengths"]), file["joints_uv_px"].astype(np.float64)
    clips = np.split(places, stops[:-1])
    rng, t = np.random.default_rng(0), np.arange(40)
    skeleton = Skeleton("twenty_20", tuple(f"joint_{i}" for i in range(20)), (), ())
    for first, second in rng.choice(len(clips), (25, 2), replace=False):
        walks = [clips[first][:40].copy(), clips[second][:40].copy()]
        walks[0][..., 0] += 6 * t[:, None]
        walks[1][..., 0] += 234 - 6 * t[:, None]
        xy = np.stack(walks, axis=1).reshape(-1, 20, 2) + rng.normal(0, 1, (80, 20, 2))
        frame, who = np.repeat(t, 2), np.tile([0, 1], 40)
        whole = People(skeleton, 40, frame, xy.astype(np.float32), np.ones((80, 20)), np.ones(80))
        people, who = shuffled(whole, who, int(first))
        tracks = track_people(people, fps=30)
        assert {frozenset(identities(track, who)) for track in tracks} == {frozenset({0}), frozenset({1})}
        assert all(track.present.all() for track in tracks)
