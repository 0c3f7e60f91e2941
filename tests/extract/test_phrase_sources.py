"""What ``data.phrases`` names, for the classes of a data set."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dance_xai.config import parse_config
from dance_xai.data.dataset import Dataset, files_of
from dance_xai.data.sources import DataConfig
from dance_xai.errors import ConfigError, DataError
from dance_xai.extract.phrase_sources import NO_EMBEDDING, for_classes, name_phrases, open_phrases, with_phrases
from dance_xai.pipeline import fit
from dance_xai.stages.phrase_verdicts import never_embedded
from dance_xai.text.screening import BY_HAND
from dance_xai.types import Clip, Manifest, Phrases, PhraseSet, PhraseSource

FILE = """format: 1
classes: Tennis Serve, bowl
[object]
keep ball | for Tennis Serve, bowl
drop! crowd | for bowl
keep pin | for bowl
[scene]
keep lane
"""


@pytest.fixture
def data():
    clips = tuple(Clip(name, label, "train") for name, label in (("a", "tennis_serve"), ("b", "bowl")))
    return Dataset(Manifest(clips, ("bowl", "tennis_serve")))


@pytest.fixture
def named(tmp_path, data):
    """``named(text)``: the data set with the phrases of a file."""

    def named(text=FILE, **changes):
        (tmp_path / "phrases.txt").write_text(text)
        source = DataConfig(None, phrases="phrases.txt")
        return name_phrases(replace(data, **changes), source, tmp_path)

    return named


def test_kept_phrases_are_to_be_embedded_and_the_rest_is_told(named):
    found = named()
    assert found.texts == (("object", ("ball", "pin")), ("scene", ("lane",)))
    assert [entry.text for entry in never_embedded(replace(found, phrases=())).of("object", kept=False)] == ["crowd"]


def test_classes_are_spelled_as_in_the_data_set(named):
    found = named().proposed
    assert found.classes == ("tennis_serve", "bowl")
    assert found.entries[0].classes == ("tennis_serve", "bowl")
    source = PhraseSource("m", ("TennisServe", "golf"))
    assert for_classes(PhraseSet((), (), (source,)), ("tennis_serve",)).sources[0].classes == ("tennis_serve", "golf")


def test_given_embeddings_are_those_of_the_phrases_that_are_kept(named):
    given = Phrases("object", ("crowd", "pin", "cap"), np.eye(3))
    found = named(phrases=(given,))
    assert [one.texts for one in found.phrases] == [("pin",)] and found.texts == ()
    np.testing.assert_array_equal(found.phrases[0].embeddings, np.eye(3)[1:2])
    lost = {entry.text: entry.reason for entry in found.proposed.entries if not entry.kept}
    assert lost == {"crowd": None, "ball": NO_EMBEDDING, "lane": NO_EMBEDDING}


def test_nothing_kept_is_an_error(named):
    with pytest.raises(DataError, match=r"data\.phrases: expected some phrases that are kept, got none of 1"):
        named("format: 1\n[object]\ndrop ball\n")


def test_without_the_key_nothing_changes(data):
    assert name_phrases(data, DataConfig(None), Path()) is data


@pytest.mark.parametrize("name", ["bundled:penn_action", "own.toml", "own.csv"])
def test_phrases_per_class(tmp_path, name):
    (tmp_path / "own.toml").write_text('["Tennis-serve"]\nobjects=["tennis racket"]\n[bowl]\nscenes=["lane"]\n')
    (tmp_path / "own.csv").write_text("class,kind,phrase\ntennis_serve,object,tennis racket\nbowl,scene,lane\n")
    found = open_phrases(name, tmp_path, ("tennis_serve", "bowl"))
    assert "tennis racket" in {entry.text for entry in found.of("object") if entry.classes == ("tennis_serve",)}
    assert found.sources == (PhraseSource(name, ("tennis_serve", "bowl")),)
    with pytest.raises(DataError, match="expected phrases for the class 'juggling'"):
        open_phrases(name, tmp_path, ("juggling",))


def test_the_file_counts_among_those_of_the_data_set(small_folder, small_config):
    config = small_config().data
    assert small_folder / "settings.toml" in files_of(replace(config, phrases="settings.toml"), small_folder)
    with pytest.raises(DataError, match=r"data.phrases: .*p.txt: expected a readable file, found nothing there"):
        files_of(replace(config, phrases="p.txt"), small_folder)
    bundled = replace(config, phrases="bundled:kth")
    assert files_of(bundled, small_folder) == files_of(config, small_folder)


CLIPS = '[data.clips]\npath = "c.csv"\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "data.phrases: expected a dual encoder for the phrases, got none; set extract.encoder"),
        (
            '[data.objects]\npath = "o.txt"\n[extract]\nencoder = "planted"',
            "data.phrases: expected either this or .txt",
        ),
        ('[data.objects]\npath = "o.npz"\n', "data.phrases: expected a dual encoder"),
    ],
)
def test_settings_that_contradict_each_other(text, message):
    with pytest.raises(ConfigError, match=r"x: data\.phrases") as caught:
        parse_config(tomllib.loads(f'name = "x"\n[data]\nphrases = "p.txt"\n{CLIPS}{text}'), "x")
    assert message in str(caught.value)


def test_a_fit_takes_the_decisions_and_the_classes_of_the_file(small_folder, small_config, small_data, tmp_path):
    known = {one.kind: one.texts for one in small_data.phrases}
    label, first, second = small_data.manifest.classes[0], *known["object"][:2]
    scenes = "".join(f"keep {text}\n" for text in known["scene"])
    path = tmp_path / "p.txt"
    path.write_text(
        f"format: 1\n[object]\ndrop! {first} # no\nkeep! {second} | for {label}\nkeep unknown\n[scene]\n{scenes}"
    )
    config = small_config(f"data.phrases={path}")
    found = fit(config, small_folder).phrases
    drops = {drop.item: drop.reason for drop in found.drops}
    assert second in found.names and first not in found.names
    assert (drops[first], drops["unknown"]) == (BY_HAND, NO_EMBEDDING)
    assert "auc" in found.report["object"]["phrases"][second]


def test_with_phrases_takes_any_set(data):
    phrases = open_phrases("bundled:penn_action", Path(), ("bowl",))
    assert dict(with_phrases(data, phrases).texts).keys() == {"object", "scene"}
