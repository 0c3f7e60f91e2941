"""Phrases per class from TOML and CSV, phrases of one kind from plain lists."""

from __future__ import annotations

import pytest

from dance_xai.data.phrase_files import read_class_phrases, read_kind_phrases
from dance_xai.errors import DataError
from dance_xai.types import Proposal

TOML = """# phrases
["tennis serve"]
objects = ["ball", " tennis  racket "]
scenes = ["court"]
[bowl]
objects = ["pin"]
"""
CSV = "class,kind,phrase,note\ntennis serve,object,ball,x\n,Scene,court,\n"


@pytest.fixture
def write(tmp_path):
    def write(name, text):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def test_toml_tables(write):
    assert read_class_phrases(write("set.toml", TOML)) == (
        Proposal("object", "ball", "tennis serve"),
        Proposal("object", "tennis racket", "tennis serve"),
        Proposal("scene", "court", "tennis serve"),
        Proposal("object", "pin", "bowl"),
    )


def test_csv_columns_in_any_order(write):
    found = read_class_phrases(write("set.CSV", CSV))
    assert found == (Proposal("object", "ball", "tennis serve"), Proposal("scene", "court", ""))


def test_a_plain_list_has_a_kind_and_no_class(write):
    found = read_kind_phrases(write("scenes.txt", "# places\ncourt\n\nlake\n"), "scene")
    assert found == (Proposal("scene", "court", ""), Proposal("scene", "lake", ""))


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("set.toml", "[a\n", "expected TOML in UTF-8"),
        ("set.toml", b"\xff\xfe", "expected TOML in UTF-8"),
        ("set.toml", "x = " + "[" * 5000, "expected TOML in UTF-8"),
        ("set.toml", "", "expected phrases, got none"),
        ("set.toml", "[a]\nobjects = []\n", "expected phrases, got none"),
        ("set.toml", 'objects = ["ball"]\n', "expected a table of a class, got list"),
        ("set.toml", '[""]\nobjects = ["ball"]\n', "expected a table of a class"),
        ("set.toml", '[a]\nobject = ["ball"]\n', "expected objects and scenes, got 'object'"),
        ("set.toml", '[a]\nobjects = "ball"\n', "expected a list of phrases, got 'ball'"),
        ("set.toml", "[a]\nscenes = [3]\n", "expected phrases, got 3 among them"),
        ("set.toml", '[a]\nscenes = [" "]\n', "expected phrases, got ' ' among them"),
        (
            "set.csv",
            "kind,phrase\nobject,ball\n",
            "expected the columns kind, phrase and class, got kind, phrase; add class",
        ),
        ("set.csv", "kind,phrase,class\nmotion,run,\n", "line 2: expected the kind object or scene, got 'motion'"),
        ("set.csv", "kind,phrase,class\nobject,,a\n", "line 2: expected phrases, got ''"),
        ("set.csv", "kind,phrase,class\n", "expected phrases, got none"),
        ("set.csv", "", "expected the columns"),
        ("set.json", "{}", "expected phrases in a .toml or .csv file, got .json"),
        ("set", "ball", "got no suffix"),
    ],
)
def test_damage_is_one_line_that_names_the_file(write, name, text, message):
    with pytest.raises(DataError) as caught:
        read_class_phrases(write(name, text))
    assert message in str(caught.value)
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["none.toml", "none.csv"])
def test_a_missing_file_is_named(tmp_path, name):
    with pytest.raises(DataError, match=name):
        read_class_phrases(tmp_path / name)
