"""Which format a pose file or folder has, from its suffix and content."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any, Literal

from dance_xai.data.npz import some
from dance_xai.data.pose_files.names import nearest_files, read_json
from dance_xai.data.pose_files.openpose import SUFFIX as OPENPOSE_SUFFIX
from dance_xai.errors import DataError

Format = Literal["npz", "penn_mat", "coco_json", "mmpose_json", "pyskl", "openpose", "alphapose", "mediapipe", "ntu"]

_BY_SUFFIX: dict[str, Format] = {
    ".npz": "npz",
    ".mat": "penn_mat",
    ".pkl": "pyskl",
    ".pickle": "pyskl",
    ".skeleton": "ntu",
    ".csv": "mediapipe",
    ".npy": "mediapipe",
}

ASKED = 5
"""Files of a folder that say which format it has."""


def recognise(path: Path) -> Format:
    """The format of a pose file, or of the files in a folder.

    Raises:
        DataError: There is nothing, several formats in one folder, or one that is not known.

    Source: ours.
    """
    if path.is_dir():
        return _recognise_folder(path)
    if not path.is_file():
        raise DataError(f"{path}: expected a pose file or a folder of them, found nothing there; check the path")
    suffix = path.suffix.lower()
    if suffix == ".json":
        return _recognise_json(path, read_json(path))
    if suffix not in _BY_SUFFIX:
        raise DataError(
            f"{path}: expected a pose file ({', '.join([*_BY_SUFFIX, '.json'])}), got {suffix or 'no suffix'}; "
            f"set format to that of the file"
        )
    return _BY_SUFFIX[suffix]


def _recognise_folder(folder: Path) -> Format:
    if next(folder.glob(f"*{OPENPOSE_SUFFIX}"), None) or next(folder.glob(f"*/*{OPENPOSE_SUFFIX}"), None):
        return "openpose"
    files = nearest_files(folder, (*_BY_SUFFIX, ".json"))
    suffixes = {file.suffix.lower() for file in files}
    formats = {_BY_SUFFIX.get(suffix, "json") for suffix in suffixes}
    if len(formats) != 1:
        raise DataError(
            f"{folder}: expected pose files of one format, got {some(sorted(suffixes), 12) or 'none'}; "
            f"set format to one of them"
        )
    return _of_most(files)


def _of_most(files: list[Path]) -> Format:
    """The format of most of the first few files that have one: single files may be broken."""
    votes: Counter[Format] = Counter()
    refusals: list[DataError] = []
    for file in files:
        try:
            votes[recognise(file)] += 1
        except DataError as error:
            refusals.append(error)
        if votes.total() == ASKED:
            break
    if not votes:
        raise refusals[0]
    return votes.most_common(1)[0][0]


def _recognise_json(path: Path, document: Any) -> Format:
    found = _of_object(document) if isinstance(document, dict) else _of_list(path, document)
    if found is None:
        keys = some(document, 8) if isinstance(document, dict) else f"{document!r:.60}"
        raise DataError(
            f"{path}: expected JSON of COCO, MMPose, PYSKL, OpenPose, AlphaPose or MediaPipe, got {keys or 'no keys'}; "
            f"set format if it is one of these"
        )
    return found


def _of_object(document: dict[str, Any]) -> Format | None:
    if isinstance(document.get("annotations"), list):
        return "coco_json" if "images" in document else "pyskl"
    by_key: dict[str, Format] = {"instance_info": "mmpose_json", "people": "openpose", "frames": "mediapipe"}
    return next((found for key, found in by_key.items() if key in document), None)


def _of_list(path: Path, document: Any) -> Format | None:
    """The format of a list, from its first entry that is not null or empty."""
    first = next((item for item in document if item), None) if isinstance(document, list) else None
    if isinstance(first, list):
        return "mediapipe"
    if not isinstance(first, dict):
        return None
    if "image_id" in first:
        written_by_alphapose = path.name.startswith("alphapose") or "idx" in first
        return "alphapose" if written_by_alphapose else "coco_json"
    if "instances" in first or "keypoint_scores" in first:
        return "mmpose_json"
    return "pyskl" if "frame_dir" in first else "mediapipe" if "frames" not in first else None
