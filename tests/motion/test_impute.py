import numpy as np
import pytest

from dance_xai.errors import DataError
from dance_xai.motion.impute import fit_imputer


def _planted(n=4000):
    rng = np.random.default_rng(0)
    mixing = rng.standard_normal((8, 3))
    poses = rng.standard_normal((n, 3)) @ mixing.T + 0.05 * rng.standard_normal((n, 8)) + np.arange(8)
    return poses.reshape(n, 4, 2), rng.random((n, 4)) > 0.25, mixing @ mixing.T + 0.0025 * np.eye(8)


def test_recovers_the_planted_gaussian_and_the_hidden_joints():
    poses, seen, covariance = _planted()
    imputer = fit_imputer(np.where(seen[..., None], poses, 1e6), seen, iterations=40, ridge=1e-6)
    np.testing.assert_allclose(imputer.mean, np.arange(8), atol=0.15)
    assert np.abs(imputer.covariance - covariance).max() < 0.12 * np.abs(covariance).max()
    filled = imputer(np.where(seen[..., None], poses, 0), seen)
    one_hidden = ~seen & (seen.sum(axis=1) == 3)[:, None]
    error = np.linalg.norm(filled - poses, axis=2)[one_hidden].mean()
    assert error < 0.25 * np.linalg.norm(poses - poses.mean(axis=0), axis=2)[one_hidden].mean()


def test_seen_joints_are_kept_and_nothing_seen_gives_the_mean():
    poses, seen, _ = _planted(500)
    seen[0] = False
    imputer = fit_imputer(poses, seen)
    filled = imputer(poses, seen)
    np.testing.assert_allclose(filled[seen], poses[seen], rtol=1e-6)
    np.testing.assert_allclose(filled[0].ravel(), imputer.mean, rtol=1e-5)


def test_a_joint_never_seen_is_refused():
    poses, seen, _ = _planted(50)
    seen[:, 2] = False
    with pytest.raises(DataError, match="every joint"):
        fit_imputer(poses, seen)
