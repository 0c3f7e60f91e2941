from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import spearmanr
from sklearn.metrics import roc_auc_score

from dance_xai.errors import ShapeError
from dance_xai.features.label_quality import class_truth, template_agreement
from dance_xai.model.ranking import score_rankings

RNG = np.random.default_rng(0)


def by_hand(affinity):
    found = []
    for column in range(affinity.shape[2]):
        each = [
            spearmanr(affinity[t, :, column], np.delete(affinity, t, 0)[:, :, column].mean(axis=0)).statistic
            for t in range(len(affinity))
        ]
        found.append(np.mean(each))
    return found


@pytest.mark.parametrize("digits", [8, 0], ids=["no ties", "ties"])
def test_agreement_is_the_mean_rank_correlation_with_the_other_wordings(digits):
    values = (3 * RNG.normal(size=(1, 40, 6)) + 2 * RNG.normal(size=(4, 40, 6))).round(digits)
    np.testing.assert_allclose(template_agreement(values), by_hand(values), atol=1e-12)


@given(arrays(float, (3, 8, 2), elements=st.integers(-3, 3).map(float)))
def test_agreement_stays_in_its_range_and_wordings_have_no_order(values):
    found = template_agreement(values)
    assert ((np.abs(found) <= 1 + 1e-12) | np.isnan(found)).all()
    np.testing.assert_allclose(template_agreement(values[::-1]), found, atol=1e-12)


def test_wordings_that_say_the_same_agree_and_noise_does_not():
    same = np.repeat(RNG.normal(size=(1, 300, 1)), 3, axis=0)
    noise = RNG.normal(size=(3, 300, 1))
    found = template_agreement(np.concatenate([same * [[[1]], [[3]], [[0.2]]], noise, -same + 0 * noise], axis=2))
    np.testing.assert_allclose(found[[0, 2]], 1)
    assert abs(found[1]) < 0.15


def test_a_phrase_that_does_not_vary_has_no_agreement():
    values = RNG.normal(size=(3, 10, 2))
    values[1, :, 0] = 0.5
    found = template_agreement(values)
    assert np.isnan(found[0]) and np.isfinite(found[1])


@pytest.mark.parametrize("shape", [(1, 10, 2), (3, 1, 2), (10, 2)])
def test_too_little_to_compare_is_refused(shape):
    with pytest.raises(ShapeError, match="similarities of wordings"):
        template_agreement(np.zeros(shape))


def test_truth_is_one_for_clips_of_the_classes_it_was_proposed_for():
    found = class_truth(np.array([0, 1, 2, -1]), ("a", "b", "c"), [("a", "c"), (), ("b", "unheard of")])
    np.testing.assert_array_equal(found, [[1, 0, 0], [0, 0, 1], [1, 0, 0], [np.nan] * 3])
    assert class_truth(np.array([0, 1]), ("a", "b"), []).shape == (2, 0)


@pytest.mark.parametrize("digits", [8, 1], ids=["no ties", "ties"])
def test_area_under_the_curve_for_its_own_classes(digits):
    labels = RNG.integers(0, 4, size=80)
    wanted = [("a",), ("b", "d"), ()]
    truth = class_truth(labels, tuple("abcd"), wanted)
    scores = (RNG.normal(size=(80, 3)) + 0.8 * truth).round(digits)
    found = score_rankings(scores, truth).auc
    for column in (0, 1):
        assert found[column] == pytest.approx(roc_auc_score(truth[:, column], scores[:, column]))
    assert np.isnan(found[2])
