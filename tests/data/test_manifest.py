from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dance_xai.data.manifest import ROWS, build_manifest, read_manifest
from dance_xai.errors import DataError
from dance_xai.types import Clip

GOOD = "clip,label,split\n0001,squat,train\n0002,bowl,train\n0003,squat,test\n"


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "clips.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_clips_keep_file_order_and_classes_are_sorted(tmp_path: Path) -> None:
    manifest = read_manifest(written(tmp_path, "\ufeff" + GOOD))
    assert manifest.ids == ("0001", "0002", "0003")
    assert manifest.classes == ("bowl", "squat")
    assert manifest.labels.tolist() == [1, 0, 1]
    assert manifest.rows("test").tolist() == [2]


def test_a_class_list_sets_the_order(tmp_path: Path) -> None:
    assert read_manifest(written(tmp_path, GOOD), class_list=["squat", "bowl"]).labels.tolist() == [0, 1, 0]


def test_paths_are_relative_to_the_csv_and_ids_can_be_their_stems(tmp_path: Path) -> None:
    text = "file,name,part,who\nv/a.mp4,x,train,3\nv/b.mp4,y,train,4\n"
    manifest = read_manifest(
        written(tmp_path, text),
        id_column=None,
        label_column="name",
        split_column="part",
        subject_column="who",
        path_column="file",
    )
    assert manifest.clips[0] == Clip("a", "x", "train", path=tmp_path / "v" / "a.mp4", subject="3")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"expected the column 'label', got an empty file"),
        ("clip,label,split\n", r"expected at least one clip, got none"),
        ("clip,action,split\n1,a,train\n", r"expected the column 'label', got clip, action, split"),
        (GOOD + "0001,bowl,test\n0002,bowl,test\n", r"2 of them repeated \(0001, 0002\)"),
        (GOOD + "0004,pushup,test\n", r"expected train clips of every class, got none of pushup"),
        ("clip,label,split\n1,a,train\n2,a,test\n", r"expected at least two classes, got a only"),
        (GOOD + '"0004,bowl,test\n', r"expected a CSV file"),
    ],
)
def test_bad_files_are_one_clear_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(DataError, match=message) as caught:
        read_manifest(written(tmp_path, text))
    assert "\n" not in str(caught.value)
    assert "clips.csv" in str(caught.value)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("0004,bowl,later", r"expected the split train, val or test, got 'later'"),
        ("0004,,test", r"expected a value in column 'label', got none"),
        (" ,bowl,test", r"expected a value in column 'clip', got none"),
        ("0004,bowl", r"expected 3 cells, as in the header, got 2"),
        ("0004,bowl,test,x", r"expected 3 cells, as in the header, got 4"),
    ],
)
def test_bad_rows_are_left_out_with_the_reason(tmp_path: Path, row: str, message: str) -> None:
    manifest = read_manifest(written(tmp_path, f"{GOOD}{row}\n"))
    (drop,) = manifest.drops
    assert manifest.ids == ("0001", "0002", "0003")
    assert (drop.stage, drop.item) == (ROWS, "clips.csv: line 5") and re.match(message, drop.reason)


def test_class_lists_must_fit_the_labels(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD)
    with pytest.raises(DataError, match=r"labels of the class list, got bowl besides"):
        read_manifest(path, class_list=["squat", "pushup"])
    with pytest.raises(DataError, match=r"train clips of every class, got none of pushup"):
        read_manifest(path, class_list=["squat", "pushup", "bowl"])
    with pytest.raises(DataError, match=r"unique classes"):
        read_manifest(path, class_list=["squat", "bowl", "bowl"])


def test_missing_binary_and_unnamed_inputs(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"expected a CSV file, found nothing"):
        read_manifest(tmp_path / "no.csv")
    with pytest.raises(DataError, match=r"found a folder"):
        read_manifest(tmp_path)
    with pytest.raises(DataError, match=r"expected the column 'path', got label, split"):
        read_manifest(written(tmp_path, "label,split\nsquat,train\n"))
    binary = tmp_path / "b.csv"
    binary.write_bytes(b"\xff\xfe\x00\x81")
    with pytest.raises(DataError, match=r"CSV file in UTF-8"):
        read_manifest(binary)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["train", "test"])), max_size=8))
def test_a_manifest_is_accepted_exactly_when_every_class_is_trained(rows: list[tuple[str, str]]) -> None:
    clips = [Clip(str(i), label, split) for i, (label, split) in enumerate(rows)]  # type: ignore[arg-type]
    labels, trained = {row[0] for row in rows}, {row[0] for row in rows if row[1] == "train"}
    if len(labels) >= 2 and labels == trained:
        assert build_manifest(clips).classes == tuple(sorted(labels))
    else:
        with pytest.raises(DataError):
            build_manifest(clips)


def test_the_real_data_sets(shared: Path) -> None:
    penn = read_manifest(shared / "penn_action" / "clips.csv")
    assert (len(penn.clips), len(penn.classes)) == (2323, 15)
    assert (len(penn.rows("train")), len(penn.rows("test"))) == (1256, 1067)
    utd = read_manifest(shared / "utd_mhad" / "clips.csv", id_column=None, path_column="path", subject_column="subject")
    assert (len(utd.clips), len(utd.classes), len(utd.rows("train"))) == (861, 27, 431)
    assert {clip.subject for clip in utd.clips if clip.split == "train"} == {"1", "3", "5", "7"}
    assert all(clip.path is not None and clip.path.suffix == ".mp4" for clip in utd.clips)
