import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dance_xai.report.numbers import cell, digits_for, span, whole_percents
from dance_xai.types.numbers import MINUS, THIN, decimal, percent, units


@pytest.mark.parametrize(
    ("value", "digits", "sign", "text"),
    [
        (1.236, 2, False, "1.24"),
        (-1.236, 2, True, f"{MINUS}1.24"),
        (1.2, 2, True, "+1.20"),
        (-0.001, 2, True, "0.00"),
        (0.0, 3, True, "0.000"),
        (2.675, 2, False, "2.67"),  # the float lies below 2.675
    ],
)
def test_decimal(value, digits, sign, text):
    assert decimal(value, digits, sign=sign) == text


@given(st.floats(-1e6, 1e6), st.integers(0, 6))
def test_units_are_what_is_shown(value, digits):
    shown = decimal(value, digits).replace(MINUS, "-")
    assert units(value, digits) == round(float(shown) * 10**digits)
    assert abs(units(value, digits) / 10**digits - value) <= 0.5000001 * 10**-digits


@pytest.mark.parametrize(
    ("share", "digits", "text"),
    [
        (0.9803, 1, f"98.0{THIN}%"),
        (1.0, 1, f"100.0{THIN}%"),
        (0.99996, 1, f">{THIN}99.9{THIN}%"),
        (0.99996, 2, f">{THIN}99.99{THIN}%"),
        (0.0001, 1, f"<{THIN}0.1{THIN}%"),
        (0.0, 1, f"0.0{THIN}%"),
        (None, 1, "–"),
        (math.nan, 1, "–"),
    ],
)
def test_percent_never_rounds_to_certainty(share, digits, text):
    assert percent(share, digits) == text


@given(st.lists(st.floats(0, 1e3), min_size=1, max_size=6).filter(lambda values: sum(values) > 1e-3))
def test_whole_percents_sum_to_100_and_stay_within_one(values):
    shares = {i: value / sum(values) for i, value in enumerate(values)}
    shown = whole_percents(shares)
    assert sum(shown.values()) == 100
    assert all(abs(shown[key] - 100 * share) < 1 + 1e-6 for key, share in shares.items())


def test_whole_percents_give_the_rest_to_the_largest_remainder():
    assert whole_percents({"a": 0.624, "b": 0.298, "c": 0.078}) == {"a": 62, "b": 30, "c": 8}
    assert whole_percents({"a": 0.0, "b": 0.0}) == {"a": 0, "b": 0}


@pytest.mark.parametrize(("values", "digits"), [([12.3], 2), ([0.5], 3), ([0.004], 5), ([], 2), ([1e-30], 9), ([0], 2)])
def test_digits_show_three_figures_of_the_largest(values, digits):
    assert digits_for(values) == digits


def test_span_and_cell():
    assert span(30, 54, None) == "frames 30–53"
    assert span(30, 54, 30.0) == f"1.00–1.80{THIN}s (frames 30–53)"
    assert [cell(value) for value in (0.43751, 3, "x", None)] == ["0.438", "3", "x", "–"]
