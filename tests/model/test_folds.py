import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dance_xai.errors import DataError
from dance_xai.model.folds import stratified_folds


@given(labels=st.lists(st.integers(-1, 4), min_size=2, max_size=60), n_folds=st.integers(2, 7), seed=st.integers(0, 99))
def test_sizes_differ_by_at_most_one_per_class_and_in_total(labels, n_folds, seed):
    labels, n_folds = np.array(labels), min(n_folds, len(labels))
    folds = stratified_folds(labels, n_folds, np.random.default_rng(seed))
    for rows in (np.ones(len(labels), dtype=bool), *(labels == k for k in np.unique(labels))):
        assert np.ptp(np.bincount(folds[rows], minlength=n_folds)) <= 1


def test_the_generator_decides():
    labels = np.arange(40) % 4
    first, again, other = (stratified_folds(labels, 5, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert (first == again).all()
    assert (first != other).any()


@pytest.mark.parametrize("n_folds", [0, 1, 5])
def test_too_few_or_too_many_folds(n_folds):
    with pytest.raises(DataError, match=f"expected 2 to 4 .*got {n_folds}"):
        stratified_folds(np.array([0, 0, 1, 1]), n_folds, np.random.default_rng(0))
