from __future__ import annotations

from dataclasses import replace

import numpy as np

from dance_xai.stages.bank import build_bank
from dance_xai.stages.grounded import measure_evidence
from dance_xai.stages.motion import MotionEvidence, find_motions


def test_motion_is_how_near_the_best_window_is(bank, motions, evidence):
    columns = [i for i, column in enumerate(evidence.columns) if bank.bank.concepts[column].kind == "motion"]
    expected = np.exp(-0.5 * (motions.matches.distance / motions.motions.scale) ** 2)
    known = np.isfinite(expected)
    np.testing.assert_allclose(evidence.values[:, columns][known], expected[known])
    assert evidence.values[:, columns].min() >= 0 and evidence.values[:, columns].max() <= 1


def test_text_is_calibrated_similarity(bank, phrases, evidence):
    columns = [i for i, column in enumerate(evidence.columns) if bank.bank.concepts[column].kind != "motion"]
    np.testing.assert_array_equal(evidence.values[:, columns], phrases.calibrated)


def test_a_clip_without_poses_has_the_train_mean(small_data, config, phrases):
    gone = small_data.manifest.ids[int(small_data.manifest.rows("test")[0])]
    data = replace(small_data, tracks=tuple(track for track in small_data.tracks if track.clip != gone))
    motions = find_motions(data, config.motion, 0)
    evidence = measure_evidence(data.manifest, build_bank(data.manifest, motions, phrases), motions, phrases)
    motion = len(motions.motions.concepts)
    train = evidence.values[data.manifest.rows("train"), :motion]
    np.testing.assert_allclose(evidence.values[data.manifest.ids.index(gone), :motion], train.mean(axis=0))


def test_labels_without_poses_cannot_be_measured(small_data, phrases):
    motions = MotionEvidence(np.zeros((len(small_data.manifest.clips), 3)))
    bank = build_bank(small_data.manifest, motions, phrases)
    evidence = measure_evidence(small_data.manifest, bank, motions, phrases)
    assert set(evidence.columns) == set(bank.bank.columns("object", "scene"))
