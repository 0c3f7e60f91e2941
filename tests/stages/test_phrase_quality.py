from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from dance_xai.stages.phrase_quality import phrase_figures, quality_report
from dance_xai.types import PhraseEntry, PhraseSet

LABELS = np.array([0, 0, 1, 1, 2, 2, -1])


def figures(entries, affinity, agreement=None):
    return phrase_figures(entries, affinity, LABELS, ("a", "b", "c"), agreement)


def test_figures_are_those_that_are_known():
    affinity = np.random.default_rng(0).normal(size=(7, 3))
    entries = [
        PhraseEntry("object", "rope", ("a", "c"), similarity=0.31),
        PhraseEntry("object", "cup", (), similarity=0.2),
        PhraseEntry("object", "cap", ("elsewhere",)),
    ]
    found = figures(entries, affinity, np.array([0.8, np.nan, 0.5]))
    own = np.isin(LABELS[:6], [0, 2])
    expected = roc_auc_score(own, affinity[:6, 0])
    assert found[0] == {"visibility": 0.31, "agreement": 0.8, "auc": pytest.approx(expected, abs=1e-4)}
    assert found[1:] == ({"visibility": 0.2}, {"agreement": 0.5})


def test_who_scores_low_in_its_own_classes_is_warned_about_unless_dropped():
    entries = tuple(
        PhraseEntry("scene", name, ("a",), kept=name != "sea", similarity=0.3) for name in ("gym", "sea", "park")
    )
    affinity = np.zeros((7, 3))
    affinity[:2] = [-1, -1, 1]
    found = figures(entries, affinity)
    assert [figure["auc"] for figure in found] == [0, 0, 1]
    report = quality_report(PhraseSet((), entries), {"scene": found})
    (warning,) = report["warnings"]
    assert warning.startswith("scene 'gym': AUC 0.00 for the classes it was proposed for, not above chance")
    assert {name: report["scene"][name] for name in ("kept", "dropped", "auc")} == {"kept": 2, "dropped": 1, "auc": 0.5}
    assert set(report["scene"]["phrases"]) == {"gym", "sea", "park"}
