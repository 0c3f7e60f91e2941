"""Every answer of a language model in a file, from which it can be given again without the model.

A record is JSON lines. Each line has the question: ``prompt_sha256``, ``model``, ``sample``, ``attempt``, ``settings``;
the ``prompt`` in full; and the answer: ``text`` (verbatim), ``form``, ``finish``, ``prompt_tokens``, ``answer_tokens``.
Of two lines with one question the first counts. The file only grows, one complete line at a time.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import IO, Any, Protocol

from dance_xai.adapters.chat_model import Completion
from dance_xai.errors import ProposalError

_KINDS = {"text": str, "model": str, "sample": int, "attempt": int, "settings": dict}


class Completer(Protocol):
    """What answers live."""

    def complete(self, prompt: str, *, sample: int, attempt: int) -> Completion:
        """One answer."""
        ...


@dataclass(frozen=True)
class RecordedChat:
    """A ``ChatModel`` that asks only what its record lacks.

    Attributes:
        path: The record; made with the first answer.
        name: The model, as the server calls it.
        settings: Plain data, everything else that changes an answer.
        live: What answers live; None replays: the network is never touched.
    """

    path: Path
    name: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    live: Completer | None = None

    def knows(self, prompt: str, *, sample: int, attempt: int = 0) -> bool:
        """Whether the record has the answer.

        Raises:
            ProposalError: The record cannot be read.
        """
        return _key(self._question(prompt, sample, attempt)) in self._answers

    def questions(self) -> tuple[dict[str, Any], ...]:
        """What the record has answers to, of any model: ``model``, ``sample``, ``attempt``, ``settings``, ...

        Raises:
            ProposalError: The record cannot be read.
        """
        return tuple(json.loads(key) for key in self._answers)

    def ask(self, prompt: str, *, sample: int, attempt: int = 0) -> str:
        """The recorded answer, or a live one, recorded before it is given.

        Raises:
            ProposalError: The record cannot be read or written, the answer is missing in replay, or no live answer.
        """
        question = self._question(prompt, sample, attempt)
        key = _key(question)
        if key not in self._answers:
            self._answers[key] = self._live_answer(prompt, question)
        return self._answers[key]

    def _question(self, prompt: str, sample: int, attempt: int) -> dict[str, Any]:
        digest = hashlib.sha256(prompt.encode("utf-8", "surrogatepass")).hexdigest()
        known = {"prompt_sha256": digest, "model": self.name, "sample": sample, "attempt": attempt}
        return {**known, "settings": dict(self.settings)}

    def _live_answer(self, prompt: str, question: dict[str, Any]) -> str:
        if self.live is None:
            raise ProposalError(
                f"{self.path}: expected a recorded answer of {self.name!r} (sample {question['sample'] + 1}, "
                f"try {question['attempt'] + 1}, prompt {question['prompt_sha256'][:12]}), got none; "
                "replay with the classes, samples, settings and prompts of the record, or ask the model"
            )
        with self._appending():  # a place that cannot be written is known before anything is asked
            pass
        try:
            answer = self.live.complete(prompt, sample=question["sample"], attempt=question["attempt"])
        except BaseException:
            self._remove_empty()
            raise
        with self._appending() as file:
            line = json.dumps({**question, "prompt": prompt, **asdict(answer)}) + "\n"
            file.write(line.encode("ascii"))
            file.flush()
            os.fsync(file.fileno())
        return answer.text

    def _remove_empty(self) -> None:
        """Leave no record where there is no answer."""
        with suppress(OSError):
            if not self.path.stat().st_size:
                self.path.unlink()

    @contextmanager
    def _appending(self) -> Iterator[IO[bytes]]:
        """The record, without the half line that a killed run may have left."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a+b") as file:
                _drop_half_line(file)
                yield file
        except OSError as error:
            raise ProposalError(
                f"{self.path}: expected to add to this record, got: {error.strerror or error}; "
                "make room, or choose another file"
            ) from error

    @cached_property
    def _answers(self) -> dict[str, str]:
        """Answers by question."""
        try:
            data = self.path.read_bytes() if self.path.exists() else b""
        except OSError as error:
            raise ProposalError(
                f"{self.path}: expected a record of answers, got: {error.strerror or error}; choose another file"
            ) from error
        answers: dict[str, str] = {}
        for number, line in enumerate(data[: _complete_bytes(data)].split(b"\n")[:-1], start=1):
            key, text = self._parsed(number, line)
            answers.setdefault(key, text)
        return answers

    def _parsed(self, number: int, line: bytes) -> tuple[str, str]:
        try:
            entry = json.loads(line)
            question = {name: entry[name] for name in ("prompt_sha256", "model", "sample", "attempt", "settings")}
            for name, kind in _KINDS.items():
                if not isinstance(entry[name], kind):
                    raise TypeError(f"{name} is not a {kind.__name__}")
            return _key(question), entry["text"]
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise ProposalError(
                f"{self.path}: line {number}: expected a recorded answer, got a damaged one ({error}); "
                "remove this line, or choose another record"
            ) from error


def _key(question: Mapping[str, Any]) -> str:
    return json.dumps(question, sort_keys=True)


def _drop_half_line(file: IO[bytes]) -> None:
    if file.tell() and (file.seek(-1, os.SEEK_END), file.read(1))[1] != b"\n":
        file.seek(0)
        file.truncate(_complete_bytes(file.read()))


def _complete_bytes(data: bytes) -> int:
    """Bytes up to the end of the last complete line."""
    return data.rfind(b"\n") + 1
