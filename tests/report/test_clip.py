import html
import json
import re
from dataclasses import replace

import pytest
from tests.report.whole_clip import seen_track, whole

from dance_xai.explain import contrast, to_json
from dance_xai.report import clip_page
from dance_xai.report.clip import Picture
from dance_xai.report.clip import page as clip_pages
from dance_xai.report.clip.figures import texts_of
from dance_xai.report.clip.page import TEMPLATES
from dance_xai.report.render import prepare
from dance_xai.report.words import label
from dance_xai.types import ConceptBank, WindowMatch
from dance_xai.types.numbers import MINUS, decimal, percent, units

ROW = re.compile(r'<tr class="step (\w+)[^"]*">(.*?)</tr>', re.DOTALL)
NUMBER = re.compile(r'<td class="num">([^<]*)</td>')


def data_of(page):
    return json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)[1])


def rows(table):
    return [(role, NUMBER.search(body)[1]) for role, body in ROW.findall(table)]


def tables(page):
    return [rows(table) for table in re.findall(r'<table class="waterfall".*?</table>', page, re.DOTALL)]


@pytest.fixture
def bank(planted):
    return planted.bank()


@pytest.fixture
def windows(planted, bank):
    return {int(j): planted.wave(12, "left") for j in bank.columns("motion")}


def page_of(planted, bank, windows, explanation=None, **options):
    explanation = explanation or planted.explanation(bank)
    return clip_page(explanation, bank, windows, title="planted", **({"track": planted.track()} | options))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("top", [2, 8])
def test_every_sum_on_the_page_adds_up_to_the_digit(planted, bank, windows, seed, top):
    explanation = whole(planted, bank, seed=seed)
    page = page_of(planted, bank, windows, explanation, top=top, why_not_top=top)
    found = tables(page)
    assert len(found) == len(explanation.classes) + 1
    for table in found:
        digits = len(table[0][1].split(".")[1])
        values = [units(float(text.replace(MINUS, "-")), digits) for _, text in table]
        assert table[-1][0] == "total"
        assert sum(values[:-1]) == values[-1]


def test_the_numbers_shown_are_those_of_the_json(planted, bank, windows):
    explanation = planted.explanation(bank)
    page = page_of(planted, bank, windows, explanation)
    told = data_of(page)["explanation"]
    assert told == json.loads(json.dumps(to_json(explanation)))
    first, *others = tables(page)
    digits = len(first[0][1].split(".")[1])
    terms = [text for role, text in first if role == "term"]
    best = told["classes"][0]
    assert terms == [decimal(term["value"], digits, sign=True) for term in best["contributions"][:8]]
    assert first[-1][1] == decimal(best["logit"], digits)
    assert first[0][1] == decimal(best["bias"], digits, sign=True)
    for shown, other in zip(others, told["classes"][1:], strict=True):
        digits = len(shown[0][1].split(".")[1])
        assert shown[-1][1] == decimal(contrast(explanation, other["label"]).logit, digits)
    assert percent(best["probability"]) in html.unescape(page)


def test_names_are_text_everywhere(planted, bank, windows):
    explanation = replace(whole(planted, bank, label=planted.nasty), clip=planted.nasty)
    page = clip_page(explanation, bank, windows, title=planted.nasty, track=planted.track())
    assert "<script>alert" not in page
    assert page.count("</style>") == page.count("<style>") == 1
    assert page.count("<script") == page.count("</script>") == 2
    assert html.escape(planted.nasty, quote=False)[:20] in page
    assert data_of(page)["explanation"]["clip"] == planted.nasty


@pytest.mark.parametrize(
    ("label", "says"),
    [("{right}", "Right: this is its label"), ("{wrong}", "Wrong: the label is"), (None, "The label is not known")],
)
def test_the_verdict(planted, bank, windows, label, says):
    explanation = planted.explanation(bank)
    names = {"{right}": explanation.classes[0].label, "{wrong}": explanation.classes[-1].label}
    page = page_of(planted, bank, windows, replace(explanation, true_label=names.get(label)))
    assert says in page
    asked = re.search(r'<option value="(\d+)" selected', page)[1]
    assert int(asked) == (len(explanation.classes) - 2 if label == "{wrong}" else 0)


def test_the_true_class_has_its_probability_wherever_it_stands(planted, bank, windows):
    classes = tuple(f"class_{k}" for k in range(20))
    explanation = planted.explanation(bank, classes=classes)
    for at in (0, 4, 5, 19):
        true = explanation.classes[at]
        page = page_of(planted, bank, windows, replace(explanation, true_label=true.label))
        odds = re.search(r'<table class="odds">(.*?)</table>', page, re.DOTALL)[1]
        shown = re.findall(r'<th scope="row">(class \d+).*?<td class="num">([^<]*)</td>', odds, re.DOTALL)
        assert len(shown) == max(5, min(at, 5) + 1)
        assert (label(true.label), percent(true.probability)) in shown
        assert ("the label</small>" in odds) == (at > 0)


def test_times_are_seconds_only_when_fps_is_known(planted, bank, windows):
    known = page_of(planted, bank, windows, planted.explanation(bank, fps=30.0))
    unknown = page_of(planted, bank, windows, planted.explanation(bank, fps=None))
    assert "0.13–0.93" in known
    assert "(frames 4–27)" in known
    assert "0.13–0.93" not in unknown
    assert "frames 4–27" in unknown
    assert "frame rate is not known" in unknown


def test_the_summary_reads_as_sentences(planted, bank, windows):
    part = r"\S+( \d+)?( \(“[^”]+”\))?"
    much = "(stronger than usual|weaker than usual|as usual)"
    one, two = rf"{part} is {much}", rf"{part} and {part} are {much}"
    terms = rf"({two}|{one}(, and {one})?)"
    for seed in range(6):
        page = page_of(planted, bank, windows, planted.explanation(bank, seed=seed))
        line = re.search(r'<p class="because-line">(.*?)</p>', page, re.DOTALL)[1]
        line = " ".join(html.unescape(re.sub(r"<[^>]+>", "", line)).replace(planted.nasty, "x").split())
        assert re.fullmatch(rf"(Mostly because {terms}\.)?( ?What speaks most against it: {terms}\.)?", line), line


def test_shares_sum_to_100(planted, bank, windows):
    page = page_of(planted, bank, windows)
    shown = re.findall(r'<li class="(\w+)" title="[^"]*"><strong>(\d+) %</strong>', page)
    assert [kind for kind, _ in shown] == ["motion", "object", "scene"]
    assert sum(int(value) for _, value in shown) == 100


def test_what_is_not_there_is_said(planted, bank, windows):
    explanation = planted.explanation(bank)
    bare = ConceptBank(tuple(replace(concept, prototype=None) for concept in bank.concepts), None)
    page = clip_page(explanation, bare, {}, title="planted", track=None)
    assert "the source of this concept has no poses" in page
    assert "no pose window could be compared" in page
    assert '<canvas id="clip"' not in page
    nothing = replace(
        explanation.prediction, contributions=(), shares=dict.fromkeys(("motion", "object", "scene"), 0.0)
    )
    assert "its score is the bias alone" in page_of(planted, bank, windows, replace(explanation, classes=(nothing,)))


def test_the_flip_adds_up_and_is_said(planted, bank, windows):
    explanation = whole(planted, bank)
    page = page_of(planted, bank, windows, explanation)
    fall = rows(re.search(r'<div class="card flip">(.*?)</table>', page, re.DOTALL)[1])
    flip = explanation.flip
    digits = len(fall[0][1].split(".")[1])
    assert fall[0] == ("bias", decimal(flip.margin, digits, sign=True))
    assert [text for role, text in fall if role == "term"] == [
        decimal(-each.gain, digits, sign=True) for each in flip.changes
    ]
    assert fall[-1] == ("total", decimal(flip.margin_after, digits))
    assert f"It would say {label(flip.rival)} if {bank.names[1]} were weaker" in html.unescape(page)
    assert "−0.75 instead of +1.25" in page and "+1.25 → −0.75" in page
    none = page_of(planted, bank, windows, replace(explanation, flip=None))
    assert "No change of concepts" in none and "card flip" not in none


def test_the_page_in_words_has_the_numbers_of_the_page(planted, bank, windows):
    explanation = whole(planted, bank)
    page = page_of(planted, bank, windows, explanation)
    words = html.unescape(re.sub(r"<[^>]+>", "\n", page[page.index('<details class="card words">') :]))
    first = tables(page)[0]
    lines = words.splitlines()
    told = [line.rsplit(" = " if " = " in line else ": ", 1)[1] for line in lines if re.search(r"[=:] [+−]?\d", line)]
    assert [text for _, text in first] == [text for text in told if text in {shown for _, shown in first}][: len(first)]
    for line in explanation.timelines:
        for span in line.spans:
            assert f"frames {span.start}–{span.stop - 1}" in words
    assert all(heading in words for heading in ("When the motions happen", "seen best", "change the decision"))


def test_a_mirrored_match_is_said(planted, bank, windows):
    explanation = planted.explanation(bank)
    shown = {term.concept for term in explanation.prediction.contributions}
    assert ("as its mirror image" in page_of(planted, bank, windows)) == (1 in shown)


def test_a_clip_that_comes_near_only_between_the_windows_compared_says_so(planted, bank, windows):
    explanation = whole(planted, bank)
    weak = replace(explanation.classes[0].contributions[0].match or WindowMatch(2, 14, 0.9), similarity=0.2)
    terms = tuple(replace(t, match=weak if t.match else None) for t in explanation.prediction.contributions)
    missed = replace(explanation, classes=(replace(explanation.prediction, contributions=terms),))
    told = "the clip comes nearer (0.90)"
    happening = {line.concept for line in explanation.timelines if line.spans}
    assert told not in page_of(planted, bank, windows, explanation)
    assert page_of(planted, bank, windows, missed).count(told) == len({t.concept for t in terms} & happening) > 0


def test_a_phrase_below_the_usual_is_not_said_to_be_seen(planted, bank, windows):
    explanation = whole(planted, bank)
    below = tuple(replace(seen, score=-0.5) for seen in explanation.phrases_seen)
    assert "Best seen at" in page_of(planted, bank, windows, explanation)
    page = page_of(planted, bank, windows, replace(explanation, phrases_seen=below))
    assert "Best seen at" not in page and "Not clearly seen" in page


def test_pictures_are_asked_for_once_and_when_all_else_is_ready(planted, bank, windows, monkeypatch):
    ready, asked = [], []
    monkeypatch.setattr(clip_pages, "texts_of", lambda *given: ready.append(1) or texts_of(*given))
    picture = Picture(note="no video")
    page = page_of(planted, bank, windows, picture=lambda: asked.append(len(ready)) or picture)
    assert asked == [1] and page == page_of(planted, bank, windows, picture=picture)


def test_a_long_clip_and_many_classes_stay_small(planted):
    bank = planted.bank(79, 34)
    classes = tuple(f"class_{k}" for k in range(101))
    explanation = planted.explanation(bank, classes=classes, label="class_3")
    windows = {int(j): planted.wave(12, "left") for j in bank.columns("motion")}
    page = clip_page(explanation, bank, windows, title="planted", track=planted.track(2000))
    assert len(page.encode()) < 5_000_000


def test_after_preparing_nothing_is_left_to_compile(planted, bank, windows, monkeypatch):
    prepare(*TEMPLATES)
    monkeypatch.setattr("jinja2.Environment.compile", lambda *_: pytest.fail("compiled while rendering"))
    page = clip_page(whole(planted, bank), bank, windows, title="Small", track=seen_track(planted))
    assert "player" in page
