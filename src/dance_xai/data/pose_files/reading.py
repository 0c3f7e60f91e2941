"""Pose files of any format: find the files, read those that are wanted, choose the main actor."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias, TypeVar

from dance_xai.data.npz import refuse_duplicates
from dance_xai.data.pose_files.alphapose import read_alphapose
from dance_xai.data.pose_files.choice import track_of
from dance_xai.data.pose_files.coco import read_coco
from dance_xai.data.pose_files.detections import Detections, Given, MainActor
from dance_xai.data.pose_files.mediapipe import read_mediapipe
from dance_xai.data.pose_files.mmpose import read_mmpose
from dance_xai.data.pose_files.names import clip_of_file, nearest_files
from dance_xai.data.pose_files.ntu import read_ntu
from dance_xai.data.pose_files.openpose import SUFFIX as OPENPOSE_SUFFIX
from dance_xai.data.pose_files.openpose import read_openpose
from dance_xai.data.pose_files.pyskl import read_pyskl
from dance_xai.errors import DataError
from dance_xai.types import PoseTrack

T = TypeVar("T")

OnBroken: TypeAlias = Callable[[str, DataError], object]
"""Told the clip whose own file cannot be read, and why; the other clips are read all the same."""

Names: TypeAlias = Collection[object]
"""Says of the name of some poses whether they are wanted: a set of names, or ``ClipNames``."""


@dataclass(frozen=True)
class Reader:
    """How the files of a format are found and read.

    Attributes:
        read: A file, or a folder where ``suffixes`` are names of files in it, to everybody in its clips.
        suffixes: Ends of file names, to find the files of a folder.
        clip_per_file: True when a file is one clip, so that files of other clips need not be read.
    """

    read: Callable[[Path, Given], list[Detections]]
    suffixes: tuple[str, ...]
    clip_per_file: bool = False


READERS: dict[str, Reader] = {
    "coco_json": Reader(read_coco, (".json",)),
    "mmpose_json": Reader(read_mmpose, (".json",), clip_per_file=True),
    "pyskl": Reader(read_pyskl, (".pkl", ".pickle", ".json")),
    "openpose": Reader(read_openpose, (OPENPOSE_SUFFIX,), clip_per_file=True),
    "alphapose": Reader(read_alphapose, (".json",)),
    "mediapipe": Reader(read_mediapipe, (".json", ".csv", ".npy"), clip_per_file=True),
    "ntu": Reader(read_ntu, (".skeleton",), clip_per_file=True),
}
"""Every format with several people or clips in files of other programs, by the name in the settings."""


def read_detections(
    path: Path, pose_format: str, given: Given, *, names: Names = (), on_broken: OnBroken | None = None
) -> list[tuple[Path, Detections]]:
    """Read a pose file, or all of a folder.

    Args:
        path: The file or folder; for OpenPose the folder of one clip, or a folder of such folders.
        pose_format: A key of ``READERS``.
        given: What the files do not say.
        names: Of the clips wanted; where a file is one clip, others are not read. All by default.
        on_broken: As in ``read_each``.

    Returns:
        Everybody in each clip, with the file or folder it comes from.

    Raises:
        DataError: No file of the format, a damaged one, or two that are the same clip.
    """
    reader = READERS[pose_format]
    places = _openpose_folders(path) if pose_format == "openpose" else files_in(path, pose_format, reader.suffixes)
    if reader.clip_per_file and len(places) > 1:
        places = wanted_places(places, names)
    by_place = read_each(path, places, lambda place: reader.read(place, given), names=names, on_broken=on_broken)
    found = [(place, one) for place, several in by_place for one in several]
    refuse_duplicates(str(path), [one.clip for _, one in found], "clips")
    return found


def read_each(
    path: Path,
    places: Sequence[Path],
    read: Callable[[Path], T],
    *,
    names: Names = (),
    on_broken: OnBroken | None = None,
) -> list[tuple[Path, T]]:
    """Read the files of a folder; one that cannot be read and is named after a wanted clip costs that clip only.

    Args:
        path: The folder, or the file that is all there is.
        places: The files, or the folders of clips.
        read: Reads one of them.
        names: Of the clips wanted.
        on_broken: Told the clips that are lost; without it a file that cannot be read is an error.

    Raises:
        DataError: The only file cannot be read, or one that may hold several clips.
    """
    found: list[tuple[Path, T]] = []
    for place in places:
        try:
            found.append((place, read(place)))
        except DataError as error:
            if on_broken is None or place == path or _name(place) not in names:
                raise
            on_broken(_name(place), error)
    return found


def read_main_actors(
    path: Path,
    pose_format: str,
    given: Given,
    *,
    names: Names = (),
    main_actor: MainActor | None = None,
    on_broken: OnBroken | None = None,
) -> list[PoseTrack]:
    """Read the poses of one person per clip; as ``read_detections``.

    Args:
        path: The file or folder.
        pose_format: A key of ``READERS``.
        given: What the files do not say.
        names: Of the clips wanted; all by default.
        main_actor: Chooses between people; needed only for files with several in a frame.
        on_broken: As in ``read_each``.

    Raises:
        DataError: As ``read_detections``; or several people, and no ``main_actor``.
    """
    found = read_detections(path, pose_format, given, names=names, on_broken=on_broken)
    return [track_of(place, one, main_actor) for place, one in found if not names or one.clip in names]


def pose_files_in(folder: Path) -> list[Path]:
    """Every file of a folder of poses that could be one, two levels deep, by name."""
    suffixes = {suffix for reader in READERS.values() for suffix in reader.suffixes} | {".mat"}
    files = [*folder.glob("*"), *folder.glob("*/*")]
    return sorted(file for file in files if file.is_file() and file.name.lower().endswith(tuple(suffixes)))


def wanted_places(places: list[Path], names: Names) -> list[Path]:
    """Those of the places that are named after clips wanted; all where none is."""
    return [place for place in places if _name(place) in names] or places


def _name(place: Path) -> str:
    return place.name if place.is_dir() else clip_of_file(place)


def files_in(path: Path, pose_format: str, suffixes: tuple[str, ...]) -> list[Path]:
    """The file itself, or the files of a folder that end as given, by name.

    Raises:
        DataError: The folder has none.
    """
    if not path.is_dir():
        return [path]
    files = nearest_files(path, suffixes)
    if not files:
        raise DataError(f"{path}: expected files {' or '.join(suffixes)} for {pose_format}, found none; check the path")
    return files


def _openpose_folders(path: Path) -> list[Path]:
    folder = path.parent if path.is_file() else path
    return sorted({file.parent for file in folder.glob(f"*/*{OPENPOSE_SUFFIX}")}) or [folder]
