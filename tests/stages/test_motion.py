from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dance_xai.errors import ConfigError, DataError
from dance_xai.planted.truth import score_discovery
from dance_xai.stages.motion import discover_motions, find_motions


def test_planted_motions_are_found(small_data, small_world, config):
    clusters = replace(config.motion.clusters, n_clusters=(40,), refine=30)
    motions = find_motions(small_data, replace(config.motion, clusters=clusters, per_clip=10), 0)
    clip, start, stop, label = motions.windows.T
    spans = [small_world.spans[name] for name in small_data.manifest.ids]
    found = score_discovery(label, clip, start, int(np.median(stop - start)), spans)
    assert found.concepts == len(motions.motions.concepts)
    assert np.mean([item.f1 for item in found.found]) > 0.5


def test_a_clip_has_the_concepts_of_its_windows(small_data, motions):
    clip, _, _, label = motions.windows.T
    expected = np.zeros((len(small_data.manifest.ids), len(motions.motions.concepts)))
    for row, column in zip(clip, label, strict=True):
        if column >= 0:
            expected[row, column] = 1
    expected[np.setdiff1d(np.arange(len(expected)), clip)] = np.nan
    np.testing.assert_array_equal(motions.targets, expected)


def test_members_and_prototypes_are_windows_of_train_clips(small_data, motions):
    train = set(small_data.manifest.rows("train").tolist())
    windows = {(row, start) for row, start, _, _ in motions.windows.tolist()}
    for column, concept in enumerate(motions.motions.concepts):
        assert {tuple(member) for member in concept.members.tolist()} <= windows
        assert {row for row, _ in concept.members.tolist()} <= train
        row = small_data.manifest.ids.index(concept.prototype.clip)
        assert row in train and (row, concept.prototype.start) in windows
        of_train = np.isin(motions.windows[:, 0], list(train)) & (motions.windows[:, 3] == column)
        assert concept.size == of_train.sum()
        assert concept.clips == len(np.unique(motions.windows[of_train, 0])) >= 4


def test_matches_lie_inside_their_clip(small_data, motions):
    frames = {track.clip: len(track.xy) for track in small_data.tracks}
    length = np.array([frames[clip] for clip in small_data.manifest.ids])[:, None]
    found = np.isfinite(motions.matches.distance)
    assert found.any()
    inside = (motions.matches.start >= 0) & (motions.matches.start < motions.matches.stop)
    assert (inside & (motions.matches.stop <= length))[found].all()
    assert (motions.matches.start[~found] == -1).all()


def test_rare_clusters_are_dropped_with_a_reason(small_data, config, motions):
    strict = find_motions(small_data, replace(config.motion, min_clips=12), 0)
    assert 0 < len(strict.motions.concepts) < len(motions.motions.concepts)
    assert all(concept.clips >= 12 for concept in strict.motions.concepts)
    dropped = [drop for drop in strict.drops if drop.stage == "motion"]
    assert len(dropped) + len(strict.motions.concepts) == strict.report["clustering"]["clusters"]
    assert all(drop.value < 12 for drop in dropped)


def test_given_labels_are_the_targets_and_get_prototypes(small_data, config, motions):
    given = np.nan_to_num(motions.targets, nan=-1).astype(np.int64)
    labelled = replace(small_data, motion_labels=given)
    found = find_motions(labelled, replace(config.motion, source="labels"), 0)
    np.testing.assert_array_equal(found.targets, motions.targets)
    assert all(concept.prototype is not None for concept in found.motions.concepts)
    bare = find_motions(replace(labelled, tracks=()), replace(config.motion, source="labels"), 0)
    np.testing.assert_array_equal(bare.targets, motions.targets)
    assert bare.motions is None and bare.matches is None


def test_without_poses_there_are_no_motions(small_data, config):
    found = find_motions(replace(small_data, tracks=()), config.motion, 0)
    assert found.targets.shape == (len(small_data.manifest.clips), 0)


def test_discovery_from_poses_alone_is_the_same(small_data, config, motions):
    train = [small_data.manifest.ids[row] for row in small_data.manifest.rows("train")]
    alone = discover_motions(small_data.tracks, train=train, config=config.motion)
    order = [small_data.manifest.ids.index(track.clip) for track in small_data.tracks]
    np.testing.assert_array_equal(alone.motions.centres, motions.motions.centres)
    np.testing.assert_array_equal(alone.targets, motions.targets[order])


def test_clips_without_poses_are_named_and_unknown(small_data, config):
    gone = small_data.tracks[0].clip
    found = find_motions(replace(small_data, tracks=small_data.tracks[1:]), config.motion, 0)
    row = small_data.manifest.ids.index(gone)
    assert np.isnan(found.targets[row]).all() and np.isnan(found.matches.distance[row]).all()
    assert [(drop.item, drop.reason) for drop in found.drops if drop.stage == "poses"] == [(gone, "no poses")]


@pytest.mark.parametrize("method", ["finch", "agglomerative"])
@pytest.mark.parametrize("key_frames", ["uniform"])
def test_other_clusterers_and_key_frames(small_data, config, method, key_frames):
    clusters = replace(config.motion.clusters, method=method, n_clusters=(15,))
    chosen = replace(config.motion, clusters=clusters, key_frames=key_frames, min_clips=1)
    found = find_motions(small_data, chosen, 0)
    assert found.report["clustering"]["method"] == method
    assert found.report["clustering"]["clusters"] == 15


def test_given_key_frames_are_where_windows_are_cut(small_data, config):
    frames = {track.clip: np.array([len(track.xy) // 2]) for track in small_data.tracks}
    chosen = replace(config.motion, key_frames="given", min_clips=1)
    found = find_motions(replace(small_data, key_frames=frames), chosen, 0)
    clip, start, stop, _ = found.windows.T
    assert len(np.unique(clip)) == len(clip)
    middle = np.array([frames[small_data.manifest.ids[row]][0] for row in clip])
    assert ((start <= middle) & (middle < stop)).all()


def test_what_is_asked_for_must_be_there(small_data, config):
    with pytest.raises(ConfigError, match=r"data\.motion_labels"):
        find_motions(small_data, replace(config.motion, source="labels"), 0)
    with pytest.raises(ConfigError, match=r"data\.key_frames"):
        find_motions(small_data, replace(config.motion, key_frames="given"), 0)
    with pytest.raises(DataError, match="valid windows"):
        find_motions(small_data, replace(config.motion, windows=replace(config.motion.windows, max_step=1e-9)), 0)
