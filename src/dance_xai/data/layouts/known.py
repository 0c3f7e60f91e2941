"""All layouts in one table: how each is read, which files it is read from, which settings it heeds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path, PurePosixPath

from dance_xai.data.layouts.entries import Entry, video_files
from dance_xai.data.layouts.folders import folder_entries, metadata_files, videofolder_entries
from dance_xai.data.layouts.haa500 import NAME as HAA500_NAME
from dance_xai.data.layouts.haa500 import haa500_entries
from dance_xai.data.layouts.kth import VIDEO as KTH_VIDEO
from dance_xai.data.layouts.kth import kth_entries, kth_files
from dance_xai.data.layouts.lists import list_entries
from dance_xai.data.layouts.penn_action import penn_action_entries, penn_action_files, penn_action_listing
from dance_xai.data.layouts.recognise import recognise
from dance_xai.data.layouts.source import ClipsSource, LayoutName
from dance_xai.data.layouts.tables import table_entries
from dance_xai.data.layouts.ucf101 import NAME as UCF101_NAME
from dance_xai.data.layouts.ucf101 import ucf101_entries, ucf101_files
from dance_xai.errors import ConfigError

_LISTS = frozenset({"test_path", "videos"})
_COLUMNS = frozenset(item.name for item in fields(ClipsSource) if item.name.endswith("_column"))
_ALWAYS = frozenset({"path", "layout", "class_list", "split"})


def _lists(source: ClipsSource, root: Path) -> tuple[Path, ...]:
    return tuple(root / path for path in (source.path, source.test_path) if path is not None)


def _metadata(source: ClipsSource, root: Path) -> tuple[Path, ...]:
    return metadata_files(root / source.path)


def _no_files(source: ClipsSource, root: Path) -> tuple[Path, ...]:
    return ()


def _no_listing(source: ClipsSource, root: Path) -> list[str]:
    return []


def _videos(source: ClipsSource, root: Path) -> list[str]:
    return video_files(root / source.path)


@dataclass(frozen=True)
class Layout:
    """One layout.

    Attributes:
        entries: Reads the clips.
        files: The lists that they are read from.
        listing: The names of files that they are read from besides.
        settings: What it heeds besides path, layout, class_list and split.
    """

    entries: Callable[[ClipsSource, Path], list[Entry]]
    files: Callable[[ClipsSource, Path], tuple[Path, ...]] = _no_files
    listing: Callable[[ClipsSource, Path], list[str]] = _no_listing
    settings: frozenset[str] = frozenset()


LAYOUTS: dict[LayoutName, Layout] = {
    "csv": Layout(table_entries, files=_lists, settings=_LISTS | _COLUMNS),
    "jsonl": Layout(table_entries, files=_lists, settings=_LISTS | _COLUMNS),
    "list": Layout(list_entries, files=_lists, settings=_LISTS),
    "folders": Layout(folder_entries, listing=_videos),
    "videofolder": Layout(videofolder_entries, files=_metadata, listing=_videos, settings=_COLUMNS),
    "kth": Layout(kth_entries, files=kth_files, listing=_videos),
    "penn_action": Layout(penn_action_entries, files=penn_action_files, listing=penn_action_listing),
    "haa500": Layout(haa500_entries, listing=_videos),
    "ucf101": Layout(ucf101_entries, files=ucf101_files, settings=frozenset({"fold"})),
}


def layout_of(source: ClipsSource, root: Path) -> tuple[LayoutName, Layout]:
    """The layout of a data set and its name.

    Raises:
        ConfigError: A setting is given that this layout does not heed.
        DataError: Nothing lies there, or it is none of the known layouts.
    """
    name = recognise(source, root)
    layout = LAYOUTS[name]
    heeded = layout.settings | _ALWAYS
    given = [item.name for item in fields(source) if getattr(source, item.name) != item.default]
    if unheeded := [setting for setting in given if setting not in heeded]:
        how = "read as" if source.layout == "auto" else "with"
        raise ConfigError(
            f"{root / source.path}: expected only settings of a data set {how} layout {name!r}, "
            f"got {', '.join(unheeded)} too; remove it or name another layout"
        )
    return name, layout


PRESETS: dict[LayoutName, Callable[[str], bool]] = {
    "haa500": lambda path: HAA500_NAME.fullmatch(path) is not None,
    "kth": lambda path: KTH_VIDEO.fullmatch(PurePosixPath(path).stem) is not None,
    "ucf101": lambda path: UCF101_NAME.fullmatch(PurePosixPath(path).stem) is not None,
}
"""Which paths look like those of a data set that comes in class folders, with the split elsewhere."""


def preset_hint(paths: Sequence[str]) -> str:
    """What to add to a message on clips without a split: the data set that they may be of, empty where they are none.

    Source: ours.
    """
    likely = [name for name, fits in PRESETS.items() if sum(map(fits, paths)) > len(paths) / 2]
    return f'; for {likely[0]} as downloaded set data.clips.layout = "{likely[0]}"' if likely else ""
