"""Each cause, planted in one clip; corrections against means by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dance_xai.diagnose import CAUSES, Examiner, Facts, count_causes, fit_corrector
from dance_xai.diagnose.words import CAUSE_WORDS, failure_words
from dance_xai.edit.parts import by_hand
from dance_xai.errors import ShapeError


@pytest.fixture
def train(world):
    """Train clips with the truth of every concept as target."""
    held = world.held
    targets = (held.concepts > 0.5).astype(float)
    return Facts(held.ids, held.concepts, held.labels, targets)


def mean_of(train, label):
    return train.concepts[train.labels == label].mean(axis=0)


def clip(train, activations, label, targets=None, **more):
    targets = np.full(len(activations), np.nan) if targets is None else targets
    return Facts(("new",), activations[None], np.array([label]), targets[None], **more)


def test_a_binary_target_is_corrected_to_the_mean_of_its_clips(train):
    corrector = fit_corrector(train.concepts, train.targets)
    fixed = corrector(train.concepts, train.targets)
    for column in range(7):
        for value in (0, 1):
            rows = train.targets[:, column] == value
            np.testing.assert_allclose(fixed[rows, column], train.concepts[rows, column].mean())
    unknown = corrector(train.concepts, np.full(train.concepts.shape, np.nan))
    np.testing.assert_array_equal(unknown, train.concepts)
    assert (fit_corrector(train.concepts, -train.targets).slope == 0).all()


def test_right_clips_are_no_failures(world, train):
    failures = Examiner(world.model, train).failures(train)
    wrong = world.model.head.weight @ train.concepts.T + world.model.head.bias[:, None]
    assert {one.clip for one in failures} == {
        name for name, said, label in zip(train.ids, wrong.argmax(axis=0), train.labels, strict=True) if said != label
    }
    assert all(one.margin < 0 and one.label != one.said for one in failures)


def test_a_clip_without_pose_is_told_by_the_usual_motion_of_its_class(world, train):
    found = mean_of(train, 2)
    found[:3] = mean_of(train, 3)[:3]  # motion of another class in place of none
    there, gone = (clip(train, found, 2, posed=np.array([posed])) for posed in (True, False))
    (one,) = Examiner(world.model, train).failures(gone)
    assert one.cause == "no pose" and {fault.kind for fault in one.faults} == {"motion"}
    assert Examiner(world.model, train).failures(there)[0].cause != "no pose"


def test_a_missed_key_frame_is_a_motion_that_is_there(world, train):
    found = mean_of(train, 2)
    found[:3] = 0.0
    found[[1, 2]] = mean_of(train, 3)[[1, 2]] * np.array([1.0, 0.9])
    missed = np.zeros((1, 7), dtype=bool)
    missed[0, 1] = True
    targets = np.array([0, 0, 1, np.nan, np.nan, np.nan, np.nan])
    strong = replace(world.model, head=by_hand(world.model.head, 3 * world.model.head.weight, world.model.head.bias))
    (one,) = Examiner(strong, train).failures(clip(train, found, 2, targets, missed=missed))
    assert one.cause == "key frame missed" and [fault.concept for fault in one.faults] == ["jump"]
    (other,) = Examiner(strong, train).failures(clip(train, found, 2, targets))
    assert other.cause != "key frame missed"


def test_wrong_concepts_are_named_the_fewest_that_do(world, train):
    found = mean_of(train, 2)
    truth = (found > 0.5).astype(float)
    found[[1, 2]] = mean_of(train, 3)[[1, 2]]
    found[6] += 3.0  # wrong too, and of no consequence
    (one,) = Examiner(world.model, train).failures(clip(train, found, 2, truth))
    assert one.cause == "concept wrong" and one.label == "jump" and one.said == "squat"
    assert {fault.concept for fault in one.faults} <= {"jump", "squat"} and all(f.gain > 0 for f in one.faults)
    assert all(str(round(fault.wanted, 1)) in failure_words(one) for fault in one.faults)


def test_wrong_weights_are_told_from_equal_concepts(world, train):
    """Two classes swap their weights: their concepts tell them apart, the weights do not."""
    weight, bias = world.model.head.weight.copy(), world.model.head.bias.copy()
    weight[[2, 3]], bias[[2, 3]] = weight[[3, 2]], bias[[3, 2]]
    broken = replace(world.model, head=by_hand(world.model.head, weight, bias))
    truth = (mean_of(train, 2) > 0.5).astype(float)
    (one,) = Examiner(broken, train).failures(clip(train, mean_of(train, 2), 2, truth))
    assert one.cause == "weight wrong" and one.faults[0].concept in ("jump", "squat")
    assert one.faults[0].wanted is None
    same = mean_of(train, 3)  # labelled jump, yet all its concepts are those of a squat
    (two,) = Examiner(world.model, train).failures(clip(train, same, 2, (same > 0.5).astype(float)))
    assert two.cause == "same concepts" and two.faults == () and failure_words(two).endswith("say so too.")


def test_causes_are_counted_per_class(world, train):
    failures = Examiner(world.model, train).failures(replace(train, labels=(train.labels + 1) % 4))
    counts = count_causes(failures)
    assert sum(sum(row.values()) for row in counts.values()) == len(failures) > 100
    totals = [sum(row.values()) for row in counts.values()]
    assert totals == sorted(totals, reverse=True) and set(CAUSE_WORDS) == set(CAUSES)


def test_without_targets_only_weights_and_concepts_are_told(world, train):
    bare = replace(train, targets=None)
    causes = {one.cause for one in Examiner(world.model, bare).failures(replace(bare, labels=(bare.labels + 1) % 4))}
    assert causes <= {"weight wrong", "same concepts"}


def test_facts_that_do_not_fit_are_refused(train):
    with pytest.raises(ShapeError, match="targets"):
        replace(train, targets=train.targets[1:])
    with pytest.raises(ShapeError, match="posed"):
        replace(train, posed=np.ones(3, dtype=bool))
