"""Videos broken in many ways: each is one line of ``dance check`` and one reason of a fit, and no more."""

from __future__ import annotations

import csv
import re
import shutil
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tests.broken_videos import BROKEN, Workshop, cut, damaged, huge, mixed
from tests.suited import ACTIONS, SETTINGS, performance

from dance_xai.artifacts import read_run
from dance_xai.config import read_config
from dance_xai.extract.clips import see_clip
from dance_xai.extract.keep import ClipKeep
from dance_xai.extract.loading import load_parts
from dance_xai.model.bottleneck import ConceptBottleneck
from dance_xai.types import Clip, Manifest
from dance_xai.workflows.checking import check_data
from dance_xai.workflows.fitting import fit_run

SPANS = {"late.mp4": ("5", "6"), "short.mp4": ("0.2", "0.24")}
FINE = ("huge.mkv", "mixed.mkv", "begun_late.mp4", "nearly_whole.mp4")


def _rows(folder: Path, write: Callable[..., Path]) -> list[list[str]]:
    """Write the good clips, and list them."""
    rows = []
    for action in ACTIONS:
        for number in range(6):
            name = f"{action}{number}.mp4"
            write(folder / name, performance(action, seed=number))
            rows.append([name, name, action, "train" if number < 4 else "test", "", ""])
    return rows


@pytest.fixture(scope="module")
def world(tmp_path_factory, write_video) -> Path:
    """18 good clips, four odd ones, and all the broken ones among them; ``good.csv`` lists no broken ones."""
    folder = tmp_path_factory.mktemp("suits")
    shop = Workshop(tmp_path_factory.mktemp("workshop"), write_video)
    rows = _rows(folder, write_video)
    huge(folder / "huge.mkv")
    mixed(folder / "mixed.mkv")
    damaged(b"mdat", bytes, 0, 0.1)(folder / "begun_late.mp4", shop)
    cut(0.9, first=True)(folder / "nearly_whole.mp4", shop)
    rows += [[name, name, "kick", "train", "", ""] for name in FINE]
    _write_csv(folder / "good.csv", rows)
    for number, (name, (make, _)) in enumerate(BROKEN.items()):
        make(folder / name, shop)
        split = ("train", "train", "test")[number % 3]
        rows.insert(2 * number % 40, [name, name, ACTIONS[number % len(ACTIONS)], split, *SPANS.get(name, ("", ""))])
    _write_csv(folder / "clips.csv", rows)
    (folder / "settings.toml").write_text(SETTINGS)
    return folder


def _write_csv(path: Path, rows: list[list[str]]) -> None:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([["clip", "path", "label", "split", "start", "end"], *rows])


@pytest.fixture(scope="module")
def fitted(world: Path) -> Path:
    """A RUN of everything, with the cache beside it."""
    fit_run(read_config(world / "settings.toml"), world, world / "run", cache=world / "cache", workers=2)
    return world / "run"


@pytest.fixture(scope="module")
def checked(world: Path):
    return check_data(read_config(world / "settings.toml"), world, workers=2)


def test_there_are_forty_and_more():
    assert len(BROKEN) >= 40


@pytest.mark.parametrize("name", BROKEN)
def test_each_is_one_line_of_check(name: str, checked):
    (problem,) = [problem for problem in checked.problems if problem.clip == name]
    _assert_says(problem.what, BROKEN[name][1])
    assert problem.advice and "\n" not in problem.what + problem.advice


def _assert_says(what: str, clue: str) -> None:
    assert re.search(clue, what), what
    assert "Error" not in what and "Errno" not in what, what


@pytest.mark.parametrize("name", BROKEN)
def test_each_is_left_out_of_a_fit_with_the_reason(name: str, fitted: Path):
    run = read_run(fitted)
    (drop,) = [item for item in run.json("drops")["items"] if item["item"] == name]
    assert drop["stage"] == "clips"
    _assert_says(drop["reason"], BROKEN[name][1])
    assert name not in run.load("manifest", Manifest).ids


def test_good_and_odd_clips_are_all_there(world: Path, fitted: Path, checked):
    with (world / "good.csv").open() as file:
        good = [row["clip"] for row in csv.DictReader(file)]
    manifest = read_run(fitted).load("manifest", Manifest)
    assert sorted(manifest.ids) == sorted(good) and set(FINE) <= set(good)
    cannot = {problem.clip for problem in checked.problems if "that cannot be decoded" in problem.what}
    assert {problem.clip for problem in checked.problems} == set(BROKEN) | cannot
    lost = [item for item in read_run(fitted).json("drops")["items"] if item["stage"] == "frames"]
    assert cannot == {item["item"].rpartition(":")[0] for item in lost} == {"begun_late.mp4", "nearly_whole.mp4"}
    assert (checked.clips, checked.classes) == (len(good) + len(BROKEN), 3)


def test_nothing_of_them_enters_the_model(world: Path, fitted: Path):
    config = read_config(world / "settings.toml", ["data.clips.path=good.csv"])
    fit_run(config, world, world / "clean", cache=world / "cache", workers=1)
    clean, mixed = (read_run(run).load("model", ConceptBottleneck) for run in (world / "clean", fitted))
    assert clean.bank.names == mixed.bank.names
    np.testing.assert_array_equal(clean.head.weight, mixed.head.weight)
    np.testing.assert_array_equal(clean.layer.weight, mixed.layer.weight)


def test_the_commands_say_so(world: Path, fitted: Path, dance):
    said = dance("check", world / "settings.toml", "--data-root", world, "--workers", 2)
    assert said.code == 0
    for name in BROKEN:
        assert sum(line.startswith(f"  {name} ") for line in said.out.splitlines()) == 1
    again = dance("fit", world / "settings.toml", "--data-root", world, "--out", fitted, "--cache", world / "cache")
    assert again.code == 0, again.err
    assert sum(line.startswith("  left out ") for line in again.out.splitlines()) >= 10
    assert "nobody found in any frame" in again.out


def test_frames_of_another_size_are_brought_to_that_of_the_first(world: Path):
    config = read_config(world / "settings.toml").extract
    sight = see_clip(Clip("m", path=world / "mixed.mkv"), load_parts(config, world), config, ClipKeep(None))
    assert sight.height_width == (128, 128) and sight.length == 24
    assert sight.people is not None and np.unique(sight.people.frame).tolist() == list(range(24))


def test_memory_does_not_grow_with_the_size_of_frames(world: Path):
    config = read_config(world / "settings.toml").extract
    parts = load_parts(config, world)
    tracemalloc.start()
    sight = see_clip(Clip("h", path=world / "huge.mkv"), parts, config, ClipKeep(None))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sight.height_width == (720, 1280)
    assert sight.people is not None and np.unique(sight.people.frame).tolist() == list(range(8))
    assert peak < 2 * 7680 * 4320 * 3, "less than two frames as they come"


def test_a_class_of_broken_clips_alone_is_one_line(world: Path, tmp_path: Path, dance):
    bad = [[name, str(world / name), "spin", "train", "", ""] for name in ("empty.mp4", "noise.mp4")]
    _write_csv(tmp_path / "clips.csv", [*_listed(world), *bad])
    shutil.copy(world / "settings.toml", tmp_path)
    arguments = ("--data-root", tmp_path, "--out", tmp_path / "run", "--cache", world / "cache")
    said = dance("fit", tmp_path / "settings.toml", *arguments).complaint
    clue = r"expected train clips of every class, got none of 'spin' after leaving out empty.mp4 \(.*\), noise.mp4 \("
    assert re.search(clue, said) and "got an empty file" in said


def _listed(world: Path) -> list[list[str]]:
    with (world / "good.csv").open() as file:
        return [
            [row["clip"], str(world / row["path"]), row["label"], row["split"], "", ""] for row in csv.DictReader(file)
        ]
