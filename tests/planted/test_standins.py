"""The stand-ins look at decoded frames and nothing else; the truth says how well."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from dance_xai.planted.render.film import Film
from dance_xai.planted.rule import DISTRACTORS, OBJECTS, SCENES, SHORTCUT_CLASS, SHORTCUT_SCENE, SMALL
from dance_xai.planted.standins.backbone import DIMENSION, PlantedBackbone
from dance_xai.planted.standins.dual import SPACE, PlantedDual
from dance_xai.planted.standins.pose import PlantedPose
from dance_xai.protocols import PoseEstimator, VideoBackbone, VideoTextEncoder


def sampled(encoder, clip):
    rows = np.linspace(0, len(clip) - 1, encoder.sampling.frames).round().astype(int)
    return np.stack([encoder.prepare(clip[row]) for row in rows])


def unit(vectors):
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_they_are_what_the_protocols_ask_for():
    assert isinstance(PlantedPose(), PoseEstimator)
    assert isinstance(PlantedBackbone(), VideoBackbone)
    assert isinstance(PlantedDual(), VideoTextEncoder)
    assert len({part.identity for part in (PlantedPose(), PlantedBackbone(), PlantedDual())}) == 3


@pytest.fixture(scope="module")
def found(filmed):
    """Distances to the truth (share of the stature) and whether found and truly seen, (F, 17) each."""
    error, got, seen = [], [], []
    for shot, clip, track in zip(filmed.shots, filmed.clips, filmed.truth, strict=True):
        people = PlantedPose().detect(clip)
        xy, sure = np.zeros((len(clip), 17, 2)), np.zeros((len(clip), 17))
        xy[people.frame], sure[people.frame] = people.xy, people.confidence
        stature = shot.height * shot.camera.focal[0] / shot.camera.distance[0]
        error.append(np.linalg.norm(xy - track.xy, axis=2) / stature)
        got.append(sure > 0)
        seen.append(track.confidence > 0)
    return tuple(np.concatenate(part) for part in (error, got, seen))


def test_joints_are_found_where_they_truly_are(found):
    error, got, seen = found
    assert (got & (error < 0.1))[seen].mean() > 0.95
    assert np.median(error[got & seen]) < 0.02
    assert (got & (error < 0.1))[seen.any(axis=1)][:, 5:].mean(axis=0).min() > 0.6


def test_left_and_right_are_not_mixed_up(found):
    error, got, seen = found
    assert (error > 0.2)[got & seen].mean() < 0.005


def test_hidden_joints_are_less_sure(filmed):
    sure = []
    for clip, track in zip(filmed.clips, filmed.truth, strict=True):
        people = PlantedPose().detect(clip)
        hidden = track.confidence[people.frame] == 0
        sure.append((people.confidence[hidden].mean(), people.confidence[~hidden].mean()))
    assert np.nanmean([a for a, _ in sure]) < 0.5 < 0.8 < np.mean([b for _, b in sure])


def test_nobody_gives_no_rows(filmed, video_world):
    shot = next(shot for shot in video_world.shots if shot.away.any())
    film = Film(shot)
    people, track = PlantedPose().detect(list(film.frames())), film.truth()
    assert not track.present.all()
    assert not set(people.frame) & set(np.flatnonzero(~track.present))
    for frames in ([], [np.zeros((64, 64, 3), np.uint8)], [np.full((33, 47, 3), 250, np.uint8)] * 2):
        empty = PlantedPose().detect(frames)
        assert (len(empty.frame), empty.frames) == (0, len(frames))
        assert empty.xy.shape == (0, 17, 2)


def test_every_frame_is_looked_at_alone(filmed):
    clip = filmed.clips[0]
    together = PlantedPose().detect(clip)
    for row in together.frame[[0, -1]]:
        alone = PlantedPose().detect(clip[row : row + 1])
        np.testing.assert_allclose(alone.xy[0], together.xy[together.frame == row][0], atol=1e-4)


@pytest.fixture(scope="module")
def dual(filmed):
    encoder = PlantedDual()
    return encoder.encode_video(np.stack([sampled(encoder, clip) for clip in filmed.clips]))


def cosines(dual, texts):
    return unit(dual) @ unit(PlantedDual().encode_text(texts)).T


@pytest.mark.parametrize(("kind", "names", "least"), [("scene", SCENES, 0.97), ("object", OBJECTS, 0.9)])
def test_known_phrases_agree_with_what_is_shown_unless_it_is_small(filmed, dual, kind, names, least):
    shown, cosine = filmed.world.presence[kind][filmed.rows], cosines(dual, names)
    columns = [i for i, name in enumerate(names) if name not in SMALL and shown[:, i].any() and not shown[:, i].all()]
    assert len(columns) >= 5
    assert np.mean([roc_auc_score(shown[:, i], cosine[:, i]) for i in columns]) > least
    small = [i for i, name in enumerate(names) if name in SMALL]
    assert not small or cosine[:, small].max() < cosine[:, columns][shown[:, columns]].mean() - 0.2


def test_phrases_it_does_not_know_stay_low(dual):
    assert cosines(dual, DISTRACTORS["object"] + DISTRACTORS["scene"]).max() < 0.35


def test_case_and_filler_words_do_not_matter():
    one, two = PlantedDual().encode_text(["Living room", "a video of a living Room"])
    np.testing.assert_array_equal(one, two)
    assert PlantedDual().encode_text([]).shape == (0, SPACE)
    assert np.isfinite(PlantedDual().encode_text(["", "of the"])).all()


def test_the_shortcut_is_seen_in_the_pixels(filmed, dual):
    beach = cosines(dual, [SHORTCUT_SCENE])[:, 0]
    there = np.array([shot.scene == SHORTCUT_SCENE for shot in filmed.shots])
    assert beach[there].min() > beach[~there].max()
    clips = filmed.world.manifest.clips
    frisbee = np.array([clips[row].label == SHORTCUT_CLASS for row in filmed.rows])
    assert beach[frisbee].mean() > np.mean(beach[~frisbee]) + 0.2


def test_the_backbone_tells_motions_apart(filmed):
    encoder = PlantedBackbone()
    values = encoder.encode(np.stack([sampled(encoder, clip) for clip in filmed.clips]))
    assert values.shape == (len(filmed.clips), DIMENSION)
    assert values.dtype == np.float32
    moving = values[:, 100:]
    moving = (moving - moving.mean(axis=0)) / (moving.std(axis=0) + 1e-9)
    apart = np.linalg.norm(moving[:, None] - moving, axis=2) + 1e9 * np.eye(len(moving))
    labels = np.array([filmed.world.manifest.clips[row].label for row in filmed.rows])
    motions = [{beat.motion for beat in shot.beats} for shot in filmed.shots]
    nearest = apart.argmin(axis=1)
    assert np.mean([bool(motions[a] & motions[b]) for a, b in enumerate(nearest)]) > 0.6
    assert len(set(labels)) == 13


def test_nothing_to_see_is_finite():
    blank = np.zeros((1, 16, 96, 128, 3), np.uint8)
    assert np.isfinite(PlantedBackbone().encode(blank)).all()
    assert np.isfinite(PlantedDual().encode_video(blank[:, :8])).all()
    assert PlantedDual().encode_video(blank[:0, :8]).shape == (0, SPACE)
