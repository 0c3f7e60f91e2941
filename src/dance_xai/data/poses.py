"""Poses from disk: the concatenated .npz layout, and the .mat label files of Penn Action.

A joint that was not seen has confidence 0, and a frame without a seen joint is not ``present``. A seen joint outside
the frame keeps its place and its confidence: people lean out of the picture. A NaN or infinite joint is one not seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np

from dance_xai.data.npz import Array, read_ids, read_npz, require_file, some
from dance_xai.data.skeletons import PENN_13
from dance_xai.errors import DataError, ShapeError
from dance_xai.types import BoolArray, Clip, FloatArray, PoseTrack, Skeleton, Split

_CONFIDENCE = ("confidence", "visible")
_PENN_KEYS = ("x", "y", "visibility", "dimensions", "nframes", "action", "train")


def read_pose_npz(
    path: Path | str,
    *,
    skeleton: Skeleton,
    ids: Sequence[str] | None = None,
    id_array: str = "ids",
    length_array: str = "lengths",
    xy_array: str = "xy_px",
    xyz_array: str | None = None,
    xyz_axes: str = "x y z",
) -> list[PoseTrack]:
    """Read the poses of many clips from one .npz file.

    The file holds the frames of all clips one after another: ``ids`` (n,) strings, ``lengths`` (n,) frames per clip,
    ``xy_px`` (F, K, 2) pixels with F the sum of the lengths; optionally ``confidence`` (F, K) in 0..1 or ``visible``
    (F, K) 0/1 (without either every joint counts as seen), ``height_width`` (n, 2) pixels, and ``fps``, one number or
    (n,), NaN where unknown. Other arrays are ignored.

    Args:
        path: The file.
        skeleton: The joints, in the order of the file.
        ids: The clips wanted, in this order; all clips in file order by default.
        id_array: Name of the array of ids.
        length_array: Name of the array of lengths.
        xy_array: Name of the array of joints.
        xyz_array: Name of an array (F, K, 3) of the same joints in metres, if wanted.
        xyz_axes: Which axis of that array points to the right as seen, down, and away from the camera, for example
            ``x -y z`` where y points up.

    Returns:
        One track per clip. Tracks are views of the same few arrays, not copies.

    Raises:
        DataError: The file is missing, truncated, inconsistent, or lacks an array or a wanted clip.
        ShapeError: An array does not fit the skeleton or the number of frames or clips.
    """
    path = Path(path)
    axes = _axes(xyz_axes)
    names = (id_array, length_array, xy_array, *([xyz_array] if xyz_array else []))
    arrays = read_npz(path, names, (*_CONFIDENCE, "height_width", "fps"))
    clips = read_ids(f"{path}: {id_array!r}", arrays[id_array])
    stops = _stops(f"{path}: {length_array!r}", arrays[length_array], len(clips))
    xy = _joints(f"{path}: {xy_array!r}", arrays[xy_array], int(stops[-1]) if clips else 0, skeleton)
    given = next((name for name in _CONFIDENCE if name in arrays), None)
    confidence = _confidence(f"{path}: {given!r}", arrays[given] if given else np.ones(xy.shape[:2]), xy.shape[:2])
    xy, confidence, present = mark_unseen(xy, confidence)
    xyz = _metres(f"{path}: {xyz_array!r}", arrays[xyz_array], xy.shape[:2], axes) if xyz_array else None
    sizes = _sizes(path, arrays.get("height_width"), len(clips))
    rates = _rates(path, arrays.get("fps"), len(clips))

    def track(row: int) -> PoseTrack:
        frames = slice(int(stops[row - 1]) if row else 0, int(stops[row]))
        depth = None if xyz is None else xyz[frames]
        known = (xy[frames], confidence[frames], present[frames], rates[row], sizes[row], depth)
        return PoseTrack(clips[row], skeleton, *known)

    return [track(row) for row in _rows(path, clips, ids)]


def _rows(path: Path, clips: tuple[str, ...], wanted: Sequence[str] | None) -> Sequence[int]:
    if wanted is None:
        return range(len(clips))
    index = {clip: row for row, clip in enumerate(clips)}
    missing = [clip for clip in wanted if clip not in index]
    if missing:
        raise DataError(
            f"{path}: expected poses of {len(wanted)} clips, got none of {len(missing)} ({some(missing)}); "
            f"add their poses or leave these clips out"
        )
    return [index[clip] for clip in wanted]


def _stops(where: str, lengths: Array, n: int) -> Array:
    if lengths.shape != (n,) or lengths.dtype.kind not in "iu":
        raise ShapeError(
            f"{where}: expected {n} whole numbers, got shape {lengths.shape} of {lengths.dtype}; one per clip"
        )
    if n and int(lengths.min()) < 1:
        raise DataError(f"{where}: expected at least one frame per clip, got {int(lengths.min())}; remove empty clips")
    return np.cumsum(lengths, dtype=np.int64)


def _joints(where: str, xy: Array, frames: int, skeleton: Skeleton) -> FloatArray:
    k = len(skeleton.joints)
    if xy.ndim != 3 or xy.shape[1:] != (k, 2) or xy.dtype.kind not in "fiu":
        raise ShapeError(
            f"{where}: expected numbers of shape (F, {k}, 2) for skeleton {skeleton.name}, "
            f"got shape {xy.shape} of {xy.dtype}; choose the skeleton of this file"
        )
    if xy.shape[0] != frames:
        raise DataError(f"{where}: expected {frames} frames, as the file states, got {xy.shape[0]}; save it again")
    return xy if xy.dtype.kind == "f" else xy.astype(np.float32)


def _confidence(where: str, confidence: Array, shape: tuple[int, ...]) -> FloatArray:
    if confidence.shape != shape or confidence.dtype.kind not in "fiub":
        raise ShapeError(
            f"{where}: expected numbers of shape {shape}, got {confidence.shape} of {confidence.dtype}; one per joint"
        )
    values = np.nan_to_num(confidence.astype(np.float32), nan=0.0, posinf=np.inf, neginf=-np.inf)
    if values.size and (values.min() < 0 or values.max() > 1):
        raise DataError(f"{where}: expected values in 0..1, got {values.min():g}..{values.max():g}; rescale them")
    return values


def _axes(text: str) -> tuple[list[int], FloatArray]:
    """Column and sign of each axis of ``x -y z``."""
    names = text.split()
    if sorted(name.removeprefix("-") for name in names) != ["x", "y", "z"]:
        raise DataError(
            f"xyz_axes: expected x, y and z in some order, each with - or not, got {text!r}; such as 'x -y z'"
        )
    signs = np.array([-1 if name.startswith("-") else 1 for name in names], np.float32)
    return ["xyz".index(name.removeprefix("-")) for name in names], signs


def _metres(where: str, xyz: Array, shape: tuple[int, ...], axes: tuple[list[int], FloatArray]) -> FloatArray:
    if xyz.shape != (*shape, 3) or xyz.dtype.kind not in "fiu":
        raise ShapeError(f"{where}: expected numbers of shape {(*shape, 3)}, got {xyz.shape} of {xyz.dtype}; in metres")
    order, signs = axes
    turned: FloatArray = np.nan_to_num(xyz[..., order].astype(np.float32), nan=0.0, posinf=0.0, neginf=0.0) * signs
    return turned


def mark_unseen(xy: FloatArray, confidence: FloatArray) -> tuple[FloatArray, FloatArray, BoolArray]:
    """Give joints that are not finite confidence 0 and place 0; find the frames with a seen joint.

    Args:
        xy: (F, K, 2) pixels.
        confidence: (F, K) in 0..1.

    Returns:
        The same two, and (F,) True where a joint is seen.
    """
    finite: BoolArray = np.all(np.isfinite(xy), axis=-1)
    if not finite.all():
        xy = np.where(finite[..., None], xy, xy.dtype.type(0))
        confidence = np.where(finite, confidence, np.float32(0))
    return xy, confidence, np.asarray((confidence > 0).any(axis=-1))


def _sizes(path: Path, sizes: Array | None, n: int) -> Sequence[tuple[int, int] | None]:
    if sizes is None:
        return [None] * n
    if sizes.shape != (n, 2) or sizes.dtype.kind not in "iu" or (n and int(sizes.min()) < 1):
        raise ShapeError(
            f"{path}: 'height_width': expected positive whole numbers of shape ({n}, 2), "
            f"got shape {sizes.shape} of {sizes.dtype}; height and width of each clip in pixels"
        )
    return cast("list[tuple[int, int]]", [tuple(size) for size in sizes.tolist()])


def _rates(path: Path, fps: Array | None, n: int) -> list[float | None]:
    if fps is None:
        return [None] * n
    if fps.shape not in ((), (n,)) or fps.dtype.kind not in "fiu":
        raise ShapeError(
            f"{path}: 'fps': expected one number or {n}, got shape {fps.shape} of {fps.dtype}; one per clip"
        )
    rates = np.broadcast_to(fps.astype(float), (n,))
    if (rates <= 0).any() or np.isinf(rates).any():
        raise DataError(f"{path}: 'fps': expected positive numbers or NaN, got {rates.min():g}; use NaN where unknown")
    return [None if np.isnan(rate) else float(rate) for rate in rates]


def read_penn_mat(path: Path | str) -> PoseTrack:
    """Read the poses of one Penn Action label file (``labels/0001.mat``).

    Raises:
        DataError: See ``read_penn_clip``.
    """
    return read_penn_clip(path)[1]


def read_penn_folder(folder: Path | str) -> list[tuple[Clip, PoseTrack]]:
    """Read every ``*.mat`` of a folder of Penn Action labels, by name.

    Raises:
        DataError: The folder is missing or holds no .mat file, or a file cannot be read.
    """
    folder = Path(folder)
    files = sorted(folder.glob("*.mat"))
    if not files:
        raise DataError(
            f"{folder}: expected a folder with .mat files, found none; name the labels folder of Penn Action"
        )
    return [read_penn_clip(file) for file in files]


def read_penn_clip(path: Path | str) -> tuple[Clip, PoseTrack]:
    """Read label, official split and poses of one Penn Action label file.

    The file states no frame rate, so ``fps`` is None. ``bbox`` and ``pose`` (the view) are not used.

    Raises:
        DataError: The file is missing, is no MATLAB 4..7.2 file, lacks a key, or its arrays disagree.
    """
    path = Path(path)
    mat = _load_mat(path)
    try:
        joints = np.stack([mat["x"], mat["y"]], axis=-1).astype(np.float32)
        frames, split = int(mat["nframes"].item()), "train" if int(mat["train"].item()) == 1 else "test"
        height, width = (int(side) for side in mat["dimensions"].ravel()[:2])
        label = str(mat["action"].item())
    except (ValueError, TypeError, AttributeError) as error:
        raise DataError(
            f"{path}: expected the arrays of a Penn Action label file, got {error}; unpack it again"
        ) from error
    xy = _joints(f"{path}: 'x', 'y'", joints, frames, PENN_13)
    confidence = _confidence(f"{path}: 'visibility'", mat["visibility"], xy.shape[:2])
    xy, confidence, present = mark_unseen(xy, confidence)
    track = PoseTrack(path.stem, PENN_13, xy, confidence, present, height_width=(height, width))
    return Clip(id=path.stem, label=label, split=cast(Split, split)), track


def _load_mat(path: Path) -> dict[str, Any]:
    from scipy.io import loadmat

    require_file(path, "a .mat file")
    try:
        mat: dict[str, Any] = loadmat(path)
    except Exception as error:  # scipy raises many kinds on damaged files
        first = (str(error).splitlines() or ["no details"])[0]
        raise DataError(f"{path}: expected a readable .mat file, got {first}; unpack it again") from error
    missing = [key for key in _PENN_KEYS if key not in mat]
    if missing:
        raise DataError(
            f"{path}: expected the key {some(missing)} of a Penn Action label file, "
            f"got {some([key for key in mat if not key.startswith('__')], 12) or 'no keys'}; check which file this is"
        )
    return mat
