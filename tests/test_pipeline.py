"""What the whole flow promises: nothing is learnt from test clips, and labels do not shape concepts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dance_xai import pipeline
from dance_xai.artifacts.fingerprint import fingerprint
from dance_xai.data.dataset import read_dataset
from dance_xai.types import Manifest, PoseTrack


def fit_changed(config, folder, change=lambda data: data):
    """Fit after changing the data set in memory."""

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "read_dataset", lambda *where: change(read_dataset(*where)))
        return pipeline.fit(config, folder)


def rows_changed(features, rows, rng):
    values = np.array(features.values)
    values[rows] = 3 * rng.standard_normal(values[rows].shape)
    return replace(features, values=values)


def other_poses(track: PoseTrack, rng) -> PoseTrack:
    """Another movement, shorter and with other joints unseen."""
    cut = slice(0, max(len(track.xy) * 2 // 3, 2))
    xy = np.cumsum(rng.standard_normal(track.xy[cut].shape), axis=0).astype(track.xy.dtype) * 9 + 200
    confidence = rng.random(track.confidence[cut].shape).astype(np.float32)
    return replace(track, xy=xy, confidence=confidence, present=np.ones(len(xy), dtype=bool))


def relabelled(manifest: Manifest, rows, rng) -> Manifest:
    clips = list(manifest.clips)
    for row, label in zip(rows, rng.permutation([clips[row].label for row in rows]), strict=True):
        clips[row] = replace(clips[row], label=str(label))
    return replace(manifest, clips=tuple(clips))


def test_clips_changed(data):
    """Labels, poses, features and embeddings of all test clips, changed."""
    rng = np.random.default_rng(5)
    rows = data.manifest.rows("test")
    test = {data.manifest.ids[row] for row in rows}
    return replace(
        data,
        manifest=relabelled(data.manifest, rows, rng),
        tracks=tuple(other_poses(track, rng) if track.clip in test else track for track in data.tracks),
        features=rows_changed(data.features, rows, rng),
        video=rows_changed(data.video, rows, rng),
    )


test_clips_changed.__test__ = False


def train_labels_permuted(data):
    rows = data.manifest.rows("train")
    return replace(data, manifest=relabelled(data.manifest, rows, np.random.default_rng(5)))


def one_train_clip_changed(data):
    rng, first = np.random.default_rng(5), data.manifest.ids[int(data.manifest.rows("train")[0])]
    return replace(data, tracks=tuple(other_poses(t, rng) if t.clip == first else t for t in data.tracks))


@pytest.fixture(scope="module", params=["grounded", "predicted"])
def config(request, small_config):
    return small_config(f"activations={request.param}")


@pytest.fixture(scope="module")
def plain(config, small_folder):
    return fit_changed(config, small_folder)


def discovered(fitted):
    """What discovery makes of train clips."""
    motions, train = fitted.motions.motions, fitted.data.manifest.rows("train")
    of_train = np.isin(fitted.motions.windows[:, 0], train)
    return motions.concepts, motions.centres, motions.scale, fitted.motions.encoder, fitted.motions.windows[of_train]


def test_nothing_is_learnt_from_test_clips(plain, config, small_folder):
    changed = fit_changed(config, small_folder, test_clips_changed)
    assert fingerprint(*discovered(changed)) == fingerprint(*discovered(plain))
    assert changed.phrases.names == plain.phrases.names
    for part in ("layer", "mean", "std", "head", "bank"):
        assert fingerprint(getattr(changed.model, part)) == fingerprint(getattr(plain.model, part)), part
    test = plain.data.manifest.rows("test")
    assert not np.array_equal(changed.evidence.values[test], plain.evidence.values[test])


def test_class_labels_do_not_shape_the_concepts(plain, config, small_folder):
    changed = fit_changed(config, small_folder, train_labels_permuted)
    assert fingerprint(*discovered(changed)) == fingerprint(*discovered(plain))
    assert fingerprint(changed.motions.targets, changed.motions.matches, changed.phrases) == fingerprint(
        plain.motions.targets, plain.motions.matches, plain.phrases
    )
    assert fingerprint(changed.model.head) != fingerprint(plain.model.head)


def test_train_clips_do_shape_them(plain, config, small_folder):
    changed = fit_changed(config, small_folder, one_train_clip_changed)
    assert fingerprint(*discovered(changed)) != fingerprint(*discovered(plain))


def test_the_same_fit_twice_is_the_same_model(plain, config, small_folder):
    assert fingerprint(fit_changed(config, small_folder).model) == fingerprint(plain.model)


def test_another_seed_may_find_other_motions(config, plain, small_folder):
    again = fit_changed(replace(config, seed=1), small_folder)
    assert fingerprint(*discovered(again)) != fingerprint(*discovered(plain))


def test_everything_left_out_has_a_reason(plain):
    assert all(drop.reason and drop.item and drop.stage for drop in plain.drops)
    left = {drop.item for drop in plain.phrases.drops}
    given = {text for phrases in plain.data.phrases for text in phrases.texts}
    assert left | set(plain.phrases.names) == given and not left & set(plain.phrases.names)
