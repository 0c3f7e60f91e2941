"""Whatever is wrong with the input ends in one line and exit code 2, and an earlier RUN stays as it was."""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

Mutation = Callable[[Path], object]


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def arrays(name: str, change: Callable[[dict[str, np.ndarray]], object]) -> Mutation:
    """Change the arrays of an .npz file; arrays set to None are left out."""

    def mutate(data: Path) -> None:
        with np.load(data / name) as archive:
            found = {key: archive[key] for key in archive.files}
        change(found)
        np.savez(data / name, **{key: array for key, array in found.items() if array is not None})

    return mutate


def rows(change: Callable[[list[dict[str, str]]], list[dict[str, str]]]) -> Mutation:
    """Change the rows of clips.csv."""

    def mutate(data: Path) -> None:
        with (data / "clips.csv").open(newline="") as file:
            found = change(list(csv.DictReader(file)))
        with (data / "clips.csv").open("w", newline="") as file:
            table = csv.DictWriter(file, ["clip", "label", "split"])
            table.writeheader()
            table.writerows(found)

    return mutate


def put(name: str, index: object, value: object) -> Callable[[dict[str, np.ndarray]], None]:
    return lambda found: found[name].__setitem__(index, value)


def per_class(count: int, split: str = "train") -> Mutation:
    """Keep so many clips of every class in one split."""

    def keep(found: list[dict[str, str]]) -> list[dict[str, str]]:
        seen: dict[str, int] = {}
        kept = []
        for row in found:
            if row["split"] == split:
                seen[row["label"]] = seen.get(row["label"], 0) + 1
                if seen[row["label"]] > count:
                    continue
            kept.append(row)
        return kept

    return rows(keep)


def without_a_class_in_train(found: list[dict[str, str]]) -> list[dict[str, str]]:
    return [row for row in found if not (row["label"] == "squats" and row["split"] == "train")]


def section(name: str) -> Mutation:
    """Take a section out of the settings."""

    def mutate(data: Path) -> None:
        path = data / "settings.toml"
        head, _, tail = path.read_text().partition(f"[{name}]\n")
        path.write_text(head + ("[" + tail.partition("\n[")[2] if "\n[" in tail else ""))

    return mutate


def replace_file(name: str, content: bytes | None) -> Mutation:
    def mutate(data: Path) -> None:
        (data / name).unlink()
        if content is not None:
            (data / name).write_bytes(content)

    return mutate


def truncate(name: str) -> Mutation:
    return lambda data: (data / name).write_bytes((data / name).read_bytes()[: (data / name).stat().st_size // 2])


def folder_instead(name: str) -> Mutation:
    def mutate(data: Path) -> None:
        (data / name).unlink()
        (data / name).mkdir()

    return mutate


FILES = ("clips.csv", "keypoints.npz", "features.npz", "text_concepts.npz")
DAMAGE: dict[str, tuple[Mutation, str]] = {
    **{f"{name} missing": (replace_file(name, None), name) for name in (*FILES, "settings.toml")},
    **{f"{name} empty": (replace_file(name, b""), name) for name in (*FILES, "settings.toml")},
    **{f"{name} is junk": (replace_file(name, b"\xff\xfe\x00junk" * 99), name) for name in (*FILES, "settings.toml")},
    **{f"{name} cut short": (truncate(name), name) for name in FILES[1:]},
    **{f"{name} is a folder": (folder_instead(name), name) for name in (*FILES, "settings.toml")},
    "header only": (rows(lambda found: []), "at least one clip"),
    "another header": (replace_file("clips.csv", b"a,b\n1,2\n"), "column"),
    "duplicate clip": (rows(lambda found: [*found, found[0]]), "repeated"),
    "empty labels": (rows(lambda found: [{**row, "label": ""} for row in found]), "'label'"),
    "unknown splits": (rows(lambda found: [{**row, "split": "dev"} for row in found]), "dev"),
    "one class": (rows(lambda found: [{**row, "label": "squats"} for row in found]), "two classes"),
    "class without train": (rows(without_a_class_in_train), "squats"),
    "no test clips": (rows(lambda found: [row for row in found if row["split"] == "train"]), "test clips"),
    "one train clip per class": (per_class(1), "at least 2 train clips"),
    "labels without clips": (rows(lambda found: [{**row, "clip": f"x{row['clip']}"} for row in found]), "no backbone"),
    "class without features": (
        rows(lambda found: [{**r, "clip": "x" + r["clip"]} if r["label"] == "squats" else r for r in found]),
        "squats",
    ),
    "NaN features": (arrays("features.npz", put("planted_backbone", (3, 2), np.nan)), "finite"),
    "infinite features": (arrays("features.npz", put("planted_dual", (3, 2), np.inf)), "finite"),
    "zero embedding": (arrays("features.npz", put("planted_dual", 3, 0.0)), "zero"),
    "flat features": (
        arrays("features.npz", lambda found: found.update(planted_backbone=found["planted_backbone"][:, 0])),
        "shape",
    ),
    "too few features": (
        arrays("features.npz", lambda found: found.update(planted_backbone=found["planted_backbone"][:-1])),
        "shape",
    ),
    "features without ids": (arrays("features.npz", lambda found: found.update(ids=None)), "'?ids"),
    "numbers as ids": (arrays("features.npz", lambda found: found.update(ids=np.arange(len(found["ids"])))), "strings"),
    "features twice": (arrays("features.npz", lambda found: put("ids", 0, found["ids"][1])(found)), "repeated"),
    "pickled features": (
        arrays("features.npz", lambda found: found.update(planted_backbone=np.array([{}, 1], dtype=object))),
        "Python objects",
    ),
    "clips without poses": (
        arrays("keypoints.npz", lambda found: found.update(ids=np.char.add("x", found["ids"]))),
        "poses of the clips",
    ),
    "nobody in the poses": (
        arrays("keypoints.npz", lambda found: found["confidence"].fill(0)),
        "most of the 17 joints",
    ),
    "NaN poses": (arrays("keypoints.npz", lambda found: found["xy_px"].fill(np.nan)), "most of the 17 joints"),
    "lengths beyond the poses": (arrays("keypoints.npz", put("lengths", 0, 5000)), "frames"),
    "clip of no frames": (arrays("keypoints.npz", put("lengths", 0, 0)), "one frame"),
    "confidence above 1": (arrays("keypoints.npz", put("confidence", 0, 7)), "0..1"),
    "joints of another skeleton": (
        arrays("keypoints.npz", lambda found: found.update(xy_px=found["xy_px"][:, :13])),
        "skeleton",
    ),
    "fps of 0": (arrays("keypoints.npz", put("fps", 0, 0)), "fps"),
    "seconds but no fps": (arrays("keypoints.npz", lambda found: found.update(fps=None)), "(?i)fps|frame rate"),
    "seconds but one fps unknown": (arrays("keypoints.npz", put("fps", 0, np.nan)), "(?i)fps|frame rate"),
    "NaN phrases": (arrays("text_concepts.npz", put("object_planted_dual", 0, np.nan)), "finite"),
    "zero phrases": (arrays("text_concepts.npz", put("object_planted_dual", 0, 0)), "zero"),
    "phrase twice": (
        arrays("text_concepts.npz", lambda f: put("object_texts", 0, f["object_texts"][1])(f)),
        "repeated",
    ),
    "empty phrase": (arrays("text_concepts.npz", put("scene_texts", 0, " ")), "empty"),
    "phrases of another encoder": (
        arrays("text_concepts.npz", lambda f: f.update(object_planted_dual=f["object_planted_dual"][:, :5])),
        "embedding|dual encoder|wide|shape",
    ),
    "phrases without embeddings": (section("data.video"), "data.video"),
    "nothing to make concepts of": (
        lambda data: [section(f"data.{name}")(data) for name in ("poses", "objects", "scenes", "video")],
        "poses",
    ),
    "no clips in the settings": (section("data.clips"), "data.clips"),
    "not TOML": (replace_file("settings.toml", b"name = \n"), "TOML"),
    "phrase file without array": (arrays("text_concepts.npz", lambda f: f.update(object_texts=None)), "object_texts"),
}


@pytest.fixture
def data(small_folder, tmp_path):
    return shutil.copytree(small_folder, tmp_path / "data")


@pytest.mark.parametrize("name", DAMAGE)
def test_bad_data(name, fit, data, run):
    mutate, clue = DAMAGE[name]
    mutate(data)
    before = contents(run)
    complaint = fit(data, run).complaint
    assert re.search(clue, complaint), complaint
    assert contents(run) == before


OPTIONS: dict[str, tuple[tuple[str, ...], str]] = {
    "unknown key": (("motion.clusterz=3",), "clusterz.*did you mean 'clusters'"),
    "wrong type": (("head.nec=many",), "head.nec"),
    "below range": (("head.nec=0",), "head.nec"),
    "no equals sign": (("head.nec",), "key=value"),
    "a value as section": (("name.x=3",), "section"),
    "unknown skeleton": (("data.poses.skeleton=octopus",), "octopus"),
    "another skeleton": (("data.poses.skeleton=penn_13",), "penn_13"),
    "unknown array": (("data.features.array=slowfast",), "slowfast"),
    "unknown column": (("data.clips.label_column=action",), "action"),
    "lam without lam": (("head.choose=lam",), "head.lam"),
    "labels without labels": (("motion.source=labels",), "motion_labels"),
    "given key frames without any": (("motion.key_frames=given",), "data.key_frames"),
    "labels file missing": (('data.motion_labels="no.npz"', "motion.source=labels"), "no.npz"),
    "key frames missing": (('data.key_frames="no.json"', "motion.key_frames=given"), "no.json"),
    "more clusters than windows": (("motion.clusters.n_clusters=[100000]",), "clusters"),
    "no number of clusters": (("motion.clusters.n_clusters=[]",), "clusters"),
    "fewest above most": (("motion.clusters.min_clusters=50", "motion.clusters.max_clusters=20"), "clusters"),
    "all partitions out of range": (("motion.clusters.min_clusters=150",), "clusters"),
    "no joint good enough": (("motion.windows.min_confidence=1",), "most of the 17 joints|confidence|valid windows"),
    "no motion common enough": (("motion.min_clips=5000",), "min_clips"),
    "no phrase seen": (("text.cutoff=5.0",), "cutoff"),
    "no concept predictable": (("layers.min_similarity=2.0", "layers.min_average_precision=1.0"), "min_similarity"),
    "predicted without features": (("activations=predicted", "data.features=0"), "data.features"),
    "text cutoff of words": (("text.cutoff=high",), "text.cutoff"),
    "NaN setting": (("head.nec=nan",), "head.nec"),
    "infinite setting": (("motion.windows.seconds=inf",), "seconds"),
    "unknown method": (("motion.clusters.method=dbscan",), "dbscan"),
    "folds of one": (("layers.folds=1",), "layers.folds"),
    "more folds than clips": (("head.choose=cv", "head.folds=999"), "folds"),
    "negative seed": (("seed=-1",), "seed"),
}


@pytest.mark.parametrize("name", OPTIONS)
def test_bad_settings(name, fit, small_folder, run):
    settings, clue = OPTIONS[name]
    before = contents(run)
    complaint = fit(small_folder, run, settings=settings).complaint
    assert re.search(clue, complaint), complaint
    assert contents(run) == before
