import csv
from dataclasses import replace

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from dance_xai.errors import DataError, ShapeError
from dance_xai.text.filters import CONSTANT, REDUNDANT, UNSEEN, natural_break, too_alike, visibility
from dance_xai.text.redundancy import LIMITS, explained_share, redundant, stability, steadiest_limit
from dance_xai.text.seen import EXPLAINED, judge_by_clips
from dance_xai.types import PhraseEntry, PhraseSet

RNG = np.random.default_rng(0)
N = 400


def phrase_set(objects, scenes, **values):
    kinds = ["object"] * objects + ["scene"] * scenes
    return PhraseSet((), tuple(PhraseEntry(kind, f"phrase {i}", **values) for i, kind in enumerate(kinds)))


def planted():
    """Objects 0..4 and scenes 5..7: 1 constant, 2 and 6 unseen, 7 a sum of 0, 3 and 5."""
    affinity = RNG.uniform(0.2, 0.4, (N, 8))
    affinity[:, 1] = 0.3
    affinity[:, [2, 6]] *= 0.2
    affinity[:, 7] = affinity[:, [0, 3, 5]].mean(axis=1) + RNG.normal(0, 0.002, N)
    return affinity


PLANTED = planted()


def split(affinity, objects):
    return {"object": affinity[:, :objects], "scene": affinity[:, objects:]}


def reasons(judged):
    return {int(entry.text[7:]): entry.reason for entry in judged.entries if not entry.kept}


def test_planted_faults_are_found_and_nothing_else():
    judged = judge_by_clips(phrase_set(5, 3), split(PLANTED, 5), cutoff=0.2, redundancy=0.9)
    assert reasons(judged) == {1: CONSTANT, 2: UNSEEN, 6: UNSEEN, 7: EXPLAINED}
    shown = visibility(PLANTED, 5)
    assert [entry.similarity for entry in judged.entries] == pytest.approx(list(shown))
    values = {i: judged.entries[i].value for i in reasons(judged)}
    assert values[1] == pytest.approx(0, abs=1e-9) and values[2] == pytest.approx(shown[2]) and values[7] > 0.95
    assert reasons(judge_by_clips(phrase_set(5, 3), split(PLANTED, 5), cutoff=0.2)) == {
        1: CONSTANT,
        2: UNSEEN,
        6: UNSEEN,
    }


def test_kinds_may_stand_mixed_among_the_entries():
    order = np.array([5, 0, 6, 1, 2, 7, 3, 4])
    whole = phrase_set(5, 3)
    mixed = replace(whole, entries=tuple(whole.entries[i] for i in order))
    judged = judge_by_clips(mixed, split(PLANTED, 5), cutoff=0.2, redundancy=0.9)
    straight = judge_by_clips(whole, split(PLANTED, 5), cutoff=0.2, redundancy=0.9)
    assert reasons(judged) == reasons(straight) == {1: CONSTANT, 2: UNSEEN, 6: UNSEEN, 7: EXPLAINED}
    seen = [straight.entries[i].similarity for i in order]
    assert [entry.similarity for entry in judged.entries] == seen


def test_auto_breaks_each_kind_on_its_own():
    shown = np.array([0.3, 0.31, 0.32, 0.1, 0.6, 0.61, 0.62, 0.4])
    affinity = shown + RNG.uniform(-0.01, 0.01, (N, 8))
    judged = judge_by_clips(phrase_set(4, 4), split(affinity, 4), cutoff="auto")
    assert reasons(judged) == {3: UNSEEN, 7: UNSEEN}
    assert natural_break(visibility(affinity, 5)) > 0.35  # one break for all would lose every object


def test_spread_has_a_threshold():
    affinity = 0.3 + RNG.normal(0, [[0.05, 0.01, 0.05, 0.05]], (N, 4))
    assert reasons(judge_by_clips(phrase_set(2, 2), split(affinity, 2), cutoff=0, min_spread=0.02)) == {1: CONSTANT}


def test_likeness_is_compared_across_kinds_and_the_more_visible_stays():
    affinity = RNG.uniform(0, 0.1, (N, 4)) + np.array([0.1, 0.3, 0.2, 0.3])
    space = {"object": np.eye(3)[[0, 1]], "scene": np.array([[1.0, 0.1, 0], [0, 0, 1]])}
    judged = judge_by_clips(phrase_set(2, 2), split(affinity, 2), space, cutoff=0)
    assert reasons(judged) == {0: REDUNDANT} and judged.entries[0].value == pytest.approx(1 / np.hypot(1, 0.1))
    whole = phrase_set(2, 2)
    mine = replace(whole, entries=(replace(whole.entries[0], by_user=True), *whole.entries[1:]))
    assert reasons(judge_by_clips(mine, split(affinity, 2), space, cutoff=0)) == {2: REDUNDANT}
    assert reasons(judge_by_clips(whole, split(affinity, 2), space, cutoff=0, likeness=None)) == {}
    assert reasons(judge_by_clips(phrase_set(2, 2), split(affinity, 2), cutoff=0)) == {}


def test_decisions_of_a_person_stay_and_count():
    whole = phrase_set(5, 3)
    mine = {0: {}, 2: {}, 3: {"kept": False, "reason": "mine"}, 7: {}}
    entries = tuple(
        replace(entry, by_user=True, **mine[i]) if i in mine else entry for i, entry in enumerate(whole.entries)
    )
    judged = judge_by_clips(replace(whole, entries=entries), split(PLANTED, 5), cutoff=0.2, redundancy=0.6)
    for i in mine:
        assert replace(judged.entries[i], similarity=None) == entries[i]
        assert judged.entries[i].similarity is not None
    assert reasons(judged) == {1: CONSTANT, 3: "mine", 6: UNSEEN}
    kept = np.array([True, True])
    space = np.array([[1.0, 0.0], [1.0, 0.0]])
    failed, _ = too_alike(space, np.array([0.1, 0.9]), kept, 0.9, fixed=np.array([True, False]))
    assert failed.tolist() == [False, True]


def test_what_was_dropped_before_stays_dropped_and_is_measured():
    whole = phrase_set(5, 3)
    before = replace(whole.entries[0], kept=False, reason="names a movement")
    judged = judge_by_clips(replace(whole, entries=(before, *whole.entries[1:])), split(PLANTED, 5), redundancy=0.9)
    assert replace(judged.entries[0], similarity=None) == before and judged.entries[0].similarity > 0.2
    assert 7 not in reasons(judged)  # a sum is not explained when one of its parts is gone


def test_arrays_that_do_not_fit_are_named():
    whole, good = phrase_set(5, 3), split(PLANTED, 5)
    with pytest.raises(ShapeError, match=r"object train similarities: expected shape \(N, 5\), got \(400, 3\)"):
        judge_by_clips(whole, {"object": good["scene"], "scene": good["scene"]})
    with pytest.raises(ShapeError, match=r"scene train similarities: expected shape \(400, 3\), got \(9, 3\)"):
        judge_by_clips(whole, {**good, "scene": good["scene"][:9]})
    with pytest.raises(DataError, match="scene train similarities: expected an array for 3 phrases, got none"):
        judge_by_clips(whole, {"object": good["object"]})
    with pytest.raises(ShapeError, match="object text embeddings"):
        judge_by_clips(whole, good, {"object": np.eye(3), "scene": np.eye(3)})
    with pytest.raises(DataError, match="top_k: expected at least 1"):
        judge_by_clips(whole, good, top_k=0)
    with pytest.raises(DataError, match=r"got none of 8 \(not visible in train clips\); lower the cutoff"):
        judge_by_clips(whole, good, cutoff=0.9)
    assert judge_by_clips(PhraseSet((), ()), {}) == PhraseSet((), ())


def test_explained_share_is_that_of_ridge_regression():
    affinity = RNG.normal(size=(60, 5)) @ RNG.normal(size=(5, 5))
    unit = (affinity - affinity.mean(axis=0)) / affinity.std(axis=0)
    for j, share in enumerate(explained_share(affinity)):
        others = np.delete(unit, j, axis=1)
        ridge = Ridge(alpha=0.01 * len(unit), fit_intercept=False).fit(others, unit[:, j])
        loss = ((unit[:, j] - ridge.predict(others)) ** 2).mean() + 0.01 * (ridge.coef_**2).sum()
        assert share == pytest.approx(1 - loss) and share <= ridge.score(others, unit[:, j]) + 1e-12


def test_after_pruning_the_kept_are_within_the_limit_and_each_value_was_measured_then():
    affinity = RNG.normal(size=(200, 6)) @ RNG.normal(size=(6, 14)) + 0.3 * RNG.normal(size=(200, 14))
    gone, value = redundant(affinity, visibility(affinity, 5), 0.7)
    assert gone.any() and (value[gone] > 0.7).all() and np.isnan(value[~gone]).all()
    assert explained_share(affinity[:, ~gone]).max() <= 0.7
    assert value[gone].max() == pytest.approx(explained_share(affinity).max(), abs=0.05)


def test_of_two_equal_phrases_the_less_visible_goes():
    affinity = RNG.normal(size=(100, 3))
    affinity[:, 2] = affinity[:, 0]
    for shown, lost in (([0.3, 0.2, 0.4], 0), ([0.4, 0.2, 0.3], 2)):
        assert np.flatnonzero(redundant(affinity, np.array(shown), 0.9)[0]).tolist() == [lost]
    held = np.array([True, False, False])
    assert redundant(affinity, np.array([0.3, 0.2, 0.4]), 0.9, fixed=held)[0].tolist() == [False, False, True]
    assert not redundant(affinity, np.array([0.3, 0.2, 0.4]), 1.0)[0].any()


def test_stability_by_hand():
    same = np.array([[1, 0, 1, 0]] * 3, dtype=bool)
    assert stability(same) == 1.0
    assert stability(np.array([[1, 0], [0, 1]], dtype=bool)) == pytest.approx(-1.0)
    chance = np.random.default_rng(1).random((40, 400)) < 0.5
    assert abs(stability(chance)) < 0.02
    assert np.isnan(stability(np.ones((3, 4), dtype=bool))) and np.isnan(stability(same[:1]))


def test_the_steadiest_limit_lies_between_what_repeats_and_what_does_not():
    rng = np.random.default_rng(2)
    free = rng.normal(size=(500, 10))
    repeats = free[:, :4] + rng.normal(0, 0.12, (500, 4))
    affinity = np.concatenate([free, repeats], axis=1)
    shown = np.linspace(1, 0.5, 14)
    limit = steadiest_limit(affinity, shown)
    assert limit in LIMITS and np.flatnonzero(redundant(affinity, shown, limit)[0]).tolist() == [10, 11, 12, 13]
    assert steadiest_limit(free, shown[:10]) == 1.0
    judged = judge_by_clips(phrase_set(10, 4), split(affinity, 10), cutoff=-9, redundancy="auto")
    assert sorted(i % 10 for i in reasons(judged)) == [0, 1, 2, 3] and set(reasons(judged).values()) == {EXPLAINED}


def test_no_other_limit_is_steadier():
    rng = np.random.default_rng(3)
    affinity = rng.normal(size=(120, 8)) @ rng.normal(size=(8, 16)) + 0.5 * rng.normal(size=(120, 16))
    shown, fold = visibility(affinity, 5), np.arange(120) % 5
    gone = {each: [redundant(affinity[fold != k], shown, each)[0] for k in range(5)] for each in LIMITS}
    scores = {each: stability(~np.array(choices)) for each, choices in gone.items()}
    known = {each: score for each, score in scores.items() if not np.isnan(score)}
    assert len(set(known.values())) > 2
    assert steadiest_limit(affinity, shown) == max(each for each in known if known[each] == max(known.values()))


def test_official_phrases(shared):
    folder = shared / "penn_action"
    texts, features = np.load(folder / "text_concepts.npz"), np.load(folder / "features.npz")
    with (folder / "clips.csv").open() as file:
        train = {row["clip"] for row in csv.DictReader(file) if row["split"] == "train"}
    video = features["internvid"][np.isin(features["ids"], list(train))]
    space = {kind: texts[f"{kind}_internvid"] for kind in ("object", "scene")}
    unit = {kind: each / np.linalg.norm(each, axis=1, keepdims=True) for kind, each in space.items()}
    video = video / np.linalg.norm(video, axis=1, keepdims=True)
    whole = PhraseSet((), tuple(PhraseEntry(k, str(t)) for k in space for t in texts[f"{k}_texts"]))
    judged = judge_by_clips(whole, {kind: video @ each.T for kind, each in unit.items()}, space, cutoff=0.2)
    unseen = [entry for entry in judged.entries if entry.reason == UNSEEN]
    assert (len(unseen), len(judged.entries)) == (59 - 37 + 79 - 31, 138)
    alike = {entry.text for entry in judged.entries if entry.reason == REDUNDANT}
    assert "Tennis court" in alike and len(alike) <= 6
