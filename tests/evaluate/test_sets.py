import numpy as np
import pytest

from dance_xai.evaluate.inputs import EvaluationInput, EvaluationRows
from dance_xai.evaluate.sets import SETS, activation_sets, mean_curve, random_directions, set_curves


def rng():
    return np.random.default_rng(11)


def test_kinds_are_the_columns_of_the_bank(world):
    sets, notes = activation_sets(world.inputs, rng=rng())
    assert tuple(sets) == SETS
    train, test = world.inputs.concepts
    for name, columns in {
        "all": [0, 1, 2, 3],
        "motion": [0, 1],
        "object": [2],
        "scene": [3],
        "context": [2, 3],
    }.items():
        np.testing.assert_array_equal(sets[name][0][0], train[:, columns])
        np.testing.assert_array_equal(sets[name][0][1], test[:, columns])
    assert set(notes) == {"random", "grounded"}
    np.testing.assert_array_equal(sets["features"][0][1], world.test.inputs)


def test_sets_without_columns_are_none_with_a_reason(world):
    sets, notes = activation_sets(world.inputs, rng=rng())
    curves = set_curves(
        {name: sets[name] for name in ("motion", "grounded")}, world.train.labels, world.test.labels, necs=(2,)
    )
    assert curves["motion"] is not None
    assert curves["grounded"] is None
    assert notes["grounded"].startswith("no evidence")


def test_random_directions_are_the_same_for_train_and_test():
    x = rng().standard_normal((20, 6))
    train, test = random_directions((x, x[:5]), 9, rng())
    assert train.shape == (20, 9)
    np.testing.assert_allclose(train[:5], test)
    rank = np.linalg.matrix_rank(np.hstack([x, train]))
    assert rank == 6


def test_random_is_drawn_anew_and_has_the_width_of_the_bank(world):
    sets, _ = activation_sets(world.inputs, rng=rng(), n_random=2)
    first, second = (pair[0] for pair in sets["random"])
    assert first.shape == second.shape == (160, 4)
    assert not np.allclose(first, second)
    again, _ = activation_sets(world.inputs, rng=rng(), n_random=2)
    np.testing.assert_array_equal(again["random"][0][0], first)


def test_given_evidence_is_a_set_of_its_own(world):
    rows = [
        EvaluationRows(r.inputs, r.labels, grounded=z[:, :3])
        for r, z in zip((world.train, world.test), world.latents, strict=True)
    ]
    sets, notes = activation_sets(EvaluationInput(world.model, *rows), rng=rng())
    np.testing.assert_array_equal(sets["grounded"][0][0], world.latents[0][:, :3])
    assert "grounded" not in notes


def test_a_grounded_model_is_its_own_grounded_set_and_has_no_controls(grounded_world):
    sets, notes = activation_sets(grounded_world.inputs, rng=rng())
    np.testing.assert_array_equal(sets["grounded"][0][1], sets["all"][0][1])
    assert sets["random"] == sets["features"] == ()
    assert {"random", "features", "all"} <= set(notes)


def test_mean_curve():
    assert mean_curve([{"1": 0.2, "3": 1.0}, {"1": 0.4, "3": 0.5}]) == pytest.approx({"1": 0.3, "3": 0.75})
    assert mean_curve([]) is None
