"""Penn Action as it is downloaded: label files, and the frames of each clip, or a video made of them."""

from __future__ import annotations

from pathlib import Path

from dance_xai.data.layouts.entries import Entry, is_video
from dance_xai.data.layouts.source import ClipsSource
from dance_xai.data.poses import read_penn_folder

LABELS = "labels"


def penn_action_entries(source: ClipsSource, root: Path) -> list[Entry]:
    """The clips of Penn Action; labels and the official split are in the label files.

    The path of a clip is its folder of frames or its video, None where neither lies there.

    Raises:
        DataError: The label files are missing or damaged.

    Source: Zhang, Zhu, Derpanis 2013; the data set's README.
    """
    folder = root / source.path
    videos = _videos(folder)
    return [
        Entry(
            where=str(folder / LABELS / f"{clip.id}.mat"),
            label=clip.label or "",
            path=videos.get(clip.id),
            id=clip.id,
            part=clip.split,
        )
        for clip, _ in read_penn_folder(folder / LABELS)
    ]


def penn_action_files(source: ClipsSource, root: Path) -> tuple[Path, ...]:
    """The label files."""
    return tuple(sorted((root / source.path / LABELS).glob("*.mat")))


def penn_action_listing(source: ClipsSource, root: Path) -> list[str]:
    """The folders of frames and the videos that are there."""
    folder = root / source.path
    return sorted(path.relative_to(folder).as_posix() for path in _videos(folder).values())


def _videos(folder: Path) -> dict[str, Path]:
    """The folder of frames or the video of each clip, by id; frames come first."""
    videos = [item for place in (folder, folder / "videos") for item in _items(place) if is_video(item.name)]
    return {item.stem: item for item in videos} | {item.name: item for item in _items(folder / "frames")}


def _items(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []
