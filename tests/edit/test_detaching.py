"""Concepts detached from others: nothing left in common within classes, at the least change, and nothing else moved."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import minimize

from dance_xai.edit import detach, set_activation
from dance_xai.edit.detaching import STRENGTH, within
from dance_xai.errors import DataError
from dance_xai.model.head import fit_head


def common(model, clips, rows, columns):
    """(F, S) covariances within classes of what was freed with what it was freed from."""
    at, labels = clips.training(model)
    inside = within(model.concepts(clips.inputs[at]), labels)
    return inside[:, rows].T @ inside[:, columns] / len(at)


def test_within_classes_nothing_is_left_in_common(case):
    for seed in range(3):
        model, clips = case(seed)
        free, edit = detach(model, clips, kinds=["scene"])
        assert np.abs(common(model, clips, range(5), [5, 6])).max() > 0.1
        assert np.abs(common(free, clips, range(5), [5, 6])).max() < 1e-9
        assert edit.arguments == {"kinds": ["scene"], "sources": [], "concepts": [], "forbid": []}


def test_what_is_not_named_stays_bit_for_bit(model, clips):
    free, edit = detach(
        model, clips, sources=["gym"], concepts=["rope", "motion 02"], forbid=[("jump", "gym")], lam=0.02
    )
    kept = [0, 2, 3, 5, 6]
    for name in ("weight", "bias"):
        np.testing.assert_array_equal(getattr(free.layer, name)[kept], getattr(model.layer, name)[kept])
    np.testing.assert_array_equal(free.std[kept], model.std[kept])
    assert np.abs(common(free, clips, [1, 4], [5])).max() < 1e-9
    assert free.head.weight[1, 5] == 0 and free.head.lam == 0.02
    assert edit.arguments["concepts"] == ["rope", "motion 02"]


def test_activations_stay_standardised_and_the_head_is_the_optimum_on_them(model, clips):
    free, _ = detach(model, clips, kinds=["scene"])
    rows, labels = clips.training(model)
    concepts = free.concepts(clips.inputs[rows])
    np.testing.assert_allclose(concepts.mean(axis=0), 0, atol=1e-9)
    np.testing.assert_allclose(concepts.std(axis=0), 1, atol=1e-9)
    assert free.head.kkt <= 1e-8
    np.testing.assert_allclose(free.head.weight, fit_head(concepts, labels, lam=0.01).weight, atol=1e-5)


def test_no_other_layer_without_it_changes_less(model, clips):
    """Against a general solver with the covariances as constraints."""
    free, _ = detach(model, clips, kinds=["scene"], concepts=["rope"])
    rows, labels = clips.training(model)
    x = clips.inputs[rows] - clips.inputs[rows].mean(axis=0)
    shared = x.T @ within(model.concepts(clips.inputs[rows])[:, 5:], labels)
    power = (x**2).sum() / len(x)

    def change(d):
        return ((x @ d) ** 2).sum() + STRENGTH * power * (d**2).sum()

    old = model.layer.weight[4]
    rules = {"type": "eq", "fun": lambda d: shared.T @ (old - d)}
    found = minimize(change, np.zeros(len(old)), constraints=[rules], method="SLSQP", options={"ftol": 1e-12})
    np.testing.assert_allclose(old - free.layer.weight[4], found.x, atol=1e-4)


def test_more_sources_than_directions_are_no_trouble(model, clips):
    """Two scenes that say the same are one."""
    layer = replace(model.layer, weight=model.layer.weight[[0, 1, 2, 3, 4, 5, 5]])
    free, _ = detach(replace(model, layer=layer), clips, kinds=["scene"])
    assert np.abs(common(free, clips, range(5), [5, 6])).max() < 1e-9


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({}, "expected a kind or a concept to detach from"),
        ({"kinds": ["place"]}, "kind 'place'"),
        ({"sources": ["gymn"]}, "did you mean 'gym'"),
        ({"sources": ["gym"], "concepts": ["gym"]}, "other concepts than 'gym' itself"),
        ({"kinds": ["motion", "object", "scene"]}, "concepts of another kind"),
        ({"kinds": ["scene"], "forbid": [("*", "nothing")]}, "'nothing'"),
    ],
)
def test_impossible_ones_say_why(model, clips, given, wanted):
    with pytest.raises(DataError, match=wanted):
        detach(model, clips, **given)


def test_measured_or_fixed_activations_are_refused(case, model, clips):
    with pytest.raises(DataError, match="expected predicted activations"):
        detach(*case(0, activations="grounded"), kinds=["scene"])
    fixed, _ = set_activation(model, concept="gym", value=2.0)
    with pytest.raises(DataError, match="varies within classes"):
        detach(fixed, clips, sources=["gym"])


def test_within_classes_means_less_the_mean_of_the_class():
    values, labels = np.array([[1.0, 5.0], [3.0, 5.0], [10.0, 0.0]]), np.array([2, 2, 0])
    np.testing.assert_array_equal(within(values, labels), [[-1, 0], [1, 0], [0, 0]])
