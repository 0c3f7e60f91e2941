import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from dance_xai.report.svg import Series, accuracy_chart

LINES = [
    Series("all", "all concepts", {1: 0.7, 5: 0.983, 30: 0.98}),
    Series("random", "random", {1: 0.4, 5: 0.9, 30: 0.981}, control=True),
    Series("odd", '<b>"odd"</b>', {1: 0.2, 30: 1.0}),
]


def parse(**options):
    return ElementTree.fromstring(accuracy_chart(LINES, **({"width": 720, "height": 400, "labels": True} | options)))


def places(root, css):
    group = next(g for g in root.iter("g") if css in g.get("class").split() and g.find("polyline") is not None)
    return [tuple(map(float, point.split(","))) for point in group.find("polyline").get("points").split()]


@pytest.mark.parametrize("width", [360, 720])
def test_lines_stay_inside_and_keep_their_order(width):
    root = parse(width=width, labels=False)
    found = places(root, "set-all")
    assert [x for x, _ in found] == sorted(x for x, _ in found)
    assert found[1][1] < found[2][1] < found[0][1]
    for css in ("set-all", "set-random", "set-odd"):
        assert all(0 < x < width and 0 < y < 400 for x, y in places(root, css))
    assert places(root, "set-random")[2][1] < found[2][1]  # 98.1 above 98.0


def test_equal_steps_divide_the_error_by_equal_factors():
    lines = [Series("all", "a", {1: 0.5, 2: 0.75, 3: 0.875})]
    root = ElementTree.fromstring(accuracy_chart(lines, width=400, height=300, labels=False))
    (_, a), (_, b), (_, c) = places(root, "set-all")
    assert a - b == pytest.approx(b - c, abs=0.02)


def test_labels_do_not_overlap_and_names_are_escaped():
    ends = [text for text in parse().iter("text") if text.get("class") == "end"]
    heights = sorted(float(text.get("y")) for text in ends)
    assert all(low + 16 < high for low, high in pairwise(heights))
    assert '<b>"odd"</b>' in [text.text for text in ends]


def test_points_say_their_value():
    titles = [re.sub(r"\s", " ", title.text) for title in parse().iter("title")]
    assert "all concepts, NEC 5: 98.30 %" in titles
    assert '<b>"odd"</b>, NEC 30: 100.00 %' in titles


def test_without_points_there_is_no_chart():
    assert accuracy_chart([], width=100, height=100, labels=True) == ""
    assert accuracy_chart([Series("all", "a", {})], width=100, height=100, labels=True) == ""
    assert "polyline" in accuracy_chart([Series("all", "a", {5: 0.9})], width=300, height=200, labels=True)
