"""The estimate is plain arithmetic on a rule that is written down."""

from __future__ import annotations

import pytest

from dance_xai.text.estimate import ANSWER_TOKENS, Estimate, Price, count_tokens, estimate


@pytest.mark.parametrize(("text", "tokens"), [("", 0), ("abcd", 1), ("abcde", 2), ("跑步", 2), ("ab跑", 2)])
def test_four_characters_are_a_token(text, tokens):
    assert count_tokens(text) == tokens


def test_without_a_price_there_is_no_cost():
    assert estimate(["abcd"] * 3, longest_answer=4000, tries=2) == Estimate(3, 3, 3 * ANSWER_TOKENS)


def test_cost_and_the_most_it_can_be():
    got = estimate(["abcd" * 100] * 2, longest_answer=1000, tries=3, price=Price(2.0, 10.0))
    assert got.cost == pytest.approx((200 * 2 + 220 * 10) / 1e6)
    assert got.most == pytest.approx((600 * 2 + 6000 * 10) / 1e6)


def test_answers_are_not_expected_longer_than_allowed():
    assert estimate(["a"], longest_answer=20, tries=1).answer_tokens == 20


def test_nothing_to_ask_costs_nothing():
    assert estimate([], longest_answer=20, tries=1, price=Price(1, 1)) == Estimate(0, 0, 0, 0.0, 0.0)
