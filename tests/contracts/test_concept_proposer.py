"""What every ``ConceptProposer`` promises."""

from __future__ import annotations

import json
import zlib
from collections import Counter

import pytest

from dance_xai.adapters.chat_model import Completion
from dance_xai.adapters.recorded_chat import RecordedChat
from dance_xai.errors import DanceError
from dance_xai.extract.phrase_sources import bundled_names, bundled_proposer, file_proposer
from dance_xai.protocols import ConceptProposer
from dance_xai.text.asking import LanguageModelProposer
from dance_xai.text.form import key
from dance_xai.workflows.proposing import list_proposer, propose_phrases

CLASSES = ("tennis_serve", "golf_swing", "bowl")
THINGS = ("Ball", "balls", "a ball", "net", "grass", "shoes", "cap", "glove")


class Inventive:
    """Names a few things that depend on the question alone, each in several spellings."""

    def complete(self, prompt, *, sample, attempt):
        start = zlib.crc32(prompt.encode()) + sample
        return Completion(json.dumps({"phrases": [THINGS[(start + n) % len(THINGS)] for n in range(5)]}), "plain")


def toml_file(tmp_path):
    path = tmp_path / "set.toml"
    tables = [f'["{label}"]\nobjects = ["Ball", "net", "balls"]\nscenes = ["grass field"]\n' for label in CLASSES]
    path.write_text("".join(tables))
    return file_proposer(path)


def csv_file(tmp_path):
    path = tmp_path / "set.csv"
    rows = [f"{kind},ball,{label}\n{kind},Balls,{label}\n" for label in CLASSES for kind in ("object", "scene")]
    path.write_text("kind,phrase,class\n" + "".join(rows) + "object,net,\n")
    return file_proposer(path)


def plain_lists(tmp_path):
    for name in ("objects", "scenes"):
        (tmp_path / f"{name}.txt").write_text("ball\nnet\n")
    return list_proposer(tmp_path / "objects.txt", tmp_path / "scenes.txt")


def language_model(tmp_path):
    return LanguageModelProposer(RecordedChat(tmp_path / "record.jsonl", "m", {}, Inventive()))


def replayed(tmp_path):
    live = language_model(tmp_path)
    for kind in ("object", "scene"):
        live.propose(CLASSES, kind)
    return LanguageModelProposer(RecordedChat(tmp_path / "record.jsonl", "m"))


MAKERS = [toml_file, csv_file, plain_lists, language_model, replayed, lambda _: bundled_proposer("penn_action")]
IDS = ["toml", "csv", "lists", "model", "replayed", "bundled"]
kinds = pytest.mark.parametrize("kind", ["object", "scene"])


@pytest.fixture(params=MAKERS, ids=IDS)
def proposer(request, tmp_path):
    return request.param(tmp_path)


def test_has_a_name(proposer):
    assert isinstance(proposer, ConceptProposer)
    assert proposer.name
    assert "\n" not in proposer.name


@kinds
def test_proposals_are_of_the_kind_and_of_the_classes_in_their_order(proposer, kind):
    found = proposer.propose(CLASSES, kind)
    assert isinstance(found, tuple)
    assert found
    assert {each.kind for each in found} == {kind}
    order = [*CLASSES, ""]  # no class at all comes last
    ranks = [order.index(each.label) for each in found]
    assert ranks == sorted(ranks)


@kinds
def test_a_phrase_is_named_once_per_class_whatever_its_spelling(proposer, kind):
    found = proposer.propose(CLASSES, kind)
    assert max(Counter((each.label, key(each.text)) for each in found).values()) == 1


@kinds
def test_phrases_are_single_lines_and_counts_fit_the_samples(proposer, kind):
    for each in proposer.propose(CLASSES, kind):
        assert each.text == " ".join(each.text.split())
        assert each.text
        assert 1 <= each.count <= each.samples


@kinds
def test_the_same_question_has_the_same_answer(proposer, kind):
    assert proposer.propose(CLASSES, kind) == proposer.propose(CLASSES, kind)


@kinds
def test_classes_do_not_influence_each_other(proposer, kind):
    together = proposer.propose(CLASSES, kind)
    apart = [each for label in CLASSES for each in proposer.propose((label,), kind) if each.label]
    assert [each for each in together if each.label] == apart


@kinds
def test_no_classes_are_welcome(proposer, kind):
    assert all(each.label == "" for each in proposer.propose((), kind))


@kinds
def test_a_name_that_cannot_be_is_one_line_or_ignored(proposer, kind):
    try:
        proposer.propose(("no such class " * 20,), kind)
    except DanceError as error:
        assert "\n" not in str(error)


def test_merges_to_a_phrase_set(proposer):
    found = propose_phrases(proposer, CLASSES)
    assert found.classes == CLASSES
    assert [each.kind for each in found.entries] == sorted(each.kind for each in found.entries)
    assert len({(each.kind, key(each.text)) for each in found.entries}) == len(found.entries)
    assert all(each.kept and 0 < each.agreement <= 1 and set(each.classes) <= set(CLASSES) for each in found.entries)


@pytest.mark.parametrize("name", bundled_names())
def test_every_bundled_set_serves_its_own_classes(name):
    proposer = bundled_proposer(name)
    classes = tuple(dict.fromkeys(each.label for each in proposer.listed))
    for kind in ("object", "scene"):
        assert {each.label for each in proposer.propose(classes, kind)} <= set(classes)
