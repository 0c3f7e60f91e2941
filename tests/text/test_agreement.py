"""Agreement is counted by phrase, not by spelling, and once per sample."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dance_xai.text.agreement import agree, merge
from dance_xai.text.form import key
from dance_xai.types import PhraseEntry, PhraseSet, Proposal


def counts(*samples):
    return [(each.text, each.count) for each in agree(samples, "object", "serve")]


def test_each_sample_has_one_vote():
    assert counts(["net", "ball"], ["net"], ["racket", "net", "net"]) == [("net", 3), ("ball", 1), ("racket", 1)]


def test_spellings_are_one_phrase_shown_as_it_is_written_most():
    assert counts(["Tennis Rackets"], ["tennis racket"], ["tennis racket", "a tennis racket"]) == [("tennis racket", 3)]
    assert counts(["Nets", "nets"], ["net"]) == [("Nets", 2)]


def test_every_proposal_knows_what_it_was_named_for():
    (proposal,) = agree([["net"], ["ball"], ["net"]], "scene", "serve")[:1]
    assert proposal == Proposal("scene", "net", "serve", 2, 3)


@given(st.lists(st.lists(st.sampled_from(["net", "Nets", "a net", "ball", "balls", "x"])), min_size=1, max_size=5))
def test_counts_equal_a_count_by_hand(samples):
    found = agree(samples, "object", "c")
    assert {key(each.text): each.count for each in found} == {
        each: sum(each in map(key, sample) for sample in samples) for each in {key(p) for s in samples for p in s}
    }
    assert [each.count for each in found] == sorted((each.count for each in found), reverse=True)
    assert all(each.text in [phrase for sample in samples for phrase in sample] for each in found)


def test_merged_entries_have_their_classes_and_the_best_agreement():
    proposals = [
        Proposal("scene", "court", "serve", 1, 3),
        Proposal("object", "ball", "bowl", 1, 3),
        Proposal("object", "Balls", "serve", 3, 3),
        Proposal("object", "ball", "", 1, 1),
        Proposal("object", "court", "serve", 1, 3),
    ]
    assert merge(proposals, ("serve", "bowl", "clap")) == PhraseSet(
        ("serve", "bowl", "clap"),
        (
            PhraseEntry("object", "Balls", ("serve", "bowl"), 1.0),
            PhraseEntry("object", "court", ("serve",), pytest.approx(1 / 3)),
            PhraseEntry("scene", "court", ("serve",), pytest.approx(1 / 3)),
        ),
    )


def test_nothing_merges_to_nothing():
    assert merge((), ("serve",)) == PhraseSet(("serve",), ())
