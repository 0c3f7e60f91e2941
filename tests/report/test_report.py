import html
import re
from dataclasses import replace

import pytest

from dance_xai.report import Predictions, report_page
from dance_xai.types import ConceptBank


def text(page):
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))


def test_figures_on_the_page(planted):
    data = planted.report()
    said = data.predictions
    correct = sum(t == p for t, p in zip(said.true, said.predicted, strict=True))
    page = text(report_page(data))
    assert f"{correct} of 40 right" in page
    assert f"{100 * correct / 40:.2f} %" in page
    assert "95 % interval 71.00 % to 93.00 %" in page
    assert f"{data.used.sum()} non-zero weights for 3 classes" in page
    assert "concepts reach 90.00 %, as many random directions of the same features 85.00 %: +5.00 points" in page
    assert "all concepts 70.00 90.00 95.00 100.00" in page
    assert "random directions (control) 40.00 85.00 – 99.00" in page
    assert "NMI 0.438" in page
    assert "pose jumps 1" in page
    assert "0001:5 (0.250)" in page
    assert "few clips: 3" in page


def test_every_weight_is_shown_rounded(planted):
    data = planted.report()
    page = report_page(data)
    for k in range(3):
        card = re.search(rf'id="class-{k}".*?</article>', page, re.DOTALL)[0]
        shown = re.findall(r'<td class="num">([^<]*)</td>', card)
        expected = sorted(data.weight[k][data.used[k]], key=abs, reverse=True)
        assert [value.replace("−", "-") for value in shown] == [f"{weight:+.2f}" for weight in expected]


def test_names_are_text_everywhere(planted):
    page = report_page(planted.report())
    assert "<script>alert" not in page
    assert page.count("<script") == page.count("</script>") == 2
    assert page.count("</style>") == 1


def test_a_model_alone_makes_a_page(planted):
    data = replace(planted.report(), metrics={}, drops=(), config={}, predictions=Predictions(), tables=())
    page = text(report_page(replace(data, activations="grounded")))
    assert "This run has no such control" in page
    assert "Activations are measured" in page
    assert "Mistakes" not in page
    bare = ConceptBank(tuple(replace(concept, prototype=None) for concept in data.bank.concepts), None)
    assert "<canvas" not in report_page(replace(data, bank=bare))


def test_metrics_of_another_run_are_told(planted):
    page = text(report_page(replace(planted.report(), metrics={"n": 7, "correct": 6})))
    assert "speak of 6 of 7 right" in page


@pytest.mark.parametrize("motions", [80])
def test_many_concepts_and_clips_stay_small(planted, motions):
    classes = tuple(f"class_{k}" for k in range(15))
    page = report_page(planted.report(planted.bank(motions, 35), classes, clips=1000))
    assert page.count('class="card concept') == 150
    assert len(page.encode()) < 10_000_000
