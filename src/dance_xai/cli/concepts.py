"""``dance concepts``: object and scene phrases, proposed, filtered, shown, and compared."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dance_xai.cli.common import JsonFlag, Workers, clip_progress, cores, print_json, refuse_unused
from dance_xai.cli.concepts_shown import in_words, show_diff, show_outcome, show_set
from dance_xai.errors import ConfigError

if TYPE_CHECKING:
    from dance_xai.workflows.concepts import Plan
    from dance_xai.workflows.phrase_writing import Outcome
    from dance_xai.workflows.proposing import ChatConfig, ProposerConfig

app = typer.Typer(no_args_is_help=True, help="Propose, filter, show and compare object and scene phrases.")

PhraseFile = Annotated[Path, typer.Argument(metavar="PHRASES", help="File of phrases.")]
Place = Annotated[str, typer.Argument(metavar="SET", help="File of phrases, RUN folder, or bundled:NAME.")]
ConfigFile = Annotated[Path | None, typer.Option(help="TOML file of settings of the data set.")]
Root = Annotated[Path, typer.Option(help="Folder the data paths of the settings start at.")]
Source = Annotated[str, typer.Option("--from", metavar="SOURCE", help="openai, replay, file, or bundled:NAME.")]
Classes = Annotated[str | None, typer.Option(help="Text file of class names, or names between commas.")]
Added = Annotated[Path, typer.Option(help="File of phrases to write; what is in it stays, new phrases are added.")]
Answers = Annotated[
    Path | None,
    typer.Option(
        help="openai: record that answers are added to; replay: record that they come from; both by default beside the "
        "phrases. file: .toml or .csv of phrases per class."
    ),
]
Model = Annotated[str | None, typer.Option(help="Language model, as its server calls it.")]
Url = Annotated[str | None, typer.Option(help="Server that speaks the OpenAI protocol. Default: OpenAI.")]
Key = Annotated[str, typer.Option(help="Environment variable with the key, or none for a server without keys.")]
Heat = Annotated[str, typer.Option(help="Of sampling, or none for models that refuse one.")]
Samples = Annotated[int | None, typer.Option(min=1, help="Answers per class and kind. Default: 3.")]
PriceIn = Annotated[float | None, typer.Option(min=0, help="Of a million tokens sent.")]
PriceOut = Annotated[float | None, typer.Option(min=0, help="Of a million tokens written.")]
Yes = Annotated[bool, typer.Option("--yes", help="Ask the language model without asking back.")]
Timeout = Annotated[float, typer.Option(min=0.001, help="Seconds of one call.")]
TotalTimeout = Annotated[float, typer.Option(min=0.001, help="Seconds of one answer with all calls and pauses.")]


@app.command()
def propose(
    context: typer.Context,
    out: Added,
    source: Source,
    classes: Classes = None,
    config: ConfigFile = None,
    data_root: Root = Path(),
    answers: Answers = None,
    model: Model = None,
    base_url: Url = None,
    key_variable: Key = "OPENAI_API_KEY",
    temperature: Heat = "0.7",
    samples: Samples = None,
    price_in: PriceIn = None,
    price_out: PriceOut = None,
    yes: Yes = False,
    timeout: Timeout = 60.0,
    total_timeout: TotalTimeout = 300.0,
    as_json: JsonFlag = False,
) -> None:
    """Propose phrases for classes, judge their wording, and write a file to edit by hand.

    Every answer of a language model is recorded, so that a run that breaks off goes on, and the same can be had again
    without it.
    """
    from dance_xai.workflows.concepts import plan_proposing, propose_into

    asked = {"timeout": timeout, "total_timeout": total_timeout, "base_url": base_url, "key_variable": key_variable}
    priced = {"prompt_price": price_in, "answer_price": price_out}
    chat = {"model": model, "samples": samples, "temperature": temperature, **asked, **priced}
    settings = _settings(source, out, answers, {name: value for name, value in chat.items() if value is not None})
    _refuse_unused(context, source, config)
    plan = plan_proposing(settings, _classes(classes, config, data_root), out)
    _agree(plan, yes)
    _tell(out, propose_into(plan, clip_progress("questions") if plan.estimate else None), as_json)


@app.command("filter")
def filter_phrases(
    context: typer.Context,
    phrases: PhraseFile,
    config: ConfigFile = None,
    data_root: Root = Path(),
    settings: Annotated[list[str] | None, typer.Option("--set", help="key=value on top of the settings.")] = None,
    out: Annotated[Path | None, typer.Option(help="File to write. Default: the file itself.")] = None,
    cache: Annotated[
        Path | None, typer.Option(help="Folder for what was seen in videos. Default: .dance-cache beside the file.")
    ] = None,
    workers: Workers = None,
    as_json: JsonFlag = False,
) -> None:
    """Judge phrases anew: by their wording, and by the train clips of a data set if its settings are given.

    What a person decided (keep!, drop!) stays.
    """
    from dance_xai.config import read_config
    from dance_xai.workflows.concepts import filter_file, judge_set

    place = out or phrases
    if config is None:
        refuse_unused(context, ("settings", "data_root", "cache", "workers"), WITH_CONFIG, "give that too")
        outcome = filter_file(phrases, place)
    else:
        chosen = read_config(config, settings or ())
        kept = cache or place.resolve().parent / ".dance-cache"
        outcome = filter_file(
            phrases,
            place,
            lambda each: judge_set(
                each, chosen, data_root, cache=kept, workers=cores(workers), progress=clip_progress()
            ),
        )
    _tell(place, outcome, as_json)


@app.command()
def show(
    place: Place,
    dropped: Annotated[bool, typer.Option("--dropped", help="Only what was dropped.")] = False,
    label: Annotated[str | None, typer.Option("--class", help="Only phrases of this class.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Show a phrase set: every phrase, whether it is kept or why not, and what was measured of it."""
    from dataclasses import replace

    from dance_xai.workflows.phrase_views import find_phrase_set, for_class, set_tree

    found = find_phrase_set(place)
    found = found if label is None else for_class(found, label)
    if not as_json:
        show_set(found, dropped_only=dropped)
        return
    shown = (entry for entry in found.entries if not (dropped and entry.kept))
    print_json(set_tree(replace(found, entries=tuple(shown))))


@app.command()
def diff(first: Place, second: Place, as_json: JsonFlag = False) -> None:
    """Compare two phrase sets: phrases added and removed, and those with another verdict."""
    from dance_xai.workflows.phrase_views import diff_tree, differ, find_phrase_set

    difference = differ(find_phrase_set(first), find_phrase_set(second))
    if as_json:
        print_json(diff_tree(difference))
    else:
        show_diff(difference)


MODEL_OPTIONS = (
    "answers model base_url key_variable temperature samples price_in price_out timeout total_timeout".split()
)
WITH_CONFIG = "--config with it, got none"
USED = {"openai": MODEL_OPTIONS, "replay": ("answers", "model", "samples"), "file": ("answers",)}
"""Options of a language model that a source uses; bundled sets use none."""


def _refuse_unused(context: typer.Context, source: str, config: Path | None) -> None:
    unused = set(MODEL_OPTIONS) - set(USED.get(source, ()))
    users = "--from openai" if source == "replay" else "a language model"
    refuse_unused(context, unused, f"{users} to use it, got --from {source}")
    if config is None:
        refuse_unused(context, ("data_root",), WITH_CONFIG, "give that too")


def _classes(given: str | None, config: Path | None, root: Path) -> tuple[str, ...]:
    from dance_xai.config import read_config
    from dance_xai.workflows.concepts import classes_of, named_classes

    if (given is None) == (config is None):
        raise ConfigError(
            f"propose: expected either --classes or --config, got {'none' if given is None else 'both'}; give one"
        )
    return classes_of(read_config(config), root) if config else named_classes(given or "")


def _settings(source: str, out: Path, answers: Path | None, chat: dict[str, Any]) -> ProposerConfig:
    """Where phrases come from; ``chat`` has what was given for a language model."""
    from dance_xai.data.phrase_files import BUNDLED
    from dance_xai.workflows.proposing import ProposerConfig, replay_config

    record = answers or out.parent / f"{out.stem}.answers.jsonl"
    if source == "openai":
        return ProposerConfig(chat=_chat(record, chat))
    if source == "replay":
        return ProposerConfig(chat=replay_config(record, chat.get("model"), chat.get("samples")))
    if source.startswith(BUNDLED):
        return ProposerConfig(bundled=source.removeprefix(BUNDLED))
    if source != "file":
        raise ConfigError(f"--from {source}: expected openai, replay, file or bundled:NAME, got another; choose one")
    if answers is None:
        raise ConfigError("--from file: expected a .toml or .csv file of phrases per class, got none; give --answers")
    return ProposerConfig(file=answers)


def _chat(record: Path, given: dict[str, Any]) -> ChatConfig:
    """The settings of a language model; what was not given is left to their defaults."""
    from dance_xai.workflows.proposing import ChatConfig

    if "model" not in given:
        raise ConfigError("--from openai: expected the name of a language model, got none; give --model")
    if ("prompt_price" in given) != ("answer_price" in given):
        raise ConfigError("--price-in, --price-out: expected both or none, got one; give the other too")
    return ChatConfig(record=record, **given | {"temperature": _heat(given["temperature"])})


def _heat(given: str) -> Any:
    """A temperature from 0, or none."""
    if given == "none":
        return given
    try:
        heat = float(given)
    except ValueError:
        heat = math.nan
    if not (math.isfinite(heat) and heat >= 0):
        raise ConfigError(f"--temperature: expected a number from 0, or none, got {given!r}; change it")
    return heat


def _agree(plan: Plan, yes: bool) -> None:
    """Say what asking takes, and have it agreed to.

    Raises:
        ConfigError: Nobody can be asked back.
        Exit: The person does not agree.
    """
    if plan.estimate is None or not plan.estimate.calls:
        return
    typer.echo(f"  {in_words(plan.estimate)}", err=True)
    if yes:
        return
    if not sys.stdin.isatty():
        raise ConfigError(f"propose: expected --yes to ask {plan.source.name!r} without a terminal, got none; add it")
    if not typer.confirm("  Ask now?", err=True):
        raise typer.Exit(1)


def _tell(place: Path, outcome: Outcome, as_json: bool) -> None:
    from dance_xai.types import count_reasons
    from dance_xai.workflows.phrase_views import set_tree

    if as_json:
        counts = {"added": outcome.added, "changed": outcome.changed, "left_out": count_reasons(outcome.drops)}
        print_json({"file": str(place), **counts, **set_tree(outcome.phrases)})
    else:
        show_outcome(place, outcome)
