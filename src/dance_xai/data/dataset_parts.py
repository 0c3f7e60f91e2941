"""The parts of a data set that have a file of their own, each read by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from dance_xai.data.arrays import (
    read_features,
    read_key_frames,
    read_motion_labels,
    read_phrase_list,
    read_phrases,
)
from dance_xai.data.sources import TEXT_SUFFIX, ArraySource, DataConfig, PhrasesSource
from dance_xai.errors import DataError
from dance_xai.types import Features, FloatArray, IntArray, Kind, Phrases

PHRASE_PARTS: dict[str, Kind] = {"objects": "object", "scenes": "scene"}


def part_readers(config: DataConfig, root: Path) -> dict[str, Callable[[], Any]]:
    """What reads the parts of a data set that have a file of their own, by the names of their settings.

    Phrases with embeddings are read as such, others as their texts; parts that are not set do not occur, nor do clips
    and poses.
    """
    readers: dict[str, Callable[[], Any]] = {
        name: partial(_read_array, source, root)
        for name, source in (("features", config.features), ("video", config.video))
        if source is not None
    }
    for name, source in (("objects", config.objects), ("scenes", config.scenes)):
        if source is not None:
            readers[name] = partial(_read_texts, source, root, PHRASE_PARTS[name])
    if config.motion_labels is not None:
        readers["motion_labels"] = partial(_read_labels, root / config.motion_labels)
    if config.key_frames is not None:
        readers["key_frames"] = partial(read_key_frames, root / config.key_frames)
    return readers


@dataclass(frozen=True, eq=False)
class MotionLabels:
    """Labels (M, C) in {0, 1} of clips as a file has them."""

    path: Path
    ids: tuple[str, ...]
    values: IntArray


def _read_labels(path: Path) -> MotionLabels:
    return MotionLabels(path, *read_motion_labels(path))


def labels_of(labels: MotionLabels, ids: tuple[str, ...]) -> IntArray:
    """(N, C) the labels of the given clips, -1 for those without.

    Raises:
        DataError: They are of none of the clips.
    """
    row = {clip: index for index, clip in enumerate(labels.ids)}
    found = [row.get(clip, -1) for clip in ids]
    if max(found, default=-1) < 0:
        raise DataError(
            f"{labels.path}: expected motion labels of the clips, got none of {len(ids)}; check the clip ids"
        )
    values: FloatArray = np.where(np.array(found)[:, None] >= 0, labels.values[found], -1)
    return values.astype(np.int64)


def _read_array(source: ArraySource, root: Path) -> Features:
    ids_path = None if source.ids_path is None else root / source.ids_path
    return read_features(root / source.path, array=source.array, ids_path=ids_path)


def _read_texts(source: PhrasesSource, root: Path, kind: Kind) -> Phrases | tuple[str, ...]:
    if source.path.suffix == TEXT_SUFFIX:
        return read_phrase_list(root / source.path)
    return read_phrases(root / source.path, kind=kind, texts=source.texts, embeddings=source.embeddings)
