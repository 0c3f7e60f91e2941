"""Which layout lies there, and which settings it heeds."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import TypeAdapter, ValidationError

from dance_xai.data.layouts.known import LAYOUTS
from dance_xai.data.layouts.recognise import recognise
from dance_xai.data.layouts.source import ClipsSource, LayoutName
from dance_xai.data.manifest import clip_list_files, clip_listing
from dance_xai.data.splitting import SplitRule
from dance_xai.errors import ConfigError, DataError


def test_every_layout_is_known():
    assert set(LAYOUTS) == set(LayoutName.__args__)


@pytest.mark.parametrize(
    ("name", "text", "layout"),
    [
        ("a.csv", "path,label\n", "csv"),
        ("a.txt", '\ufeff"label",path\n', "csv"),
        ("a.csv", "v/a.mp4,3\n", "list"),
        ("a.csv", "v/a b.mp4 3\n", "list"),
        ("a.lst", "v/a.mp4 run\n", "list"),
        ("a.jsonl", "", "jsonl"),
        ("a.ndjson", "{}", "jsonl"),
        ("a.csv", "x,y\n", "csv"),
        ("a.csv", "", "csv"),
    ],
)
def test_files_by_suffix_and_first_line(tmp_path, name, text, layout):
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert recognise(ClipsSource(Path(name)), tmp_path) == layout


@pytest.mark.parametrize(
    ("names", "layout"),
    [
        (["run/a.mp4"], "folders"),
        (["walking/person01_walking_d1_uncomp.avi"], "folders"),
        (["00sequences.txt"], "kth"),
        (["labels/0001.mat"], "penn_action"),
        (["labels/0001.txt"], "folders"),
        (["ucfTrainTestlist/x"], "ucf101"),
        (["metadata.csv"], "videofolder"),
        (["train/metadata.jsonl"], "videofolder"),
        (["run/metadata.jsonl"], "folders"),
    ],
)
def test_folders_by_their_own_files(touch, names, layout):
    assert recognise(ClipsSource(Path()), touch(names)) == layout


def test_what_is_unknown_is_one_line(tmp_path):
    with pytest.raises(DataError, match=r"nowhere: expected a list of clips or a folder of videos, found nothing"):
        recognise(ClipsSource(Path("nowhere")), tmp_path)
    (tmp_path / "a.txt").write_text('"' + "x" * 200_000)
    with pytest.raises(DataError, match=r"a.txt: expected a header"):
        recognise(ClipsSource(Path("a.txt")), tmp_path)
    (tmp_path / "a.txt").write_text("what,is\nthis")
    with pytest.raises(DataError, match=r"a.txt: expected a header .*'label', lines .* got 'what,is' first"):
        recognise(ClipsSource(Path("a.txt")), tmp_path)


@pytest.mark.parametrize(
    ("layout", "settings"),
    [
        ("folders", {"label_column": "x"}),
        ("list", {"start_column": "x"}),
        ("ucf101", {"test_path": Path("x")}),
        ("kth", {"videos": Path("x")}),
        ("csv", {"fold": 1}),
    ],
)
def test_settings_that_a_layout_does_not_heed_are_refused(tmp_path, layout, settings):
    with pytest.raises(ConfigError, match=rf"with layout '{layout}', got {next(iter(settings))} too; remove it"):
        clip_list_files(ClipsSource(Path(), layout=layout, **settings), tmp_path)


def test_lists_are_hashed_by_content_not_by_videos(tmp_path):
    (tmp_path / "a.csv").write_text("a.mp4,0\n")
    source = ClipsSource(Path("a.csv"), test_path=Path("b.csv"), class_list=Path("names.txt"))
    assert clip_list_files(source, tmp_path) == tuple(tmp_path / name for name in ("a.csv", "b.csv", "names.txt"))
    assert clip_listing(source, tmp_path) is None


def test_settings_are_checked():
    adapter = TypeAdapter(ClipsSource)
    tree = {"path": "v", "layout": "ucf101", "fold": 2, "split": {"by": "subject", "test_subjects": [2, "x"]}}
    found = adapter.validate_python(tree)
    assert found == ClipsSource(Path("v"), "ucf101", fold=2, split=SplitRule("subject", test_subjects=(2, "x")))
    assert adapter.validate_python(adapter.dump_python(found, mode="json")) == found
    with pytest.raises(ValidationError, match="'auto', 'csv', 'list'"):
        adapter.validate_python({"path": "v", "layout": "zip"})
    for wrong in ({"fold": 4}, {"split": {"by": "luck"}}, {"split": {"by": "subject", "test": 1}}):
        with pytest.raises(ValidationError):
            adapter.validate_python({"path": "v", **wrong})
    old = {"path": "clips.csv", "id_column": "clip", "label_column": "label", "split_column": "split"}
    assert adapter.validate_python(old | {"subject_column": None, "path_column": None}).id_column == "clip"
