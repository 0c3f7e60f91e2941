"""Features, phrases, motion labels and key frames from disk, checked, with clips named in every error."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from dance_xai.data.npz import Array, read_ids, read_npz, refuse_duplicates, require_file, some
from dance_xai.data.official_splits import read_lines, video_id
from dance_xai.data.unpickle import read_tensor
from dance_xai.errors import DataError, ShapeError
from dance_xai.types import Features, FloatArray, IntArray, Kind, Phrases


def read_features(
    path: Path | str, *, array: str, name: str | None = None, id_array: str = "ids", ids_path: Path | str | None = None
) -> Features:
    """Read one vector per clip.

    Args:
        path: An .npz file with ``ids`` (N,) strings and the array, or a .safetensors file with the array
            and the ids as a JSON list in its metadata, or a .pt file with one tensor saved by torch.
        array: Name of the (N, D) array; what to call the tensor of a .pt file.
        name: What to call the features; the name of the array by default.
        id_array: Name of the ids.
        ids_path: Where the ids of a .pt file stand, in the order of its rows: a .csv file without header, whose first
            column names videos (ids are the names without suffix, as in the official splits), or a text file of ids.

    Raises:
        DataError: A file is missing or damaged, lacks an array, or clips repeat or have values that are not finite.
        ShapeError: The array is not (N, D) numbers.
        ArtifactError: The .pt file is damaged or holds anything but one tensor; nothing in it is executed.
    """
    path = Path(path)
    where = f"{path}: {array!r}"
    if path.suffix == ".pt":
        ids, values = _read_torch(path, ids_path)
        return Features(name=name or array, ids=ids, values=_rows(where, values, ids, "clips"))
    if ids_path is not None:
        raise DataError(f"{path}: expected no ids_path, as the file holds its ids itself, got {ids_path}; leave it out")
    safe = path.suffix == ".safetensors"
    raw_ids, values = _read_safetensors(path, array, id_array) if safe else _read_pair(path, array, id_array)
    ids = read_ids(f"{path}: {id_array!r}", raw_ids)
    return Features(name=name or array, ids=ids, values=_rows(where, values, ids, "clips"))


def align(features: Features, ids: Sequence[str]) -> FloatArray:
    """Rows of the features in the order of the given clips.

    Args:
        features: Of at least these clips.
        ids: N clip ids.

    Returns:
        (N, D) values.

    Raises:
        DataError: Clips repeat in the features, or have none.
    """
    refuse_duplicates(f"features {features.name}", features.ids, "clip ids")
    index = {clip: row for row, clip in enumerate(features.ids)}
    missing = [clip for clip in ids if clip not in index]
    if missing:
        raise DataError(
            f"features {features.name}: expected vectors of {len(ids)} clips, got none of {len(missing)} "
            f"({some(missing)}); compute theirs or leave these clips out"
        )
    return features.values[[index[clip] for clip in ids]]


def read_phrases(path: Path | str, *, kind: Kind, texts: str, embeddings: str) -> Phrases:
    """Read phrases and their embeddings from an .npz file.

    Args:
        path: The file.
        kind: object or scene.
        texts: Name of the (C,) array of phrases.
        embeddings: Name of the (C, E) array of embeddings.

    Raises:
        DataError: The file is missing or damaged, lacks an array, or phrases repeat, are empty, or have embeddings
            that are zero or not finite.
        ShapeError: The embeddings are not (C, E) numbers.
    """
    path = Path(path)
    arrays = read_npz(path, (texts, embeddings))
    return check_phrases(str(path), kind, read_ids(f"{path}: {texts!r}", arrays[texts], "phrases"), arrays[embeddings])


def check_phrases(where: str, kind: Kind, texts: Sequence[str], embeddings: Array) -> Phrases:
    """Phrases of unique, non-empty texts with usable embeddings.

    Args:
        where: What an error calls the source.
        kind: object or scene.
        texts: C phrases.
        embeddings: (C, E) numbers.

    Raises:
        DataError: Phrases repeat, are empty, or have embeddings that are zero or not finite.
        ShapeError: The embeddings are not (C, E) numbers.
    """
    refuse_duplicates(f"{where}: {kind} phrases", texts, "phrases")
    if not texts or not all(text.strip() for text in texts):
        raise DataError(f"{where}: expected {kind} phrases, got {'an empty one' if texts else 'none'}; remove or add")
    values = _rows(f"{where}: {kind} embeddings", embeddings, texts, "phrases")
    zero = [text for text, row in zip(texts, values, strict=True) if not row.any()]
    if zero:
        raise DataError(f"{where}: expected embeddings that are not zero, got zeros for {some(zero)}; embed them again")
    return Phrases(kind=kind, texts=tuple(texts), embeddings=values)


def read_phrase_list(path: Path | str) -> tuple[str, ...]:
    """Read phrases from a text file, one a line; empty lines and lines that start with # do not count.

    Raises:
        DataError: The file is missing, not UTF-8, without phrases, or a phrase occurs twice.
    """
    path = Path(path)
    require_file(path, "a text file with one phrase a line")
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: expected a text file in UTF-8, got {error}; save it again") from error
    texts = tuple(line.strip() for line in lines if line.strip() and not line.strip().startswith("#"))
    if not texts:
        raise DataError(f"{path}: expected phrases, one a line, got none; add some")
    refuse_duplicates(str(path), texts, "phrases")
    return texts


def read_motion_labels(path: Path | str) -> tuple[tuple[str, ...], IntArray]:
    """Read motion labels from an .npz file with ``ids`` (N,) and ``labels`` (N, C).

    Returns:
        The clip ids, and (N, C) labels in {0, 1}; a clip without label is a row of -1.

    Raises:
        DataError: The file is missing or damaged, lacks an array, clips repeat, or other values occur.
        ShapeError: The labels are not (N, C) whole numbers.
    """
    path = Path(path)
    arrays = read_npz(path, ("ids", "labels"))
    ids = read_ids(f"{path}: 'ids'", arrays["ids"])
    return ids, check_motion_labels(f"{path}: 'labels'", ids, arrays["labels"])


def check_motion_labels(where: str, ids: Sequence[str], labels: Array) -> IntArray:
    """Motion labels as (N, C) int8 with every value in {0, 1}, or a whole row of -1.

    Raises:
        DataError: Other values occur; names the clips.
        ShapeError: The labels are not (N, C) whole numbers.
    """
    if labels.ndim != 2 or len(labels) != len(ids) or labels.dtype.kind not in "iub":
        raise ShapeError(
            f"{where}: expected whole numbers of shape ({len(ids)}, C), got shape {labels.shape} of {labels.dtype}; "
            f"one row per clip"
        )
    good = ((labels == 0) | (labels == 1)).all(axis=1) | (labels == -1).all(axis=1)
    if not good.all():
        clips = [ids[row] for row in np.flatnonzero(~good).tolist()]
        raise DataError(
            f"{where}: expected 0 and 1, or a row of -1, got others in clips {some(clips)}; mend those rows"
        )
    return labels.astype(np.int8)


def read_key_frames(path: Path | str) -> dict[str, IntArray]:
    """Read a JSON object ``{clip: [frame, ...]}``.

    Returns:
        Per clip the frames, ascending, each once, counted from 0.

    Raises:
        DataError: The file is missing or not such an object; a frame is not a whole number of at least 0.
    """
    path = Path(path)
    require_file(path, "a JSON file")
    try:
        pairs = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=list)
    except (OSError, ValueError, RecursionError) as error:
        raise DataError(f"{path}: expected JSON, got {error}; save it again") from error
    if not isinstance(pairs, list) or not pairs or not all(isinstance(pair, tuple) for pair in pairs):
        raise DataError(f"{path}: expected an object {{clip: [frame, ...]}}, got another; save it as one")
    refuse_duplicates(str(path), [clip for clip, _ in pairs], "clips")
    return {clip: _frames(path, clip, frames) for clip, frames in pairs}


def _frames(path: Path, clip: str, frames: Any) -> IntArray:
    good = isinstance(frames, list) and all(type(frame) is int and 0 <= frame < 2**31 for frame in frames)
    if not good:
        raise DataError(f"{path}: expected a list of frame numbers from 0 for clip {clip}, got {frames!r:.60}; mend it")
    return np.unique(np.array(frames, dtype=np.int64))


def _read_pair(path: Path, array: str, id_array: str) -> tuple[Array, Array]:
    arrays = read_npz(path, (id_array, array))
    return arrays[id_array], arrays[array]


def _read_safetensors(path: Path, array: str, id_array: str) -> tuple[Array, Array]:
    from safetensors import SafetensorError, safe_open

    require_file(path, "a .safetensors file")
    try:
        with safe_open(path, framework="np") as file:
            metadata, names = file.metadata() or {}, list(file.keys())
            values = file.get_tensor(array) if array in names else None
    except (SafetensorError, OSError, ValueError, TypeError) as error:
        raise DataError(f"{path}: expected a readable .safetensors file, got {error}; save it again") from error
    if values is None:
        raise DataError(f"{path}: expected the array {array!r}, got {some(names, 12) or 'none'}; name one of these")
    return _metadata_ids(path, metadata, id_array), values


def _read_torch(path: Path, ids_path: Path | str | None) -> tuple[tuple[str, ...], Array]:
    if ids_path is None:
        raise DataError(
            f"{path}: expected ids_path beside a .pt file, as a tensor holds no clip ids, got none; "
            "name a text file with one id per row of the tensor"
        )
    lines = read_lines(Path(ids_path))
    by_video = Path(ids_path).suffix == ".csv"
    ids = tuple(video_id(line.partition(",")[0]) if by_video else line for line in lines)
    refuse_duplicates(str(ids_path), ids)
    return ids, read_tensor(path)


def _metadata_ids(path: Path, metadata: Mapping[str, str], id_array: str) -> Array:
    try:
        ids = json.loads(metadata[id_array])
    except (KeyError, ValueError) as error:
        raise DataError(
            f"{path}: expected the clip ids as a JSON list in metadata {id_array!r}, got none; add it"
        ) from error
    if not isinstance(ids, list) or not all(isinstance(clip, str) for clip in ids):
        raise DataError(
            f"{path}: expected metadata {id_array!r} to be a list of strings, got {ids!r:.60}; save it as one"
        )
    return np.array(ids, dtype=np.str_)


def _rows(where: str, values: Array, items: Sequence[str], what: str) -> FloatArray:
    """(N, D) finite floats, one row per item."""
    if values.ndim != 2 or len(values) != len(items) or values.shape[1] < 1 or values.dtype.kind not in "fiu":
        raise ShapeError(
            f"{where}: expected numbers of shape ({len(items)}, D), got shape {values.shape} of {values.dtype}; "
            f"one row for each of the {what}"
        )
    bad = [items[row] for row in np.flatnonzero(~np.isfinite(values).all(axis=1)).tolist()]
    if bad:
        raise DataError(
            f"{where}: expected finite numbers, got NaN or infinite ones in {len(bad)} {what} ({some(bad)}); "
            f"compute them again or leave them out"
        )
    return values if values.dtype.kind == "f" else values.astype(np.float32)
