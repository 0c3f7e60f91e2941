"""The clips of a data set: ids, labels, videos and the split, from a list or a folder of any known layout."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from dance_xai.data.layouts.entries import Entry, Part
from dance_xai.data.layouts.known import layout_of
from dance_xai.data.layouts.labels import name_labels
from dance_xai.data.layouts.source import ClipsSource
from dance_xai.data.layouts.tables import table_entries
from dance_xai.data.npz import refuse_duplicates, some
from dance_xai.data.official_splits import read_lines
from dance_xai.data.splitting import SplitRule, split_clips
from dance_xai.errors import DataError
from dance_xai.types import Clip, Drop, Manifest, Split


def read_clips(source: ClipsSource, root: Path) -> Manifest:
    """Read the clips of a data set.

    The split is the one that the rule of the settings makes, if there is a rule, else the one that the data give.
    Validation clips are for testing where there are no test clips, else they are left out, with the reason. Videos need
    not exist.

    Args:
        source: Where they lie.
        root: The data root.

    Raises:
        ConfigError: The settings contradict each other or what lies there.
        DataError: A file is missing or damaged, a line is wrong, ids repeat, there is no split and no rule for one,
            there is one class only, or a class without train clips.
    """
    name, layout = layout_of(source, root)
    listed = None if source.class_list is None else root / source.class_list
    names = None if listed is None else read_lines(listed)
    entries, classes = name_labels(layout.entries(source, root), names, str(listed))
    return _manifest(entries, classes, source.split, f"{root / source.path} (read as {name})")


def clip_list_files(source: ClipsSource, root: Path) -> tuple[Path, ...]:
    """The files, other than videos, that the clips of a data set are read from.

    Raises:
        ConfigError: See ``read_clips``.
        DataError: Nothing lies there, or it is none of the known layouts.
    """
    lists = () if source.class_list is None else (root / source.class_list,)
    return (*layout_of(source, root)[1].files(source, root), *lists)


def clip_listing(source: ClipsSource, root: Path) -> str | None:
    """The sorted names of the videos that clips are read from, one a line; None where lists alone say the clips.

    Raises:
        ConfigError: See ``read_clips``.
        DataError: Nothing lies there, or it is none of the known layouts.
    """
    return "\n".join(layout_of(source, root)[1].listing(source, root)) or None


def read_manifest(
    path: Path | str,
    *,
    id_column: str | None = None,
    label_column: str | None = None,
    split_column: str | None = None,
    subject_column: str | None = None,
    path_column: str | None = None,
    class_list: Sequence[str] | None = None,
) -> Manifest:
    """Read the clips of a CSV file with a header; see ``ClipsSource`` for the columns.

    Args:
        path: The file.
        id_column: Column with the clip ids.
        label_column: Column with the class names.
        split_column: Column with train or test.
        subject_column: Column with the person.
        path_column: Column with video files, relative to the folder of the file.
        class_list: The classes in the order to use; sorted names by default.

    Raises:
        DataError: See ``read_clips``.
    """
    path = Path(path)
    source = ClipsSource(
        path=path,
        layout="csv",
        id_column=id_column,
        label_column=label_column,
        split_column=split_column,
        subject_column=subject_column,
        path_column=path_column,
    )
    return _manifest(table_entries(source, path.parent), class_list, None, str(path))


def build_manifest(clips: Sequence[Clip], *, class_list: Sequence[str] | None = None, where: str = "clips") -> Manifest:
    """Make a checked manifest of clips that all have a label and a split.

    Args:
        clips: N clips.
        class_list: The classes in the order to use; sorted names by default.
        where: What an error calls the source.

    Raises:
        DataError: No clips, repeated ids, labels outside ``class_list``, one class only, or a class
            without train clips.
    """
    if not clips:
        raise DataError(f"{where}: expected at least one clip, got none; add rows")
    refuse_duplicates(where, [clip.id for clip in clips], "clip ids")
    found = {clip.label for clip in clips if clip.label is not None}
    classes = tuple(sorted(found) if class_list is None else class_list)
    _check_classes(where, clips, found, classes)
    return Manifest(clips=tuple(clips), classes=classes)


def _manifest(entries: Sequence[Entry], classes: Sequence[str] | None, rule: SplitRule | None, where: str) -> Manifest:
    if rule is None:
        splits = _splits([entry.part for entry in entries], where)
        clips = tuple(_clip(entry, split) for entry, split in zip(entries, splits, strict=True))
    else:
        clips = split_clips([_clip(entry, None) for entry in entries], rule, where)
    drops = tuple(Drop("clips", clip.id, "validation clip") for clip in clips if clip.split is None)
    kept = [clip for clip in clips if clip.split is not None]
    return replace(build_manifest(kept, class_list=classes, where=where), drops=drops)


def _splits(parts: Sequence[Part | None], where: str) -> list[Split | None]:
    """The split of every part, None for validation clips where there are test clips."""
    if None in parts:
        raise DataError(
            f"{where}: expected the split of every clip (a column 'split', folders train and test, or test_path), got "
            f'none; add it, or a section [data.clips.split] with by = "stratified" or by = "subject"'
        )
    val: Split | None = None if "test" in parts else "test"
    split_of: dict[Part | None, Split | None] = {"train": "train", "test": "test", "val": val}
    return [split_of[part] for part in parts]


def _clip(entry: Entry, split: Split | None) -> Clip:
    return Clip(
        id=str(entry.id),
        label=entry.label,
        split=split,
        path=entry.path,
        subject=entry.subject,
        start=entry.start,
        end=entry.end,
    )


def _check_classes(where: str, clips: Sequence[Clip], found: set[str], classes: tuple[str, ...]) -> None:
    refuse_duplicates(f"{where}: class list", classes, "classes")
    unknown = sorted(found - set(classes))
    if unknown:
        raise DataError(
            f"{where}: expected labels of the class list, got {some(unknown)} besides; add them to the list"
        )
    if len(classes) < 2:
        raise DataError(
            f"{where}: expected at least two classes, got {some(classes) or 'none'} only; add clips of others"
        )
    trained = {clip.label for clip in clips if clip.split == "train"}
    untrained = [name for name in classes if name not in trained]
    if untrained:
        raise DataError(
            f"{where}: expected train clips of every class, got none of {some(untrained)}; add some or drop the class"
        )
