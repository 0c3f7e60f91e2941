"""CSV files with a header and JSON lines."""

from __future__ import annotations

import csv
import io
import json
import math
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dance_xai.data.layouts.source import ClipsSource
from dance_xai.data.manifest import read_clips
from dance_xai.errors import ConfigError, DataError
from dance_xai.types import Clip

WORD = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Zl", "Zp")), min_size=1, max_size=8).filter(
    lambda text: text == text.strip()
)
ROWS = st.dictionaries(WORD, st.tuples(WORD, st.sampled_from(["train", "test"])), min_size=2, max_size=6)
HEADER = ("clip", "label", "split", "start", "end", "subject")


def full_rows(rows: dict[str, tuple[str, str]]) -> list[dict[str, str]]:
    """Rows with every class trained, some cells empty."""
    cells = [(clip, label, split, "1.5", "2", "") for clip, (label, split) in rows.items()]
    cells += [(f"{number} more", label, "train", "", "", "ann") for number, (label, _) in enumerate(rows.values())]
    return [
        dict(zip(HEADER, row, strict=True))
        for row in [*cells, ("x1", "x", "train", "", "", ""), ("y1", "y", "train", "", "", "")]
    ]


def as_csv(rows: list[dict[str, str]], ending: str) -> str:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, HEADER, lineterminator=ending)
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def as_json(rows: list[dict[str, str]], ending: str) -> str:
    kept = [{key: value or None for key, value in row.items()} for row in rows]
    return ending.join(json.dumps(row, ensure_ascii=False) for row in kept)


@given(ROWS, st.sampled_from(["\n", "\r\n", "\r"]), st.booleans(), st.sampled_from([as_csv, as_json]), st.randoms())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_what_is_written_is_read_in_any_order_with_any_line_ends(tmp_path, rows, ending, bom, write, random):
    rows = {clip: row for clip, row in rows.items() if not clip.endswith(" more") and clip not in ("x1", "y1")}
    table = full_rows(rows)
    path = tmp_path / ("clips.csv" if write is as_csv else "clips.jsonl")
    shuffled = random.sample(table, len(table))
    path.write_bytes((("\ufeff" if bom else "") + write(shuffled, ending)).encode())
    manifest = read_clips(ClipsSource(Path(path.name)), tmp_path)
    assert manifest.ids == tuple(row["clip"] for row in shuffled)
    assert manifest.classes == tuple(
        sorted({row["label"] for row in table}, key=lambda label: (int(label) if label.isdecimal() else -1, label))
    )
    for clip, row in zip(manifest.clips, shuffled, strict=True):
        seconds = [float(row[key]) if row[key] else None for key in ("start", "end")]
        assert clip == Clip(row["clip"], row["label"], row["split"], None, row["subject"] or None, *seconds)


def write_table(tmp_path: Path, text: str, name: str = "clips.csv") -> Path:
    (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_columns_go_by_any_name_and_paths_start_at_the_list(tmp_path, clips_of):
    (tmp_path / "lists").mkdir()
    rows = ("v/a b.mp4,x,7,Train,1,2.5,k1", "v/c.mp4,y,8,training,,,k2", "v/d.mp4,y,8,val,,,k3")
    text = "\n".join(("file,what,who,part,from,to,key", *rows))
    write_table(tmp_path, text, "lists/clips.csv")
    names = {
        "path": "file",
        "label": "what",
        "subject": "who",
        "split": "part",
        "start": "from",
        "end": "to",
        "id": "key",
    }
    columns = {f"{role}_column": name for role, name in names.items()}
    clips = clips_of(tmp_path, "lists/clips.csv", **columns)
    assert clips["k1"] == Clip("k1", "x", "train", tmp_path / "lists" / "v" / "a b.mp4", "7", 1.0, 2.5)
    assert clips["k3"].split == "test"
    moved = clips_of(tmp_path, "lists/clips.csv", **columns, videos=Path("films"))
    assert moved["k2"].path == tmp_path / "films" / "v" / "c.mp4"


def test_ids_are_stems_and_longer_only_where_stems_repeat(tmp_path, clips_of):
    write_table(tmp_path, "path,label,split\na/1.mp4,x,train\nb/2.mp4,y,train\n")
    assert list(clips_of(tmp_path, "clips.csv")) == ["1", "2"]
    write_table(tmp_path, "path,label,split\na/1.mp4,x,train\nb/1.mp4,y,train\nb/1.avi,y,train\n")
    assert list(clips_of(tmp_path, "clips.csv")) == ["a/1", "b/1.mp4", "b/1.avi"]


def test_clips_cut_from_one_file_carry_their_seconds(tmp_path, clips_of):
    write_table(tmp_path, "path,label,split,start,end\nm.mp4,x,train,,2\nm.mp4,y,train,2,4.25\nn.mp4,y,test,0,1\n")
    assert list(clips_of(tmp_path, "clips.csv")) == ["m@-2.0", "m@2.0-4.25", "n"]
    write_table(tmp_path, "path,label,split\nm.mp4,x,train\nm.mp4,y,train\n")
    with pytest.raises(DataError, match=r"unique clip ids, got 1 of them repeated \(m\)"):
        clips_of(tmp_path, "clips.csv")


def test_two_lists_are_train_and_test(tmp_path, clips_of):
    write_table(tmp_path, "clip,label\n1,x\n2,y\n", "train.csv")
    write_table(tmp_path, "clip,label\n3,x\n", "test.csv")
    clips = clips_of(tmp_path, "train.csv", test_path=Path("test.csv"))
    assert [clip.split for clip in clips.values()] == ["train", "train", "test"]
    write_table(tmp_path, "clip,label,split\n3,x,test\n", "test.csv")
    with pytest.raises(DataError, match=r"test.csv: expected the split from test_path or from the column 'split'"):
        clips_of(tmp_path, "train.csv", test_path=Path("test.csv"))


def test_numbers_are_named_by_the_class_list(tmp_path, left_out):
    write_table(tmp_path, "run\njump\n walk \nfly\n", "classes.txt")
    write_table(
        tmp_path, '{"clip": 1, "label": 2, "split": "train"}\n{"clip": 2, "label": 0, "split": "train"}\n', "c.jsonl"
    )
    source = ClipsSource(Path("c.jsonl"), class_list=Path("classes.txt"))
    manifest = read_clips(source, tmp_path)
    assert manifest.classes == ("run", "walk")
    assert [clip.label for clip in manifest.clips] == ["walk", "run"]
    for rows, message in (
        ("1,2,train\n2,4,train\n3,0,train\n", r"line 3: expected one of the 4 classes of .*classes.txt.*got '4'"),
        ("1,run,train\n2,walk,train\n3,hop,train\n", r"line 4: .*got 'hop'"),
    ):
        write_table(tmp_path, "clip,label,split\n" + rows)
        (said,) = left_out(tmp_path, "clips.csv", class_list=Path("classes.txt"))
        assert re.match("clips.csv: " + message, said)


def test_classes_that_are_numbers_are_sorted_by_value(tmp_path):
    write_table(tmp_path, "clip,label,split\n1,10,train\n2,9,train\n")
    assert read_clips(ClipsSource(Path("clips.csv")), tmp_path).classes == ("9", "10")


GOOD = "clip,label,split,start,end\n1,a,train,0,1\n2,b,train,,\n"

ROWS_THAT_CANNOT_BE_USED = [
    ("3,a,dev-set,,\n", r"line 4: expected the split train, val or test, got 'dev-set'"),
    ("3,,train,,\n", r"line 4: expected a value in column 'label', got none"),
    ("3,a,,,\n", r"line 4: expected a value in column 'split', got none"),
    ("\n3,a,train,soon,\n", r"line 5: expected seconds from 0, got 'soon'"),
    ("3,a,train,-1,\n", r"line 4: expected seconds from 0, got '-1'"),
    ("3,a,train,nan,\n", r"line 4: expected seconds from 0, got 'nan'"),
    ("3,a,train,2,2\n", r"line 4: expected an end after the start, got 2.0 to 2.0 s"),
    ('"3\n3",a,train,,x\n', r"line 5: expected one line in column 'clip', got several"),
    ("3,a,train\n", r"line 4: expected 5 cells, as in the header, got 3"),
]


@pytest.mark.parametrize(("text", "message"), ROWS_THAT_CANNOT_BE_USED)
def test_a_bad_row_costs_itself_and_says_where(tmp_path, left_out, text, message):
    (said,) = left_out(write_table(tmp_path, GOOD + text), "clips.csv")
    assert re.match("clips.csv: " + message, said)


def test_all_bad_rows_are_said_at_once(tmp_path, left_out):
    texts = [text for text, _ in ROWS_THAT_CANNOT_BE_USED if "\n" not in text[:-1]]
    said = left_out(write_table(tmp_path, GOOD + "".join(texts)), "clips.csv")
    assert [line.partition(": expected")[0] for line in said] == [f"clips.csv: line {n + 4}" for n in range(len(texts))]


def test_when_all_rows_are_bad_the_first_reason_is_the_error(tmp_path, clips_of):
    write_table(tmp_path, "clip,label,split\n1,,train\n2,b,dev\n")
    with pytest.raises(DataError, match=r"clips.csv: line 2: expected a value in column 'label'"):
        clips_of(tmp_path, "clips.csv")


def test_a_class_whose_rows_are_bad_is_an_error_that_tells_of_the_rows(tmp_path, clips_of):
    write_table(tmp_path, GOOD + "3,c,trian,,\n4,c,test,,\n")
    with pytest.raises(DataError, match=r"without 1 entry \(clips.csv: line 4: .*got 'trian'.*got none of c; add"):
        clips_of(tmp_path, "clips.csv")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("label,split\na,train\n", r"expected the column 'path', got label, split; .* as path_column"),
        ("clip,label,label\n1,a,b\n", r"unique columns, got 1 of them repeated \(label\)"),
        ("clip,label\n1,a\n2,b\n", r"\(read as csv\): expected the split of every clip .*got none"),
        ("", r"expected the column 'label', got an empty file"),
    ],
)
def test_a_bad_csv_is_one_line_that_says_where(tmp_path, clips_of, text, message):
    with pytest.raises(DataError, match=message) as caught:
        clips_of(write_table(tmp_path, text), "clips.csv")
    assert "\n" not in str(caught.value) and "clips.csv" in str(caught.value)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("[1, 2]", r"line 2: expected a JSON object, got '\[1, 2\]'"),
        ('{"clip": 1,', r"line 2: expected a JSON object, got "),
        ("[" * 100_000, r"line 2: expected a JSON object, got "),
        ('{"clip": "2", "split": "test"}', r"line 2: expected a value in column 'label'"),
        ('{"clip": "2", "label": null, "split": "test"}', r"line 2: expected a value in column 'label'"),
        ('{"clip": "2", "label": "a", "split": 3}', r"line 2: expected the split train, val or test, got '3'"),
    ],
)
def test_a_bad_json_line_costs_itself_and_says_where(tmp_path, clips_of, left_out, line, message):
    good = [f'{{"clip": "{label}", "label": "{label}", "split": "train"}}' for label in "ab"]
    write_table(tmp_path, "\n".join((good[0], line, good[1])), "clips.jsonl")
    (said,) = left_out(tmp_path, "clips.jsonl")
    assert re.match("clips.jsonl: " + message, said)
    if not line.endswith("}"):
        write_table(tmp_path, line, "clips.jsonl")
        with pytest.raises(DataError, match=r"clips.jsonl: line 1: expected a JSON object"):
            clips_of(tmp_path, "clips.jsonl")


def test_columns_that_the_settings_name_must_be_there(tmp_path, clips_of):
    write_table(tmp_path, GOOD)
    with pytest.raises(DataError, match=r"expected the column 'who', got clip, label, split.* as subject_column"):
        clips_of(tmp_path, "clips.csv", subject_column="who")
    with pytest.raises(ConfigError, match=r"read as layout 'csv', got fold too"):
        clips_of(tmp_path, "clips.csv", fold=2)


def test_other_bytes_are_refused(tmp_path, clips_of):
    for name in ("clips.csv", "clips.jsonl", "clips.txt"):
        (tmp_path / name).write_bytes(b"\xff\xfe\x00\x81")
        with pytest.raises(DataError, match=rf"{name}: expected .* in UTF-8"):
            clips_of(tmp_path, name)


def test_seconds_are_exact(tmp_path, clips_of):
    write_table(tmp_path, "clip,label,split,start\n1,a,train,1e-3\n2,b,train,0.1\n")
    starts = [clip.start for clip in clips_of(tmp_path, "clips.csv").values()]
    assert starts == [0.001, 0.1] and all(map(math.isfinite, filter(None, starts)))
