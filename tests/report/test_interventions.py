"""Curves of accuracy against corrected concepts: on the page and on paper they say what the diagnosis says."""

import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from dance_xai.diagnose import InterventionCurve
from dance_xai.report import report_page
from dance_xai.report.figures import intervention_figure
from dance_xai.report.interventions import POLICIES, interventions
from dance_xai.report.numbers import share_ticks

CURVES = (
    InterventionCurve("random", (0, 1, 2), (0.5, 0.55, 0.6)),
    InterventionCurve("contribution", (0, 1, 2), (0.5, 0.75, 1.0)),
    InterventionCurve("motion", (0, 1, 2), (0.5, 0.625, 0.75)),
)


@pytest.fixture
def data(planted):
    found = planted.report()
    return replace(found, diagnosis=replace(found.diagnosis, interventions=CURVES))


def places(svg, policy):
    groups = ElementTree.fromstring(svg).iter("g")
    line = next(g.find("polyline") for g in groups if f"set-{policy}" in g.get("class").split())
    return [tuple(map(float, point.split(","))) for point in line.get("points").split()]


def test_every_policy_is_a_line_with_even_axes(data):
    shown = interventions(data.diagnosis)
    assert [line.key for line in shown.series] == ["contribution", "random", "motion"]
    for svg in (shown.wide, shown.narrow):
        (x0, y0), (x1, y1), (x2, y2) = places(svg, "contribution")
        assert x1 - x0 == pytest.approx(x2 - x1) and y0 - y1 == pytest.approx(y1 - y2, abs=0.02) and y0 > y1
        (_, a), _, (_, b) = places(svg, "random")
        assert a == y0 and (a - b) == pytest.approx((y0 - y2) / 5, abs=0.02)


def test_the_report_has_the_chart_and_every_figure(data):
    page = report_page(data)
    table = re.search(r'aria-label="Accuracy after corrections.*?</table>', page, re.DOTALL)[0]
    rows = [re.findall(r'<td class="num">([\d.]+)', row) for row in table.split("<tr>")[2:]]
    assert rows == [["50.0", "75.0", "100.0"], ["50.0", "55.0", "60.0"], ["50.0", "62.5", "75.0"]]
    assert page.count("corrected concepts per clip") == 2
    nothing = report_page(replace(data, diagnosis=replace(data.diagnosis, interventions=None)))
    assert "correcting concepts" not in nothing and interventions(replace(data.diagnosis, interventions=())) is None


def test_on_paper_each_line_has_its_name(data):
    drawing = intervention_figure("a title", CURVES)
    words = {mark.text for mark in drawing.marks if hasattr(mark, "text")}
    assert {POLICIES["contribution"], POLICIES["motion"], "0", "1", "2", "corrected concepts per clip"} <= words
    assert intervention_figure("a title", None) is None and intervention_figure("a title", ()) is None


@pytest.mark.parametrize("values", [[1.0, 1.0], [0.0, 0.0], [0.98, 0.985], [0.0, 1.0], [0.999], [0.03, 0.9]])
def test_ticks_of_shares_enclose_them_and_stay_shares(values):
    ticks = share_ticks(values)
    assert len(ticks) >= 2 and ticks == sorted(ticks)
    assert 0 <= ticks[0] <= min(values) and max(values) <= ticks[-1] <= 1
