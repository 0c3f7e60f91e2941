"""What asking will take, before it is asked."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

CHARACTERS_PER_TOKEN = 4
"""Of ASCII text. The rule of thumb that OpenAI gives for English; a character outside ASCII counts as one token."""

ANSWER_TOKENS = 110
"""Of an answer: 15 phrases of about 16 characters with quotes and comma, and the braces. A model that thinks aloud
writes several times as many."""


@dataclass(frozen=True)
class Price:
    """Of a million tokens, in any currency.

    Attributes:
        prompt: Tokens sent.
        answer: Tokens written.
    """

    prompt: float
    answer: float

    def of(self, prompt_tokens: int, answer_tokens: int) -> float:
        """The cost of so many tokens."""
        return (prompt_tokens * self.prompt + answer_tokens * self.answer) / 1e6


@dataclass(frozen=True)
class Estimate:
    """What is left to ask.

    Attributes:
        calls: Questions, when every answer is usable at once.
        prompt_tokens: Tokens sent with them.
        answer_tokens: Tokens expected back.
        cost: In the currency of the price; None without a price.
        most: The cost if every question needs every try and every answer is as long as allowed; None without a price.
    """

    calls: int
    prompt_tokens: int
    answer_tokens: int
    cost: float | None = None
    most: float | None = None


def count_tokens(text: str) -> int:
    """About how many tokens a text has.

    Source: rule of thumb, see ``CHARACTERS_PER_TOKEN``.
    """
    ascii_count = sum(c.isascii() for c in text)
    return math.ceil(ascii_count / CHARACTERS_PER_TOKEN) + len(text) - ascii_count


def estimate(prompts: Sequence[str], *, longest_answer: int, tries: int, price: Price | None = None) -> Estimate:
    """Tokens and cost of questions.

    Args:
        prompts: One for each question, filled in.
        longest_answer: Tokens an answer may have.
        tries: How often a question may be asked when the answer is unusable.
        price: None where it is not known.

    Source: ours.
    """
    sent = sum(count_tokens(prompt) for prompt in prompts)
    expected = len(prompts) * min(ANSWER_TOKENS, longest_answer)
    if price is None:
        return Estimate(len(prompts), sent, expected)
    most = price.of(tries * sent, tries * len(prompts) * longest_answer)
    return Estimate(len(prompts), sent, expected, price.of(sent, expected), most)
