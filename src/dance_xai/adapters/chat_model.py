"""Language models behind the OpenAI chat completions protocol.

One client for all of them; ``base_url`` says where, ``key_variable`` which environment variable has the key:

- OpenAI: the default; model such as ``gpt-4.1-mini``; key in ``OPENAI_API_KEY``. Models that think first refuse a
  temperature: set it to None.
- Ollama: ``http://localhost:11434/v1``; model as in ``ollama list``; no key (``key_variable=None``).
- vLLM: ``http://localhost:8000/v1``; model as given to ``vllm serve``; no key unless served with ``--api-key``.
- llama.cpp: ``http://localhost:8080/v1`` (``llama-server``); it serves one model under any name; no key.

The key goes to ``base_url`` and nowhere else: never into a record, a message or a file.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dance_xai.adapters.bounded_http import TooLargeError, bounded_client
from dance_xai.adapters.chat_trouble import may_be_form, speaks_of_form, trouble_of, wants_other_limit
from dance_xai.adapters.patience import Left, Patience, ServerTroubleError, Waiter, within
from dance_xai.errors import ConfigError, ProposalError, require

OPENAI_URL = "https://api.openai.com/v1"

MOST_BYTES = 1_000_000
"""Of a response. An answer of 4000 tokens is about 20 kB."""

FORMS = ("json_schema", "json_object", "plain")
"""How an answer is held to JSON, strictest first. A server that refuses a request and names no other cause is asked
with the next; later questions are asked so only if it named the form, or took the next one."""

LIMITS = ("max_tokens", "max_completion_tokens")
"""What servers call the length of an answer: local ones the first, newer models of OpenAI only the second."""


@dataclass(frozen=True)
class ChatOptions:
    """What changes an answer besides model and prompt.

    Attributes:
        temperature: 0.7 so that samples differ; None leaves it to the server.
        seed: The n-th sample is asked with ``seed + n``, so that servers that honour it answer alike each time; None
            sends none.
        max_tokens: Length of an answer. Phrases need 200; models that think aloud need the rest.
    """

    temperature: float | None = 0.7
    seed: int | None = 0
    max_tokens: int = 4000


@dataclass(frozen=True)
class Completion:
    """One answer.

    Attributes:
        text: What the model wrote, verbatim; empty when it wrote nothing.
        form: How it was held to JSON: ``json_schema``, ``json_object`` or ``plain``.
        finish: Why it ended, as the server says: ``stop``, ``length``, ...
        prompt_tokens: As the server counts, None where it does not.
        answer_tokens: The same of the answer.
    """

    text: str
    form: str
    finish: str | None = None
    prompt_tokens: int | None = None
    answer_tokens: int | None = None


@dataclass
class OpenAIChat:
    """A model behind an endpoint. Nothing is sent before the first ``complete``.

    Attributes:
        model: As the server calls it.
        schema: JSON Schema of an answer.
        base_url: The endpoint.
        key_variable: Environment variable with the key; None sends none.
        options: Of sampling.
        patience: Limits of waiting.
        waiter: What calls again; made from ``patience`` where not given.
    """

    model: str
    schema: Mapping[str, Any]
    base_url: str = OPENAI_URL
    key_variable: str | None = "OPENAI_API_KEY"
    options: ChatOptions = field(default_factory=ChatOptions)
    patience: Patience = field(default_factory=Patience)
    waiter: Waiter | None = None

    def __post_init__(self) -> None:
        if not self.base_url.startswith(("http://", "https://")):
            raise ConfigError(f"base_url: expected http:// or https:// first, got {self._shown!r}; change it")
        self._form, self._limit = 0, 0
        self._client: Any = None
        self._wait = self.waiter or Waiter(self.where, self.patience)

    @property
    def where(self) -> str:
        """What errors call it."""
        return f"language model {self.model!r} at {self._shown}"

    @property
    def _shown(self) -> str:
        """The endpoint without a name and password in it."""
        return re.sub(r"^(\w+://)?[^/@]*@", r"\1", self.base_url)

    def complete(self, prompt: str, *, sample: int = 0, attempt: int = 0) -> Completion:
        """Ask once, again while trouble may pass.

        Args:
            prompt: The only message, from the user: not every model takes a system message.
            sample: Counts samples, from 0.
            attempt: Counts attempts at one sample, from 0.

        Raises:
            MissingExtraError: The openai library is not installed.
            ProposalError: No key, no server, or no answer within the limits.
        """
        seed = None if self.options.seed is None else self.options.seed + sample + 1000 * attempt
        self._connected()  # loading a library is no waiting for a server
        return self._wait(lambda left: self._call(prompt, seed, left))

    def _connected(self) -> Any:
        """The client, a new one where there is none or the last was closed."""
        if self._client is None:
            self._client = self._new_client()
        return self._client

    def _new_client(self) -> Any:
        openai = require("openai", "llm")
        key, http = self._key(), bounded_client(openai, most_bytes=MOST_BYTES)
        try:
            return openai.OpenAI(
                api_key=key,
                base_url=self.base_url,
                max_retries=0,
                http_client=http,
                default_headers={"Accept-Encoding": "identity"},
            )
        except Exception as error:  # httpx has no base for a URL that it cannot take apart
            raise ConfigError(f"base_url: expected an address, got {self._shown!r} ({error}); change it") from error

    def _key(self) -> str:
        if self.key_variable is None:
            return "none"
        key = os.environ.get(self.key_variable, "").strip()
        if not key:
            raise ProposalError(
                f"{self.where}: expected a key in the environment variable {self.key_variable}, got none; "
                "set it, or set key_variable to none for a server without keys"
            )
        return key

    def _call(self, prompt: str, seed: int | None, left: Left) -> Completion:
        """One answer, whatever form the server takes."""
        openai = require("openai", "llm")
        form, doubts = self._form, list[Exception]()
        while True:
            try:
                answer = self._completion(self._reply(self._request(prompt, seed, form), left()), form)
                self._form = form
                return answer
            except TooLargeError as error:
                raise ServerTroubleError(
                    f"an answer of {error}", "check base_url, or take another server", passing=False
                ) from error
            except openai.OpenAIError as error:
                form = self._next_form(error, form, doubts)
            except (ValueError, TypeError, AttributeError) as error:  # a body that is not what it says
                raise _not_chat("damaged JSON", passing=True) from error

    def _reply(self, request: dict[str, Any], seconds: float) -> Any:
        """What the server says in time; the connection to one that does not is closed."""
        client = self._connected()

        def leave() -> None:
            self._client = None
            client.close()

        return within(seconds, lambda: client.chat.completions.create(**request, timeout=seconds), leave)

    def _next_form(self, error: Exception, form: int, doubts: list[Exception]) -> int:
        """The form to ask with after an error, or the other name of the limit where the server wants that.

        Args:
            error: Of the openai library.
            form: That was asked with.
            doubts: Earlier errors that may have been for the form; this one is added if it is such.

        Raises:
            ServerTroubleError: It is something else, or no form helps.
        """
        if wants_other_limit(error, LIMITS[self._limit]) and self._limit + 1 < len(LIMITS):
            self._limit += 1
            return form
        if not may_be_form(error) or form + 1 == len(FORMS):
            raise trouble_of(doubts[0] if doubts and may_be_form(error) else error, self.key_variable) from error
        if speaks_of_form(error):
            self._form = form + 1
        else:
            doubts.append(error)
        return form + 1

    def _request(self, prompt: str, seed: int | None, form: int) -> dict[str, Any]:
        forms: dict[str, Any] = {
            "json_schema": {
                "type": "json_schema",
                "json_schema": {"name": "answer", "strict": True, "schema": self.schema},
            },
            "json_object": {"type": "json_object"},
        }
        request = {
            "model": self.model,
            "messages": [{"role": "user", "content": prompt}],
            LIMITS[self._limit]: self.options.max_tokens,
            "temperature": self.options.temperature,
            "seed": seed,
            "response_format": forms.get(FORMS[form]),
        }
        return {name: value for name, value in request.items() if value is not None}

    def _completion(self, reply: Any, form: int) -> Completion:
        choices = getattr(reply, "choices", None)
        if not choices:
            raise _not_chat(" ".join(str(getattr(reply, "error", None) or reply).split())[:80])
        usage = getattr(reply, "usage", None)
        return Completion(
            str(choices[0].message.content or ""),
            FORMS[form],
            choices[0].finish_reason,
            getattr(usage, "prompt_tokens", None),
            getattr(usage, "completion_tokens", None),
        )


def _not_chat(got: str, *, passing: bool = False) -> ServerTroubleError:
    advice = "check base_url, which often ends in /v1, and the model"
    return ServerTroubleError(f"no chat completion but {got!r}", advice, passing=passing)
