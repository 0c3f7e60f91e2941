"""The diagnosis on the report page says what the diagnosis says."""

import html
import re
from dataclasses import replace

import pytest

from dance_xai.diagnose import count_causes
from dance_xai.diagnose.words import cause_words, proposal_words, suspicion_words
from dance_xai.report import report_page
from dance_xai.report.diagnosed import diagnosed
from dance_xai.report.mistakes import confusion, mistakes


@pytest.fixture
def data(planted):
    return planted.report()


def section(page):
    found = re.search(r'<section id="diagnosis".*?</section>', page, re.DOTALL)
    return None if found is None else re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", found[0])))


def test_counts_are_those_of_the_failures(data):
    found, failures = diagnosed(data), data.diagnosis.failures
    assert {cause.name: cause.count for cause in found.causes} == {
        name: count for name in ("concept wrong", "same concepts") if (count := sum(f.cause == name for f in failures))
    }
    assert sum(cause.share for cause in found.causes) == pytest.approx(100)
    told = {label: dict(zip([c.name for c in found.causes], counts, strict=True)) for label, counts in found.rows}
    assert {label: {name: n for name, n in row.items() if n} for label, row in told.items()} == {
        label: {name: n for name, n in row.items() if n} for label, row in count_causes(failures).items()
    }
    assert (found.wrong, found.clips) == (len(failures), 40)


def test_each_confused_clip_tells_its_own_cause(data):
    words = {one.clip: cause_words(one) for one in data.diagnosis.failures}
    assert {each.clip: each.cause for each in mistakes(data)} == words and len(set(words.values())) == 2
    shown = {clip["id"]: clip["cause"] for pair in confusion(data)["pairs"] for clip in pair["clips"]}
    assert shown == words
    page = report_page(data)
    for clip, cause in words.items():
        item = re.search(rf"<li><code>{clip}</code>.*?</li>", page, re.DOTALL)[0]
        assert cause[1:] in html.unescape(item)


def test_shortcuts_with_their_edits(data):
    first, second = diagnosed(data).shortcuts
    assert first.command == "dance diagnose RUN --apply 1 --out NEW" and first.is_credible
    assert data.bank.concepts[first.column].name == first.concept and data.bank.concepts[first.column].kind == "object"
    assert [row[1:] for row in first.effect] == [
        tuple(f"{share}\N{NARROW NO-BREAK SPACE}%" for share in pair)
        for pair in (("90.0", "89.5"), ("80.0", "85.0"), ("50.0", "100.0"))
    ]
    assert (second.number, second.command, second.effect, second.is_credible) == (2, None, (), False)


def test_the_page_says_all_of_it(data):
    told = section(report_page(data))
    found = data.diagnosis
    for one in found.shortcuts:
        for words in (suspicion_words(one.suspicion), proposal_words(one)):
            assert " ".join(words.split()) in told
    assert "A note." in told
    assert told.count("--apply") == 1 and told.count("doubtful") == 1


def test_uneven_concepts_are_told_with_the_figures_of_the_page(data):
    (one,) = data.diagnosis.uneven
    groups = (replace(one.effects[0], group="left", effect=0.5), replace(one.effects[0], group="right", effect=-0.25))
    found = (replace(one, label="tennis_serve", effects=groups, chance=2e-5), replace(one, chance=0.0123))
    rare, usual = diagnosed(replace(data, diagnosis=replace(data.diagnosis, uneven=found))).uneven
    assert rare == (
        "'motion 01' lifts 'tennis_serve' by +0.50 where view is left and by −0.25 where it is right "
        "(by chance: less than 0.001)."
    )
    assert usual.endswith("(by chance: 0.012).")


def test_without_a_diagnosis_there_is_no_section(data):
    page = report_page(replace(data, diagnosis=None))
    assert section(page) is None and '"#diagnosis"' not in page and "--apply" not in page
    assert {each.cause for each in mistakes(replace(data, diagnosis=None))} == {None}


def test_nothing_found_is_said(data):
    nothing = replace(data.diagnosis, failures=(), shortcuts=(), uneven=())
    told = section(report_page(replace(data, diagnosis=nothing)))
    assert "None of the 40 test clips is wrong." in told and "No shortcut found" in told and "subgroups" not in told
    assert "There is no test clip" in section(report_page(replace(data, diagnosis=replace(nothing, clips=0))))
