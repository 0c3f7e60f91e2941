"""The head on the official concept activations of Penn Action."""

import numpy as np
import pytest
from scipy.special import softmax

from dance_xai.data.official import read_official
from dance_xai.model.head import fit_head, fit_head_path, heads_at_nec

L1, ALPHA = 7.0e-4, 0.99
LAM = L1 / ALPHA  # 7.0707e-4, as released: l1 = 7.0e-4 exactly, l2 = 7.0707e-6
REFERENCE = 0.0395660872094


@pytest.fixture(scope="module")
def official(shared):
    return read_official(shared / "reference" / "penn_action")


@pytest.fixture(scope="module")
def train(official):
    return official.activations(official.train.features.astype(float)), official.train.labels


@pytest.fixture(scope="module")
def head(train):
    return fit_head(*train, lam=LAM, alpha=ALPHA, tol=1e-12)


def test_the_reference_optimum(official, head):
    """The reference moves by 1e-8 (relative) with the rounding of the released float32 activations."""
    assert head.objective == pytest.approx(REFERENCE, rel=2e-8)
    assert head.nonzero == 82
    test = official.activations(official.test.features.astype(float))
    assert ((test @ head.weight.T + head.bias).argmax(axis=1) == official.test.labels).sum() == 1045


def test_the_gap_to_the_optimum_of_these_activations_is_below_1e_9(train, head):
    x, labels = train
    probability = softmax(x @ head.weight.T + head.bias, axis=1)
    residual = probability - np.eye(15)[labels]
    entropy = (probability * np.log(np.maximum(probability, 1e-300))).sum() / len(x)
    excess = np.maximum(abs(residual.T @ x / len(x)) - L1, 0)
    imbalance = abs(residual.mean(axis=0)).sum() * (abs(head.bias).max() + 10)
    bound = -entropy - (excess**2).sum() / (2 * (LAM - L1)) - imbalance
    assert 0 <= head.objective - bound + 1e-13 <= 1e-9 * head.objective


def test_the_released_head_is_far_from_its_own_optimum(official, train, head):
    x, labels = train
    logits = x @ official.head_weight.T + official.head_bias
    loss = -np.log(softmax(logits, axis=1)[np.arange(len(x)), labels]).mean()
    weight = official.head_weight.astype(float)
    released = loss + L1 * abs(weight).sum() + (LAM - L1) / 2 * (weight**2).sum()
    assert 1.09 < released / head.objective < 1.11


def test_the_path_passes_through(train, head):
    path = fit_head_path(*train, n_lambdas=20, lam_ratio=LAM / fit_head_path(*train, n_lambdas=1).lams[0])
    assert path.heads[-1].lam == pytest.approx(LAM)
    np.testing.assert_allclose(path.heads[-1].weight, head.weight, atol=1e-3)
    assert all(h.kkt <= 1e-6 for h in path.heads)


def test_pruned_heads_fit_better_than_path_heads_of_the_same_size(train):
    x, labels = train
    heads = {support: heads_at_nec(x, labels, (1, 2), support=support) for support in ("path", "pruned")}
    wrong = {
        support: [((x @ h.weight.T + h.bias).argmax(axis=1) != labels).sum() for h in found.values()]
        for support, found in heads.items()
    }
    assert wrong["pruned"][0] < wrong["path"][0] / 4
    assert wrong["pruned"][1] <= wrong["path"][1]
