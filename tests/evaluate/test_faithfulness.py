import numpy as np
import pytest

from dance_xai.evaluate.faithfulness import deletion_check


def random_head(seed, n=300, n_concepts=20, n_classes=5):
    rng = np.random.default_rng(seed)
    weight = rng.standard_normal((n_classes, n_concepts)) * (rng.random((n_classes, n_concepts)) < 0.4)
    return weight, rng.standard_normal(n_classes), rng.standard_normal((n, n_concepts))


def test_a_case_by_hand():
    weight, bias = np.array([[2.0, 1.0, 0.0], [0.0, 0.0, 1.5]]), np.zeros(2)
    concepts = np.array([[1.0, 0.5, 1.2]])  # logits 2.5 and 1.8
    result = deletion_check(weight, bias, concepts, rng=np.random.default_rng(0), most=3, draws=4000)
    assert result.removed == (1, 2, 3)
    assert result.flips_top == (1.0, 1.0, 1.0)
    assert result.drop_top == pytest.approx((2.0, 2.5, 2.5))
    assert result.flips_random[0] == pytest.approx(0.5, abs=0.04)  # only one of the two flips it
    assert result.drop_random[0] == pytest.approx(1.25, abs=0.04)
    assert result.drop_random[1:] == pytest.approx((2.5, 2.5))


@pytest.mark.parametrize("seed", range(3))
def test_the_logit_falls_by_the_removed_contributions(seed):
    weight, bias, concepts = random_head(seed)
    result = deletion_check(weight, bias, concepts, rng=np.random.default_rng(1))
    assert result.sum_error < 1e-12
    logits = concepts @ weight.T + bias
    contributions = weight[logits.argmax(axis=1)] * concepts
    ordered = -np.sort(-np.where(contributions == 0, -np.inf, contributions), axis=1)
    expected = [np.where(np.isfinite(ordered[:, :k]), ordered[:, :k], 0).sum(axis=1).mean() for k in range(1, 6)]
    assert result.drop_top == pytest.approx(expected)


def test_what_the_explanation_names_matters_more_than_chance():
    weight, bias, concepts = random_head(4)
    result = deletion_check(weight, bias, concepts, rng=np.random.default_rng(2))
    assert (np.array(result.flips_top) > np.array(result.flips_random) + 0.1).all()
    assert (np.array(result.drop_top) > np.array(result.drop_random)).all()


def test_concepts_outside_the_head_are_never_switched_off():
    weight, bias, concepts = random_head(5)
    padded = np.hstack([weight, np.zeros((5, 30))])
    wider = np.hstack([concepts, 100 * np.ones((300, 30))])
    first = deletion_check(weight, bias, concepts, rng=np.random.default_rng(3))
    second = deletion_check(padded, bias, wider, rng=np.random.default_rng(3))
    assert second.flips_top == first.flips_top
    assert second.drop_random == pytest.approx(first.drop_random, abs=0.15)
    assert second.drop_random[0] > 0.1


def test_order_of_clips_does_not_matter():
    weight, bias, concepts = random_head(6)
    first = deletion_check(weight, bias, concepts, rng=np.random.default_rng(4))
    second = deletion_check(weight, bias, concepts[::-1], rng=np.random.default_rng(4))
    assert second.flips_top == first.flips_top
    assert second.drop_top == pytest.approx(first.drop_top)


def test_an_empty_head_has_nothing_to_remove():
    result = deletion_check(np.zeros((2, 3)), np.array([0.0, 1.0]), np.ones((4, 3)), rng=np.random.default_rng(5))
    assert result.flips_top == result.flips_random == (0.0,) * 5
    assert result.sum_error == 0.0
