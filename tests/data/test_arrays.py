from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import save_file

from dance_xai.data.arrays import align, read_features, read_key_frames, read_motion_labels, read_phrases
from dance_xai.data.dataset import files_of, read_dataset
from dance_xai.data.layouts.source import ClipsSource
from dance_xai.data.sources import ArraySource, DataConfig
from dance_xai.errors import DataError, ShapeError, UnsafePickleError
from dance_xai.types import Features

IDS = np.array(["01", "02", "03"])
VALUES = np.arange(6, dtype=np.float32).reshape(3, 2)


def npz(tmp_path: Path, **given: Any) -> Path:
    path = tmp_path / "f.npz"
    np.savez(path, **given)
    return path


def test_features_come_from_npz_and_safetensors_alike(tmp_path: Path) -> None:
    safe = tmp_path / "f.safetensors"
    save_file({"x": VALUES}, safe, metadata={"ids": json.dumps(IDS.tolist())})
    for path in (npz(tmp_path, ids=IDS, x=VALUES), safe):
        features = read_features(path, array="x", name="backbone")
        assert (features.name, features.ids) == ("backbone", ("01", "02", "03"))
        np.testing.assert_array_equal(features.values, VALUES)
    assert read_features(safe, array="x").name == "x"


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({"x": VALUES}, DataError, r"expected the array ids, got x"),
        ({"ids": IDS, "y": VALUES}, DataError, r"expected the array x, got ids, y"),
        ({"ids": IDS, "x": VALUES[:2]}, ShapeError, r"expected numbers of shape \(3, D\), got shape \(2, 2\)"),
        ({"ids": IDS, "x": VALUES[:, :0]}, ShapeError, r"got shape \(3, 0\)"),
        ({"ids": IDS, "x": IDS[:, None]}, ShapeError, r"expected numbers"),
        ({"ids": np.array(["1", "2", "1"]), "x": VALUES}, DataError, r"unique ids, got 1 of them repeated \(1\)"),
        ({"ids": IDS, "x": np.array([[1, np.nan], [1, 1], [np.inf, 1]])}, DataError, r"in 2 clips \(01, 03\)"),
    ],
)
def test_bad_features_are_one_clear_line(tmp_path: Path, given: Any, error: type, message: str) -> None:
    with pytest.raises(error, match=message) as caught:
        read_features(npz(tmp_path, **given), array="x")
    assert "\n" not in str(caught.value)


def test_bad_safetensors(tmp_path: Path) -> None:
    path = tmp_path / "f.safetensors"
    with pytest.raises(DataError, match=r"found nothing"):
        read_features(path, array="x")
    save_file({"x": VALUES}, path)
    with pytest.raises(DataError, match=r"clip ids as a JSON list in metadata 'ids'"):
        read_features(path, array="x")
    with pytest.raises(DataError, match=r"expected the array 'y', got x"):
        read_features(path, array="y")
    for ids in ("[1, 2, 3]", '{"a": 1}'):
        save_file({"x": VALUES}, path, metadata={"ids": ids})
        with pytest.raises(DataError, match=r"list of strings"):
            read_features(path, array="x")
    for content in (path.read_bytes()[:-3], b"", b"\xff" * 64):
        path.write_bytes(content)
        with pytest.raises(DataError, match=r"readable .safetensors file"):
            read_features(path, array="x")


@given(st.permutations(range(6)), st.integers(0, 6))
def test_align_gives_each_clip_its_own_row(order: list[int], n: int) -> None:
    features = Features("f", tuple(map(str, order)), np.array(order, dtype=float)[:, None])
    wanted = [str(i) for i in range(n)]
    np.testing.assert_array_equal(align(features, wanted)[:, 0], np.arange(n))


@pytest.mark.parametrize(
    ("name", "text"), [("ids.txt", "01\n\n 02 \n03\n"), ("train.csv", "v/01.mp4,3\n02.mp4,0\n03.avi,3\n")]
)
def test_features_come_from_a_tensor_and_a_list_of_ids(tmp_path: Path, torch_writer: Any, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    path = torch_writer.save(tmp_path / "f.pt", VALUES)
    features = read_features(path, array="x", ids_path=tmp_path / name)
    assert (features.name, features.ids) == ("x", ("01", "02", "03"))
    np.testing.assert_array_equal(features.values, VALUES)


def test_ids_of_a_text_file_are_taken_letter_by_letter(tmp_path: Path, torch_writer: Any) -> None:
    ids = tmp_path / "ids.txt"
    ids.write_text("a.1\na.2,x\nb/c\n")
    found = read_features(torch_writer.save(tmp_path / "f.pt", VALUES), array="x", ids_path=ids)
    assert found.ids == ("a.1", "a.2,x", "b/c")


@pytest.mark.parametrize(
    ("ids", "values", "error", "message"),
    [
        ("1\n2\n1\n", VALUES, DataError, r"ids.txt: expected unique ids, got 1 of them repeated \(1\)"),
        ("1\n2\n", VALUES, ShapeError, r"f.pt: 'x': expected numbers of shape \(2, D\), got shape \(3, 2\)"),
        ("1\n2\n3\n", VALUES[:, 0], ShapeError, r"shape \(3, D\), got shape \(3,\)"),
        ("1\n2\n3\n", VALUES / np.nan, DataError, r"in 3 clips \(1, 2, 3\)"),
        (None, VALUES, DataError, r"ids.txt: expected a text file, found nothing"),
    ],
)
def test_bad_tensors_are_one_clear_line(
    tmp_path: Path, torch_writer: Any, ids: str | None, values: Any, error: type, message: str
) -> None:
    if ids is not None:
        (tmp_path / "ids.txt").write_text(ids)
    path = torch_writer.save(tmp_path / "f.pt", values.astype(np.float32))
    with pytest.raises(error, match=message) as caught:
        read_features(path, array="x", ids_path=tmp_path / "ids.txt")
    assert "\n" not in str(caught.value)


def test_ids_stand_where_the_kind_of_file_says(tmp_path: Path, torch_writer: Any) -> None:
    (tmp_path / "ids.txt").write_text("01\n02\n03\n")
    with pytest.raises(DataError, match=r"f.pt: expected ids_path beside a .pt file"):
        read_features(torch_writer.save(tmp_path / "f.pt", VALUES), array="x")
    with pytest.raises(DataError, match=r"f.npz: expected no ids_path"):
        read_features(npz(tmp_path, ids=IDS, x=VALUES), array="x", ids_path=tmp_path / "ids.txt")


def test_a_pt_file_that_is_no_tensor_is_refused_unread(tmp_path: Path, torch_writer: Any) -> None:
    (tmp_path / "ids.txt").write_text("01\n")
    evil = torch_writer.zip(tmp_path / "f.pt", torch_writer.name("os", "system") + b".", {})
    with pytest.raises(UnsafePickleError, match=r"f.pt: .*'os.system'"):
        read_features(evil, array="x", ids_path=tmp_path / "ids.txt")


def test_the_ids_file_is_read_and_listed_from_the_data_root(tmp_path: Path, torch_writer: Any) -> None:
    (tmp_path / "clips.csv").write_text("clip,label,split\n03,a,train\n01,b,train\n")
    (tmp_path / "ids.txt").write_text("01\n02\n03\n")
    torch_writer.save(tmp_path / "f.pt", VALUES)
    source = ArraySource(Path("f.pt"), "x", ids_path=Path("ids.txt"))
    config = DataConfig(clips=ClipsSource(Path("clips.csv")), features=source)
    assert [path.name for path in files_of(config, tmp_path)] == ["clips.csv", "f.pt", "ids.txt"]
    features = read_dataset(config, tmp_path).features
    assert features is not None
    np.testing.assert_array_equal(features.values, VALUES[[2, 0]])


def test_align_names_clips_that_are_missing_or_twice() -> None:
    features = Features("f", ("a", "b"), np.zeros((2, 1)))
    with pytest.raises(DataError, match=r"vectors of 5 clips, got none of 4 \(x, y, z and 1 more\)"):
        align(features, ["x", "a", "y", "z", "w"])
    with pytest.raises(DataError, match=r"unique clip ids"):
        align(Features("f", ("a", "a"), np.zeros((2, 1))), ["a"])


def test_phrases(tmp_path: Path) -> None:
    texts = np.array(["a gym", "a beach", "a lane"])
    phrases = read_phrases(npz(tmp_path, t=texts, e=VALUES + 1), kind="scene", texts="t", embeddings="e")
    assert (phrases.kind, phrases.texts, phrases.embeddings.shape) == ("scene", tuple(texts.tolist()), (3, 2))


@pytest.mark.parametrize(
    ("texts", "embeddings", "message"),
    [
        (np.array(["a", "b", "a"]), VALUES + 1, r"unique phrases, got 1 of them repeated \(a\)"),
        (np.array(["a", " ", "c"]), VALUES + 1, r"expected object phrases, got an empty one"),
        (np.array([], dtype=str), np.zeros((0, 2)), r"expected object phrases, got none"),
        (np.array(["a", "b", "c"]), VALUES * [[0], [1], [1]], r"not zero, got zeros for a"),
        (np.array(["a", "b", "c"]), VALUES / np.nan, r"in 3 phrases \(a, b, c\)"),
        (np.array(["a", "b", "c"]), VALUES[:2], r"shape \(3, D\)"),
    ],
)
def test_bad_phrases(tmp_path: Path, texts: Any, embeddings: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read_phrases(npz(tmp_path, t=texts, e=embeddings), kind="object", texts="t", embeddings="e")


def test_motion_labels_are_zeros_and_ones_or_whole_rows_of_minus_one(tmp_path: Path) -> None:
    ids, labels = read_motion_labels(npz(tmp_path, ids=IDS, labels=np.array([[0, 1], [-1, -1], [1, 1]])))
    assert (ids, labels.tolist()) == (("01", "02", "03"), [[0, 1], [-1, -1], [1, 1]])
    with pytest.raises(DataError, match=r"0 and 1, or a row of -1, got others in clips 01, 03"):
        read_motion_labels(npz(tmp_path, ids=IDS, labels=np.array([[0, -1], [-1, -1], [2, 1]])))
    for wrong in (np.zeros((2, 2), int), np.zeros((3, 2)), np.zeros(3, int)):
        with pytest.raises(ShapeError, match=r"shape \(3, C\)"):
            read_motion_labels(npz(tmp_path, ids=IDS, labels=wrong))


def test_key_frames_are_sorted_and_unique(tmp_path: Path) -> None:
    path = tmp_path / "k.json"
    path.write_text('{"a": [9, 3, 3], "b": []}')
    frames = read_key_frames(path)
    assert {clip: rows.tolist() for clip, rows in frames.items()} == {"a": [3, 9], "b": []}
    assert all(rows.dtype == np.int64 for rows in frames.values())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"expected JSON"),
        ("{", r"expected JSON"),
        ("[" * 100_000, r"expected JSON"),
        ("[1, 2]", r"expected an object"),
        ("{}", r"expected an object"),
        ("3", r"expected an object"),
        ('{"a": [1], "a": [2]}', r"unique clips, got 1 of them repeated \(a\)"),
        ('{"a": 3}', r"frame numbers from 0 for clip a, got 3"),
        ('{"a": [1, -1]}', r"clip a, got \[1, -1\]"),
        ('{"a": [1.5]}', r"clip a"),
        ('{"a": [true]}', r"clip a"),
        ('{"a": {"b": 1}}', r"clip a"),
        ('{"a": [99999999999999999999]}', r"clip a"),
    ],
)
def test_bad_key_frames(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "k.json"
    path.write_text(text)
    with pytest.raises(DataError, match=message) as caught:
        read_key_frames(path)
    assert "\n" not in str(caught.value)


def test_the_real_files(shared: Path) -> None:
    folder = shared / "penn_action"
    features = read_features(folder / "features.npz", array="videomae_b")
    assert features.values.shape == (2323, 768)
    ids, labels = read_motion_labels(folder / "official_motion_labels.npz")
    assert (set(ids), labels.shape, int((labels[:, 0] == -1).sum())) == (set(features.ids), (2323, 79), 12)
    np.testing.assert_array_equal(align(features, ids[::-1])[-1], features.values[features.ids.index(ids[0])])
    for kind, n in (("object", 59), ("scene", 79)):
        phrases = read_phrases(
            folder / "text_concepts.npz",
            kind=kind,  # type: ignore[arg-type]
            texts=f"{kind}_texts",
            embeddings=f"{kind}_internvid",
        )
        assert phrases.embeddings.shape == (n, 512)
    assert len(read_key_frames(folder / "official_keyframes.json")) == 2326


def test_official_tensors_with_the_official_split_are_the_same_features(shared: Path) -> None:
    reference = shared / "reference"
    (path,) = reference.glob("penn_action/*/Video_feature/*_val_*.pt")
    found = read_features(path, array="videomae_b", ids_path=reference / "splits" / "Penn_action" / "val.csv")
    whole = read_features(shared / "penn_action" / "features.npz", array="videomae_b")
    np.testing.assert_array_equal(found.values, align(whole, found.ids))
