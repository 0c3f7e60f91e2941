from dataclasses import replace
from difflib import SequenceMatcher

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from dance_xai.text.filters import REPEATED
from dance_xai.text.form import key
from dance_xai.text.repeats import loose_forms
from dance_xai.text.screening import NEAR, OTHER_KIND, ScreenOptions, drops_of, screen
from dance_xai.text.wording import CLASS_NAME, MOVEMENT, TOO_LONG
from dance_xai.types import Drop, PhraseEntry, PhraseSet


def objects(*texts, **values):
    return tuple(PhraseEntry("object", text, **values) for text in texts)


def scenes(*texts, **values):
    return tuple(PhraseEntry("scene", text, **values) for text in texts)


def verdicts(entries, **options):
    screened = screen(PhraseSet(("golf_swing", "pull_ups"), entries), options=ScreenOptions(**options))
    assert [(e.kind, e.text) for e in screened.entries] == [(e.kind, e.text) for e in entries]
    return [(e.text, e.reason) for e in screened.entries if not e.kept]


def test_each_drop_says_why_and_the_others_stay_as_they_are():
    entries = objects("golf club", "swinging club", "pull-ups", "a club", "one two three four five six seven")
    screened = screen(PhraseSet(("golf_swing", "pull_ups"), entries))
    assert screened.entries[0] is entries[0] and screened.entries[3] is entries[3]
    assert drops_of(screened) == (
        Drop("object", "swinging club", MOVEMENT),
        Drop("object", "pull-ups", CLASS_NAME),
        Drop("object", "one two three four five six seven", TOO_LONG, 7.0),
    )


def test_classes_are_also_those_of_the_entries():
    assert screen(PhraseSet((), objects("squats", classes=("squat",)))).entries[0].reason == CLASS_NAME


def test_repeats_join_their_classes_in_the_first():
    first, second = objects("Golf Clubs", classes=("a",), agreement=0.2) + objects(
        "a golf club", classes=("b", "a"), agreement=0.9
    )
    kept, dropped = screen(PhraseSet((), (first, second))).entries[::-1]
    assert (dropped.reason, dropped.value, dropped.classes) == (REPEATED, None, ("a",))
    assert kept.kept and set(kept.classes) == {"a", "b"} and kept.agreement == 0.9
    kept, dropped = screen(PhraseSet((), (first, replace(second, classes=("b",), agreement=0.2)))).entries
    assert kept.classes == ("a", "b") and dropped.reason == REPEATED


def test_of_both_kinds_the_place_is_a_scene_and_the_thing_an_object():
    entries = objects("Tennis courts", "tennis net") + scenes("a tennis court", "Tennis Net", "gym")
    assert verdicts(entries) == [("Tennis courts", OTHER_KIND), ("Tennis Net", OTHER_KIND)]
    entries = objects("tennis court") + scenes("tennis court area")
    assert verdicts(entries) == [("tennis court", NEAR)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("grass field", "grassy field"),
        ("dumbbell", "dumb bells"),
        ("push-up bar", "pushup bar"),
        ("water bottle", "bottle of water"),
        ("campfire", "campfire setting"),
        ("wooden bench", "wood bench"),
        ("dumbbell rack", "dumbell rack"),
        ("barbecue grill", "barbeecue grill"),
        ("park", "park area"),
    ],
)
def test_near_repeats(one, other):
    extra = ("grass", "wood")  # words of the set by which "grassy" and "wooden" are known
    entries = objects(one, other, *extra)
    ((text, reason),) = verdicts(entries)
    assert text in (one, other) and reason == NEAR
    assert verdicts(entries, near=False) == []
    likeness = SequenceMatcher(None, *sorted((key(one), key(other))), autojunk=False).ratio()
    assert drops_of(screen(PhraseSet((), entries)))[0].value == pytest.approx(likeness)


def test_racket_and_racquet_are_one_word():
    assert verdicts(objects("tennis racket", "tennis racquet")) == [("tennis racquet", REPEATED)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hiking trail", "biking trail"),
        ("field hockey", "hockey field"),
        ("stable", "staple"),
        ("tennis ball", "tennis bat"),
        ("desert", "dessert"),
        ("bat", "battery"),
        ("basketball court", "outdoor basketball court"),
        ("painting wall", "panting wall"),
        ("area", "setting sun"),
        ("glass", "glasses"),
        ("wooded path", "woody path"),
    ],
)
def test_different_things_are_no_near_repeats(one, other):
    forms = loose_forms({key(one), key(other)})
    assert forms[key(one)] != forms[key(other)]


def test_of_near_repeats_the_one_of_most_classes_stays():
    one, two = objects("grass field", classes=("a",)) + objects("grassy field", classes=("b", "c"), agreement=0.5)
    first, second = screen(PhraseSet((), (one, two))).entries
    assert first.reason == NEAR and second.classes == ("b", "c", "a") and second.agreement == 1.0


def test_of_equal_near_repeats_the_shorter_stays_whatever_the_order():
    for texts in (("gym area", "gym"), ("gym", "gym area")):
        assert verdicts(objects(*texts)) == [("gym area", NEAR)]


def test_decisions_of_a_person_are_left_alone():
    entries = (
        PhraseEntry("object", "swinging bat", by_user=True),
        PhraseEntry("object", "baseball bat", kept=False, reason="mine", by_user=True),
        PhraseEntry("object", "a baseball bat", classes=("a",)),
        PhraseEntry("object", "gym", classes=("a",)),
        PhraseEntry("object", "the gym", by_user=True),
        PhraseEntry("scene", "gym", classes=("a", "b")),
    )
    screened = screen(PhraseSet((), entries)).entries
    assert all(after is before for before, after in zip(entries, screened, strict=True) if before.by_user)
    assert [entry.reason for entry in screened] == [None, "mine", None, REPEATED, None, OTHER_KIND]


def test_what_was_dropped_stays_dropped_and_stands_in_no_way():
    entries = (PhraseEntry("object", "bat", kept=False, reason="unseen", value=0.1), PhraseEntry("object", "a bat"))
    assert screen(PhraseSet((), entries)).entries == entries


def test_checks_can_be_left_out():
    entries = objects("swinging club", "pull-ups")
    assert verdicts(entries, checks=("class",)) == [("pull-ups", CLASS_NAME)]
    assert verdicts(entries, checks=()) == []
    assert verdicts(objects("two words"), max_words=1) == verdicts(objects("two words"), max_characters=8)


def test_options_come_from_a_settings_file():
    options = TypeAdapter(ScreenOptions)
    assert options.validate_python({"checks": ["class"], "near": False}) == ScreenOptions(checks=("class",), near=False)
    for wrong in ({"check": []}, {"max_words": 0}, {"checks": ["colour"]}):
        with pytest.raises(ValidationError):
            options.validate_python(wrong)


TEXTS = st.sampled_from(
    "gym; Gyms; the gym; gym area; grass field; grassy field; grass; running man; dumbbell; dumb bell; park; parks; "
    "bottle of water; water bottle; tennis court; Tennis Courts; bat; swing; 网球; ⚽; a".split("; ")
) | st.text(max_size=6)
ENTRIES = st.lists(
    st.builds(
        PhraseEntry,
        st.sampled_from(["object", "scene"]),
        TEXTS,
        st.sampled_from([(), (), ("a",), ("b", "a")]),
        st.sampled_from([0.2, 1.0]),
        by_user=st.sampled_from([False] * 5 + [True]),
    ),
    max_size=12,
)


def kept(entries):
    return {(entry.kind, key(entry.text)) for entry in entries if entry.kept}


@given(ENTRIES, st.randoms(use_true_random=False))
@settings(max_examples=150)
def test_the_order_of_the_entries_does_not_matter(entries, rng):
    mixed = list(entries)
    rng.shuffle(mixed)
    screened = screen(PhraseSet((), tuple(entries))).entries
    assert kept(screened) == kept(screen(PhraseSet((), tuple(mixed))).entries)
    assert all(entry.kept or entry.reason for entry in screened)


@given(ENTRIES)
@settings(max_examples=80)
def test_screening_twice_changes_nothing_more(entries):
    once = screen(PhraseSet((), tuple(entries)))
    assert screen(once) == once


def test_official_phrases_lose_one_repeat(shared):
    table = np.load(shared / "penn_action" / "text_concepts.npz")
    entries = objects(*map(str, table["object_texts"])) + scenes(*map(str, table["scene_texts"]))
    assert drops_of(screen(PhraseSet((), entries))) == (Drop("object", "Tennis court", OTHER_KIND),)
