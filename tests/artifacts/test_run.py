from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dance_xai.artifacts.fingerprint import fingerprint
from dance_xai.artifacts.run import RunWriter, read_run, update_run, write_run
from dance_xai.errors import ArtifactError
from dance_xai.model.bottleneck import ConceptBottleneck
from dance_xai.types import ConceptBank, ConceptTargets, Drop


def test_every_part_comes_back(tmp_path: Path, bank: ConceptBank, model: ConceptBottleneck) -> None:
    targets = ConceptTargets(("1", "2"), np.array([[np.nan, 1, 0], [0, 0.5, -0.0]]))
    drops = (Drop("windows", "1:4", "low confidence", 0.3), Drop("scene", "a moon", "never seen"))
    config = {"motion": {"clusters": None, "lam": 7.07e-4}, "classes": ["é", "b"]}
    write_run(
        tmp_path / "R",
        {"config": config, "bank": bank, "model": model, "targets": targets, "drops": drops, "empty": ()},
    )
    run = read_run(str(tmp_path / "R"))
    assert run.names == ("bank", "config", "drops", "empty", "model", "targets")
    assert run.json("config") == config
    assert run.load("drops", tuple[Drop, ...]) == drops
    assert run.load("empty", tuple[Drop, ...]) == ()
    assert run.load("targets", ConceptTargets).values.tobytes() == targets.values.tobytes()
    for name, noun in (("bank", bank), ("model", model)):
        assert fingerprint(run.load(name, type(noun))) == fingerprint(noun)
    run.verify()


def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    write_run(tmp_path / "R", {"config": {}, "drops": ()})
    run = read_run(tmp_path / "R")
    assert "config" in run and "bank" not in run
    for read in (lambda: run.load("bank", ConceptBank), lambda: run.json("../config")):
        with pytest.raises(ArtifactError, match=r"R: expected the part '[./a-z]+', got config, drops; run the command"):
            read()


@pytest.mark.parametrize("name", ["index", "../x", "", "A", "a.b", "a/b"])
def test_a_bad_part_name_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ArtifactError, match=r"part .*: expected a name"):
        write_run(tmp_path / "R", {name: {}})
    assert not list(tmp_path.iterdir())


def test_a_part_added_twice_is_the_later_one(tmp_path: Path, bank: ConceptBank) -> None:
    with RunWriter(tmp_path / "R") as run:
        run.add("bank", bank)
        run.add("bank", {"plain": True})
    assert read_run(tmp_path / "R").json("bank") == {"plain": True}
    assert sorted(path.name for path in (tmp_path / "R").iterdir()) == ["bank.json", "index.json"]


def test_an_update_changes_one_part_and_the_content_hash(tmp_path: Path, bank: ConceptBank) -> None:
    write_run(tmp_path / "R", {"bank": bank, "metrics": {"accuracy": 0.5}})
    before = read_run(tmp_path / "R")
    update_run(tmp_path / "R", "metrics", {"accuracy": 0.98})
    after = read_run(tmp_path / "R")
    after.verify()
    assert after.json("metrics") == {"accuracy": 0.98} and after.names == before.names
    assert fingerprint(after.load("bank", ConceptBank)) == fingerprint(bank)
    assert after.content != before.content
    update_run(tmp_path / "R", "metrics", {"accuracy": 0.5})
    assert read_run(tmp_path / "R").content == before.content


def test_an_update_of_a_damaged_run_changes_nothing(tmp_path: Path, bank: ConceptBank) -> None:
    write_run(tmp_path / "R", {"bank": bank})
    (tmp_path / "R" / "bank.json").write_bytes(b"{}")
    with pytest.raises(ArtifactError, match=r"bank\.json: expected \d+ bytes, got 2"):
        update_run(tmp_path / "R", "metrics", {})
    assert [path.name for path in tmp_path.iterdir()] == ["R"]
