from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dance_xai.report.waterfall import waterfall
from dance_xai.types import Contribution
from dance_xai.types.numbers import MINUS, units


def terms(values):
    ordered = sorted(values, key=abs, reverse=True)
    return [Contribution(i, "motion", f"m{i}", value, 1.0, value) for i, value in enumerate(ordered)]


def shown(step, digits):
    return units(float(step.text.replace(MINUS, "-")), digits)


sums = st.tuples(st.floats(-20, 20), st.lists(st.floats(-20, 20), max_size=15), st.integers(1, 10))


@given(sums)
def test_the_numbers_shown_add_up_exactly(case):
    bias, values, top = case
    total = bias + sum(values)
    fall = waterfall(bias, terms(values), total, top=top)
    *parts, last = fall.steps
    assert last.role == "total"
    assert sum(shown(step, fall.digits) for step in parts) == shown(last, fall.digits)


@given(sums)
def test_every_number_but_the_rounding_is_the_value_rounded(case):
    bias, values, top = case
    fall = waterfall(bias, terms(values), bias + sum(values), top=top)
    for step in fall.steps:
        assert float(step.text.replace(MINUS, "-")) == pytest.approx(step.value, abs=0.5000001 * 10**-fall.digits)


@given(sums)
def test_bars_stay_inside_and_each_starts_where_the_last_ended(case):
    bias, values, top = case
    fall = waterfall(bias, terms(values), bias + sum(values), top=top)
    bars = [step for step in fall.steps if step.role != "rounding"]
    assert all(-0.01 <= bar.left and bar.left + bar.width <= 100.01 for bar in bars)
    for one, two in pairwise(bars[:-1]):
        end = one.left + (one.width if one.value >= 0 else 0)
        start = two.left + (0 if two.value >= 0 else two.width)
        assert end == pytest.approx(start, abs=0.01)
    assert any(bars[-1].left + edge == pytest.approx(fall.zero, abs=0.01) for edge in (0, bars[-1].width))


def test_the_rest_is_one_row_and_rounding_only_where_needed():
    fall = waterfall(1.0, terms([0.5, -0.25, 0.125]), 1.375, top=2)
    assert [step.role for step in fall.steps] == ["bias", "term", "term", "others", "rounding", "total"]
    assert [step.text for step in fall.steps] == ["+1.00", "+0.50", f"{MINUS}0.25", "+0.12", "+0.01", "1.38"]
    assert fall.steps[3].count == 1
    exact = waterfall(1.0, terms([0.5]), 1.5)
    assert [step.role for step in exact.steps] == ["bias", "term", "total"]


def test_what_shows_as_0_has_no_row_unless_it_is_alone():
    several = waterfall(0.0, terms([5.0, 0.004, -0.003]), 5.001)
    assert [(step.role, step.text) for step in several.steps[1:-1]] == [("term", "+5.00"), ("others", "0.00")]
    assert several.steps[2].count == 2
    alone = waterfall(0.0, terms([5.0, 0.004]), 5.004)
    assert [(step.role, step.text) for step in alone.steps[1:-1]] == [("term", "+5.00"), ("term", "0.00")]


def test_small_scores_show_more_digits():
    assert waterfall(0.0, terms([0.001234]), 0.001234).steps[-1].text == "0.00123"
