"""The phrase sets that come with the package: complete, well formed, and spelled alike everywhere."""

from __future__ import annotations

import csv
import re
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path

import pytest

from dance_xai.text.form import key
from dance_xai.text.screening import drops_of, screen
from dance_xai.types import PhraseEntry, PhraseSet

FOLDER = Path(str(files("dance_xai.text"))) / "phrases"
SETS = {path.stem: tomllib.loads(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.toml"))}
KINDS = ("objects", "scenes")
SPLITS = {"haa100": "HAA100", "kth": "KTH", "penn_action": "Penn_action", "ucf101": "UCF101"}
FORM = re.compile(r"[a-z0-9]+(?:[' -][a-z0-9]+)*")

every_set = pytest.mark.parametrize("name", SETS)


def lists(name: str) -> Iterator[tuple[str, str, list[str]]]:
    """Class, kind and phrases of one set."""
    for label, table in SETS[name].items():
        yield from ((label, kind, table[kind]) for kind in KINDS)


def phrases(kind: str, *names: str) -> set[str]:
    return {text for name in names for _, of, texts in lists(name) if of == kind for text in texts}


def class_list(name: str, shared: Path) -> list[str]:
    if name in SPLITS:
        text = (shared / "reference" / "splits" / SPLITS[name] / "class_list.txt").read_text("utf-8")
        return [line.strip() for line in text.splitlines() if line.strip()]
    with (shared / name / "clips.csv").open(encoding="utf-8", newline="") as file:
        return sorted({row["label"] for row in csv.DictReader(file)})


def test_the_five_data_sets_have_one():
    assert set(SETS) == {*SPLITS, "utd_mhad"}


@every_set
def test_classes_are_those_of_the_data_set(name: str, shared: Path):
    assert sorted(SETS[name]) == sorted(class_list(name, shared))


@every_set
def test_every_class_has_lists_of_both_kinds_and_nothing_else(name: str):
    for label, table in SETS[name].items():
        assert sorted(table) == list(KINDS), label
        assert all(isinstance(text, str) for kind in KINDS for text in table[kind]), label


@every_set
def test_lists_hold_8_to_15_phrases(name: str):
    sizes = {(label, kind): len(texts) for label, kind, texts in lists(name)}
    assert {at: size for at, size in sizes.items() if not 8 <= size <= 15} == {}


@every_set
def test_phrases_are_one_to_four_plain_words_in_lower_case(name: str):
    texts = [text for _, _, found in lists(name) for text in found]
    assert [text for text in texts if not FORM.fullmatch(text) or len(text.split()) > 4] == []
    assert [text for text in texts if text.split()[0] in {"a", "an", "the"}] == []


@every_set
def test_no_phrase_twice_in_a_list(name: str):
    for label, kind, texts in lists(name):
        assert len({key(text) for text in texts}) == len(texts), (label, kind)


@every_set
def test_no_phrase_is_the_name_of_its_class(name: str):
    spaced = {label: re.sub("(?<=[a-z])(?=[A-Z])|_", " ", label) for label in SETS[name]}
    assert [(label, text) for label, _, texts in lists(name) for text in texts if key(text) == key(spaced[label])] == []


def test_no_phrase_is_both_object_and_scene():
    objects, scenes = ({key(text) for text in phrases(kind, *SETS)} for kind in KINDS)
    assert objects & scenes == set()


def spaces_out(text: str) -> str:
    return key(text).replace(" ", "")


def words_in_order(text: str) -> str:
    return " ".join(sorted(key(text).split()))


@pytest.mark.parametrize("likeness", [spaces_out, words_in_order])
def test_a_phrase_is_spelled_alike_in_all_sets(likeness: Callable[[str], str]):
    spellings = defaultdict(set)
    for text in phrases("objects", *SETS) | phrases("scenes", *SETS):
        spellings[likeness(text)].add(text)
    assert [sorted(texts) for texts in spellings.values() if len(texts) > 1] == []


@every_set
def test_the_wording_filters_keep_19_of_20_phrases(name: str):
    classes = defaultdict(list)
    for label, kind, texts in lists(name):
        for text in texts:
            classes[kind.removesuffix("s"), text].append(label)
    entries = tuple(PhraseEntry(kind, text, tuple(labels)) for (kind, text), labels in classes.items())
    dropped = drops_of(screen(PhraseSet(tuple(SETS[name]), entries)))
    assert len(dropped) <= 0.05 * len(entries), [(drop.item, drop.reason) for drop in dropped]
