import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dance_xai.text.form import base, canonical, fold, key, singular, stem, words
from dance_xai.text.lexicon import word_map

PLURALS = """
ball balls; bus buses; box boxes; bench benches; brush brushes; dress dresses; glass glass; grass grass; tennis
tennis; canvas canvas; lens lenses; knife knives; shelf shelves; leaf leaves; glove gloves; sleeve sleeves; wave
waves; scarf scarves; valve valves; stove stoves; body bodies; city cities; trophy trophies; movie movies;
hoodie hoodies; tie ties; toy toys; key keys; tray trays; man men; woman women; fisherman fishermen; batsman
batsmen; child children; grandchild grandchildren; foot feet; tooth teeth; mouse mice; person people; potato
potatoes; tomato tomatoes; shoe shoes; canoe canoes; horseshoe horseshoes; photo photos; piano pianos; studio
studios; horse horses; house houses; vase vases; base bases; case cases; rose roses; nurse nurses; course
courses; axe axes; prize prizes; size sizes; watch watches; torch torches; coach coaches; match matches;
mustache mustaches; campus campuses; cactus cacti; pizza pizzas; camera cameras; ski skis; taxi taxis; bra bras;
gym gyms; tv tvs; up ups; pin pins; ring rings; building buildings; sunglasses sunglasses; shorts shorts; jeans
jeans; scissors scissors; goggles goggles; glasses glasses; clothes clothes; specimen specimen; bass bass; moss
moss; chess chess
"""
PAIRS = [pair.split() for pair in " ".join(PLURALS.split()).split(";")]


@pytest.mark.parametrize(("one", "many"), PAIRS)
def test_plurals_and_their_singulars(one, many):
    assert singular(many) == one == singular(one)


def test_irregular_singulars_are_singular():
    assert [one for (one,) in word_map("plurals").values() if singular(one) != one] == []
    assert [one for (one,) in word_map("spellings").values() if base(one) != one] == []


@pytest.mark.parametrize(
    ("given_text", "shown"),
    [
        ("  A  baseball\tbat ", "baseball bat"),
        ("“The Gym”", "Gym"),
        ("- a golf club.", "golf club"),
        ("an", "an"),
        ("the the court", "court"),
        ("catcher's mitt", "catcher's mitt"),
        ("pull-up bar", "pull-up bar"),
        ("ball (red)", "ball (red)"),
        ("cafe\u0301", "café"),
        ("...", ""),
        ("网球拍", "网球拍"),
    ],
)
def test_shown_form(given_text, shown):
    assert canonical(given_text) == shown


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("A pair of Tennis Racquets", "tennis racket"),
        ("Pull-Up Bars", "pull up bar"),
        ("the catcher’s mitt", "Catcher mitts"),
        ("Café", "cafe\u0301s"),
        ("ＴＥＮＮＩＳ　ＢＡＬＬ", "tennis ball"),
        ("grey colours", "gray color"),
        ("Straße", "STRASSE"),
        ("set of dumbbells", "dumbbell"),
        ("children's shoes", "child shoe"),
        ("golf_clubs", "golf club"),
        ("ТЕННИС", "теннис"),
    ],
)
def test_one_key_where_only_form_differs(one, other):
    assert key(one) == key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("glass", "glasses"),
        ("short", "shorts"),
        ("cloth", "clothes"),
        ("wood", "woods"),
        ("tennis ball", "tennis bat"),
        ("⚽", "🏀"),
        ("टेनिस", "टनस"),
        ("ball", "мяч"),
        ("set", "set of pins"),
    ],
)
def test_different_things_have_different_keys(one, other):
    assert key(one) != key(other)


@given(
    st.text(max_size=30)
    | st.lists(st.sampled_from("a the pair of set buses 's men Ⅷ ſs é ß ’ - axes ups".split())).map(" ".join)
)
@settings(max_examples=300)
def test_forms_are_stable(text):
    for form in (canonical, key, fold):
        assert form(form(text)) == form(text)
    assert unicodedata.is_normalized("NFC", canonical(text))
    assert key(canonical(text)) == key(text) or not any(map(str.isalnum, text))
    assert all(words(text)) and " ".join(words(" ".join(words(text)))) == " ".join(words(text))


@given(
    st.text("abcdefghijklmnopqrstuvwxyz", max_size=8),
    st.sampled_from(["", "s", "es", "ies", "ves", "men", "ses", "ches"]),
)
def test_singular_and_base_are_stable(front, ending):
    for form in (singular, base):
        assert form(form(front + ending)) == form(front + ending)


def test_stems_join_the_forms_of_a_verb():
    for forms in (
        "serve serves serving served",
        "run runs running",
        "bowl bowls bowling bowled",
        "bike biking",
        "jog jogging",
    ):
        assert len({stem(word) for word in forms.split()}) == 1
    assert len({stem(word) for word in "ring string bed sled swing sing red".split()}) == 7


def test_long_repetition_is_no_trouble():
    assert canonical("the " * 5000 + "bat") == key("a " * 5000 + "bat") == "bat"
