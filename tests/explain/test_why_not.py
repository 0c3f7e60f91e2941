import math

import numpy as np
import pytest

from dance_xai.errors import DataError
from dance_xai.explain import contrast, explain_clip


@pytest.mark.parametrize("seed", range(5))
def test_the_difference_adds_up_and_matches_the_weights(make_model, seed):
    model = make_model(seed, classes=4)
    x = np.random.default_rng(seed).normal(size=9)
    explanation = explain_clip(model, x, clip="a")
    logits = model.logits(x[None])[0]
    won = model.classes.index(explanation.prediction.label)
    for k, other in enumerate(model.classes):
        answer = contrast(explanation, other)
        difference = model.head.weight[won] - model.head.weight[k]
        assert answer.logit == pytest.approx(logits[won] - logits[k], abs=1e-12)
        assert answer.bias + math.fsum(t.value for t in answer.contributions) == pytest.approx(answer.logit, abs=1e-9)
        assert {t.concept: t.weight for t in answer.contributions} == pytest.approx(
            {int(j): difference[j] for j in np.flatnonzero(difference)}
        )
        sizes = [abs(t.value) for t in answer.contributions]
        assert sizes == sorted(sizes, reverse=True)


def test_it_is_antisymmetric_between_any_two_classes(model, x):
    explanation = explain_clip(model, x, clip="a")
    there = contrast(explanation, "class 0", label="class 1")
    back = contrast(explanation, "class 1", label="class 0")
    assert there.logit == -back.logit
    assert {t.concept: t.value for t in there.contributions} == {t.concept: -t.value for t in back.contributions}
    assert there.shares == pytest.approx(back.shares)


def test_a_class_against_itself_is_empty(model, x):
    explanation = explain_clip(model, x, clip="a")
    answer = contrast(explanation, explanation.prediction.label)
    assert (answer.logit, answer.bias, answer.contributions) == (0, 0, ())


def test_an_unknown_class_is_refused(model, x):
    with pytest.raises(DataError, match="got 'swim'"):
        contrast(explain_clip(model, x, clip="a"), "swim")
