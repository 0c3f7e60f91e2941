import itertools
import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import optimize

from dance_xai.errors import ShapeError
from dance_xai.explain import fewest_changes, smallest_change
from dance_xai.explain.flip import BY

CONCEPTS = 9


def draw(make_model, seed, classes):
    """A model, a clip, and ranges that need not hold the clip's own values."""
    rng = np.random.default_rng(seed)
    model = make_model(seed, classes=classes, scale=float(rng.choice([0.3, 1.0, 3.0])))
    ends = np.sort(rng.normal(scale=float(rng.choice([0.3, 1.0, 3.0])), size=(2, CONCEPTS)), axis=0)
    return model, rng.normal(size=CONCEPTS), ends[0], ends[1]


def lead(model, x, label):
    """Logit of a class over the best of the others."""
    logits = model.logits(x[None])[0]
    return logits[label] - np.delete(logits, label).max()


def apply(flip, x):
    changed = x.copy()
    for change in flip.changes:
        assert change.before == x[change.concept]
        changed[change.concept] = change.after
    return changed


def check_flip(flip, model, x):
    """What a flip says of itself is true of the model."""
    label = int(model.logits(x[None])[0].argmax())
    changed = apply(flip, x)
    logits = model.logits(changed[None])[0]
    assert (flip.label, flip.rival) == (model.classes[label], model.classes[int(logits.argmax())])
    assert flip.margin >= 0 and lead(model, changed, label) == pytest.approx(flip.margin_after, abs=1e-9)
    assert flip.margin_after <= -BY + 1e-9
    gains = [change.gain for change in flip.changes]
    assert flip.margin - math.fsum(gains) == pytest.approx(flip.margin_after, abs=1e-9)
    assert gains == sorted(gains, reverse=True) and min(gains) > 0
    for change in flip.changes:
        concept = model.bank.concepts[change.concept]
        assert (change.kind, change.name) == (concept.kind, concept.name)


def fewest_by_trying(model, x, options):
    """How many changes the cheapest of all combinations needs; None where none works."""
    label = int(model.logits(x[None])[0].argmax())
    every = np.array(list(itertools.product(*options)))
    logits = model.logits(every)
    wins = logits[:, label] - np.delete(logits, label, axis=1).max(axis=1) <= -BY
    return int((every != x).sum(axis=1)[wins].min()) if wins.any() else None


@given(seed=st.integers(0, 10_000), classes=st.integers(2, 4))
def test_to_usual_no_smaller_set_flips(make_model, seed, classes):
    model, x, *_ = draw(make_model, seed, classes)
    flip, fewest = fewest_changes(model, x), fewest_by_trying(model, x, [(value, 0.0) for value in x])
    assert (flip is None) == (fewest is None)
    if flip is not None:
        check_flip(flip, model, x)
        assert len(flip.changes) == fewest
        assert all(change.after == 0 for change in flip.changes)


@given(seed=st.integers(0, 10_000), classes=st.integers(2, 4))
def test_inside_ranges_no_smaller_set_flips(make_model, seed, classes):
    model, x, low, high = draw(make_model, seed, classes)
    used = np.abs(model.head.weight).sum(axis=0).argsort()[-6:]  # 3 ** 6 combinations
    model.head.weight[:, np.setdiff1d(np.arange(CONCEPTS), used)] = 0
    options = [(x[j], low[j], high[j]) if j in used else (x[j],) for j in range(CONCEPTS)]
    flip, fewest = fewest_changes(model, x, low=low, high=high), fewest_by_trying(model, x, options)
    assert (flip is None) == (fewest is None)
    if flip is not None:
        check_flip(flip, model, x)
        assert len(flip.changes) == fewest
        assert flip.margin_after == pytest.approx(-BY, abs=1e-9), "steps are no longer than needed"
        for change in flip.changes:
            inside = sorted((change.before, low[change.concept], high[change.concept]))
            assert inside[0] - 1e-12 <= change.after <= inside[2] + 1e-12


def least_sum(slope, room, cost, needed):
    found = optimize.linprog(cost, A_ub=[-np.abs(slope)], b_ub=[-needed], bounds=list(zip(0 * room, room, strict=True)))
    return found.fun if found.success else None


def least_squares(slope, room, cost, needed):
    """The best lower bound of Lagrange, which is the optimum of a convex problem."""
    pull = np.abs(slope)
    if pull @ room < needed:
        return None

    def bound(level):
        step = np.minimum(level * pull / (2 * cost), room)
        return -(cost @ step**2 - level * (pull @ step - needed))

    top = 1.0
    while np.minimum(top * pull / (2 * cost), room) @ pull < needed - 1e-12 and top < 1e12:
        top *= 2
    return -optimize.minimize_scalar(bound, bounds=(0, top), method="bounded", options={"xatol": 1e-10 * top}).fun


@pytest.mark.parametrize(("norm", "oracle"), [("l1", least_sum), ("l2", least_squares)])
@given(seed=st.integers(0, 10_000), classes=st.integers(2, 4))
def test_the_smallest_change_is_the_optimum(make_model, norm, oracle, seed, classes):
    model, x, low, high = draw(make_model, seed, classes)
    cost = np.random.default_rng(seed + 1).uniform(0.2, 3.0, CONCEPTS)
    flip = smallest_change(model, x, low=low, high=high, norm=norm, cost=cost)
    weight, logits = model.head.weight, model.logits(x[None])[0]
    label, sizes = int(logits.argmax()), []
    for rival in set(range(classes)) - {label}:
        slope, needed = weight[rival] - weight[label], logits[label] - logits[rival] + BY
        room = np.where(slope > 0, np.maximum(high - x, 0), np.maximum(x - low, 0))
        assume(abs(np.abs(slope) @ room - needed) > 1e-6)
        sizes.append(oracle(slope, room, cost, needed))
    possible = [size for size in sizes if size is not None]
    assert (flip is None) == (not possible)
    if flip is not None:
        check_flip(flip, model, x)
        step = apply(flip, x) - x
        size = cost @ np.abs(step) if norm == "l1" else cost @ step**2
        assert size == pytest.approx(min(possible), rel=1e-5, abs=1e-8)
        assert (np.minimum(low, x) - 1e-9 <= x + step).all() and (x + step <= np.maximum(high, x) + 1e-9).all()


@pytest.mark.parametrize("classes", [1, 3])
def test_what_cannot_be_flipped_is_none(make_model, x, classes):
    model = make_model(classes=classes, scale=0.0)
    wide = np.full(CONCEPTS, 1e9)
    assert fewest_changes(model, x) is None
    assert fewest_changes(model, x, low=-wide, high=wide) is None
    assert smallest_change(model, x, low=-wide, high=wide) is None


def test_a_tie_is_broken_by_a_change(make_model):
    model = make_model(classes=2)
    model.head.weight[:], model.head.bias[:] = 0, 0
    model.head.weight[1, 3] = 2.0
    flip = fewest_changes(model, np.zeros(CONCEPTS), low=np.full(CONCEPTS, -1.0), high=np.ones(CONCEPTS))
    assert (flip.label, flip.rival, flip.margin) == ("class 0", "class 1", 0)
    assert [(change.concept, change.after) for change in flip.changes] == [(3, pytest.approx(BY / 2))]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"low": None}, "both or neither"),
        ({"low": np.zeros(8)}, "low: expected shape"),
        ({"high": np.full(CONCEPTS, np.nan)}, "high: expected finite"),
        ({"low": np.full(CONCEPTS, 2.0)}, "at most high, got more for 9 concepts"),
    ],
)
def test_ranges_that_make_no_sense_are_refused(model, x, change, says):
    with pytest.raises(ShapeError, match=says):
        fewest_changes(model, x, **({"low": np.full(CONCEPTS, -1.0), "high": np.ones(CONCEPTS)} | change))


def test_costs_and_activations_are_checked(model, x):
    low, high = np.full(CONCEPTS, -1.0), np.ones(CONCEPTS)
    with pytest.raises(ShapeError, match="above 0, got 0"):
        smallest_change(model, x, low=low, high=high, cost=np.zeros(CONCEPTS))
    with pytest.raises(ShapeError, match="activations of the clip"):
        fewest_changes(model, x[:4])
