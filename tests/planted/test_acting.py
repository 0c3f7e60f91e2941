"""Acted clips: true spans, absence that is absence, plausible bodies in the picture."""

from __future__ import annotations

import numpy as np
import pytest

from dance_xai.planted.acting import act
from dance_xai.planted.body import COCO_17, RIGID_BONES
from dance_xai.planted.moves import MOTION_NAMES, MOTIONS
from dance_xai.planted.stage import Stage

QUIET = Stage(jitter=0, occluded=0, missed=0, absent=0)


def cast(names, seed=0, stage=None):
    ids = [f"clip{i}" for i in range(len(names))]
    return act(ids, names, np.random.default_rng(seed), stage)


@pytest.fixture(scope="module")
def mixed():
    rng = np.random.default_rng(5)
    return cast([rng.choice(MOTION_NAMES, rng.integers(1, 4), replace=False).tolist() for _ in range(80)])


def test_spans_name_the_motions_asked_for_and_do_not_overlap():
    asked = [["squat", "wave"], ["hop"], ["punch", "lunge", "walk in place"]]
    acting = cast(asked)
    for names, spans, track in zip(asked, acting.spans, acting.tracks, strict=True):
        assert sorted(span.motion for span in spans) == sorted(names)
        edges = [edge for span in spans for edge in (span.start, span.stop)]
        assert edges == sorted(edges)
        assert 0 < edges[0]
        assert edges[-1] <= len(track.xy)


def test_bodies_move_within_spans_and_rest_between(mixed):
    first = np.cumsum(mixed.lengths) - mixed.lengths
    moving, resting = [], []
    for row, spans in enumerate(mixed.spans):
        joints = mixed.joints[first[row] : first[row] + mixed.lengths[row]]
        speed = np.linalg.norm(np.diff(joints, axis=0), axis=-1).mean(axis=1)
        busy = np.zeros(len(speed), dtype=bool)
        for span in spans:
            busy[max(0, span.start - 1) : span.stop] = True
        moving.append(speed[busy].mean())
        resting.append(speed[~busy].mean())
    assert np.mean(moving) > 5 * np.mean(resting)
    assert max(resting) < 0.004  # metres per frame


def test_true_bones_never_change_and_seen_bones_stay_within_bounds(mixed):
    pairs = np.array([[COCO_17.joints.index(a), COCO_17.joints.index(b)] for a, b in RIGID_BONES])
    edges = np.cumsum(mixed.lengths)[:-1]
    for row, joints in enumerate(np.split(mixed.joints, edges)):
        solid = np.linalg.norm(joints[:, pairs[:, 0]] - joints[:, pairs[:, 1]], axis=-1)
        np.testing.assert_allclose(solid, np.broadcast_to(solid[0], solid.shape), rtol=1e-9)
        track, cameras = mixed.tracks[row], mixed.cameras
        seen = (track.confidence[:, pairs] > 0).all(axis=2)
        flat = np.linalg.norm(track.xy[:, pairs[:, 0]] - track.xy[:, pairs[:, 1]], axis=-1)
        pixels = cameras.focal[row] / (cameras.distance[row] - 1.3)
        assert (flat <= solid[0] * pixels + 0.06 * 2 * pixels)[seen].all()


def test_jitter_is_as_large_as_asked_for():
    names = [["squat"]] * 40
    clean, noisy = cast(names, stage=QUIET), cast(names, stage=Stage(jitter=0.01, occluded=0, missed=0, absent=0))
    error = np.concatenate(
        [(a.xy - b.xy).std(axis=0).mean(keepdims=True) for a, b in zip(clean.tracks, noisy.tracks, strict=True)]
    )
    size = np.array([np.ptp(track.xy[0, :, 1]) / 0.9 for track in clean.tracks])
    np.testing.assert_allclose(np.mean(error / size), 0.01, rtol=0.15)


def test_what_is_not_seen_has_confidence_zero_and_no_place(mixed):
    for track in mixed.tracks:
        hidden = track.confidence == 0
        assert (track.xy[hidden] == 0).all()
        np.testing.assert_array_equal(track.present, ~hidden.all(axis=1))
        assert (track.confidence[~hidden] >= 0.5).all()
        assert track.confidence.max() <= 1


def test_occluded_limbs_and_absent_people_occur_as_often_as_asked_for():
    acting = cast([["squat"]] * 300, stage=Stage(occluded=0.3, missed=0, absent=0.4))
    gone = np.array([not track.present.all() for track in acting.tracks])
    partly = np.array([((track.confidence == 0).any(axis=1) & track.present).any() for track in acting.tracks])
    assert 0.3 < gone.mean() < 0.5
    assert 0.2 < partly.mean() < 0.4
    share = np.array([1 - track.present.mean() for track in acting.tracks])[gone]
    assert share.max() < 0.15


def test_nothing_is_hidden_on_a_quiet_stage():
    acting = cast([["hop"], ["wave"]], stage=QUIET)
    assert all(track.present.all() and (track.confidence > 0).all() for track in acting.tracks)


def test_clips_differ_in_speed_frame_rate_frame_size_and_view():
    acting = cast([["squat"]] * 60)
    lasts = np.array([(s[0].stop - s[0].start) / t.fps for s, t in zip(acting.spans, acting.tracks, strict=True)])
    usual = MOTIONS[MOTION_NAMES.index("squat")].seconds
    assert usual / 1.25 < lasts.min() < lasts.max() < usual / 0.82
    assert len({track.fps for track in acting.tracks}) > 1
    assert len({track.height_width for track in acting.tracks}) > 1
    assert np.ptp(acting.cameras.azimuth) > 30


def test_repetitions_are_seen_as_often_as_they_were_acted():
    acting = cast([["jumping jack"]] * 20, stage=QUIET)
    left, right = COCO_17.index("left_ankle", "right_ankle")
    edges = np.cumsum(acting.lengths)[:-1]
    counts = set()
    for joints in np.split(acting.joints, edges):
        apart = joints[:, left, 0] - joints[:, right, 0]
        wide = apart > (apart.min() + apart.max()) / 2
        counts.add(int((np.diff(wide.astype(int)) == 1).sum()))
    assert counts == {2, 3}
