import csv

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dance_xai.errors import DataError, ShapeError
from dance_xai.text.filters import filter_phrases, filter_predictable, natural_break, visibility
from dance_xai.types import Drop, Phrases


def phrases(*texts, embeddings=None):
    return Phrases("object", texts, np.eye(len(texts)) if embeddings is None else np.array(embeddings, dtype=float))


AFFINITY = np.random.default_rng(0).uniform(0.0, 0.1, (20, 4))
AFFINITY[:5] += np.array([0.3, 0.05, 0.3, 0.3])


def test_visible_phrases_stay_and_the_others_say_why():
    kept, drops = filter_phrases(phrases("ball", "bat", "net", "rope"), AFFINITY)
    assert kept.tolist() == [0, 2, 3]
    shown = np.sort(AFFINITY[:, 1])[-5:].mean()
    assert drops == (Drop("object", "bat", "not visible in train clips", pytest.approx(shown)),)


def test_the_cutoff_itself_is_not_enough():
    affinity = np.array([[0.2, 0.3], [0.0, 0.0]])
    assert filter_phrases(phrases("a", "b"), affinity, top_k=1)[0].tolist() == [1]


def test_repeats_are_found_under_case_and_space_and_the_first_stays():
    kept, drops = filter_phrases(phrases("A  Ball", "net", "a ball", "rope"), AFFINITY, cutoff=0)
    assert kept.tolist() == [0, 1, 3] and drops[0] == Drop("object", "a ball", "repeated phrase", None)


def test_a_phrase_without_variance_is_no_concept():
    affinity = AFFINITY.copy()
    affinity[:, 2] = 0.4
    kept, drops = filter_phrases(phrases("ball", "bat", "net", "rope"), affinity)
    assert kept.tolist() == [0, 3] and drops[0].reason == "does not vary over train clips"


def test_of_two_like_phrases_the_more_visible_stays():
    near = phrases("ball", "bat", "a ball of leather", "rope", embeddings=[[1, 0.1], [0, 1], [1, 0], [-1, 0]])
    affinity = AFFINITY.copy()
    affinity[:5, 2] += 0.1
    kept, drops = filter_phrases(near, affinity, cutoff=0, redundancy=0.95)
    assert kept.tolist() == [1, 2, 3]
    likeness = 1 / np.hypot(1, 0.1)
    assert drops == (Drop("object", "ball", "says the same as another phrase", pytest.approx(likeness)),)
    assert len(filter_phrases(near, affinity, cutoff=0, redundancy=None)[0]) == 4


@given(st.lists(st.floats(0, 1), min_size=4, max_size=30).filter(lambda v: len(set(v)) > 1))
@settings(max_examples=50, deadline=None)
def test_natural_break_has_the_least_spread_inside(values):
    v = np.array(values)
    cut = natural_break(v)

    def inside(at):
        return sum(((part - part.mean()) ** 2).sum() for part in (v[v <= at], v[v > at]) if len(part))

    assert inside(cut) <= min(inside(at) for at in v) + 1e-9


def test_natural_break_follows_the_scale_of_the_encoder():
    v = np.array([0.1, 0.12, 0.11, 0.3, 0.33])
    assert 0.12 < natural_break(v) < 0.3
    assert natural_break(3 * v - 1) == pytest.approx(3 * natural_break(v) - 1)
    assert natural_break(v[:3]) == natural_break(np.ones(9)) == -np.inf


def test_unpredictable_concepts_are_dropped():
    kept, drops = filter_predictable(("a", "b", "c"), "scene", np.array([0.31, 0.3, np.nan]))
    assert kept.tolist() == [0]
    assert drops[0] == Drop("scene", "b", "not predictable from the features", 0.3) and np.isnan(drops[1].value)


def test_bad_input_is_named():
    with pytest.raises(ShapeError, match=r"train similarities: expected shape \(N, 2\), got \(20, 4\)"):
        filter_phrases(phrases("a", "b"), AFFINITY)
    with pytest.raises(DataError, match="expected some to pass the filters, got none of 4"):
        filter_phrases(phrases(*"abcd"), AFFINITY, cutoff=0.9)
    with pytest.raises(DataError, match="top_k: expected at least 1"):
        filter_phrases(phrases(*"abcd"), AFFINITY, top_k=0)


def test_fewer_clips_than_top_k():
    np.testing.assert_allclose(visibility(AFFINITY[:2], 5), AFFINITY[:2].mean(axis=0))


@pytest.mark.parametrize(("kind", "official", "automatic"), [("object", 37, 35), ("scene", 31, 36)])
def test_official_cutoff_on_the_official_phrases(shared, kind, official, automatic):
    folder = shared / "penn_action"
    texts, features = np.load(folder / "text_concepts.npz"), np.load(folder / "features.npz")
    with (folder / "clips.csv").open() as file:
        train = {row["clip"] for row in csv.DictReader(file) if row["split"] == "train"}
    rows = np.isin(features["ids"], list(train))
    unit = [a / np.linalg.norm(a, axis=1, keepdims=True) for a in (features["internvid"], texts[f"{kind}_internvid"])]
    bank = Phrases(kind, tuple(texts[f"{kind}_texts"]), texts[f"{kind}_internvid"])
    affinity = unit[0][rows] @ unit[1].T
    assert len(filter_phrases(bank, affinity)[0]) == official
    assert len(filter_phrases(bank, affinity, cutoff="auto")[0]) == automatic
