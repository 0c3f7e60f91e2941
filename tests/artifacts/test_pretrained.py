from __future__ import annotations

import shutil
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from dance_xai.artifacts.fingerprint import fingerprint
from dance_xai.artifacts.pretrained import ConceptBottleneck
from dance_xai.artifacts.run import write_run
from dance_xai.errors import ArtifactError, MissingExtraError
from dance_xai.model import bottleneck


class FakeHub(ModuleType):
    """A hub in a folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__("huggingface_hub")
        self.folder = folder

    def HfApi(self) -> FakeHub:
        return self

    def create_repo(self, *, repo_id: str, private: bool, exist_ok: bool) -> str:
        assert exist_ok
        return f"https://hub/{repo_id}{'?private' if private else ''}"

    def upload_folder(self, *, repo_id: str, folder_path: str) -> None:
        shutil.copytree(folder_path, self.folder / repo_id, dirs_exist_ok=True)

    def snapshot_download(self, *, repo_id: str, allow_patterns: list[str]) -> str:
        if not (self.folder / repo_id).exists():
            raise RuntimeError("404 Client Error.\n\nRepository Not Found")
        assert {path.name for path in (self.folder / repo_id).iterdir()} <= set(allow_patterns)
        return str(self.folder / repo_id)


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeHub:
    monkeypatch.setitem(sys.modules, "huggingface_hub", FakeHub(tmp_path / "hub"))
    monkeypatch.chdir(tmp_path)
    return sys.modules["huggingface_hub"]  # type: ignore[return-value]


def inputs() -> np.ndarray:
    return np.random.default_rng(5).normal(size=(50, 37)).astype(np.float32)


def test_a_stored_model_predicts_bit_for_bit(model: ConceptBottleneck, tmp_path: Path) -> None:
    model.save_pretrained(tmp_path / "M")
    back = bottleneck.ConceptBottleneck.from_pretrained(str(tmp_path / "M"))
    assert fingerprint(back) == fingerprint(model)
    for name in ("concepts", "logits", "probabilities", "predict"):
        assert getattr(back, name)(inputs()).tobytes() == getattr(model, name)(inputs()).tobytes()


def test_the_model_of_a_run_is_read_from_the_run(model: ConceptBottleneck, tmp_path: Path) -> None:
    write_run(tmp_path / "R", {"model": model, "metrics": {}})
    assert fingerprint(ConceptBottleneck.from_pretrained(tmp_path / "R")) == fingerprint(model)
    with pytest.raises(ArtifactError, match="expected nothing, an empty folder or an earlier model there, got a run"):
        model.save_pretrained(tmp_path / "R")


def test_a_model_replaces_a_model(model: ConceptBottleneck, tmp_path: Path) -> None:
    other = replace(model, mean=model.mean + 1)
    model.save_pretrained(tmp_path / "M")
    other.save_pretrained(tmp_path / "M")
    assert fingerprint(ConceptBottleneck.from_pretrained(tmp_path / "M")) == fingerprint(other)


@pytest.mark.parametrize("name", ["model.json", "model.safetensors", "index.json"])
def test_a_tampered_model_is_refused(model: ConceptBottleneck, tmp_path: Path, name: str) -> None:
    model.save_pretrained(tmp_path / "M")
    data = bytearray((tmp_path / "M" / name).read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / "M" / name).write_bytes(data)
    with pytest.raises(ArtifactError, match=name):
        ConceptBottleneck.from_pretrained(tmp_path / "M")


def test_a_run_without_a_model_says_so(tmp_path: Path) -> None:
    write_run(tmp_path / "R", {"metrics": {}})
    with pytest.raises(ArtifactError, match="expected the part 'model', got metrics"):
        ConceptBottleneck.from_pretrained(tmp_path / "R")


def test_a_model_goes_to_the_hub_and_back(model: ConceptBottleneck, hub: FakeHub) -> None:
    assert model.push_to_hub("someone/dance-penn") == "https://hub/someone/dance-penn"
    assert model.push_to_hub("someone/dance-penn", private=True).endswith("?private")
    assert fingerprint(ConceptBottleneck.from_pretrained("someone/dance-penn")) == fingerprint(model)


def test_hub_errors_are_one_line(model: ConceptBottleneck, hub: FakeHub, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = r"someone/nothing: expected a hub .* got 404 Client Error\. Repository Not Found; check its name"
    with pytest.raises(ArtifactError, match=wanted):
        ConceptBottleneck.from_pretrained("someone/nothing")
    monkeypatch.setattr(hub, "upload_folder", lambda **_: exec("raise OSError('no\\nroute')"))
    with pytest.raises(ArtifactError, match=r"^a/b: .* got no route; check its name and your login$"):
        model.push_to_hub("a/b")


@pytest.mark.parametrize("source", ["nothing", "./a/b", "hub/missing", "a/b/c", Path("a/b")])
def test_paths_never_reach_the_hub(hub: FakeHub, source: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    hub.folder.mkdir()
    monkeypatch.setattr(hub, "snapshot_download", None)
    with pytest.raises(ArtifactError, match="got nothing there"):
        ConceptBottleneck.from_pretrained(source)


def test_a_hub_id_without_the_extra_names_both_ways_out(
    model: ConceptBottleneck, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(MissingExtraError, match=r"no folder no/where, so it is taken for a hub id: .*dance-xai\[hf\]"):
        ConceptBottleneck.from_pretrained("no/where")
    with pytest.raises(MissingExtraError, match=r"dance-xai\[hf\]"):
        model.push_to_hub("no/where")
