"""Samples are asked until they are usable; one class without an answer is an error of the whole."""

from __future__ import annotations

import json

import pytest

from dance_xai.errors import DataError, ProposalError
from dance_xai.text.answers import TOO_MANY
from dance_xai.text.asking import LanguageModelProposer
from dance_xai.text.prompting import load_prompt
from dance_xai.types import Proposal


def says(*phrases):
    return json.dumps({"phrases": phrases})


class Scripted:
    """Answers by (sample, attempt); ``asked`` lists what it was asked."""

    name = "scripted"

    def __init__(self, answer):
        self.answer, self.asked, self.known = answer, [], set()

    def knows(self, prompt, *, sample, attempt=0):
        return (prompt, sample, attempt) in self.known

    def ask(self, prompt, *, sample, attempt=0):
        self.asked.append((prompt, sample, attempt))
        return self.answer(sample, attempt)


def test_samples_become_counts_in_the_order_of_the_classes():
    chat = Scripted(lambda sample, attempt: says("Net", f"thing {sample}"))
    found = LanguageModelProposer(chat, samples=2).propose(("serve", "bowl"), "object")
    assert found == tuple(
        Proposal("object", text, label, count, 2)
        for label in ("serve", "bowl")
        for text, count in [("Net", 2), ("thing 0", 1), ("thing 1", 1)]
    )
    prompt = load_prompt("object")
    assert chat.asked == [(prompt.fill(label), sample, 0) for label in ("serve", "bowl") for sample in range(2)]


def test_a_wrong_answer_is_asked_for_again():
    chat = Scripted(lambda sample, attempt: says("net") if attempt == 2 else ["half {", ""][attempt])
    assert LanguageModelProposer(chat, samples=1, tries=3).propose(("serve",), "object")
    assert [attempt for _, _, attempt in chat.asked] == [0, 1, 2]


def test_a_class_without_an_answer_names_itself_and_what_to_do():
    proposer = LanguageModelProposer(Scripted(lambda sample, attempt: "sorry"), tries=2)
    with pytest.raises(ProposalError) as caught:
        proposer.propose(("serve",), "scene")
    assert str(caught.value) == (
        "scripted, class 'serve', scenes: expected one JSON object {\"phrases\": [...]}, got text that begins 'sorry' "
        "in the last of 2 tries; ask again with more tries or longer answers, or take another model; "
        "earlier answers are kept"
    )


def test_a_name_that_is_refused_is_refused_before_anything_is_asked():
    chat = Scripted(lambda sample, attempt: says("net"))
    with pytest.raises(DataError, match="class name"):
        LanguageModelProposer(chat).propose(("serve", "x" * 500), "object")
    assert chat.asked == []


def test_what_was_left_out_is_told_per_sample():
    chat = Scripted(lambda sample, attempt: says(*(f"thing {n}" for n in range(61 + sample))))
    drops = LanguageModelProposer(chat, samples=2).drops(("serve",), "object")
    assert [(drop.item, drop.reason, drop.value) for drop in drops] == [("serve", TOO_MANY, 1), ("serve", TOO_MANY, 2)]


def test_unasked_prompts_are_those_the_model_does_not_know():
    chat = Scripted(lambda sample, attempt: says("net"))
    proposer = LanguageModelProposer(chat, samples=3)
    prompt = load_prompt("scene").fill("serve")
    assert proposer.unasked(("serve",), "scene") == (prompt,) * 3
    chat.known = {(prompt, 1, 0)}
    assert proposer.unasked(("serve",), "scene") == (prompt,) * 2
    assert chat.asked == []
