from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dance_xai.config import read_config
from dance_xai.data.dataset import read_dataset
from dance_xai.errors import ConfigError
from dance_xai.planted.rule import CLASSES, DISTRACTORS
from dance_xai.stages.phrase_verdicts import LOW_AUC
from dance_xai.stages.text import find_phrases
from dance_xai.text.filters import REDUNDANT, UNSEEN
from dance_xai.text.wording import CLASS_NAME
from dance_xai.types import PhraseEntry, Phrases, PhraseSet

ROOT = Path(__file__).resolve().parents[2]


def unit(vectors):
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_affinities_are_cosines(small_data, phrases):
    by_kind = {item.kind: item for item in small_data.phrases}
    for kind, name, column in zip(phrases.kinds, phrases.names, phrases.affinities.T, strict=True):
        embedding = by_kind[kind].embeddings[by_kind[kind].texts.index(name)][None]
        np.testing.assert_allclose(column, (unit(small_data.video.values) @ unit(embedding).T)[:, 0], atol=1e-6)


def test_objects_come_before_scenes_and_nothing_unseen_stays(phrases):
    assert list(phrases.kinds) == sorted(phrases.kinds) and set(phrases.kinds) == {"object", "scene"}
    unseen = {name for names in DISTRACTORS.values() for name in names}
    assert len(unseen & set(phrases.names)) <= 1
    assert len(unseen & {drop.item for drop in phrases.drops}) >= len(unseen) - 1


def test_calibration_is_fitted_on_train_clips_of_both_kinds_together(small_data, phrases):
    train = phrases.calibrated[small_data.manifest.rows("train")]
    np.testing.assert_allclose(train.mean(axis=0), 0, atol=1e-9)
    np.testing.assert_allclose(train.std(axis=0), 1, atol=1e-9)
    assert not np.allclose(phrases.calibrated[small_data.manifest.rows("test")].mean(axis=0), 0, atol=1e-9)


def test_a_given_cutoff_is_obeyed(small_data, config):
    found = find_phrases(small_data, replace(config.text, cutoff=0.15, top_k=5))
    train = small_data.manifest.rows("train")
    assert (np.sort(found.affinities[train], axis=0)[-5:].mean(axis=0) > 0.15).all()
    everything = find_phrases(small_data, replace(config.text, cutoff=-1.0))
    assert len(everything.names) >= len(found.names)


def test_without_phrases_or_embeddings(small_data, config):
    none = find_phrases(replace(small_data, phrases=()), config.text)
    assert none.names == () and none.affinities.shape == (len(small_data.manifest.clips), 0)
    with pytest.raises(ConfigError, match=r"data\.video"):
        find_phrases(replace(small_data, video=None), config.text)


def proposed(*entries, classes=CLASSES):
    return PhraseSet(classes, entries)


def test_the_target_is_raw_or_calibrated(small_data, config, phrases):
    calibrated = find_phrases(small_data, replace(config.text, target="calibrated"))
    assert phrases.target == "raw" and phrases.targets is phrases.affinities
    assert calibrated.targets is calibrated.calibrated
    train = calibrated.targets[small_data.manifest.rows("train")]
    np.testing.assert_allclose([train.mean(axis=0), train.std(axis=0) - 1], 0, atol=1e-9)


def test_unknown_targets_and_checks_are_refused(small_config):
    for override in ("text.target='other'", "text.screening.checks=['other']", "text.min_auc=2"):
        with pytest.raises(ConfigError, match=override.split("=")[0].replace(".", r"\.")):
            small_config(override)


def test_everything_dropped_has_a_reason_and_visibility_its_figure(phrases, small_data):
    given = {(one.kind, text) for one in small_data.phrases for text in one.texts}
    lost = {(drop.stage, drop.item) for drop in phrases.drops}
    assert lost | set(zip(phrases.kinds, phrases.names, strict=True)) == given and len(lost) == len(phrases.drops)
    for drop in phrases.drops:
        assert drop.reason
        assert drop.value == pytest.approx(phrases.report[drop.stage]["phrases"][drop.item]["visibility"], abs=1e-4)


def test_wording_is_judged_where_asked(small_data, config):
    """A phrase of the planted world under another name, which a concept may not have."""
    objects = next(one for one in small_data.phrases if one.kind == "object")
    names = ("throwing a ball", *objects.texts[1:])
    data = replace(small_data, phrases=(replace(objects, texts=names),))
    kept, loose = (find_phrases(data, replace(config.text, wording=on, cutoff=-1.0)) for on in (True, False))
    assert "throwing a ball" in loose.names and "throwing a ball" not in kept.names
    assert [drop.reason for drop in kept.drops if drop.item == "throwing a ball"] == [CLASS_NAME]


def test_likeness_keeps_the_more_visible_of_two_of_one_meaning(small_data, config):
    objects = next(one for one in small_data.phrases if one.kind == "object")
    double = Phrases(
        "object", (*objects.texts, "gizmo"), np.vstack([objects.embeddings, objects.embeddings[:1] + 1e-3])
    )
    data = replace(small_data, phrases=(double,))
    found = find_phrases(data, replace(config.text, cutoff=-1.0, likeness=0.99))
    lost = [drop.item for drop in found.drops if drop.reason == REDUNDANT]
    assert len(lost) == 1 and lost[0] in (objects.texts[0], "gizmo")
    assert "gizmo" in find_phrases(data, replace(config.text, cutoff=-1.0)).names


def test_a_phrase_that_misses_its_own_classes_is_warned_about_and_dropped_only_where_asked(small_data, config):
    right = PhraseEntry("object", "Punching bag", ("punching a bag", "kicking a bag"))
    wrong = PhraseEntry("object", "Dumbbell", ("greeting",))
    data = replace(small_data, proposed=proposed(right, wrong))
    found = find_phrases(data, config.text)
    assert found.report["object"]["phrases"]["Punching bag"]["auc"] > 0.9
    assert [line.split(":")[0] for line in found.report["warnings"]] == ["object 'Dumbbell'"]
    assert "Dumbbell" in found.names
    strict = find_phrases(data, replace(config.text, min_auc=0.5))
    (lost,) = [drop for drop in strict.drops if drop.reason == LOW_AUC]
    assert lost.item == "Dumbbell" and lost.value <= 0.5 and "Dumbbell" not in strict.names
    held = replace(small_data, proposed=proposed(right, replace(wrong, by_user=True)))
    assert "Dumbbell" in find_phrases(held, replace(config.text, min_auc=0.5)).names


def test_what_a_person_or_a_filter_left_out_before_stays_out_and_is_listed(small_data, config):
    out = PhraseEntry("scene", "Forest", kept=False, reason="left out by the user", by_user=True)
    never = PhraseEntry("object", "waving", kept=False, reason="names a movement")
    found = find_phrases(replace(small_data, proposed=proposed(out, never)), config.text)
    assert "Forest" not in found.names
    assert {("Forest", "left out by the user"), ("waving", "names a movement")} <= {
        (drop.item, drop.reason) for drop in found.drops
    }


def test_quality_goes_with_its_concept(small_data, config):
    agreement = {one.kind: np.linspace(0, 1, len(one.texts)) for one in small_data.phrases}
    found = find_phrases(replace(small_data, agreement=agreement), config.text)
    for kind, name, figure in zip(found.kinds, found.names, found.quality, strict=True):
        row = next(one for one in small_data.phrases if one.kind == kind).texts.index(name)
        assert figure["agreement"] == pytest.approx(agreement[kind][row], abs=1e-4)
        assert figure == found.report[kind]["phrases"][name]


def test_test_clips_and_their_labels_change_nothing_that_is_chosen(small_data, config):
    manifest = small_data.manifest
    other = np.array(small_data.video.values)
    other[manifest.rows("test")] = np.random.default_rng(0).normal(size=(len(manifest.rows("test")), other.shape[1]))
    one = find_phrases(small_data, config.text)
    two = find_phrases(replace(small_data, video=replace(small_data.video, values=other)), config.text)
    assert (one.names, one.drops, one.report) == (two.names, two.drops, two.report)


def test_the_phrases_of_penn_action(shared):
    """Cutoff and likeness as in the configs: what is left out is named, and the official cutoff keeps 37 and 31."""
    config = read_config(ROOT / "configs" / "penn_action_own_phrases.toml")
    data = read_dataset(replace(config.data, poses=None), shared)
    found = find_phrases(data, config.text)
    assert len(found.names) + len(found.drops) == 59 + 79 and len(found.names) > 55
    assert {UNSEEN, REDUNDANT} <= {drop.reason for drop in found.drops}
    official = find_phrases(data, read_config(ROOT / "configs" / "penn_action_official.toml").text)
    assert [official.kinds.count(kind) for kind in ("object", "scene")] == [37, 31]
