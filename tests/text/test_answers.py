"""What a model writes is taken apart, capped and never trusted."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dance_xai.errors import ProposalError
from dance_xai.text.answers import (
    ANSWER_SCHEMA,
    LONGEST_PHRASE,
    MOST_PHRASES,
    NO_WORDS,
    TOO_LONG,
    TOO_MANY,
    read_answer,
)
from dance_xai.types import Drop

GOOD = '{"phrases": ["tennis racket", "net"]}'


def read(text):
    return read_answer(text, "object", "tennis_serve")


def wrong(text):
    with pytest.raises(ProposalError) as caught:
        read(text)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        f"```json\n{GOOD}\n```",
        f"```\n{GOOD}```",
        f"Here you are:\n\n{GOOD}\n\nAnything else? {{smile}}",
        f'<think>Perhaps {{"phrases": ["no"]}}? Rather a {{racket.</think>\n{GOOD}',
        f"{{ {GOOD}",
        f'{{"class": "x"}} {GOOD}',
        '{"class": {"name": "x"}, "phrases": ["tennis racket", "net"], "note": null}',
        "\ufeff" + GOOD,
    ],
)
def test_one_object_is_found_wherever_it_stands(text):
    assert read(text) == (("tennis racket", "net"), ())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  \n",
        "I cannot help with that.",
        GOOD[:-1],
        GOOD[:20],
        "{" * 5000,
        '{"a":' * 50_000,
        "[" * 50_000,
        "null",
        '["tennis racket"]',
        '{"Phrases": ["x"]}',
        f"{GOOD} {GOOD}",
        f"<think>{GOOD}</think>",
    ],
)
def test_anything_but_one_complete_object_is_wrong(text):
    message = wrong(text)
    assert message.startswith('expected one JSON object {"phrases": [...]}, got ')
    assert len(message) < 160


@pytest.mark.parametrize("phrases", ["x", None, 3, {"a": "b"}, [3], [None], [["x"]], [{"phrase": "x"}], [True]])
def test_phrases_must_be_a_list_of_text(phrases):
    assert "expected a list of phrases, got at phrases" in wrong(json.dumps({"phrases": phrases}))


@pytest.mark.parametrize("phrases", [[], ["", "..."], ["x" * 81]])
def test_an_answer_without_a_usable_phrase_is_wrong(phrases):
    assert "expected some phrases" in wrong(json.dumps({"phrases": phrases}))


def test_ten_thousand_phrases_are_cut_and_counted():
    kept, drops = read(json.dumps({"phrases": [f"thing {n}" for n in range(10_000)]}))
    assert kept == tuple(f"thing {n}" for n in range(MOST_PHRASES))
    assert drops == (Drop("object", "tennis_serve", TOO_MANY, 9940),)


def test_long_and_empty_phrases_are_dropped_with_reasons():
    kept, drops = read(json.dumps({"phrases": ["net", "y" * 81, "y" * 80, " - ", "z" * 100_000]}))
    assert kept == ("net", "y" * 80)
    assert [(drop.reason, drop.value) for drop in drops] == [(TOO_LONG, 81), (NO_WORDS, 0), (TOO_LONG, 100_000)]
    assert all(len(drop.item) <= LONGEST_PHRASE for drop in drops)


def test_phrases_are_cleaned_and_otherwise_left_alone():
    said = ["  A  Tennis\nRacket. ", "net\x00\u202e", "<script>alert(1)</script>", "os.remove('x')", "网球拍"]
    kept, _ = read(json.dumps({"phrases": said}))
    assert kept == ("Tennis Racket", "net", "<script>alert(1)</script>", "os.remove('x')", "网球拍")


@given(st.text())
def test_any_text_is_read_or_refused(text):
    try:
        kept, _ = read(text)
    except ProposalError as error:
        assert len(str(error).splitlines()) == 1
    else:
        assert kept


@given(st.lists(st.text(max_size=100), max_size=70))
def test_any_phrases_come_out_clean_and_capped(phrases):
    try:
        kept, drops = read(json.dumps({"phrases": phrases}))
    except ProposalError:
        return
    assert len(kept) <= MOST_PHRASES
    assert all(0 < len(phrase) <= LONGEST_PHRASE and "\n" not in phrase for phrase in kept)
    assert len(kept) + sum(int(drop.value) if drop.reason == TOO_MANY else 1 for drop in drops) == len(phrases)


def test_the_schema_says_what_is_read():
    assert ANSWER_SCHEMA["required"] == ["phrases"] == list(ANSWER_SCHEMA["properties"])
    assert ANSWER_SCHEMA["additionalProperties"] is False
