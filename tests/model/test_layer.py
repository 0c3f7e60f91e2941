import numpy as np
import pytest

from dance_xai.errors import DataError, ShapeError
from dance_xai.model.layer import LinearLayer, check_binary, check_fit_input, columns_by_rows

FOLDS = np.arange(6) % 3


def test_layer_is_an_affine_map():
    layer = LinearLayer(np.array([[1.0, 2.0], [0.0, -1.0], [3.0, 0.5]]), np.array([0.5, 0.0, -1.0]))
    assert layer(np.array([[2.0, 4.0]])).tolist() == [[10.5, -4.0, 7.0]]


def test_columns_are_grouped_by_the_rows_they_know():
    known = np.array([[1, 1, 1, 0], [0, 1, 0, 1], [1, 1, 1, 1]], dtype=bool)
    groups = {tuple(columns): rows.tolist() for rows, columns in columns_by_rows(known)}
    assert groups == {(0, 2): [True, False, True], (1,): [True, True, True], (3,): [False, True, True]}


def test_known_targets_are_those_that_are_not_nan():
    targets = np.array([[0.0, np.nan]] * 2 + [[1.0, 2.0]] * 4)
    assert np.array_equal(check_fit_input(np.ones((6, 2)), targets, FOLDS), ~np.isnan(targets))


@pytest.mark.parametrize(
    ("x", "targets", "folds", "error", "message"),
    [
        (np.full((6, 2), np.nan), np.zeros((6, 1)), FOLDS, ShapeError, "features: expected finite"),
        (np.ones((6, 2)), np.zeros((5, 1)), FOLDS, ShapeError, r"targets: expected shape \(6, C\), got \(5, 1\)"),
        (np.ones((6, 2)), np.full((6, 1), np.inf), FOLDS, ShapeError, "targets: expected finite"),
        (np.ones((6, 2)), np.zeros((6, 1)), np.zeros(5, int), ShapeError, r"folds: expected shape \(6\)"),
        (np.ones((6, 2)), np.zeros((6, 1)), np.zeros(6, int), DataError, "expected at least 2 different folds, got 1"),
        (np.ones((6, 2)), np.array([[0.0] + [np.nan] * 5]).T, FOLDS, DataError, "in at least 2 folds.*concept 0"),
    ],
)
def test_bad_input_is_named(x, targets, folds, error, message):
    with pytest.raises(error, match=message):
        check_fit_input(x, targets, folds)


def test_labels_must_be_labels():
    check_binary(np.array([[0.0, 1.0, np.nan]]))
    with pytest.raises(DataError, match=r"expected 0, 1 or NaN, got 0\.5 for clip 1, concept 0"):
        check_binary(np.array([[0.0, 1.0], [0.5, 1.0]]))
