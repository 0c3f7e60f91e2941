from __future__ import annotations

import json
import os
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dance_xai.data.arrays import align, read_features, read_motion_labels, read_phrases
from dance_xai.data.manifest import read_manifest
from dance_xai.data.official import read_official
from dance_xai.errors import ArtifactError, DanceError, DataError, ShapeError, UnsafePickleError

COUNTS = {"pose": 3, "spatial": 2, "place": 1}
VIDEOS = {"train": ["b.mp4", "a.mp4", "c.mp4"], "val": ["d.mp4", "e.mp4"]}
CLASSES = ["run", "jump"]
D, E, Y = 4, 5, 2


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory, torch_writer: Any) -> Path:
    """A small data set in the official layout, under a name of its own, beside its splits and another's."""
    root = tmp_path_factory.mktemp("reference")
    rng = np.random.default_rng(0)
    folder = root / "mine"

    def save(place: str, *shape: int) -> None:
        torch_writer.save(folder / place, rng.uniform(0.5, 2.0, shape).astype("f4"))

    concepts: list[str] = []
    for name, count in COUNTS.items():
        names = [str(i) if name == "pose" else f"{name} {i}" for i in range(count)]
        concepts += names
        for file, shape in {"W_c": (count, D), "proj_mean": (1, count), "proj_std": (1, count)}.items():
            save(f"result/run/{name}/{file}.pt", *shape)
        (folder / f"result/run/{name}/concepts.txt").write_text("\n".join(names))
    save("result/run/aggregated/W_g.pt", Y, len(concepts))
    save("result/run/aggregated/b_g.pt", Y)
    (folder / "result/run/aggregated/concepts.txt").write_text("\n".join(concepts))
    (folder / "result/run/aggregated/metrics.txt").write_text(json.dumps({"lam": 0.01, "alpha": 0.9}))
    (folder / "labels").mkdir()
    for name, videos in VIDEOS.items():
        save(f"Video_feature/m_{name}_vit.pt", len(videos), D)
        save(f"VLM_feature/m_{name}_clip.pt", len(videos), E)
        rows = [{"video_name": video, "attribute_label": [i % 2, 1, 0]} for i, video in enumerate(videos)]
        (folder / f"labels/hard_label_{name}.pkl").write_bytes(pickle.dumps(rows))
    for kind, count in {"object": 3, "scene": 2}.items():
        (folder / f"my_{kind}_concept.txt").write_text("\n".join(f"{kind} {i}" for i in range(count)) + "\n")
        save(f"result/my_{kind}_concept_clip.pt", count, E)
    _write_splits(root / "splits" / "Mine", VIDEOS)
    _write_splits(root / "splits" / "Other", {"train": ["x.mp4"], "val": ["y.mp4"]})
    return folder


def _write_splits(folder: Path, videos: dict[str, list[str]]) -> None:
    folder.mkdir(parents=True)
    (folder / "class_list.txt").write_text("\n".join(CLASSES))
    for name, names in videos.items():  # in another order than the features
        (folder / f"{name}.csv").write_text("".join(f"some/{v},{int(v < 'b')}\n" for v in sorted(names)))


@pytest.fixture
def copy(planted: Path, tmp_path: Path) -> Path:
    shutil.copytree(planted.parent, tmp_path / "reference")
    return tmp_path / "reference" / "mine"


def test_labels_follow_the_videos_of_the_features_not_the_order_of_the_splits(planted: Path) -> None:
    official = read_official(planted)
    assert (official.classes, official.lam, official.alpha) == (tuple(CLASSES), 0.01, 0.9)
    assert (official.train.ids, official.test.ids) == (("b", "a", "c"), ("d", "e"))
    assert official.train.labels is not None
    assert official.train.labels.tolist() == [0, 1, 0]
    assert official.train.motion_labels.tolist() == [[0, 1, 0], [1, 1, 0], [0, 1, 0]]


def test_logits_are_the_formula_concept_by_concept(planted: Path) -> None:
    official = read_official(planted)
    x = official.test.features[0]
    concepts = [
        (sum(w * v for w, v in zip(row, x, strict=True)) - mean) / std
        for layer in (official.layers[kind] for kind in ("motion", "object", "scene"))
        for row, mean, std in zip(layer.weight, layer.mean, layer.std, strict=True)
    ]
    np.testing.assert_allclose(official.activations(official.test.features)[0], concepts, rtol=1e-5)
    logits = [
        b + sum(w * c for w, c in zip(row, concepts, strict=True))
        for row, b in zip(official.head_weight, official.head_bias, strict=True)
    ]
    np.testing.assert_allclose(official.logits(official.test.features)[0], logits, rtol=1e-5)


def test_class_names_can_be_given_found_or_numbered(copy: Path) -> None:
    assert read_official(copy, classes=["p", "q"]).classes == ("p", "q")
    elsewhere = copy.parent.parent / "kept"
    (copy.parent / "splits" / "Mine").rename(elsewhere)
    alone = read_official(copy)
    assert (alone.classes, alone.train.labels, alone.test.labels) == (("class 0", "class 1"), None, None)
    assert read_official(copy, splits=elsewhere).classes == tuple(CLASSES)
    with pytest.raises(ArtifactError, match=r"expected 2 class names, as in W_g.pt, got 3"):
        read_official(copy, classes=["p", "q", "r"])
    with pytest.raises(DataError, match=r"unique classes"):
        read_official(copy, classes=["p", "p"])
    with pytest.raises(DataError, match=r"class_list.txt: expected a text file, found nothing"):
        read_official(copy, splits=copy.parent / "none")


def test_a_folder_named_by_a_dot_finds_its_splits(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(copy)
    assert read_official(".").classes == tuple(CLASSES)


def test_all_missing_files_are_named(copy: Path) -> None:
    (copy / "result/run/aggregated/b_g.pt").unlink()
    (copy / "labels/hard_label_val.pkl").unlink()
    with pytest.raises(ArtifactError, match=r"none of \*\*/aggregated/b_g.pt, \*\*/hard_label_val.pkl;"):
        read_official(copy)
    with pytest.raises(ArtifactError, match=r"expected the official artefacts of one data set"):
        read_official(copy / "nowhere")


def test_a_folder_of_two_data_sets_is_refused(copy: Path) -> None:
    shutil.copytree(copy / "result/run", copy / "result/run2")
    with pytest.raises(
        ArtifactError, match=r"expected one file of each kind, found .*run.*run2.*; name the folder of one"
    ):
        read_official(copy)


def _tensor(place: str, shape: tuple[int, ...], value: float = 1.0, dtype: str = "f4") -> Callable[[Path, Any], None]:
    return lambda folder, writer: writer.save(folder / place, np.full(shape, value, dtype))


def _text(place: str, text: str) -> Callable[[Path, Any], None]:
    def write(folder: Path, writer: Any) -> None:
        (folder / place).write_text(text)

    return write


def _pickled(place: str, value: Any) -> Callable[[Path, Any], None]:
    def write(folder: Path, writer: Any) -> None:
        (folder / place).write_bytes(pickle.dumps(value))

    return write


class Shell:
    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, ("touch canary",)


def _row(video: str, *labels: Any) -> dict[str, Any]:
    return {"video_name": video, "attribute_label": list(labels)}


RUN = "result/run"
TRAIN = "labels/hard_label_train.pkl"
SPLITS = "../splits/Mine"


@pytest.mark.parametrize(
    ("damage", "error", "message"),
    [
        (_tensor(f"{RUN}/pose/W_c.pt", (2, D)), ShapeError, r"pose/W_c.pt: expected shape \(3, D\), got \(2, 4\)"),
        (_tensor(f"{RUN}/pose/W_c.pt", (3, D), np.nan), ShapeError, r"pose/W_c.pt: expected finite numbers"),
        (_tensor(f"{RUN}/pose/W_c.pt", (3, D), 1, "i8"), ShapeError, r"expected floating numbers, got int64"),
        (_tensor(f"{RUN}/place/proj_std.pt", (1, 1), 0), ShapeError, r"expected positive deviations, got 0"),
        (_tensor(f"{RUN}/place/proj_mean.pt", (1, 2)), ShapeError, r"proj_mean.pt: expected shape \(1, 1\)"),
        (_tensor(f"{RUN}/aggregated/W_g.pt", (Y, 5)), ShapeError, r"W_g.pt: expected shape \(Y, 6\)"),
        (_tensor(f"{RUN}/aggregated/b_g.pt", (3,)), ShapeError, r"b_g.pt: expected shape \(2\), got \(3,\)"),
        (
            _text(f"{RUN}/aggregated/concepts.txt", "0\n1\n2"),
            ArtifactError,
            r"expected the 6 concepts of pose, spatial",
        ),
        (_text(f"{RUN}/aggregated/metrics.txt", "{}"), ArtifactError, r"expected JSON with lam and alpha"),
        (_text(f"{RUN}/aggregated/metrics.txt", "x"), ArtifactError, r"expected JSON with lam and alpha"),
        (_text(f"{RUN}/spatial/W_c.pt", "x"), ArtifactError, r"spatial/W_c.pt: expected a tensor file"),
        (_tensor("Video_feature/m_val_vit.pt", (3, D)), ShapeError, r"m_val_vit.pt: expected shape \(2, 4\)"),
        (_tensor("Video_feature/m_val_vit.pt", (2, D), np.inf), ShapeError, r"m_val_vit.pt: expected finite"),
        (_tensor("VLM_feature/m_train_clip.pt", (2, E)), ShapeError, r"m_train_clip.pt: expected shape \(3, E\)"),
        (_tensor("result/my_object_concept_clip.pt", (2, E)), ShapeError, r"object_concept_clip.pt: .*\(3, E\)"),
        (_text("my_scene_concept.txt", "a\na\n"), DataError, r"unique phrases, got 1 of them repeated \(a\)"),
        (_pickled(TRAIN, {"a": 1}), ArtifactError, r"list of video_name and attribute_label"),
        (_pickled(TRAIN, 3), ArtifactError, r"list of video_name and attribute_label"),
        (_pickled(TRAIN, [_row("a", 1, 0, 1), _row("b", 1)]), ArtifactError, r"list of video_name and attribute"),
        (_pickled(TRAIN, [_row("a", 1, 0, 1), _row("a", 1, 0, 1)]), DataError, r"unique videos"),
        (_pickled(TRAIN, [_row("a", 1, 0, 5)]), DataError, r"0 and 1, or a row of -1, got others in clips a"),
        (_pickled(TRAIN, [_row("a", 1, 0)] * 1), ShapeError, r"hard_label_train.pkl: expected shape \(1, 3\)"),
        (_pickled(TRAIN, [_row(v, 1, 0, 1) for v in "abd"]), DataError, r"train and val: expected unique videos"),
        (_pickled(TRAIN, Shell()), UnsafePickleError, r"hard_label_train.pkl: .*asks for"),
        (_text(f"{SPLITS}/class_list.txt", "run"), DataError, r"expected 2 classes, as in W_g.pt, got 1"),
        (_text(f"{SPLITS}/class_list.txt", "run\nrun"), DataError, r"unique classes"),
        (_text(f"{SPLITS}/train.csv", "a.mp4,0\n"), DataError, r"the class of 3 clips, got none of b, c"),
        (_text(f"{SPLITS}/train.csv", "a.mp4,2\n"), DataError, r"'video,class' with class 0..1, got a.mp4,2"),
        (_text(f"{SPLITS}/val.csv", "d.mp4\n"), DataError, r"'video,class' with class 0..1, got d.mp4"),
        (
            _text("../splits/Other/train.csv", "a.mp4,0\n"),
            DataError,
            r"one splits folder with these videos, got .*Mine.*Other",
        ),
    ],
)
def test_damaged_artefacts_are_one_clear_line(
    copy: Path, torch_writer: Any, damage: Callable[[Path, Any], None], error: type[DanceError], message: str
) -> None:
    damage(copy, torch_writer)
    with pytest.raises(error, match=message) as caught:
        read_official(copy)
    assert "\n" not in str(caught.value)
    assert not Path("canary").exists()


@pytest.fixture(scope="module")
def penn(shared: Path) -> Path:
    folder = shared / "reference" / "penn_action"
    if not folder.is_dir():
        pytest.skip("the official artefacts are not in the data folder")
    return folder


def test_the_released_model_gives_its_own_figures(penn: Path) -> None:
    official = read_official(penn)
    assert official.test.labels is not None
    right = official.logits(official.test.features).argmax(axis=1) == official.test.labels
    assert (int(right.sum()), right.size) == (1046, 1067)
    assert int((np.abs(official.head_weight) > 1e-5).sum()) == 247
    assert official.head_weight.shape == (15, 147)
    assert {kind: len(layer.names) for kind, layer in official.layers.items()} == {
        "motion": 79,
        "object": 37,
        "scene": 31,
    }
    activations = official.activations(official.train.features)
    np.testing.assert_allclose(activations.mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(activations.std(axis=0, ddof=1), 1, atol=1e-5)


def test_the_released_files_agree_with_the_data_set(penn: Path, shared: Path) -> None:
    official, folder = read_official(penn), shared / "penn_action"
    manifest = read_manifest(folder / "clips.csv", class_list=official.classes)
    label = dict(zip(manifest.ids, manifest.labels.tolist(), strict=True))
    ids, motion = read_motion_labels(folder / "official_motion_labels.npz")
    row = {clip: i for i, clip in enumerate(ids)}
    for part in (official.train, official.test):
        assert part.labels is not None
        assert part.labels.tolist() == [label[clip] for clip in part.ids]
        np.testing.assert_array_equal(part.motion_labels, motion[[row[clip] for clip in part.ids]])
        for name, values in (("videomae_b", part.features), ("internvid", part.affinity_features)):
            features = read_features(folder / "features.npz", array=name)
            np.testing.assert_array_equal(values, align(features, part.ids))
    for kind, phrases in official.phrases.items():
        ours = read_phrases(
            folder / "text_concepts.npz", kind=kind, texts=f"{kind}_texts", embeddings=f"{kind}_internvid"
        )
        assert ours.texts == phrases.texts
        np.testing.assert_array_equal(ours.embeddings, phrases.embeddings)
        assert set(official.layers[kind].names) <= set(phrases.texts)
