"""Later proposals join a set: nothing that is there is lost or decided anew."""

from __future__ import annotations

import string

from hypothesis import given
from hypothesis import strategies as st

from dance_xai.text.form import key
from dance_xai.text.joining import join, still_to_ask
from dance_xai.types import PhraseEntry, PhraseSet, PhraseSource

words = st.text(string.ascii_lowercase[:3], min_size=1, max_size=3)
entries = st.builds(
    PhraseEntry,
    st.sampled_from(["object", "scene"]),
    words,
    st.lists(words, max_size=2, unique=True).map(tuple),
    kept=st.booleans(),
    by_user=st.booleans(),
)


def made(found):
    unique = {(entry.kind, entry.text): entry for entry in found}.values()
    return PhraseSet((), tuple(sorted(unique, key=lambda entry: entry.kind)))


sets = st.lists(entries).map(made)


def identities(phrases):
    return {(entry.kind, key(entry.text)) for entry in phrases.entries}


@given(sets, sets)
def test_verdicts_and_order_stay_and_all_phrases_are_there(one, later):
    both = join(one, later)
    old = {(entry.kind, entry.text): entry for entry in one.entries}
    stayed = [entry for entry in both.entries if (entry.kind, entry.text) in old]
    assert [(e.kind, e.text, e.kept, e.by_user) for e in stayed] == [
        (e.kind, e.text, e.kept, e.by_user) for e in one.entries
    ]
    assert identities(both) == identities(one) | identities(later)
    assert join(both, later) == both


def test_a_phrase_proposed_again_takes_over_classes_and_agreement():
    mine = PhraseEntry("object", "Tennis Balls", ("a",), 0.5, kept=False, by_user=True)
    (found,) = join(
        PhraseSet(("a",), (mine,)), PhraseSet(("b",), (PhraseEntry("object", "tennis ball", ("b",)),))
    ).entries
    assert found == PhraseEntry("object", "Tennis Balls", ("a", "b"), 1.0, kept=False, by_user=True)


def test_of_repeats_the_one_that_is_kept_takes_over():
    first, second = PhraseEntry("object", "Ball", kept=False), PhraseEntry("object", "ball")
    found = join(PhraseSet((), (first, second)), PhraseSet((), (PhraseEntry("object", "balls", ("b",)),)))
    assert found.entries == (first, PhraseEntry("object", "ball", ("b",)))


def test_sources_are_told_once_and_asked_once_for_a_class():
    first, more = PhraseSource("m", ("a", "b"), 3), PhraseSource("m", ("b", "c"), 3)
    other = PhraseSource("m", ("a",), 5)
    found = join(PhraseSet(("a", "b"), (), (first,)), PhraseSet(("b", "c"), (), (more, other)))
    assert found.classes == ("a", "b", "c")
    assert found.sources == (PhraseSource("m", ("a", "b", "c"), 3), other)
    assert still_to_ask(PhraseSet((), (), (first,)), more) == ("c",)
    assert still_to_ask(PhraseSet((), (), (first,)), other) == ("a",)
