from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import pytest

from dance_xai.artifacts.plain import dump_json
from dance_xai.artifacts.run import read_run, write_run
from dance_xai.artifacts.sealed import index_bytes, open_sealed
from dance_xai.errors import ArtifactError
from dance_xai.types import ConceptBank


@pytest.fixture
def folder(tmp_path: Path, bank: ConceptBank) -> Path:
    write_run(tmp_path / "R", {"bank": bank, "metrics": {"accuracy": 0.98}})
    return tmp_path / "R"


def reseal(folder: Path, **changes: object) -> None:
    index = json.loads((folder / "index.json").read_bytes()) | changes
    del index["seal"]
    seal = hashlib.sha256(dump_json(index)).hexdigest()
    (folder / "index.json").write_bytes(dump_json(index | {"seal": seal}))


@pytest.mark.parametrize("name", ["bank.json", "bank.safetensors", "metrics.json", "index.json"])
def test_any_changed_byte_of_any_file_is_seen(folder: Path, name: str) -> None:
    data = (folder / name).read_bytes()
    for place in range(0, len(data), max(1, len(data) // 60)):
        (folder / name).write_bytes(data[:place] + bytes([data[place] ^ 2]) + data[place + 1 :])
        with pytest.raises(ArtifactError, match=rf"^[^\n]*{name}: expected [^\n]*, got [^\n]*; [^\n]*$|newer|format"):
            read_run(folder).verify()
    (folder / name).write_bytes(data)
    read_run(folder).verify()


@pytest.mark.parametrize("name", ["bank.json", "bank.safetensors", "metrics.json"])
def test_a_cut_or_missing_file_is_seen_on_opening(folder: Path, name: str) -> None:
    size = (folder / name).stat().st_size
    os.truncate(folder / name, size - 1)
    with pytest.raises(ArtifactError, match=rf"{name}: expected {size} bytes, got {size - 1}; restore it, or run"):
        open_sealed(folder)
    (folder / name).unlink()
    with pytest.raises(ArtifactError, match=rf"{name}: expected {size} bytes, got no such file"):
        open_sealed(folder)


def test_a_damaged_part_leaves_the_others_readable(folder: Path) -> None:
    data = (folder / "bank.safetensors").read_bytes()
    (folder / "bank.safetensors").write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    run = read_run(folder)
    assert run.json("metrics") == {"accuracy": 0.98}
    with pytest.raises(ArtifactError, match=r"bank\.safetensors: expected \d+ bytes with sha256 .{12}\.\., got"):
        run.load("bank", ConceptBank)


def test_a_newer_format_says_what_to_do(folder: Path) -> None:
    reseal(folder, format=2, package="9.1.0", parts="something new")
    with pytest.raises(ArtifactError, match=r"got 2, written by dance-xai 9\.1\.0; run: pip install -U dance-xai"):
        open_sealed(folder)


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"{}", b'{"program": "other", "format": 1}', b'{"format": "1"}'])
def test_a_foreign_index_is_one_line(folder: Path, data: bytes) -> None:
    (folder / "index.json").write_bytes(data)
    with pytest.raises(ArtifactError, match=r"index\.json: expected .*; restore it, or remove the folder and run"):
        open_sealed(folder)


def test_an_edited_index_breaks_its_seal(folder: Path) -> None:
    index = json.loads((folder / "index.json").read_bytes())
    index["package"] = "0.0.0"
    (folder / "index.json").write_bytes(dump_json(index))
    with pytest.raises(ArtifactError, match=r"index\.json: expected the seal"):
        open_sealed(folder)


def test_an_index_cannot_point_outside(folder: Path) -> None:
    (folder.parent / "secret").write_bytes(b"x")
    reseal(folder, files={"../secret": {"sha256": hashlib.sha256(b"x").hexdigest(), "bytes": 1}})
    with pytest.raises(ArtifactError, match="no such file"):
        open_sealed(folder)


def test_places_without_a_run_are_one_line(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "notes.txt").write_text("x")
    for name, got in [
        ("nothing", "got nothing there"),
        ("empty", "got an empty folder"),
        ("other", "got 1 other files"),
        ("other/notes.txt", "got a file"),
        ("other/notes.txt/deeper", "got nothing there"),
    ]:
        with pytest.raises(ArtifactError, match=rf"^[^\n]*expected a RUN or model folder[^\n]*{got}[^\n]*$"):
            open_sealed(tmp_path / name)


def test_the_same_content_has_the_same_seal() -> None:
    a, b = {"sha256": "1", "bytes": 1}, {"sha256": "2", "bytes": 2}
    assert index_bytes("run", {"a": a, "b": b}) == index_bytes("run", {"b": b, "a": a})
