"""Phrase sets in files: proposed, filtered, and never more than one decision of a person away from what is written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from dance_xai.config import Config
from dance_xai.data.container import is_there
from dance_xai.data.dataset import read_dataset
from dance_xai.data.manifest import read_clips
from dance_xai.data.official_splits import read_lines
from dance_xai.data.phrase_files import BUNDLED
from dance_xai.data.phrase_sets import PhraseDocument, read_phrase_set
from dance_xai.errors import ConfigError, DataError
from dance_xai.extract.clips import Progress
from dance_xai.extract.extractor import Extractor
from dance_xai.extract.phrase_sources import NAMED, for_classes, with_phrases
from dance_xai.features.affinity import affinities
from dance_xai.stages.phrase_verdicts import judge_phrases
from dance_xai.text.asking import LanguageModelProposer
from dance_xai.text.estimate import Estimate
from dance_xai.text.joining import join, still_to_ask
from dance_xai.text.prompting import load_prompt
from dance_xai.text.screening import screen
from dance_xai.types import PhraseEntry, PhraseSet, PhraseSource
from dance_xai.workflows.phrase_writing import Outcome, read_if_there, write_renewed
from dance_xai.workflows.proposing import (
    ProposerConfig,
    answer_drops,
    build_proposer,
    estimate_proposing,
    propose_phrases,
)
from dance_xai.workflows.runs import clip_cache


@dataclass(frozen=True)
class Plan:
    """What proposing will do.

    Attributes:
        out: The file.
        earlier: What stands there, None for nothing.
        settings: Where phrases come from.
        source: The same as it will stand in the file, with the classes that it is still to be asked for.
        estimate: What asking takes; None where nobody is asked.
    """

    out: Path
    earlier: PhraseDocument | None
    settings: ProposerConfig
    source: PhraseSource
    estimate: Estimate | None


def named_classes(given: str) -> tuple[str, ...]:
    """The classes of a text file, one a line, or between commas.

    Raises:
        DataError: The file is missing or not text, or there is no class, or one twice.
    """
    path = Path(given)
    is_file = path.suffix.lower() == ".txt" or ("," not in given and is_there(path) and path.is_file())
    parts = read_lines(path) if is_file else given.split(",")
    names = tuple(part.strip() for part in parts if part.strip() and not (is_file and part.startswith("#")))
    if not names or len(set(names)) < len(names):
        got = next((f"{name!r} twice" for name in names if names.count(name) > 1), "none")
        raise DataError(f"--classes {given[:60]}: expected different class names, got {got}; mend the list")
    return names


def classes_of(config: Config, root: Path) -> tuple[str, ...]:
    """The classes of a data set."""
    return read_clips(config.data.clips, root).classes


def plan_proposing(settings: ProposerConfig, classes: Sequence[str], out: Path) -> Plan:
    """See what is to be proposed. Asks nobody and writes nothing.

    A class that the same source was asked for before is left out, so that phrases removed since do not come back.

    Raises:
        DanceError: ``out`` is not a phrase set, or a record or class name cannot be used.
    """
    if is_there(out) and out.is_dir():
        raise ConfigError(
            f"--out {out}: expected a file, got a folder; name a file in it, such as {out / 'phrases.txt'}"
        )
    earlier = read_if_there(out)
    source = _source(settings, classes)
    if earlier is not None:
        source = replace(source, classes=still_to_ask(for_classes(earlier.phrases, classes), source))
    chat = settings.chat
    estimate = estimate_proposing(chat, source.classes) if chat is not None and not chat.replay else None
    return Plan(out, earlier, settings, source, estimate)


def propose_into(plan: Plan, progress: Progress | None = None) -> Outcome:
    """Carry a plan out: propose, judge the wording, and add to the file as it stands then.

    Raises:
        DanceError: As the proposer raises; the file is as it was. Or it was changed meanwhile and cannot be read.
    """
    if not plan.source.classes:
        return Outcome(plan.earlier.phrases if plan.earlier else PhraseSet((), ()), 0, 0)
    proposer = build_proposer(plan.settings)
    found = replace(propose_phrases(proposer, plan.source.classes, progress), sources=(plan.source,))
    drops = answer_drops(proposer, plan.source.classes) if isinstance(proposer, LanguageModelProposer) else ()
    outcome = write_renewed(
        plan.out, plan.out, plan.earlier, lambda now: screen(join(for_classes(now, plan.source.classes), found))
    )
    return replace(outcome, drops=drops)


def filter_file(path: Path, out: Path, judge: Callable[[PhraseSet], PhraseSet] = screen) -> Outcome:
    """Judge a phrase set anew, and write it. What a person changes in it meanwhile stays as that person wrote it.

    Args:
        path: The phrase set.
        out: Where it is written; comments and lines with nothing new stay as they are.
        judge: Gives verdicts; ``screen`` by the wording alone, ``judge_set`` as a fit does.

    Raises:
        DanceError: It cannot be read, judged or written; the file is as it was.
    """
    document = read_phrase_set(path)
    judged = judge(reopened(document.phrases))
    return write_renewed(path, out, document, lambda now: _with_verdicts(now, document.phrases, judged))


def _with_verdicts(now: PhraseSet, before: PhraseSet, judged: PhraseSet) -> PhraseSet:
    """The verdicts on what stands there as it did when it was judged; all else as it is now."""
    if now == before:
        return judged
    found = {(entry.kind, entry.text): entry for entry in judged.entries}
    verdicts = {entry: found[entry.kind, entry.text] for entry in before.entries}
    return replace(now, entries=tuple(verdicts.get(entry, entry) for entry in now.entries))


def judge_set(
    phrases: PhraseSet,
    config: Config,
    root: Path,
    *,
    cache: Path | None = None,
    workers: int = 1,
    progress: Progress | None = None,
) -> PhraseSet:
    """The verdicts of a fit on a phrase set, by its wording and by train clips.

    Args:
        phrases: The set.
        config: A data set with clip embeddings or a dual encoder.
        root: Where data paths start.
        cache: Where results of looking at clips are kept.
        workers: Videos looked at side by side.
        progress: Told how many videos of how many have been looked at.

    Raises:
        DanceError: Data or settings are wrong, or no phrase is left.
    """
    read = read_dataset(replace(config.data, poses=None, motion_labels=None, key_frames=None), root)
    only_encoder = replace(config.extract, poses=None, features=())
    look = Extractor(only_encoder, root, cache=clip_cache(cache), workers=workers, progress=progress)
    data = look(with_phrases(read, phrases))
    if data.video is None:
        raise ConfigError(
            f"{config.name}: expected clip embeddings to judge phrases by, got none; set extract.encoder or data.video"
        )
    train = data.manifest.rows("train")
    shown = {one.kind: affinities(data.video, one)[train] for one in data.phrases}
    judged, figures = judge_phrases(data, shown, config.text)
    measured = {kind: iter(figures[kind]) for kind in shown}
    found = {
        (entry.kind, entry.text): replace(entry, auc=next(measured[entry.kind]).get("auc")) for entry in judged.entries
    }
    assert data.proposed is not None
    entries = tuple(found.get((entry.kind, entry.text), entry) for entry in data.proposed.entries)
    return replace(data.proposed, entries=entries)


def reopened(phrases: PhraseSet) -> PhraseSet:
    """The set without verdicts and figures of filters; what a person decided stays."""
    return replace(phrases, entries=tuple(_open(entry) for entry in phrases.entries))


def _open(entry: PhraseEntry) -> PhraseEntry:
    bare = replace(entry, similarity=None, auc=None, value=None)
    return bare if entry.by_user else replace(bare, kept=True, reason=None)


def _source(settings: ProposerConfig, classes: Sequence[str]) -> PhraseSource:
    if settings.chat is None:
        return PhraseSource(str(settings.file or f"{BUNDLED}{settings.bundled}"), tuple(classes))
    prompts = tuple((kind, load_prompt(kind).version, load_prompt(kind).sha256) for kind in NAMED)
    return PhraseSource(settings.chat.model, tuple(classes), settings.chat.samples, prompts)
