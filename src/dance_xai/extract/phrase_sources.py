"""The phrases that ``data.phrases`` names, for the classes of a data set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

from dance_xai.data.dataset import Dataset
from dance_xai.data.phrase_files import BUNDLED, read_class_phrases
from dance_xai.data.phrase_sets import read_phrase_set
from dance_xai.data.sources import DataConfig
from dance_xai.errors import DataError
from dance_xai.text.agreement import merge
from dance_xai.text.listed import ListedProposer, folded_label
from dance_xai.types import Kind, PhraseEntry, Phrases, PhraseSet, PhraseSource

NAMED: tuple[Kind, ...] = ("object", "scene")
"""The kinds that have names."""

NO_EMBEDDING = "has no embedding in data.objects or data.scenes"


def name_phrases(data: Dataset, config: DataConfig, root: Path) -> Dataset:
    """Give a data set the phrases of ``data.phrases``, if that is set.

    Raises:
        DataError: The file is missing or damaged, there is no such bundled set, a class is missing in it, or no phrase
            is left.
    """
    if config.phrases is None:
        return data
    return with_phrases(data, open_phrases(config.phrases, root, data.manifest.classes))


def with_phrases(data: Dataset, phrases: PhraseSet) -> Dataset:
    """A data set with the phrases of a set: those kept are embedded later, or taken from its embeddings if it has any.

    Raises:
        DataError: No phrase is left.
    """
    named = for_classes(phrases, data.manifest.classes)
    known = {(one.kind, text) for one in data.phrases for text in one.texts} if data.phrases else None
    named = replace(named, entries=tuple(_embedded(entry, known) for entry in named.entries))
    kept = {kind: tuple(entry.text for entry in named.of(kind)) for kind in NAMED}
    if not any(kept.values()):
        raise DataError(
            f"data.phrases: expected some phrases that are kept, got none of {len(named.entries)}; keep some"
        )
    if data.phrases:
        return replace(data, proposed=named, phrases=tuple(p for one in data.phrases if (p := _some(one, kept)).texts))
    return replace(data, proposed=named, texts=tuple((kind, texts) for kind, texts in kept.items() if texts))


def open_phrases(name: str, root: Path, classes: Sequence[str]) -> PhraseSet:
    """The phrases behind a name, for Y classes.

    Args:
        name: ``bundled:NAME``, a ``.toml`` or ``.csv`` file of phrases per class, or a phrase set.
        root: Where the path of a file starts.
        classes: Those of the data set. A phrase set may have others; phrases per class must have these.

    Raises:
        DataError: It is missing or damaged, or a class is missing in phrases per class.
    """
    proposer = proposer_of(name, root)
    if proposer is None:
        return read_phrase_set(root / name).phrases
    found = merge([each for kind in NAMED for each in proposer.propose(classes, kind)], classes)
    return replace(found, sources=(PhraseSource(name, tuple(classes)),))


def proposer_of(name: str, root: Path) -> ListedProposer | None:
    """The proposer behind a name; None for a phrase set.

    Raises:
        DataError: It is missing or damaged.
    """
    if name.startswith(BUNDLED):
        return bundled_proposer(name.removeprefix(BUNDLED))
    return file_proposer(root / name) if Path(name).suffix.lower() in (".toml", ".csv") else None


def bundled_proposer(name: str) -> ListedProposer:
    """A set that comes with the package.

    Raises:
        DataError: There is none of this name.
    """
    if name not in (names := bundled_names()):
        raise DataError(f"bundled phrases {name!r}: expected one of {', '.join(names)}; choose one, or give a file")
    return ListedProposer(name, read_class_phrases(_bundled_folder() / f"{name}.toml"))


def bundled_names() -> tuple[str, ...]:
    """The sets that come with the package."""
    return tuple(sorted(path.stem for path in _bundled_folder().glob("*.toml")))


def file_proposer(path: Path) -> ListedProposer:
    """The phrases per class of a ``.toml`` or ``.csv`` file."""
    return ListedProposer(str(path), read_class_phrases(path))


def for_classes(phrases: PhraseSet, classes: Sequence[str]) -> PhraseSet:
    """The set with its class names as the data set writes them; names that it does not have stay as they are.

    Source: ours.
    """
    spelling = {folded_label(name): name for name in classes}

    def spelled(names: Sequence[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(spelling.get(folded_label(name), name) for name in names))

    return PhraseSet(
        spelled(phrases.classes),
        tuple(replace(entry, classes=spelled(entry.classes)) for entry in phrases.entries),
        tuple(replace(source, classes=spelled(source.classes)) for source in phrases.sources),
    )


def _embedded(entry: PhraseEntry, known: set[tuple[Kind, str]] | None) -> PhraseEntry:
    """The entry, dropped where there are embeddings and none of it."""
    if not entry.kept or known is None or (entry.kind, entry.text) in known:
        return entry
    return replace(entry, kept=False, reason=NO_EMBEDDING, value=None)


def _some(phrases: Phrases, kept: dict[Kind, tuple[str, ...]]) -> Phrases:
    """The phrases that are kept, in the order of the embeddings."""
    rows = [row for row, text in enumerate(phrases.texts) if text in kept[phrases.kind]]
    return Phrases(phrases.kind, tuple(phrases.texts[row] for row in rows), phrases.embeddings[rows])


def _bundled_folder() -> Path:
    return Path(str(files("dance_xai.text") / "phrases"))
