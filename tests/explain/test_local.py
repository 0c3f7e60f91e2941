import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from dance_xai.errors import DataError, ShapeError
from dance_xai.explain import explain_clip
from dance_xai.model.bottleneck import ConceptBottleneck
from dance_xai.model.head import fit_head
from dance_xai.model.layer import LinearLayer
from dance_xai.types import WindowMatch

MATCH = WindowMatch(3, 9, 0.8)


@given(seed=st.integers(0, 10_000), scale=st.sampled_from([0.0, 1e-6, 1.0, 50.0]), classes=st.integers(1, 5))
def test_terms_add_up_to_the_logit(make_model, seed, scale, classes):
    model = make_model(seed, scale=scale, classes=classes)
    x = np.random.default_rng(seed).normal(size=9)
    explanation = explain_clip(model, x, clip="a")
    logits = dict(zip(model.classes, model.logits(x[None])[0], strict=True))
    assert {each.label for each in explanation.classes} == set(model.classes)
    for each in explanation.classes:
        assert each.logit == logits[each.label]
        total = each.bias + math.fsum(term.value for term in each.contributions)
        assert total == pytest.approx(each.logit, abs=1e-9)


def test_classes_come_by_probability_and_match_scipy(model, x):
    explanation = explain_clip(model, x, clip="a")
    expected = dict(zip(model.classes, special.softmax(model.logits(x[None])[0]), strict=True))
    found = [each.probability for each in explanation.classes]
    assert found == sorted(found, reverse=True)
    assert {each.label: each.probability for each in explanation.classes} == pytest.approx(expected, abs=1e-15)
    assert explanation.prediction.label == model.classes[int(model.logits(x[None])[0].argmax())]


def test_only_weights_that_are_not_zero_largest_value_first(model, x):
    for each in explain_clip(model, x, clip="a").classes:
        weight = model.head.weight[model.classes.index(each.label)]
        assert {term.concept for term in each.contributions} == set(np.flatnonzero(weight))
        sizes = [abs(term.value) for term in each.contributions]
        assert sizes == sorted(sizes, reverse=True)
        for term in each.contributions:
            assert (term.activation, term.weight) == (x[term.concept], weight[term.concept])
            assert (term.kind, term.name) == (
                model.bank.concepts[term.concept].kind,
                model.bank.concepts[term.concept].name,
            )


def test_shares_are_of_absolute_values_per_kind(model, x):
    for each in explain_clip(model, x, clip="a").classes:
        whole = sum(abs(term.value) for term in each.contributions)
        for kind, share in each.shares.items():
            part = sum(abs(term.value) for term in each.contributions if term.kind == kind)
            assert share == pytest.approx(part / whole, abs=1e-12)
        assert sum(each.shares.values()) == pytest.approx(1, abs=1e-12)


def test_a_class_without_weights_has_no_shares(make_model, x):
    explanation = explain_clip(make_model(scale=0.0), x, clip="a")
    assert set(explanation.prediction.shares.values()) == {0.0}
    assert explanation.prediction.contributions == ()


def test_huge_logits_do_not_overflow(make_model, x):
    explanation = explain_clip(make_model(scale=1e5), x, clip="a")
    assert sum(each.probability for each in explanation.classes) == pytest.approx(1)


def test_matches_stand_with_their_motion_concept(model, x):
    explanation = explain_clip(model, x, clip="a", matches={j: MATCH for j in range(4)}, true_label="new", fps=30)
    for each in explanation.classes:
        assert all((term.match is MATCH) == (term.kind == "motion") for term in each.contributions)
    assert (explanation.true_label, explanation.fps, explanation.clip) == ("new", 30, "a")


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"matches": {4: MATCH}}, DataError, r"motion concepts, got \[4\]"),
        ({"fps": 0}, DataError, "above 0"),
        ({"fps": float("nan")}, DataError, "above 0"),
        ({"x": np.zeros((1, 9))}, ShapeError, "input of the clip"),
        ({"x": np.full(9, np.nan)}, ShapeError, "finite"),
    ],
)
def test_bad_input_is_refused(model, x, change, error, says):
    with pytest.raises(error, match=says):
        explain_clip(model, **({"x": x, "clip": "a"} | change))


def test_the_real_model_is_explained_by_its_own_logits(model):
    rng = np.random.default_rng(4)
    features, labels = rng.normal(size=(60, 5)), np.arange(60) % 3
    layer = LinearLayer(rng.normal(size=(9, 5)), rng.normal(size=9))
    raw = layer(features)
    mean, std = raw.mean(axis=0), raw.std(axis=0)
    head = fit_head((raw - mean) / std, labels, lam=0.02)
    real = ConceptBottleneck(model.bank, model.classes, layer, mean, std, head, "predicted", "features")
    explanation = explain_clip(real, features[0], clip="a")
    assert explanation.prediction.label == model.classes[int(real.predict(features[:1])[0])]
    for each in explanation.classes:
        k = model.classes.index(each.label)
        assert each.probability == pytest.approx(real.probabilities(features[:1])[0, k], abs=1e-12)
        total = each.bias + math.fsum(term.value for term in each.contributions)
        assert total == pytest.approx(real.logits(features[:1])[0, k], abs=1e-9)
        assert len(each.contributions) == np.count_nonzero(head.weight[k])
