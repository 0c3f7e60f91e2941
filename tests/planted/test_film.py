"""Films: the truth lies where the pixels are, things follow the hands, nobody is nobody."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dance_xai.planted.body import COCO_17
from dance_xai.planted.palette import PADS
from dance_xai.planted.render.film import Film
from dance_xai.planted.render.things import RELEASE, Holder, _thrown, things
from dance_xai.planted.rule import OBJECTS, SCENES
from dance_xai.planted.standins.looking import colour_index, pad_table
from dance_xai.planted.video_world import VIDEO_STAGE, make_video_world

LIMBS = COCO_17.index(*[name for name in PADS if name != "head"])


def first(world, wanted):
    return next(shot for shot in world.shots if wanted(shot))


@pytest.fixture(scope="module")
def shot(video_world):
    return first(video_world, lambda shot: not shot.away.any())


@pytest.fixture(scope="module")
def searching(video_world):
    return first(video_world, lambda shot: shot.away.any())


def test_the_same_shot_gives_the_same_frames_and_another_seed_others(shot):
    one, two = (list(Film(shot).frames())[:3] for _ in range(2))
    assert all(np.array_equal(a, b) for a, b in zip(one, two, strict=True))
    other = next(Film(replace(shot, seed=(9, 9))).frames())
    assert not np.array_equal(one[0], other)


def test_frames_have_the_size_and_number_asked_for(shot):
    frames = list(Film(shot).frames())
    assert {frame.shape for frame in frames} == {(*shot.height_width, 3)}
    assert {frame.dtype for frame in frames} == {np.dtype(np.uint8)}
    assert len(frames) == len(shot.joints)


@pytest.mark.parametrize("row", [0, 20])
def test_a_joint_that_counts_as_seen_wears_its_pad_in_the_pixels(video_world, row):
    film = Film(video_world.shots[row])
    track, frames = film.truth(), list(film.frames())
    pad_of, strength = pad_table()
    hits, seen = [], 0
    for frame, xy, sure in zip(frames, track.xy, track.confidence, strict=True):
        for joint in LIMBS[sure[LIMBS] > 0]:
            x, y = xy[joint].astype(int)
            colour = colour_index(frame[y, x])
            hits.append(strength[colour] > 0 and PADS[pad_of[colour]] == COCO_17.joints[joint])
            seen += 1
    assert seen > 5 * len(frames)
    assert np.mean(hits) > 0.97


def test_while_the_camera_searches_nobody_is_there(searching):
    film = Film(searching)
    track, frames = film.truth(), list(film.frames())
    assert not track.present[0]
    assert track.present[-1]
    assert (track.confidence[~track.present] == 0).all()
    strength = [pad_table()[1][colour_index(frame)].sum() for frame in frames]
    assert max(value for value, there in zip(strength, track.present, strict=True) if not there) < 0.5
    assert strength[-1] > 20


def test_the_picture_moves_in_half_pixels(searching):
    doubled = searching.offset * 2
    np.testing.assert_array_equal(doubled, np.round(doubled))


@pytest.mark.parametrize("scene", SCENES)
def test_every_scene_differs_from_clip_to_clip_and_holds_no_colour_of_the_suit(shot, scene):
    empty = replace(shot, scene=scene, objects=(), away=np.full_like(shot.away, 500.0))
    one, two = (next(Film(replace(empty, seed=(seed, 0))).frames()).astype(int) for seed in (1, 2))
    assert np.abs(one - two).mean() > 3
    assert pad_table()[1][colour_index(one.astype(np.uint8))].sum() < 0.5


@pytest.mark.parametrize("name", OBJECTS)
def test_every_object_changes_the_picture(video_world, name):
    shown = first(video_world, lambda shot: name in shot.objects)
    without = replace(shown, objects=tuple(other for other in shown.objects if other != name))
    assert len(things(shown)) > len(things(without))
    middle = len(shown.joints) // 2
    with_it, gone = (
        next(frame for number, frame in enumerate(Film(shot).frames()) if number == middle).astype(int)
        for shot in (shown, without)
    )
    changed = (np.abs(with_it - gone).max(axis=2) > 20).sum()
    assert changed > (10 if name in ("Ball", "Frisbee") else 60)


def test_large_frames_can_be_drawn_too():
    shot = make_video_world(clips_per_class=4, stage=replace(VIDEO_STAGE, frames=((480, 640),))).shots[0]
    assert next(Film(shot).frames()).shape == (480, 640, 3)


def test_a_thrown_thing_stays_in_the_hand_until_it_leaves(video_world):
    shot = first(video_world, lambda shot: "Ball" in shot.objects)
    at = {name: shot.joints[:, row] for row, name in enumerate(COCO_17.joints)}
    holder = Holder(shot, at, np.random.default_rng(0))
    path = _thrown(holder, (0.3, 2.2, 4.5), 1.0)
    away, beat = np.linalg.norm(path - holder.hand("right"), axis=1), shot.beats[0]
    assert away[: beat.start].max() == 0
    flight = path[beat.start + int(RELEASE * (beat.stop - beat.start)) + 1 : beat.stop]
    np.testing.assert_allclose(np.diff(flight[:, 2]) * shot.fps, 4.5)
    rising = np.diff(flight[flight[:, 1] > 0.1, 1], n=2)
    np.testing.assert_allclose(rising * shot.fps**2, -9.8)
