import numpy as np
import pytest

from dance_xai.evaluate.leakage import accuracy_gap, class_probe


def planted(rng, n):
    """Eight classes are told by three bits, two of them known: the targets can reach one half at most."""
    labels = np.arange(n) % 8
    return labels, np.stack([labels % 2, labels // 2 % 2], axis=1).astype(float)


@pytest.fixture
def sides():
    rng = np.random.default_rng(0)
    parts = [planted(rng, n) for n in (240, 240)]
    labels, targets = (tuple(part[i] for part in parts) for i in (0, 1))
    return labels, targets, np.arange(240) // 8 % 5, rng


def test_activations_that_equal_their_targets_leak_nothing(sides):
    labels, targets, folds, _ = sides
    probe = class_probe(targets, targets, labels, folds=folds)
    assert probe.surplus == 0.0
    assert probe.targets == 0.5
    assert (probe.train_clips, probe.test_clips) == (240, 240)


def test_planted_leakage_is_found(sides):
    labels, targets, folds, rng = sides
    leaking = tuple(
        t + np.column_stack([0.2 * (y // 4), 0.0 * y]) + 0.01 * rng.standard_normal(t.shape)
        for t, y in zip(targets, labels, strict=True)
    )
    probe = class_probe(leaking, targets, labels, folds=folds)
    assert probe.surplus > 0.15


def test_noisy_activations_lose_information(sides):
    labels, targets, folds, rng = sides
    noise = tuple(rng.standard_normal(t.shape) for t in targets)
    assert class_probe(noise, targets, labels, folds=folds).surplus < -0.05


def test_clips_and_concepts_with_unknown_targets_are_left_out(sides):
    labels, targets, folds, _ = sides
    padded = tuple(np.column_stack([t, np.full(len(t), np.nan)]) for t in targets)
    wide = tuple(np.column_stack([t, t[:, 0]]) for t in targets)
    padded[0][:16] = np.nan
    padded[1][:40, 0] = np.nan
    probe = class_probe(wide, padded, labels, folds=folds)
    assert (probe.train_clips, probe.test_clips) == (224, 200)


def test_too_little_known_gives_no_figure(sides):
    labels, targets, folds, _ = sides
    third = labels[0] == 3
    for hidden in (third, third & (folds != 0)):  # a class unknown, or known in one fold only
        partly = np.where(hidden[:, None], np.nan, targets[0])
        assert class_probe(targets, (partly, targets[1]), labels, folds=folds) is None
    nothing = tuple(np.full_like(t, np.nan) for t in targets)
    assert class_probe(targets, nothing, labels, folds=folds) is None


def test_gaps_are_differences_to_all():
    curves = {"all": {"3": 0.9, "5": 1.0, "10": 1.0}, "grounded": {"3": 0.8, "5": 0.95}, "random": None}
    assert accuracy_gap(curves, "grounded") == pytest.approx({"3": 0.1, "5": 0.05})
    assert accuracy_gap(curves, "random") is None
