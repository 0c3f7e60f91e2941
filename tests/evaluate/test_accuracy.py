import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from dance_xai.errors import DataError, ShapeError
from dance_xai.evaluate.accuracy import bootstrap_interval, confusion_matrix, correct_share, measure_accuracy

CLASSES = tuple("abcde")
pairs = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=60).map(np.array)


def rng():
    return np.random.default_rng(3)


@given(pairs)
def test_agrees_with_sklearn(pair):
    labels, predicted = pair.T
    result = measure_accuracy(labels, predicted, CLASSES, rng=rng())
    present = np.unique(labels)
    precision, recall, _, _ = metrics.precision_recall_fscore_support(
        labels, predicted, labels=range(5), zero_division=0.0
    )
    assert result.accuracy == pytest.approx(metrics.accuracy_score(labels, predicted))
    assert result.mean_class_accuracy == pytest.approx(recall[present].mean())
    np.testing.assert_array_equal(result.confusion, metrics.confusion_matrix(labels, predicted, labels=range(5)))
    for position, entry in enumerate(result.per_class):
        assert entry.label == CLASSES[position]
        assert (entry.accuracy is None) == (position not in present)
        assert (entry.precision is None) == (position not in predicted)
        assert (entry.accuracy or 0.0) == pytest.approx(recall[position])
        assert (entry.precision or 0.0) == pytest.approx(precision[position])


@given(pairs)
def test_counts_add_up_and_interval_holds_the_point(pair):
    labels, predicted = pair.T
    result = measure_accuracy(labels, predicted, CLASSES, rng=rng())
    assert result.n == len(labels) == result.confusion.sum() == sum(entry.n for entry in result.per_class)
    assert result.correct == sum(entry.correct for entry in result.per_class)
    assert result.n == sum(entry.predicted for entry in result.per_class)
    low, high = result.interval
    assert 0.0 <= low <= result.accuracy <= high <= 1.0


@given(pairs, st.randoms(use_true_random=False))
def test_order_of_clips_does_not_matter(pair, random):
    shuffled = pair.copy()
    order = list(range(len(pair)))
    random.shuffle(order)
    shuffled = pair[order]
    first = measure_accuracy(*pair.T, CLASSES, rng=rng())
    second = measure_accuracy(*shuffled.T, CLASSES, rng=rng())
    assert (first.interval, first.per_class) == (second.interval, second.per_class)
    np.testing.assert_array_equal(first.confusion, second.confusion)


def test_interval_is_that_of_resampling_clips():
    hits = np.arange(400) < 330
    draws = np.random.default_rng(0).choice(hits, size=(20_000, 400)).mean(axis=1)
    expected = np.quantile(draws, [0.025, 0.975])
    np.testing.assert_allclose(bootstrap_interval(330, 400, rng=rng()), expected, atol=0.0026)


def test_interval_covers_the_true_rate():
    source = np.random.default_rng(1)
    intervals = [bootstrap_interval(int(k), 300, rng=source, draws=2000) for k in source.binomial(300, 0.8, 400)]
    assert np.mean([low <= 0.8 <= high for low, high in intervals]) == pytest.approx(0.945, abs=0.03)


def test_correct_share_of_a_head():
    weight, bias = np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([0.0, 0.5])
    concepts = np.array([[1.0, 0.0], [0.2, 0.0], [0.0, 3.0], [5.0, 0.0]])
    assert correct_share(weight, bias, concepts, np.array([0, 0, 1, 1])) == 0.5


@pytest.mark.parametrize("labels", [np.array([], dtype=int), np.array([0, -1]), np.array([0, 5])])
def test_refuses_missing_and_unknown_labels(labels):
    with pytest.raises(DataError, match="expected"):
        confusion_matrix(labels, np.zeros(len(labels), dtype=int), 5)


def test_refuses_different_lengths():
    with pytest.raises(ShapeError, match="predictions"):
        confusion_matrix(np.array([0, 1]), np.array([0]), 2)
