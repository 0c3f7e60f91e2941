"""Lists without a header."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from dance_xai.data.layouts.lists import list_entries, read_list
from dance_xai.data.layouts.source import ClipsSource
from dance_xai.data.manifest import read_clips
from dance_xai.errors import DataError

NAME = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Zl", "Zp")), min_size=1, max_size=8).filter(
    lambda text: text == text.strip() and not text.startswith('"')
)
LINES = st.lists(st.tuples(NAME.map(lambda name: f"{name}.mp4"), st.integers(0, 999)), min_size=1, max_size=6)


def quoted(path: str, separator: str) -> str:
    return '"' + path.replace('"', '""') + '"' if separator in path or '"' in path else path


@given(LINES, st.sampled_from([",", " "]), st.sampled_from(["\n", "\r\n", "\r"]), st.booleans(), st.booleans())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_written_is_read(tmp_path, lines, separator, ending, bom, quotes):
    assume(quotes or not any('"' in name for name, _ in lines))  # read as CSV where that fits
    path = tmp_path / "train.txt"
    texts = [f"{quoted(name, separator) if quotes else name}{separator}{label}" for name, label in lines]
    path.write_bytes((("\ufeff" if bom else "") + ending.join(texts)).encode())
    assert read_list(path)[0] == [(number, name, str(label)) for number, (name, label) in enumerate(lines, start=1)]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("a b.mp4 3\nc.mp4 0", [("a b.mp4", "3"), ("c.mp4", "0")]),
        ("a, b.mp4 3\nc.mp4 0", [("a, b.mp4", "3"), ("c.mp4", "0")]),
        ("a b.mp4,3\nc,d.mp4,0", [("a b.mp4", "3"), ("c,d.mp4", "0")]),
        ("a.mp4,jump rope\nb.MP4,run", [("a.mp4", "jump rope"), ("b.MP4", "run")]),
        ("frames/001 7\nframes/002 8", [("frames/001", "7"), ("frames/002", "8")]),
        ("frames/001,7", [("frames/001", "7")]),
        ("a.mp4\t3", [("a.mp4", "3")]),
        ("a.mp4 run", [("a.mp4", "run")]),
        ('"a ""b"" c.mp4" 3', [('a "b" c.mp4', "3")]),
        ('say "hi" now.mp4 3', [('say "hi" now.mp4', "3")]),
        ('a.mp4,"jump, high"', [("a.mp4", "jump, high")]),
        ("  a.mp4   3  \n\n", [("a.mp4", "3")]),
    ],
)
def test_commas_and_spaces(tmp_path, text, rows):
    path = tmp_path / "list.txt"
    path.write_text(text)
    found, wrong = read_list(path)
    assert [row[1:] for row in found] == rows and not wrong


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a.mp4 1\n\nb.mp4\n", r"line 3: expected a video and its label .* got 'b.mp4'"),
        ("a.mp4,1\nb.mp4 2\nc.mp4,3", r"line 2: .*got 'b.mp4 2'"),
        ("a.mp4 \n", r"list.txt: line 1: "),
        ("path,label\na.mp4,1\n", r"line 1: .*got 'path,label'"),
        ("a.mp4 1\nb.mp4 60 1\n", r"line 2: .*got 'b.mp4 60 1'"),
        ("a.mp4,1\nb.mp4,60,1\n", r"line 2: .*got 'b.mp4,60,1'"),
    ],
)
def test_a_bad_line_is_named(tmp_path, text, message):
    path = tmp_path / "list.txt"
    path.write_text(text)
    (bad,) = [entry for entry in list_entries(ClipsSource(Path("list.txt")), tmp_path) if entry.wrong]
    said = f"{bad.where}: {bad.wrong}"
    assert re.search(message, said) and "\n" not in said and bad.id is None


def test_a_list_of_three_columns_is_refused(tmp_path):
    (tmp_path / "list.txt").write_text("v/a.mp4 60 1\nv/b.mp4 48 0\n")
    with pytest.raises(DataError, match=r"line 1: expected a video and its label .*got 'v/a.mp4 60 1'"):
        read_clips(ClipsSource(Path("list.txt"), layout="list"), tmp_path)
    with pytest.raises(DataError, match=r"list.txt: expected a header .*got 'v/a.mp4 60 1' first"):
        read_clips(ClipsSource(Path("list.txt")), tmp_path)


def test_train_and_test_lists_with_class_names(tmp_path: Path):
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "train.csv").write_text("x/a 1.mp4 1\ny/b.mp4 0\n")
    (tmp_path / "lists" / "val.csv").write_text("x/c.mp4 1\n")
    (tmp_path / "names.txt").write_text("walk\nrun\nswim\n")
    source = ClipsSource(Path("lists/train.csv"), test_path=Path("lists/val.csv"), class_list=Path("names.txt"))
    manifest = read_clips(source, tmp_path)
    assert manifest.ids == ("a 1", "b", "c") and manifest.classes == ("walk", "run")
    assert [(clip.label, clip.split) for clip in manifest.clips] == [
        ("run", "train"),
        ("walk", "train"),
        ("run", "test"),
    ]
    assert manifest.clips[0].path == tmp_path / "lists" / "x" / "a 1.mp4"


@pytest.mark.parametrize(
    ("name", "test", "n"),
    [("HAA100", "val", 100), ("UCF101", "test", 101), ("Penn_action", "val", 15), ("KTH", "val", 6)],
)
def test_the_lists_of_the_paper(shared: Path, name: str, test: str, n: int):
    folder = Path("reference") / "splits" / name
    source = ClipsSource(folder / "train.csv", test_path=folder / f"{test}.csv", class_list=folder / "class_list.txt")
    manifest = read_clips(source, shared)
    classes = (shared / folder / "class_list.txt").read_text().strip().split("\n")
    assert list(manifest.classes) == classes and len(classes) == n
    rows = [
        line.rpartition(",")
        for file in ("train", test)
        for line in (shared / folder / f"{file}.csv").read_text().splitlines()
    ]
    assert [str(clip.path) for clip in manifest.clips] == [str(shared / folder / row[0]) for row in rows]
    assert manifest.labels.tolist() == [int(row[2]) for row in rows]
