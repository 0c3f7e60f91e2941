"""Object and scene phrases for the classes of a data set: from a bundled set, files, or a language model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Literal

from annotated_types import Ge

from dance_xai.adapters.chat_model import OPENAI_URL, ChatOptions, OpenAIChat
from dance_xai.adapters.patience import Patience
from dance_xai.adapters.recorded_chat import RecordedChat
from dance_xai.data.container import is_there
from dance_xai.data.phrase_files import read_kind_phrases
from dance_xai.errors import ConfigError, ProposalError
from dance_xai.extract.phrase_sources import NAMED, bundled_proposer, file_proposer
from dance_xai.protocols import ConceptProposer
from dance_xai.stages.settings import STRICT, Count, Positive
from dance_xai.text.agreement import merge
from dance_xai.text.answers import ANSWER_SCHEMA
from dance_xai.text.asking import LanguageModelProposer
from dance_xai.text.estimate import Estimate, Price, estimate
from dance_xai.text.listed import ListedProposer
from dance_xai.types import Drop, PhraseSet, Proposal

Progress = Callable[[int, int], None]
Amount = Annotated[float, Ge(0)]
Unset = Literal["none"]


@dataclass(frozen=True)
class ChatConfig:
    """A language model and how it is asked.

    Attributes:
        model: As the server calls it.
        record: File that every answer is added to, and that answers come from when they are asked again.
        base_url: The endpoint; see ``adapters.chat_model``.
        key_variable: Environment variable with the key; ``none`` for a server without keys.
        replay: Answer from the record alone and never touch the network.
        samples: Answers per class; three show which phrases are more than one answer's invention.
        tries: How often a sample is asked until its answer can be used.
        temperature: Of sampling; ``none`` sends none.
        seed: Of sampling; ``none`` sends none.
        max_tokens: Length of an answer.
        timeout: Seconds of one call, from its start to the last byte of its answer.
        total_timeout: Seconds of one answer, with all calls and pauses.
        retries: Further calls after a passing failure.
        longest_pause: Seconds between two calls; a server that asks for more is left.
        prompt_price: Of a million tokens sent, None where not known.
        answer_price: Of a million tokens written, None where not known.
    """

    __pydantic_config__ = STRICT
    model: str
    record: Path
    base_url: str = OPENAI_URL
    key_variable: str = "OPENAI_API_KEY"
    replay: bool = False
    samples: Count = 3
    tries: Count = 3
    temperature: Amount | Unset = 0.7
    seed: int | Unset = 0
    max_tokens: Count = 4000
    timeout: Positive = 60.0
    total_timeout: Positive = 300.0
    retries: Annotated[int, Ge(0)] = 5
    longest_pause: Positive = 60.0
    prompt_price: Amount | None = None
    answer_price: Amount | None = None


@dataclass(frozen=True)
class ProposerConfig:
    """Where phrases come from: exactly one of ``bundled``, ``file``, ``chat``, or lists of either kind.

    Attributes:
        bundled: Name of a set that comes with the package.
        file: A ``.toml`` or ``.csv`` file of phrases per class.
        objects: A ``.txt`` list of object phrases of no class.
        scenes: A ``.txt`` list of scene phrases of no class.
        chat: A language model.
    """

    __pydantic_config__ = STRICT
    bundled: str | None = None
    file: Path | None = None
    objects: Path | None = None
    scenes: Path | None = None
    chat: ChatConfig | None = None


def build_proposer(settings: ProposerConfig) -> ConceptProposer:
    """The proposer that the settings name. Reads files; asks nobody.

    Raises:
        ConfigError: Not exactly one source.
        DataError: A file of phrases is missing or damaged, or there is no such bundled set.
    """
    lists = settings.objects or settings.scenes
    given = [source for source in (settings.bundled, settings.file, lists, settings.chat) if source is not None]
    if len(given) != 1:
        raise ConfigError(
            f"proposer: expected one of bundled, file, objects and scenes, or chat, got {len(given)}; set exactly one"
        )
    if settings.bundled is not None:
        return bundled_proposer(settings.bundled)
    if settings.file is not None:
        return file_proposer(settings.file)
    return list_proposer(settings.objects, settings.scenes) if settings.chat is None else chat_proposer(settings.chat)


def list_proposer(objects: Path | None, scenes: Path | None) -> ListedProposer:
    """The phrases of plain lists, of no class."""
    listed: list[Proposal] = []
    for path, kind in zip((objects, scenes), NAMED, strict=True):
        listed += read_kind_phrases(path, kind) if path is not None else ()
    return ListedProposer(" and ".join(str(path) for path in (objects, scenes) if path), tuple(listed))


def chat_proposer(settings: ChatConfig) -> LanguageModelProposer:
    """A language model with its record."""
    temperature = None if settings.temperature == "none" else settings.temperature
    seed = None if settings.seed == "none" else settings.seed
    options = ChatOptions(temperature, seed, settings.max_tokens)
    patience = Patience(
        settings.timeout, settings.total_timeout, settings.retries, longest_pause=settings.longest_pause
    )
    key = None if settings.key_variable == "none" else settings.key_variable
    live = OpenAIChat(settings.model, ANSWER_SCHEMA, settings.base_url, key, options, patience)
    chat = RecordedChat(settings.record, settings.model, asdict(options), None if settings.replay else live)
    return LanguageModelProposer(chat, settings.samples, settings.tries)


def replay_config(record: Path, model: str | None = None, samples: int | None = None) -> ChatConfig:
    """How the answers of a record were asked for, to replay them.

    Args:
        record: The file.
        model: Whose answers; None where the record has one model.
        samples: Per class; None takes all that the record has.

    Raises:
        ProposalError: The record is missing, cannot be read, or has no answers of this model.
    """
    if not is_there(record):
        raise ProposalError(
            f"{record}: expected a record of answers, got no such file; name it (--answers), or ask the model instead"
        )
    asked = RecordedChat(record, "").questions()
    models = tuple(dict.fromkeys(str(each["model"]) for each in asked))
    chosen = models[0] if model is None and len(models) == 1 else model
    mine = [each for each in asked if each["model"] == chosen]
    if not mine:
        raise ProposalError(
            f"{record}: expected answers of {'one model' if model is None else repr(model)}, got "
            f"{'those of ' + ', '.join(models) if models else 'no answer'}; name the model, or check the file"
        )
    settings = mine[-1]["settings"]  # those of the latest answer
    temperature, seed = (settings.get(name) for name in ("temperature", "seed"))
    return ChatConfig(
        str(chosen),
        record,
        replay=True,
        samples=samples or 1 + max(each["sample"] for each in mine),
        tries=1 + max(each["attempt"] for each in mine),
        temperature="none" if temperature is None else temperature,
        seed="none" if seed is None else seed,
        max_tokens=settings.get("max_tokens", ChatConfig.max_tokens),
    )


def propose_phrases(proposer: ConceptProposer, classes: Sequence[str], progress: Progress | None = None) -> PhraseSet:
    """Ask a proposer for objects and scenes, class by class, and merge what it names.

    Args:
        proposer: Any.
        classes: Y class names.
        progress: Told how many questions of how many are answered.

    Returns:
        One entry per kind and phrase, objects first; nothing where one class fails.

    Raises:
        DanceError: As the proposer raises.
    """
    groups: list[tuple[str, ...]] = [(label,) for label in classes] or [
        ()
    ]  # a list without classes has phrases all the same
    questions = [(group, kind) for kind in NAMED for group in groups]
    proposals: list[Proposal] = []
    for done, (group, kind) in enumerate(questions, start=1):
        proposals += proposer.propose(group, kind)
        if progress:
            progress(done, len(questions))
    return merge(proposals, classes)


def estimate_proposing(settings: ChatConfig, classes: Sequence[str]) -> Estimate:
    """What ``propose_phrases`` will send and cost, without what the record has; asks nobody.

    Raises:
        DataError: A class name is empty or too long.
        ProposalError: The record cannot be read.
    """
    proposer = chat_proposer(settings)
    prompts = [prompt for kind in NAMED for prompt in proposer.unasked(classes, kind)]
    given = settings.prompt_price is not None and settings.answer_price is not None
    price = Price(settings.prompt_price or 0.0, settings.answer_price or 0.0) if given else None
    return estimate(prompts, longest_answer=settings.max_tokens, tries=settings.tries, price=price)


def answer_drops(proposer: LanguageModelProposer, classes: Sequence[str]) -> tuple[Drop, ...]:
    """What was left out of recorded answers, with reasons; ``propose_phrases`` comes first."""
    return tuple(drop for kind in NAMED for drop in proposer.drops(classes, kind))
