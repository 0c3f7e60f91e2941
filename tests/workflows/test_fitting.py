"""A fit does nothing twice, goes on where it was stopped, and notices every change."""

from __future__ import annotations

import os
import shutil

import numpy as np
import pytest

from dance_xai.artifacts import read_run
from dance_xai.errors import ArtifactError
from dance_xai.workflows.editing import edit_run, undo
from dance_xai.workflows.fitting import fit_run

STAGES = ["motion", "text", "bank", "layers", "evidence", "head", "score"]


@pytest.fixture
def folder(small_folder, tmp_path):
    return shutil.copytree(small_folder, tmp_path / "data")


@pytest.fixture(scope="module")
def made(small_folder, small_config, tmp_path_factory):
    """``made / "R"``, fitted from nothing to the end, and ``made / "cache"``, filled by that; not to be written to."""
    folder = tmp_path_factory.mktemp("made")
    fit_run(small_config(), small_folder, folder / "R", cache=folder / "cache")
    return folder


@pytest.fixture
def cache(made, tmp_path):
    return shutil.copytree(made / "cache", tmp_path / "cache")


class Stages(list):
    """Which stages ran, and which were kept."""

    def __call__(self, name, kept):
        self.append((name, kept))

    def __bool__(self):
        return True

    def made(self):
        return [name for name, kept in self if not kept]


def bytes_of(run, without=("inputs.json", "metrics.json", "index.json")):
    return {path.name: path.read_bytes() for path in run.iterdir() if path.name not in without}


def test_a_second_fit_with_nothing_changed_does_nothing(small_folder, small_config, tmp_path):
    first, second = Stages(), Stages()
    metrics = fit_run(small_config(), small_folder, tmp_path / "R", cache=tmp_path / "cache", on_stage=first)
    assert first.made() == STAGES
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "R").iterdir()}
    assert fit_run(small_config(), small_folder, tmp_path / "R", on_stage=second) == metrics
    assert second == [("run", True)]
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "R").iterdir()} == before


def test_edits_are_not_lost_to_a_fit_with_other_settings(made, cache, small_folder, small_config, tmp_path):
    place = shutil.copytree(made / "R", tmp_path / "R")
    edit_run(place, "resolve", {"nec": 3.0})
    before, other = bytes_of(place, without=()), small_config("head.nec=2")
    with pytest.raises(ArtifactError, match="got one with 1 edit"):
        fit_run(other, small_folder, place, cache=cache)
    assert bytes_of(place, without=()) == before
    undo(place)
    fit_run(other, small_folder, place, cache=cache)
    assert read_run(place).json("config")["head"]["nec"] == 2


def test_with_and_without_a_cache_the_run_is_the_same(made, cache, small_folder, small_config, tmp_path):
    fit_run(small_config(), small_folder, tmp_path / "a", cache=None)
    fit_run(small_config(), small_folder, tmp_path / "b", cache=cache)
    assert bytes_of(tmp_path / "a") == bytes_of(tmp_path / "b") == bytes_of(made / "R")


@pytest.mark.parametrize("stage", ["motion", "layers", "head"])
def test_a_stopped_fit_goes_on_where_it_was(stage, made, small_folder, small_config, tmp_path):
    class Stopped(KeyboardInterrupt):
        pass

    def stop(name, kept):
        if name == stage:
            raise Stopped

    with pytest.raises(Stopped):
        fit_run(small_config(), small_folder, tmp_path / "R", cache=tmp_path / "cache", on_stage=stop)
    assert not (tmp_path / "R").exists()
    resumed = Stages()
    fit_run(small_config(), small_folder, tmp_path / "R", cache=tmp_path / "cache", on_stage=resumed)
    assert resumed.made() == STAGES[STAGES.index(stage) + 1 :]
    assert bytes_of(tmp_path / "R") == bytes_of(made / "R")


def test_a_damaged_cache_is_made_again(made, cache, small_folder, small_config, tmp_path):
    for path in cache.iterdir():
        os.truncate(path, path.stat().st_size // 2)
    stages = Stages()
    fit_run(small_config(), small_folder, tmp_path / "R", cache=cache, on_stage=stages)
    assert stages.made() == STAGES
    assert bytes_of(tmp_path / "R") == bytes_of(made / "R")


def test_another_setting_repeats_only_what_depends_on_it(made, cache, small_folder, small_config, tmp_path):
    run = shutil.copytree(made / "R", tmp_path / "R")
    stages = Stages()
    fit_run(small_config("head.nec=2"), small_folder, run, cache=cache, on_stage=stages)
    assert stages.made() == ["head", "score"]
    assert read_run(run).json("config")["head"]["nec"] == 2


def test_another_data_file_is_noticed(made, cache, folder, small_config, tmp_path):
    run = shutil.copytree(made / "R", tmp_path / "R")
    with np.load(folder / "features.npz") as archive:
        arrays = {name: archive[name] for name in archive.files}
    arrays["planted_dual"] = arrays["planted_dual"][:, ::-1] + 0.1
    np.savez(folder / "features.npz", **arrays)
    stages = Stages()
    fit_run(small_config(), folder, run, cache=cache, on_stage=stages)
    assert {"text", "evidence", "head", "score"} <= set(stages.made())
    assert bytes_of(run)["evidence.safetensors"] != bytes_of(made / "R")["evidence.safetensors"]
    fit_run(small_config(), folder, tmp_path / "fresh")
    assert bytes_of(run) == bytes_of(tmp_path / "fresh")


def test_the_place_is_checked_before_any_work(small_folder, small_config, tmp_path):
    (tmp_path / "R").write_text("mine")
    stages = Stages()
    with pytest.raises(ArtifactError, match="got a file"):
        fit_run(small_config(), small_folder, tmp_path / "R", on_stage=stages)
    assert stages == [] and (tmp_path / "R").read_text() == "mine"
