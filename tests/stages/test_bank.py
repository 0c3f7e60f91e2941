from __future__ import annotations

import numpy as np
import pytest

from dance_xai.errors import DataError
from dance_xai.stages.bank import build_bank
from dance_xai.stages.motion import MotionEvidence
from dance_xai.stages.text import TextEvidence


def test_every_column_is_where_it_came_from(bank, motions, phrases):
    for column, concept in enumerate(bank.bank.concepts):
        source = bank.source[column]
        if concept.kind == "motion":
            assert concept is motions.motions.concepts[source]
            np.testing.assert_array_equal(bank.targets.values[:, column], motions.targets[:, source])
        else:
            assert (concept.kind, concept.name) == (phrases.kinds[source], phrases.names[source])
            np.testing.assert_array_equal(bank.targets.values[:, column], phrases.targets[:, source])
            assert concept.quality == phrases.quality[source]
    assert bank.bank.skeleton.name == "coco_17"


def test_keeping_columns_keeps_all_three_in_step(bank):
    columns = np.array([1, len(bank.bank) - 1])
    kept = bank.keep(columns, [{"average_precision": 0.5}, {"similarity": 0.7}])
    assert kept.bank.names == tuple(bank.bank.names[column] for column in columns)
    before = [bank.bank.concepts[column].quality for column in columns]
    assert "visibility" in before[1]
    assert [concept.quality for concept in kept.bank.concepts] == [
        before[0] | {"average_precision": 0.5},
        before[1] | {"similarity": 0.7},
    ]
    np.testing.assert_array_equal(kept.targets.values, bank.targets.values[:, columns])
    np.testing.assert_array_equal(kept.source, bank.source[columns])


def test_given_labels_without_poses_get_names(small_data, phrases):
    targets = np.zeros((len(small_data.manifest.clips), 3))
    found = build_bank(small_data.manifest, MotionEvidence(targets), phrases)
    assert found.bank.names[:3] == ("motion 01", "motion 02", "motion 03") and found.bank.skeleton is None


def test_no_concepts_at_all(small_data):
    nothing = np.zeros((len(small_data.manifest.clips), 0))
    with pytest.raises(DataError, match="concepts: expected"):
        build_bank(small_data.manifest, MotionEvidence(nothing), TextEvidence((), (), nothing, nothing))
