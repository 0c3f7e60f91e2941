"""The artefacts of the official implementation (LeeWooil/DANCE) as released, for one data set, as plain arrays.

Class names and class labels are not among them. They come from a splits folder (``class_list.txt``, ``train.csv``,
``val.csv``), by default the one under ``splits`` beside the folder that lists the very same videos.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dance_xai.data.arrays import check_motion_labels, check_phrases
from dance_xai.data.npz import Array, refuse_duplicates
from dance_xai.data.official_files import KIND_FOLDERS, LAYER_FILES, SPLIT_NAMES, TEXT_KINDS, find_files
from dance_xai.data.official_splits import find_splits, read_lines, read_splits, video_id
from dance_xai.data.unpickle import load_pickle, read_tensor
from dance_xai.errors import ArtifactError, ShapeError, check_shape
from dance_xai.types import KINDS, FloatArray, IntArray, Kind, Phrases, Split


@dataclass(frozen=True, eq=False)
class OfficialLayer:
    """One concept layer: ``(f @ weight.T - mean) / std``.

    Attributes:
        names: C phrases; for motion the cluster numbers ``0``, ``1``, ...
        weight: (C, D).
        mean: (C,) of the train activations.
        std: (C,) of the train activations, positive.
    """

    names: tuple[str, ...]
    weight: FloatArray
    mean: FloatArray
    std: FloatArray


@dataclass(frozen=True, eq=False)
class OfficialSplit:
    """The clips of one split, row by row.

    Attributes:
        ids: N clip ids, the video names without suffix.
        features: (N, D) of the video backbone.
        affinity_features: (N, E) of the dual encoder.
        motion_labels: (N, C_motion) in {0, 1}; a clip without label is a row of -1.
        labels: (N,) class indices, None without a splits folder.
    """

    ids: tuple[str, ...]
    features: FloatArray
    affinity_features: FloatArray
    motion_labels: IntArray
    labels: IntArray | None


@dataclass(frozen=True, eq=False)
class OfficialArtifacts:
    """Everything released for one data set.

    Attributes:
        classes: Y class names in the order of the head; ``class 0``, ``class 1``, ... where no names are known.
        layers: The concept layer of each kind; their concepts, motion then object then scene, are the head's columns.
        head_weight: (Y, C).
        head_bias: (Y,).
        lam: Strength of the penalty the head was fitted with.
        alpha: Share of its l1 part, in 0..1.
        phrases: All phrases of object and scene with their embeddings, before any was dropped.
        train: Train clips.
        test: Test clips (called val in the files).
    """

    classes: tuple[str, ...]
    layers: dict[Kind, OfficialLayer]
    head_weight: FloatArray
    head_bias: FloatArray
    lam: float
    alpha: float
    phrases: dict[Kind, Phrases]
    train: OfficialSplit
    test: OfficialSplit

    def activations(self, features: FloatArray) -> FloatArray:
        """(N, D) features -> (N, C) standardised concept activations."""
        parts = [(features @ layer.weight.T - layer.mean) / layer.std for layer in self.layers.values()]
        return np.concatenate(parts, axis=1)

    def logits(self, features: FloatArray) -> FloatArray:
        """(N, D) features -> (N, Y) class logits."""
        return np.asarray(self.activations(features) @ self.head_weight.T + self.head_bias)


def read_official(
    folder: Path | str, *, splits: Path | str | None = None, classes: Sequence[str] | None = None
) -> OfficialArtifacts:
    """Read the official artefacts of one data set, and check that they fit each other.

    Args:
        folder: The folder of one data set.
        splits: Its splits folder; by default the one under ``splits`` beside the folder that lists the same videos.
        classes: Y class names in the order of the head, instead of those of the splits folder.

    Raises:
        ArtifactError: A file is missing (all missing ones are named), damaged, or there twice; or the concepts,
            the videos or the classes of two files disagree.
        UnsafePickleError: A file asks for more than plain arrays.
        ShapeError: An array does not fit the others, or is not finite.
        DataError: The splits folder, motion labels or phrases are wrong.
    """
    folder = Path(folder)
    files = find_files(folder)
    layers = {kind: _read_layer(files, kind) for kind in KINDS}
    weight, bias = _read_head(files, [name for layer in layers.values() for name in layer.names])
    lam, alpha = _read_penalty(files["metrics.txt"])
    motion = {split: _read_motion(files[f"labels {name}"]) for split, name in SPLIT_NAMES.items()}
    ids = {split: clips for split, (clips, _) in motion.items()}
    refuse_duplicates(f"{folder}: train and val", ids["train"] + ids["test"], "videos")
    known = find_splits(folder, len(bias), ids) if splits is None else read_splits(splits, len(bias), ids)
    names = classes or (known.classes if known else [f"class {index}" for index in range(len(bias))])

    def rows(split: Split) -> OfficialSplit:
        return _read_split(files, split, *motion[split], layers["motion"], known.labels[split] if known else None)

    return OfficialArtifacts(
        classes=_check_classes(folder, tuple(names), len(bias)),
        layers=layers,
        head_weight=weight,
        head_bias=bias,
        lam=lam,
        alpha=alpha,
        phrases={kind: _read_phrases(files, kind) for kind in TEXT_KINDS},
        train=rows("train"),
        test=rows("test"),
    )


def _read_array(path: Path, shape: tuple[int | str, ...]) -> Array:
    array = read_tensor(path)
    if array.dtype.kind != "f":
        raise ShapeError(f"{path}: expected floating numbers, got {array.dtype}; check which file this is")
    check_shape(str(path), array, shape)
    return array


def _read_row(path: Path, length: int) -> Array:
    """Means and deviations are stored as (1, C)."""
    row: Array = _read_array(path, (1, length))[0]
    return row


def _read_layer(files: dict[str, Path], kind: Kind) -> OfficialLayer:
    weight, mean, std, names = (files[f"{KIND_FOLDERS[kind]}/{file}"] for file in LAYER_FILES)
    concepts = tuple(read_lines(names))
    deviation = _read_row(std, len(concepts))
    if deviation.min() <= 0:
        raise ShapeError(f"{std}: expected positive deviations, got {deviation.min():g}; fetch the file again")
    return OfficialLayer(concepts, _read_array(weight, (len(concepts), "D")), _read_row(mean, len(concepts)), deviation)


def _read_head(files: dict[str, Path], concepts: list[str]) -> tuple[Array, Array]:
    if read_lines(files["concepts.txt"]) != concepts:
        raise ArtifactError(
            f"{files['concepts.txt']}: expected the {len(concepts)} concepts of pose, spatial and place in this order, "
            f"got others; all files must come from one run"
        )
    weight = _read_array(files["W_g.pt"], ("Y", len(concepts)))
    return weight, _read_array(files["b_g.pt"], (len(weight),))


def _read_penalty(path: Path) -> tuple[float, float]:
    try:
        metrics = json.loads(" ".join(read_lines(path)))
        return float(metrics["lam"]), float(metrics["alpha"])
    except (ValueError, KeyError, TypeError) as error:
        raise ArtifactError(
            f"{path}: expected JSON with lam and alpha, got another ({error!s:.80}); fetch it"
        ) from error


def _read_motion(path: Path) -> tuple[tuple[str, ...], IntArray]:
    """Rows ``{"video_name": ..., "attribute_label": [...]}``."""
    rows = load_pickle(path)
    try:
        ids = tuple(video_id(row["video_name"]) for row in rows)
        labels = np.array([row["attribute_label"] for row in rows])
    except (TypeError, KeyError, AttributeError, ValueError) as error:
        raise ArtifactError(
            f"{path}: expected a list of video_name and attribute_label, got another ({error!s:.80}); fetch it again"
        ) from error
    refuse_duplicates(str(path), ids, "videos")
    return ids, check_motion_labels(str(path), ids, labels)


def _read_split(
    files: dict[str, Path],
    split: Split,
    ids: tuple[str, ...],
    motion_labels: IntArray,
    motion: OfficialLayer,
    labels: IntArray | None,
) -> OfficialSplit:
    name = SPLIT_NAMES[split]
    check_shape(str(files[f"labels {name}"]), motion_labels, (len(ids), len(motion.names)))
    features = _read_array(files[f"video {name}"], (len(ids), motion.weight.shape[1]))
    return OfficialSplit(ids, features, _read_array(files[f"vlm {name}"], (len(ids), "E")), motion_labels, labels)


def _read_phrases(files: dict[str, Path], kind: Kind) -> Phrases:
    texts = read_lines(files[f"texts {kind}"])
    path = files[f"embeddings {kind}"]
    return check_phrases(str(path), kind, texts, _read_array(path, (len(texts), "E")))


def _check_classes(folder: Path, classes: tuple[str, ...], n_classes: int) -> tuple[str, ...]:
    refuse_duplicates(f"{folder}: classes", classes, "classes")
    if len(classes) != n_classes:
        raise ArtifactError(
            f"{folder}: expected {n_classes} class names, as in W_g.pt, got {len(classes)}; name them all"
        )
    return classes
