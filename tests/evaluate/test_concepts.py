import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dance_xai.errors import ShapeError
from dance_xai.evaluate.concepts import binary_targets, concept_quality, correlation
from dance_xai.types import Concept, ConceptBank


def bank(*kinds):
    return ConceptBank(tuple(Concept(kind, f"{kind} {i}") for i, kind in enumerate(kinds)))


def planted(rng, n=3000):
    motion = (rng.random((n, 2)) < 0.2).astype(float)
    return np.hstack([motion, rng.standard_normal((n, 2))])  # two motions, an object, a scene


def test_perfect_concepts_score_one_and_noise_scores_chance():
    rng = np.random.default_rng(0)
    train, test = planted(rng), planted(rng)
    activations = test.copy()
    activations[:, [1, 3]] = rng.standard_normal((len(test), 2))
    quality = concept_quality(bank("motion", "motion", "object", "scene"), activations, test, train)
    perfect_motion, noise_motion, perfect_object, noise_scene = quality.scores
    for score in (perfect_motion, perfect_object):
        assert (score.average_precision, score.auc) == (1.0, 1.0)
        assert score.correlation == pytest.approx(1.0)
        assert score.cos_cubed == pytest.approx(1.0)
    for score in (noise_motion, noise_scene):
        assert score.average_precision == pytest.approx(score.prevalence, abs=0.03)
        assert score.auc == pytest.approx(0.5, abs=0.03)
        assert score.correlation == pytest.approx(0.0, abs=0.05)
    assert perfect_object.prevalence == pytest.approx(0.25, abs=0.03)
    assert quality.average_precision["motion"] == pytest.approx((1 + noise_motion.average_precision) / 2)
    assert quality.chance["motion"] == pytest.approx((perfect_motion.prevalence + noise_motion.prevalence) / 2)
    assert quality.left_out == {"motion": 0, "object": 0, "scene": 0}


@pytest.mark.parametrize("everywhere", [0.0, 1.0])
def test_concepts_that_no_or_all_test_clips_have_are_counted_and_left_out(everywhere):
    rng = np.random.default_rng(1)
    test = planted(rng, 200)[:, :2]
    test[:, 1] = everywhere
    quality = concept_quality(bank("motion", "motion"), test, test, test)
    assert quality.left_out["motion"] == 1
    assert quality.average_precision["motion"] == 1.0
    assert quality.scores[1].average_precision is None
    assert quality.scores[1].auc is None
    assert quality.scores[1].prevalence == everywhere
    assert quality.chance["motion"] == quality.scores[0].prevalence


def test_a_kind_without_concepts_has_no_figure():
    test = planted(np.random.default_rng(2), 50)[:, :2]
    quality = concept_quality(bank("motion", "motion"), test, test, test)
    assert quality.average_precision["object"] is None
    assert quality.chance["scene"] is None


def test_unknown_rows_do_not_count():
    rng = np.random.default_rng(3)
    test = planted(rng, 400)[:, :2]
    activations = test + rng.standard_normal(test.shape)
    hidden = test.copy()
    hidden[:150] = np.nan
    kinds = bank("motion", "motion")
    assert (
        concept_quality(kinds, activations, hidden, test).scores
        == concept_quality(kinds, activations[150:], test[150:], test).scores
    )


def test_thresholds_come_from_train_alone():
    train = np.arange(100.0)[:, None]
    test = np.array([[70.0], [74.0], [75.0], [1000.0], [np.nan]])
    result = binary_targets(test, train, np.array([False]))
    np.testing.assert_array_equal(result[:, 0], [0, 0, 1, 1, np.nan])
    np.testing.assert_array_equal(binary_targets(test[:1], train, np.array([False])), [[0.0]])


def test_unknown_train_targets_leave_the_column_unknown_and_motion_is_kept():
    train, test = np.full((5, 2), np.nan), np.array([[0.3, 1.0], [0.4, 0.0]])
    result = binary_targets(test, train, np.array([False, True]))
    np.testing.assert_array_equal(result, [[np.nan, 1.0], [np.nan, 0.0]])


def test_similarities_agree_with_their_formulas():
    rng = np.random.default_rng(4)
    left, right = rng.standard_normal((50, 3)), rng.gamma(2.0, size=(50, 3)) * 0.01 + 1.0
    right[:7, 0] = np.nan
    scores = concept_quality(bank("object", "object", "scene"), left, right, right).scores
    for column, score in enumerate(scores):
        known = np.isfinite(right[:, column])
        a, b = left[known, column] - left[known, column].mean(), right[known, column] - right[known, column].mean()
        assert score.cos_cubed == pytest.approx((a**3 @ b**3) / np.linalg.norm(a**3) / np.linalg.norm(b**3))
        assert score.correlation == pytest.approx(np.corrcoef(left[known, column], right[known, column])[0, 1])


@given(arrays(np.float64, (10, 2), elements=st.floats(-5, 5)), st.floats(0.1, 10), st.floats(-3, 3))
def test_correlation_is_bounded_and_ignores_scale_and_shift(left, scale, shift):
    right = np.random.default_rng(5).standard_normal((10, 2))
    plain = correlation(left, right)
    assert (np.isnan(plain) | (np.abs(plain) <= 1 + 1e-9)).all()
    spread = np.ptp(left, axis=0) > 1e-3
    moved = correlation(scale * left + shift, right)
    np.testing.assert_allclose(moved[spread], plain[spread], atol=1e-6)


def test_a_concept_that_never_varies_has_no_similarity():
    test = planted(np.random.default_rng(6), 60)[:, :1]
    (score,) = concept_quality(bank("motion"), np.full((60, 1), 0.1), test, test).scores
    assert (score.correlation, score.cos_cubed) == (None, None)
    assert score.auc == 0.5


def test_refuses_targets_of_another_bank():
    with pytest.raises(ShapeError, match="concept targets"):
        concept_quality(bank("motion"), np.zeros((3, 1)), np.zeros((3, 2)), np.zeros((3, 1)))
