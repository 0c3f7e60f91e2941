"""Phrases from a language model: each class is asked several times, and what the answers share is counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dance_xai.errors import ProposalError
from dance_xai.protocols import ChatModel
from dance_xai.text.agreement import agree
from dance_xai.text.answers import read_answer
from dance_xai.text.prompting import load_prompt
from dance_xai.types import Drop, Kind, Proposal

Sample = tuple[tuple[str, ...], tuple[Drop, ...]]


@dataclass(frozen=True)
class LanguageModelProposer:
    """A ``ConceptProposer`` that asks a language model.

    Attributes:
        chat: The model.
        samples: How often each class is asked, at least 1; phrases that only one of several answers names are often
            inventions, so three is the default.
        tries: How often a sample is asked until its answer is usable, at least 1.
    """

    chat: ChatModel
    samples: int = 3
    tries: int = 3

    @property
    def name(self) -> str:
        return self.chat.name

    def propose(self, classes: Sequence[str], kind: Kind) -> tuple[Proposal, ...]:
        """Ask for phrases of one kind.

        Raises:
            DataError: A class name is empty or too long; nothing has been asked then.
            ProposalError: The model cannot be asked, or a class got no usable answer; earlier answers stay on record.
        """
        self.unasked(classes, kind)  # refuses names before the first question
        return tuple(
            proposal
            for label in classes
            for proposal in agree([phrases for phrases, _ in self._samples(label, kind)], kind, label)
        )

    def drops(self, classes: Sequence[str], kind: Kind) -> tuple[Drop, ...]:
        """What was left out of the answers, with reasons; asks like ``propose``, which a record makes free."""
        return tuple(drop for label in classes for _, drops in self._samples(label, kind) for drop in drops)

    def unasked(self, classes: Sequence[str], kind: Kind) -> tuple[str, ...]:
        """The prompts that ``propose`` would have to pay for, one for each sample, if all answers are usable."""
        prompts = [load_prompt(kind).fill(label) for label in classes]
        return tuple(
            prompt for prompt in prompts for sample in range(self.samples) if not self.chat.knows(prompt, sample=sample)
        )

    def _samples(self, label: str, kind: Kind) -> list[Sample]:
        prompt = load_prompt(kind).fill(label)
        return [self._sample(prompt, label, kind, sample) for sample in range(self.samples)]

    def _sample(self, prompt: str, label: str, kind: Kind, sample: int) -> Sample:
        for attempt in range(self.tries):
            text = self.chat.ask(prompt, sample=sample, attempt=attempt)
            try:
                return read_answer(text, kind, label)
            except ProposalError as error:
                reason = str(error)
        raise ProposalError(
            f"{self.name}, class {label!r}, {kind}s: {reason} in the last of {self.tries} tries; "
            "ask again with more tries or longer answers, or take another model; earlier answers are kept"
        )
