"""Phrase sets as text: nothing is lost, edits stay, and a wrong line is named."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dance_xai.data.phrase_sets import parse_phrase_set, read_phrase_set, render_phrase_set
from dance_xai.errors import DataError
from dance_xai.types import PhraseEntry, PhraseSet, PhraseSource

texts = st.text(min_size=1).filter(lambda text: text.strip()) | st.sampled_from(
    [
        "ball",
        "a | b",
        "c#",
        'say "x"',
        "a, b",
        "a; b",
        "keep! x",
        "[object]",
        "\\n",
        "x\u2028y",
        "\ud800",
        " x",
        "for x",
    ]
)
names = st.text() | st.sampled_from(["bowl", "a,b", "", " "])
number = st.floats(allow_nan=False, allow_infinity=False)
share = st.floats(0, 1)
entries = st.builds(
    PhraseEntry,
    kind=st.sampled_from(["object", "scene"]),
    text=texts,
    classes=st.lists(names, max_size=3).map(tuple),
    agreement=share,
    kept=st.booleans(),
    reason=st.none() | names,
    value=st.none() | number,
    similarity=st.none() | number,
    auc=st.none() | share,
    by_user=st.booleans(),
)
prompts = st.tuples(st.integers(0, 99), names).map(lambda p: (("object", *p), ("scene", *p))) | st.just(())
sources = st.builds(
    PhraseSource, names, st.lists(names, max_size=2).map(tuple), st.none() | st.integers(1, 99), prompts
)


def made_set(classes, found, said):
    unique = {(entry.kind, entry.text): entry for entry in found}.values()
    return PhraseSet(tuple(classes), tuple(sorted(unique, key=lambda entry: entry.kind)), tuple(said))


sets = st.builds(made_set, st.lists(names, unique=True, max_size=30), st.lists(entries), st.lists(sources, max_size=2))


@given(sets)
def test_nothing_is_lost(phrases):
    text = render_phrase_set(phrases)
    found = parse_phrase_set(text.encode().decode(), "x")
    assert found.phrases == phrases and text.replace("\n", "").isprintable()
    assert render_phrase_set(phrases, found) == text


@given(sets, sets)
def test_a_file_written_again_has_the_new_set_and_the_old_comments(one, other):
    text = render_phrase_set(one).replace("[scene]", "# mine\n[scene]")
    again = render_phrase_set(other, parse_phrase_set(text, "x"))
    assert parse_phrase_set(again, "x").phrases.classes == other.classes
    assert parse_phrase_set(again, "x").phrases.sources == other.sources
    assert set(parse_phrase_set(again, "x").phrases.entries) == set(other.entries)
    assert "# mine\n[scene]" in again


BALL = PhraseEntry("object", "ball", ("bowl", "golf"), 2 / 3, similarity=0.25)
BAT = PhraseEntry("object", "swinging bat", ("bowl",), kept=False, reason="names a movement")
LANE = PhraseEntry("scene", "lane", ("bowl",))
SET = PhraseSet(("bowl", "golf"), (BALL, BAT, LANE), (PhraseSource("m", ("bowl", "golf"), 3, (("object", 1, "ab"),)),))
SHOWN = """\
format: 1
classes: bowl, golf
source: m; samples 3; object prompt 1 ab

[object]
keep   ball          | for bowl, golf; agreement 0.6666666666666666; seen 0.25
drop   swinging bat  | for bowl; because names a movement

[scene]
keep   lane          | for bowl
"""
EDITED = """\
format: 1
# own words
classes: bowl, golf   # two
source: m; samples 3; object prompt 1 ab
[scene]
keep   lane | for bowl
keep! "park; bench"

[object]
drop! swinging bat | for bowl; because names a movement   # no!
keep  ball   # round
# the end"""


def test_it_reads_as_plain_lines():
    assert render_phrase_set(SET).partition("anew.")[2].endswith(SHOWN)


def test_edits_by_hand_are_understood_and_stay_letter_by_letter():
    document = parse_phrase_set(EDITED, "x")
    ball, lane = PhraseEntry("object", "ball"), LANE
    bat = replace(BAT, by_user=True)
    assert document.phrases.entries == (bat, ball, lane, PhraseEntry("scene", "park; bench", by_user=True))
    assert render_phrase_set(document.phrases, document) == EDITED


def test_what_changes_is_written_anew_in_place_with_its_comment():
    document = parse_phrase_set(EDITED, "x")
    seen = tuple(replace(e, similarity=0.5) if e.text == "ball" else e for e in document.phrases.entries)
    entries = (*(e for e in seen if e.text != "lane"), PhraseEntry("scene", "lake"), PhraseEntry("object", "cap"))
    phrases = replace(document.phrases, classes=("bowl",), entries=entries)
    text = render_phrase_set(phrases, document)
    expected = EDITED.replace("keep   lane | for bowl\n", "").replace('"park; bench"\n', '"park; bench"\nkeep   lake\n')
    expected = expected.replace("keep  ball   # round\n", "keep   ball          | seen 0.5   # round\nkeep   cap\n")
    expected = expected.replace("classes: bowl, golf   # two\n", "").replace(
        "format: 1\n", "format: 1\nclasses: bowl\n"
    )
    expected = expected.replace("object prompt 1 ab\n", "object prompt 1 ab; for bowl, golf\n", 1)
    lines, wanted = text.splitlines(), expected.splitlines()
    assert sorted(lines) == sorted(wanted)
    assert lines.index("[scene]") < lines.index("keep   lake") < lines.index("[object]") < lines.index("keep   cap")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_and_the_mark_stay_and_new_lines_have_them_too(end, mark):
    document = parse_phrase_set(mark + EDITED.replace("\n", end), "x")
    text = render_phrase_set(document.phrases, document)
    assert text == mark + EDITED.replace("\n", end)
    entries = (*document.phrases.entries, PhraseEntry("object", "cap"))
    phrases = replace(document.phrases, classes=("bowl",), entries=entries)
    again = render_phrase_set(phrases, document)
    assert again.startswith(f"{mark}format: 1{end}classes: bowl{end}") and f"# round{end}keep   cap{end}# the" in again
    assert again.count(end) == len(again.removeprefix(mark).splitlines()) - 1
    assert "\n" not in again.replace(end, "") and "\r" not in again.replace(end, "")


def test_a_last_line_without_an_end_gets_one_when_others_follow():
    document = parse_phrase_set("format: 1\r\n[scene]\r\nkeep! lane", "x")
    more = replace(document.phrases, entries=(PhraseEntry("object", "cap"), *document.phrases.entries))
    assert render_phrase_set(more, document) == ("format: 1\r\n[scene]\r\nkeep! lane\r\n\r\n[object]\r\nkeep   cap\r\n")


def test_a_head_that_grows_keeps_the_lines_it_has():
    document = parse_phrase_set("format: 1  # old\nclasses: bowl  # mine\n[scene]\n", "x")
    grown = replace(document.phrases, sources=(PhraseSource("m", ("bowl",)),))
    text = render_phrase_set(grown, document)
    assert text == "format: 1  # old\nclasses: bowl  # mine\nsource: m\n[scene]\n"


def test_a_section_that_was_removed_comes_back_when_it_is_needed():
    document = parse_phrase_set("format: 1\n[object]\nkeep ball\n", "x")
    phrases = replace(document.phrases, entries=(*document.phrases.entries, LANE))
    assert render_phrase_set(phrases, document).endswith("keep ball\n\n[scene]\nkeep   lane  | for bowl\n")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "x.txt: expected one line 'format: 1' above the phrases, got none"),
        ("ball\nbat\n", "line 1: expected format:, classes: or source: above [object] or [scene], got 'ball'"),
        ("format: 2\n", "expected one line 'format: 1' above the phrases, got 2; add it, update dance-xai"),
        ("format: 1\nformat: 1\n", "got 1, 1"),
        ("format: 1\nclasses: a,,b\n", "line 2: classes: expected names between commas, got an empty one"),
        ("format: 1\nclasses: a, a\n", "expected each class once, got 'a' twice"),
        ('format: 1\nclasses: a, "b\n', "line 2: classes: expected one text in double quotes, got '\"b'"),
        ("format: 1\nsource: m; samples x\n", "line 2: source: samples: expected a whole number, got 'x'"),
        ("format: 1\nsource: m; sample 3\n", "line 2: source: expected samples, object prompt, scene prompt, for"),
        ("format: 1\n[objects]\n", "line 2: expected [object] or [scene], got '[objects]'"),
        (
            "format: 1\n[object]\nball\n",
            "line 3: expected keep, drop, keep!, drop! first, got 'ball'; put one in front",
        ),
        ("format: 1\n[object]\nKeep ball\n", "line 3: expected keep, drop, keep!, drop! first, got 'Keep'"),
        ("format: 1\n[object]\nkeep\n", "line 3: expected a phrase after 'keep', got none"),
        ("format: 1\n[object]\nkeep! # ball\n", "line 3: expected a phrase after 'keep!', got none"),
        (
            "format: 1\n[object]\nkeep ball | golf\n",
            "line 3: expected for, agreement, seen, auc, because, value between",
        ),
        ("format: 1\n[object]\nkeep ball | seen high\n", "line 3: seen: expected a number, got 'high'"),
        ("format: 1\n[object]\nkeep ball | seen nan\n", "line 3: seen: expected a number, got 'nan'"),
        ("format: 1\n[object]\nkeep ball | auc 2\n", "line 3: auc: expected a number from 0 to 1, got '2'"),
        ("format: 1\n[object]\nkeep ball | seen 1; seen 2\n", "line 3: expected 'seen' once, got it twice"),
        ('format: 1\n[object]\nkeep "ball\n', "line 3: expected one text in double quotes, got '\"ball'"),
        ('format: 1\n[object]\nkeep "a" b\n', "line 3: expected one text in double quotes"),
        (
            "format: 1\n[object]\nkeep ball\n\ndrop ball\n",
            "line 5: expected each object phrase once, got 'ball' as in line 3",
        ),
    ],
)
def test_a_wrong_line_is_named_in_one_line(tmp_path, text, message):
    path = tmp_path / "x.txt"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError) as caught:
        read_phrase_set(path)
    assert message in str(caught.value) and "x.txt" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_files_of_other_programs(tmp_path):
    path = tmp_path / "x.txt"
    path.write_bytes(b"\xef\xbb\xbf" + SHOWN.replace("\n", "\r\n").encode())
    assert read_phrase_set(path).phrases == SET
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DataError, match="expected phrases in UTF-8"):
        read_phrase_set(path)
    with pytest.raises(DataError, match=r"none\.txt"):
        read_phrase_set(tmp_path / "none.txt")


@given(st.text())
def test_any_text_is_read_or_refused_in_one_line(text):
    for start in ("", "format: 1\n", "format: 1\n[scene]\nkeep "):
        try:
            document = parse_phrase_set(start + text, "x")
        except DataError as error:
            assert "\n" not in str(error)
        else:
            assert render_phrase_set(document.phrases, document) == start + text
