import math

import numpy as np
import pytest

from dance_xai.errors import DataError
from dance_xai.explain import explain_class, explain_clip, explain_concept


@pytest.fixture
def clips():
    return np.random.default_rng(2).normal(size=(7, 9))


def test_a_class_is_the_mean_of_its_clips(model, clips):
    summary = explain_class(model, "class 1", x=clips)
    each = [
        next(c for c in explain_clip(model, x, clip="a").classes if c.label == "class 1").contributions for x in clips
    ]
    for term in summary.terms:
        values = [t.value for terms in each for t in terms if t.concept == term.concept]
        assert term.contribution == pytest.approx(np.mean(values), abs=1e-12)
    total = summary.bias + math.fsum(term.contribution for term in summary.terms)
    assert total == pytest.approx(model.logits(clips)[:, 1].mean(), abs=1e-9)
    assert summary.logit == pytest.approx(total, abs=1e-9)
    assert summary.clips == 7
    sizes = [abs(term.contribution) for term in summary.terms]
    assert sizes == sorted(sizes, reverse=True)


def test_shares_count_sizes_so_that_signs_do_not_cancel(model, clips):
    both = np.concatenate([clips, -clips])
    summary = explain_class(model, "class 1", x=both)
    assert sum(summary.shares.values()) == pytest.approx(1)
    assert summary.shares == pytest.approx(explain_class(model, "class 1", x=clips).shares)


@pytest.mark.parametrize("x", [None, np.zeros((0, 9))])
def test_without_clips_the_weights_speak(model, x):
    summary = explain_class(model, "class 0", x=x)
    assert (summary.clips, summary.logit) == (0, None)
    assert [term.contribution for term in summary.terms] == [None] * len(summary.terms)
    weights = [abs(term.weight) for term in summary.terms]
    assert weights == sorted(weights, reverse=True)
    assert len(weights) == np.count_nonzero(model.head.weight[0])


def test_a_concept_names_its_classes_and_strongest_clips(model, clips):
    j = int(np.abs(model.head.weight).sum(axis=0).argmax())
    summary = explain_concept(model, j, x=clips, top=3)
    assert dict(summary.weights) == {
        name: w for name, w in zip(model.classes, model.head.weight[:, j], strict=True) if w
    }
    assert [row for row, _ in summary.strongest] == list(np.argsort(-clips[:, j])[:3])
    assert explain_concept(model, model.bank.concepts[j].name).weights == summary.weights
    assert explain_concept(model, np.int64(j)).concept == j


def test_unknown_names_are_refused(model):
    with pytest.raises(DataError, match="class: expected one of"):
        explain_class(model, "swim")
    for concept in ("a tree", 9, -1):
        with pytest.raises(DataError, match="concept: expected a name"):
            explain_concept(model, concept)
