"""Many heads: the path, the choice of lam, heads of a given size."""

import numpy as np
import pytest

from dance_xai.errors import DataError, ShapeError
from dance_xai.model.folds import stratified_folds
from dance_xai.model.head import choose_lam, fit_head, fit_head_path, heads_at_nec
from dance_xai.model.head.datafit import CrossEntropy
from dance_xai.model.head.penalty import ElasticNet
from dance_xai.model.head.solver import solve
from dance_xai.model.head.support import saliency


@pytest.fixture(scope="module")
def planted():
    """600 rows, 30 columns, 4 classes; class k follows columns 2k and 2k + 1, the rest is noise or a faint copy."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((600, 30))
    truth = np.zeros((4, 30))
    for k in range(4):
        truth[k, [2 * k, 2 * k + 1]] = 3.0
    x[:, 8:16] = 0.6 * x[:, :8] + 0.8 * x[:, 8:16]
    labels = (x @ truth.T + rng.gumbel(size=(600, 4))).argmax(axis=1)
    return x, labels, truth


def right(head, x, labels):
    return float(((x @ head.weight.T + head.bias).argmax(axis=1) == labels).mean())


def test_each_head_of_the_path_is_the_head_of_its_lam(planted):
    x, labels, _ = planted
    path = fit_head_path(x, labels, n_lambdas=8, lam_ratio=1e-2, tol=1e-9)
    assert (np.diff(path.lams) < 0).all()
    assert path.lams[-1] == pytest.approx(1e-2 * path.lams[0])
    assert path.nec[0] == 0 < path.nec[-1]
    for head in path.heads[1::3]:
        alone = fit_head(x, labels, lam=head.lam)
        assert head.kkt <= 1e-9
        assert head.objective == pytest.approx(alone.objective, rel=1e-10)
        np.testing.assert_allclose(head.weight, alone.weight, atol=1e-3)


def test_the_path_ends_with_the_first_head_beyond_max_nec(planted):
    nec = fit_head_path(*planted[:2], n_lambdas=30, max_nec=3).nec
    assert nec[-1] > 3 >= nec[:-1].max()


def test_the_path_keeps_to_what_is_allowed(planted):
    allowed = planted[2] > 0
    path = fit_head_path(*planted[:2], n_lambdas=10, allowed=allowed)
    assert path.heads[-1].nonzero > 0
    assert all((head.weight[~allowed] == 0).all() for head in path.heads)


@pytest.mark.parametrize("bad", [{"alpha": 0.0}, {"lam_ratio": 1.0}, {"n_lambdas": 0}])
def test_a_grid_that_makes_no_sense(planted, bad):
    with pytest.raises(DataError, match="path: expected"):
        fit_head_path(*planted[:2], **bad)


def test_columns_without_any_signal_have_no_path():
    with pytest.raises(DataError, match="lam"):
        fit_head_path(np.zeros((6, 2)), np.arange(6) % 2)


def test_lam_is_chosen_on_held_out_rows_alone(planted):
    x, labels, _ = planted
    folds = stratified_folds(labels, 4, np.random.default_rng(0))
    choice = choose_lam(x, labels, folds=folds, n_lambdas=6, lam_ratio=1e-2)
    accuracy, loss = np.zeros(6), np.zeros(6)
    for fold in range(4):
        held = folds == fold
        for i, lam in enumerate(choice.lams):
            head = fit_head(x[~held], labels[~held], lam=lam)
            logits = x[held] @ head.weight.T + head.bias
            own = logits[np.arange(held.sum()), labels[held]]
            accuracy[i] += (logits.argmax(axis=1) == labels[held]).sum() / 600
            loss[i] += (np.log(np.exp(logits).sum(axis=1)) - own).sum() / 600
    np.testing.assert_allclose(choice.accuracy[1:], accuracy[1:], atol=2.1 / 600)
    np.testing.assert_allclose(choice.cross_entropy, loss, rtol=0.01)
    assert choice.accuracy[choice.lams == choice.lam] == choice.accuracy.max()


def test_one_standard_error_prefers_a_sparser_head(planted):
    x, labels, _ = planted
    folds = stratified_folds(labels, 4, np.random.default_rng(0))
    best, sparser = (choose_lam(x, labels, folds=folds, rule=rule) for rule in ("best", "one_standard_error"))
    assert sparser.lam > best.lam
    at = np.flatnonzero(sparser.lams == sparser.lam)[0]
    assert sparser.accuracy.max() - 0.05 < sparser.accuracy[at] < sparser.accuracy.max()


def test_a_class_missing_from_a_train_part_is_wrong_there_and_no_error():
    rng = np.random.default_rng(0)
    labels = np.append(np.arange(40) % 2, 2)
    x = np.eye(3)[labels] + 0.1 * rng.standard_normal((41, 3))
    folds = stratified_folds(labels, 4, rng)
    assert choose_lam(x, labels, folds=folds).accuracy.max() == pytest.approx(40 / 41)
    assert heads_at_nec(x, labels, [1.0], folds=folds)[1.0].nonzero <= 3


@pytest.mark.parametrize("support", ["path", "pruned"])
def test_budgets_are_kept_and_heads_are_optimal_on_their_support(planted, support):
    x, labels, truth = planted
    heads = heads_at_nec(x, labels, (0.5, 1, 2, 5, 30), support=support)
    for nec, head in heads.items():
        assert 0 < head.nonzero <= nec * 4
        assert head.kkt <= 1e-7
        again = fit_head(x, labels, lam=head.lam, alpha=head.alpha, allowed=head.weight != 0)
        assert head.objective == pytest.approx(again.objective, rel=1e-9)
    assert heads[2].nonzero >= 7
    assert (heads[2].weight[truth > 0] != 0).sum() >= 7


def test_an_offset_of_the_concepts_changes_no_prediction(planted):
    x, labels, _ = planted
    far = x + 20.0
    folds = stratified_folds(labels, 3, np.random.default_rng(0))
    assert right(heads_at_nec(far, labels, [2])[2], far, labels) == right(heads_at_nec(x, labels, [2])[2], x, labels)
    path, shifted = (fit_head_path(data, labels, n_lambdas=4, lam_ratio=0.1) for data in (x, far))
    np.testing.assert_allclose(shifted.heads[-1].weight, path.heads[-1].weight, atol=1e-3)
    choices = [choose_lam(data, labels, folds=folds, n_lambdas=8) for data in (x, far)]
    np.testing.assert_allclose(choices[0].accuracy, choices[1].accuracy, atol=2.1 / 600)


def test_the_plain_path_is_the_densest_head_within_the_budget(planted):
    x, labels, _ = planted
    head = heads_at_nec(x, labels, [3.0], support="path", relax=(1.0,))[3.0]
    alone = fit_head(x, labels, lam=head.lam, alpha=head.alpha)
    np.testing.assert_allclose(head.weight, alone.weight, atol=1e-5)
    denser = [h.nonzero for h in fit_head_path(x, labels, n_lambdas=300, lam_ratio=1e-2).heads if h.nonzero <= 12]
    assert head.nonzero >= 0.9 * max(denser)


def test_a_relaxed_head_shrinks_less_and_predicts_better_at_a_small_budget(planted):
    x, labels, _ = planted
    plain, relaxed = (
        heads_at_nec(x[:300], labels[:300], [1.0], support="path", relax=relax)[1.0] for relax in ((1.0,), (1.0, 0.1))
    )
    assert ((plain.weight != 0) == (relaxed.weight != 0)).all()
    assert relaxed.lam * relaxed.alpha == pytest.approx(0.1 * plain.lam * plain.alpha)
    assert relaxed.lam * (1 - relaxed.alpha) == pytest.approx(plain.lam * (1 - plain.alpha))
    assert abs(relaxed.weight).sum() > abs(plain.weight).sum()
    assert right(relaxed, x[300:], labels[300:]) >= right(plain, x[300:], labels[300:])


def test_saliency_is_the_rise_of_the_objective_when_others_follow():
    rng = np.random.default_rng(0)
    x = rng.standard_normal((400, 5)) + rng.standard_normal((400, 1))
    labels = (0.3 * x[:, :3] + rng.gumbel(size=(400, 3))).argmax(axis=1)
    allowed = np.eye(3, 5, dtype=bool)
    datafit, penalty = CrossEntropy(x, labels, 3), ElasticNet.build(1e-6, 0.5, (3, 6), allowed)
    point = solve(datafit, penalty, datafit.null(), 1e-12)
    found = saliency(datafit, point, 5e-7)
    assert np.isinf(found).sum() == 15
    for k in range(3):
        fewer = allowed.copy()
        fewer[k, k] = False
        without = solve(datafit, ElasticNet.build(1e-6, 0.5, (3, 6), fewer), datafit.null(), 1e-12)
        assert found[k, k] == pytest.approx(without.objective - point.objective, rel=0.1)


def test_pruning_finds_a_pair_that_the_path_enters_late():
    rng = np.random.default_rng(1)
    hidden = rng.standard_normal((500, 2))
    labels = (hidden[:, 0] > 0).astype(int)
    difference = np.column_stack([hidden[:, 0] + 3 * hidden[:, 1], hidden[:, 1]])
    decoys = 0.7 * hidden[:, :1] + 0.8 * rng.standard_normal((500, 6))
    x = np.column_stack([difference, decoys])
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    path, pruned = (heads_at_nec(x, labels, [1.0], support=support)[1.0] for support in ("path", "pruned"))
    assert set(np.nonzero(pruned.weight)[1]) == {0, 1}
    assert right(pruned, x, labels) > right(path, x, labels) + 0.05


@pytest.mark.parametrize("support", ["path", "pruned"])
def test_heads_of_a_size_keep_to_what_is_allowed(planted, support):
    allowed = planted[2] == 0
    heads = heads_at_nec(*planted[:2], (1, 3), support=support, allowed=allowed)
    assert all(head.nonzero and (head.weight[~allowed] == 0).all() for head in heads.values())


@pytest.mark.parametrize(
    ("necs", "more"), [([], {}), ([0], {}), ([1], {"relax": ()}), ([1], {"relax": (2.0,)}), ([1], {"relax": (0.0,)})]
)
def test_budgets_and_factors_out_of_range(planted, necs, more):
    with pytest.raises(DataError, match="heads_at_nec: expected"):
        heads_at_nec(*planted[:2], necs, **more)


def test_folds_that_cannot_be_used(planted):
    x, labels, _ = planted
    with pytest.raises(DataError, match="at least 2 folds"):
        choose_lam(x, labels, folds=np.zeros(600, dtype=int))
    with pytest.raises(ShapeError, match="folds: expected shape"):
        choose_lam(x, labels, folds=np.arange(5))
    with pytest.raises(DataError, match="2 or more classes outside each fold"):
        choose_lam(x, labels, folds=(labels > 0).astype(int))
