"""A folder per class, perhaps below train and test; and the VideoFolder layout of Hugging Face."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from dance_xai.data.layouts.entries import Entry, Part, gathered, is_video, name_from, part_named, video_files
from dance_xai.data.layouts.naming import give_ids
from dance_xai.data.layouts.source import ClipsSource
from dance_xai.data.layouts.tables import find_columns, read_csv, read_json_lines, row_entries
from dance_xai.data.npz import some
from dance_xai.errors import DataError

WRAPPER = "data"

_METADATA = ("metadata.csv", "metadata.jsonl")


def folder_entries(source: ClipsSource, root: Path) -> list[Entry]:
    """The videos of class folders; ids are paths from the data root.

    Raises:
        DataError: There are no videos, or some folders are parts and others classes.
    """
    folder = inner(root / source.path)
    names = video_files(folder)
    depth = 1 if has_parts(folder, names) else 0
    places = ((str(folder / name), name) for name in names)
    return give_ids(gathered(lambda name: [_entry(folder, name, depth, root)], places), short=False)


def inner(folder: Path) -> Path:
    """The folder ``data`` in a folder that holds no other, as on the hub; else the folder itself."""
    lone = folder / WRAPPER
    if not lone.is_dir():
        return folder
    others = [item for item in folder.iterdir() if not item.name.startswith(".") and item != lone]
    return folder if any(item.is_dir() or is_video(item.name) for item in others) else lone


def has_parts(folder: Path, names: Sequence[str]) -> bool:
    """Whether the folders that hold the videos are train, test and the like, not classes.

    Raises:
        DataError: There are train and test folders and others too.
    """
    tops = sorted({name.partition("/")[0] for name in names if "/" in name})
    parts = {part for top in tops if (part := part_named(top))}
    others = [top for top in tops if part_named(top) is None]
    if others and "train" in parts and len(parts) > 1:
        raise DataError(f"{folder}: expected videos in train and test only, got {some(others)} too; move them")
    return bool(parts) and not others


def _entry(folder: Path, name: str, depth: int, root: Path) -> Entry:
    path, parents = folder / name, name.split("/")[:-1]
    if len(parents) <= depth:
        raise DataError(
            f"{path}: expected videos in a folder per class, got one outside; move it, or write a list of clips"
        )
    part = part_named(parents[0]) if depth else None
    return Entry(str(path), parents[depth], path, name_from(root, path), part=part)


def videofolder_entries(source: ClipsSource, root: Path) -> list[Entry]:
    """The videos of a VideoFolder: those that its metadata files list, else those of its class folders.

    The column ``file_name`` starts at the folder of the metadata file; labels are in the column ``label``, else they
    are the names of the folders; the part is in the column ``split``, else it is the name of the folder.

    Raises:
        DataError: There are neither metadata nor class folders, or one of them is wrong.

    Source: huggingface.co/docs/datasets/video_dataset.
    """
    files = metadata_files(root / source.path)
    if not files:
        return folder_entries(source, root)
    return give_ids([entry for file in files for entry in _metadata_entries(source, root, file)], short=False)


def metadata_files(folder: Path) -> tuple[Path, ...]:
    """The metadata files of a VideoFolder: in the folder itself and in those of its parts.

    Raises:
        DataError: They are in Parquet.
    """
    if not folder.is_dir():
        return ()
    tops = dict.fromkeys((folder, inner(folder)))
    parts = sorted(item for top in tops for item in top.iterdir() if item.is_dir() and part_named(item.name))
    places = [*tops, *parts]
    found = tuple(file for place in places for name in _METADATA if (file := place / name).is_file())
    parquet = [file for place in places if (file := place / "metadata.parquet").is_file()]
    if parquet and not found:
        raise DataError(f"{parquet[0]}: expected {' or '.join(_METADATA)}, got Parquet; save it as CSV")
    return found


def _metadata_entries(source: ClipsSource, root: Path, file: Path) -> list[Entry]:
    table = read_csv(file) if file.suffix == ".csv" else read_json_lines(file)
    columns = find_columns(table, replace(source, path_column=source.path_column or "file_name"), needed=())
    entries = row_entries(table, columns, file.parent, root, None)
    place = inner(root / source.path)
    return gathered(lambda entry: [_placed(entry, place)], ((entry.where, entry) for entry in entries))


def _placed(entry: Entry, folder: Path) -> Entry:
    """Fill in the part and the label that the folders of the file name."""
    if entry.wrong is not None:
        return entry
    parents = PurePosixPath(name_from(folder, entry.path or folder)).parts[:-1]
    part: Part | None = part_named(parents[0]) if parents else None
    classes = parents[1:] if part else parents
    if not (entry.label or classes):
        raise DataError(f"{entry.where}: expected a column 'label' or a folder per class, got neither; add the column")
    return replace(entry, part=entry.part or part, label=entry.label or classes[0])
