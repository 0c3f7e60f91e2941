import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn import metrics

from dance_xai.errors import ShapeError
from dance_xai.model.ranking import score_rankings

tied_scores = arrays(np.int64, (12, 3), elements=st.integers(-2, 2)).map(lambda a: a.astype(float))
targets = arrays(np.float64, (12, 3), elements=st.sampled_from([0.0, 1.0, np.nan]))


@given(tied_scores, targets)
def test_agrees_with_sklearn_under_ties_and_unknown_rows(scores, truth):
    result = score_rankings(scores, truth)
    for column in range(3):
        known = np.isfinite(truth[:, column])
        y, s = truth[known, column], scores[known, column]
        assert result.known[column] == known.sum()
        assert result.positives[column] == y.sum()
        if not y.sum():
            assert np.isnan(result.average_precision[column])
            continue
        assert result.average_precision[column] == pytest.approx(metrics.average_precision_score(y, s))
        if y.all():
            assert np.isnan(result.auc[column])
        else:
            assert result.auc[column] == pytest.approx(metrics.roc_auc_score(y, s))


@given(tied_scores, targets, st.permutations(range(12)))
def test_depends_on_the_order_of_scores_only(scores, truth, order):
    plain = score_rankings(scores, truth)
    moved = score_rankings(np.exp(scores[order]) - 5, truth[order])
    np.testing.assert_allclose(moved.average_precision, plain.average_precision)
    np.testing.assert_allclose(moved.auc, plain.auc)


def test_agrees_with_sklearn_on_many_rows():
    rng = np.random.default_rng(0)
    scores, truth = rng.standard_normal((1067, 40)).round(1), (rng.random((1067, 40)) < 0.03).astype(float)
    result = score_rankings(scores, truth)
    expected = [metrics.average_precision_score(truth[:, j], scores[:, j]) for j in range(40)]
    np.testing.assert_allclose(result.average_precision, expected, rtol=1e-12)
    np.testing.assert_allclose(result.auc, metrics.roc_auc_score(truth, scores, average=None), rtol=1e-12)


def test_noise_scores_near_prevalence_and_truth_scores_one():
    rng = np.random.default_rng(1)
    truth = (rng.random((4000, 20)) < 0.1).astype(float)
    noise = score_rankings(rng.standard_normal(truth.shape), truth)
    assert noise.average_precision.mean() == pytest.approx(0.1, abs=0.01)
    assert noise.auc.mean() == pytest.approx(0.5, abs=0.01)
    perfect = score_rankings(truth * 3 - 1, truth)
    assert (perfect.average_precision == 1).all()
    assert (perfect.auc == 1).all()


def test_refuses_scores_that_are_not_finite():
    with pytest.raises(ShapeError, match="scores: expected finite"):
        score_rankings(np.array([[np.nan]]), np.array([[1.0]]))
