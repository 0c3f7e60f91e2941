from dataclasses import replace

import numpy as np
import pytest

from dance_xai.errors import DataError, ShapeError
from dance_xai.evaluate.inputs import EvaluationInput


def test_reads_concepts_and_features_from_the_model(world):
    inputs = world.inputs
    np.testing.assert_array_equal(inputs.concepts[1], world.model.concepts(world.test.inputs))
    assert inputs.features is not None
    assert inputs.features[0] is world.train.inputs
    assert inputs.grounded is None


def test_features_of_a_grounded_model_must_be_given(grounded_world):
    assert grounded_world.inputs.features is None
    rows = [
        replace(part, features=z)
        for part, z in zip((grounded_world.train, grounded_world.test), grounded_world.latents, strict=True)
    ]
    assert EvaluationInput(grounded_world.model, *rows).features[1] is grounded_world.latents[1]


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("inputs", np.zeros((3, 12)), "test inputs"),
        ("targets", np.zeros((120, 3)), "test concept targets"),
        ("features", np.full((120, 2), np.nan), "test features"),
        ("grounded", np.zeros(120), "test grounded activations"),
    ],
)
def test_refuses_rows_that_do_not_fit(world, field, value, message):
    with pytest.raises(ShapeError, match=message):
        EvaluationInput(world.model, world.train, replace(world.test, **{field: value}))


def test_refuses_unknown_labels_and_one_class(world):
    with pytest.raises(DataError, match=r"test labels: expected class indices in 0\.\.3"):
        EvaluationInput(world.model, world.train, replace(world.test, labels=world.test.labels - 1))
    with pytest.raises(DataError, match="at least two classes"):
        EvaluationInput(world.model, replace(world.train, labels=world.train.labels * 0), world.test)
