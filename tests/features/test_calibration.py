import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dance_xai.errors import ShapeError
from dance_xai.features.calibration import calibrate


@pytest.mark.parametrize("common", ["phrases", "none"])
def test_train_clips_have_mean_zero_and_unit_spread(common):
    values = calibrate(raw := np.random.default_rng(0).normal(0.1, 0.05, (40, 6)), common=common)(raw)
    np.testing.assert_allclose(values.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(values.std(axis=0), 1, rtol=1e-12)


@given(st.integers(0, 1000), st.floats(-0.3, 0.3))
@settings(max_examples=25, deadline=None)
def test_what_all_phrases_of_a_clip_share_is_gone(seed, shift):
    rng = np.random.default_rng(seed)
    train, clip = rng.normal(0.1, 0.05, (30, 5)), rng.normal(0.1, 0.05, (1, 5))
    np.testing.assert_allclose(calibrate(train)(clip + shift), calibrate(train)(clip), atol=1e-9)
    kept = calibrate(train, common="none")
    np.testing.assert_allclose(kept(clip + shift) - kept(clip), shift / train.std(axis=0)[None], atol=1e-9)


def test_calibration_is_linear_and_does_not_look_at_other_clips():
    rng = np.random.default_rng(1)
    calibration = calibrate(rng.normal(size=(30, 4)))
    a, b = rng.normal(size=(2, 3, 4))
    np.testing.assert_allclose(calibration((a + b) / 2), (calibration(a) + calibration(b)) / 2, atol=1e-12)
    np.testing.assert_array_equal(calibration(np.concatenate([a, b]))[:3], calibration(a))


def test_planted_presence_is_recovered_from_under_the_confidence_of_the_encoder():
    rng = np.random.default_rng(2)
    present = rng.normal(size=(500, 20))
    raw = 0.1 + 0.02 * present * np.linspace(0.5, 2, 20) + 0.2 * rng.normal(size=(500, 1))
    calibrated = calibrate(raw)(raw)
    correlation = [np.corrcoef(calibrated[:, c], present[:, c])[0, 1] for c in range(20)]
    before = [np.corrcoef(raw[:, c], present[:, c])[0, 1] for c in range(20)]
    assert min(correlation) > 0.85 > 0.3 > max(before)


def test_a_single_phrase_and_a_constant_phrase_stay_finite():
    single = np.random.default_rng(3).normal(size=(10, 1))
    np.testing.assert_allclose(calibrate(single)(single).std(), 1)
    assert not calibrate(np.full((5, 1), 0.2))(np.full((5, 1), 0.2)).any()


def test_other_phrases_are_refused():
    with pytest.raises(ShapeError, match=r"expected shape \(N, 4\), got \(2, 3\)"):
        calibrate(np.random.default_rng(0).normal(size=(9, 4)))(np.zeros((2, 3)))
