"""The planted world as a whole: repeatable, consistent, learnable but not trivial."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import average_precision_score
from sklearn.preprocessing import StandardScaler

from dance_xai.errors import ConfigError
from dance_xai.planted.rule import CLASSES, DISTRACTORS, SHORTCUT_CLASS, SHORTCUT_RIVAL, SMALL
from dance_xai.planted.stage import Stage
from dance_xai.planted.world import make_world
from dance_xai.types import KINDS


def arrays(world):
    yield world.features.values
    yield world.video.values
    yield world.joints
    yield from (world.presence[kind] for kind in KINDS)
    yield from (phrases.embeddings for phrases in world.phrases.values())
    for track in world.tracks:
        yield from (track.xy, track.confidence, track.present)


def test_the_same_seed_gives_the_same_world_and_another_seed_another():
    one, two, other = (make_world(clips_per_class=4, seed=seed) for seed in (3, 3, 4))
    assert one.manifest.clips == two.manifest.clips
    assert one.spans == two.spans
    assert all(np.array_equal(a, b) for a, b in zip(arrays(one), arrays(two), strict=True))
    assert not np.array_equal(one.features.values, other.features.values)
    assert one.spans != other.spans


def test_no_global_seed_is_touched():
    np.random.seed(0)  # noqa: NPY002
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    make_world(clips_per_class=4)
    assert np.array_equal(before, np.random.get_state()[1])  # noqa: NPY002


def test_rows_ids_and_shapes_agree(world):
    n = len(world.ids)
    assert len(set(world.ids)) == n
    assert world.features.ids == world.video.ids == world.ids == tuple(track.clip for track in world.tracks)
    assert set(world.spans) == set(world.ids)
    assert world.features.values.shape == (n, 96)
    assert world.video.values.shape == (n, world.phrases["object"].embeddings.shape[1])
    assert all(world.presence[kind].shape == (n, len(world.names[kind])) for kind in KINDS)
    assert len(world.joints) == sum(len(track.xy) for track in world.tracks)


def test_splits_have_the_asked_sizes_in_every_class(world):
    for split, wanted in (("train", 30), ("test", 10)):
        labels = world.manifest.labels[world.manifest.rows(split)]
        assert np.bincount(labels, minlength=len(CLASSES)).tolist() == [wanted] * len(CLASSES)
    assert np.bincount(world.shifted.labels).tolist() == [10] * len(CLASSES)
    assert {clip.split for clip in world.shifted.clips} == {"test"}


def test_the_rule_holds_for_every_clip_and_the_spans_show_its_motions(world):
    clips = world.manifest.clips + world.shifted.clips
    for row, clip in enumerate(clips):
        motions, objects, scenes = (world.shown(kind, row) for kind in KINDS)
        assert [rule.label for rule in world.rules if rule.holds(motions, objects, scenes)] == [clip.label]
        assert {span.motion for span in world.spans[clip.id]} == motions


def test_some_clips_have_hidden_joints_and_frames_without_anybody(world):
    absent = [track for track in world.tracks if not track.present.all()]
    assert 0.1 < len(absent) / len(world.tracks) < 0.3
    assert all((track.confidence[~track.present] == 0).all() for track in absent)


def test_too_few_clips_are_refused():
    with pytest.raises(ConfigError, match="at least 4"):
        make_world(clips_per_class=3)


def test_a_stage_reaches_the_actors():
    clear = make_world(clips_per_class=4, stage=Stage(occluded=0, missed=0, absent=0))
    assert all((track.confidence > 0).all() for track in clear.tracks)


def rows_of(world):
    n = len(world.manifest.clips)
    labels = np.concatenate([world.manifest.labels, world.shifted.labels])
    return world.manifest.rows("train"), world.manifest.rows("test"), np.arange(n, len(labels)), labels


def test_true_concepts_decide_every_class(world):
    train, test, shifted, labels = rows_of(world)
    concepts = np.concatenate([world.presence[kind] for kind in KINDS], axis=1).astype(float)
    model = LogisticRegression(C=10, max_iter=500).fit(concepts[train], labels[train])
    assert model.score(concepts[test], labels[test]) > 0.99
    assert model.score(concepts[shifted], labels[shifted]) > 0.99


def test_features_tell_the_classes_but_lean_on_the_shortcut(world):
    train, test, shifted, labels = rows_of(world)
    features = StandardScaler().fit(world.features.values[train]).transform(world.features.values)
    model = LogisticRegression(C=0.1, max_iter=500).fit(features[train], labels[train])
    right = model.predict(features) == labels
    pair = np.isin(labels, [CLASSES.index(SHORTCUT_CLASS), CLASSES.index(SHORTCUT_RIVAL)])
    assert 0.85 < right[test].mean() < 1
    assert right[shifted][~pair[shifted]].mean() > 0.85
    assert right[test][pair[test]].mean() - right[shifted][pair[shifted]].mean() > 0.2


def test_concepts_can_be_read_from_the_features_though_not_perfectly(world):
    train, test, _, _ = rows_of(world)
    quality = {}
    for kind in KINDS:
        truth = world.presence[kind]
        scores = Ridge(alpha=100).fit(world.features.values[train], truth[train]).predict(world.features.values[test])
        quality[kind] = average_precision_score(truth[test], scores, average="macro")
    assert quality["motion"] > 0.95
    assert 0.8 < quality["object"] < quality["scene"]


@pytest.mark.parametrize("kind", ["object", "scene"])
def test_right_phrases_are_nearer_and_phrases_never_seen_stay_below_the_usual_cutoff(world, kind):
    train = rows_of(world)[0]
    unit = [
        vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        for vectors in (world.video.values, world.phrases[kind].embeddings)
    ]
    cosine, shown = unit[0] @ unit[1].T, world.presence[kind]
    count = shown.shape[1]
    large = np.array([name not in SMALL for name in world.names[kind]])
    assert cosine[:, :count][shown & large].min() > cosine[:, :count][~shown].max()
    for column in np.flatnonzero(~large):  # the small ones are hard to see, not invisible
        assert cosine[shown[:, column], column].mean() > cosine[~shown[:, column], column].max() / 2
    highest = np.sort(cosine[train], axis=0)[-5:].mean(axis=0)
    assert highest[:count].min() > 0.3
    assert highest[count:].max() < 0.2
    assert world.phrases[kind].texts == world.names[kind] + DISTRACTORS[kind]
