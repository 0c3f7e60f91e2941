"""The clips of a data set: ids, labels, videos and the split, from a list or a folder of any known layout."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from dance_xai.data.layouts.entries import Entry, Part, name_from
from dance_xai.data.layouts.known import layout_of, preset_hint
from dance_xai.data.layouts.labels import name_labels
from dance_xai.data.layouts.source import ClipsSource
from dance_xai.data.layouts.tables import table_entries
from dance_xai.data.npz import refuse_duplicates, some
from dance_xai.data.official_splits import read_lines
from dance_xai.data.splitting import SplitRule, split_clips
from dance_xai.errors import DataError
from dance_xai.types import Clip, Drop, Manifest, Split, counted

OnFault = Callable[[DataError], object]
"""Told what keeps a whole list of clips from being learnt from."""

ROWS = "rows"
"""Where clips were dropped that their list does not say as it should."""


def read_clips(source: ClipsSource, root: Path, on_fault: OnFault | None = None) -> Manifest:
    """Read the clips of a data set.

    Rows and files that cannot be used are left out, with the reason, unless none is left.

    The split is the one that the rule of the settings makes, if there is a rule, else the one that the data give.
    Validation clips are for testing where there are no test clips, else they are left out, with the reason. Videos need
    not exist.

    Args:
        source: Where they lie.
        root: The data root.
        on_fault: Told that there is one class only, or a class without train clips. Without it that is an error.

    Raises:
        ConfigError: The settings contradict each other or what lies there.
        DataError: A file is missing or damaged, no line can be used, ids repeat, there is no split and no rule for one,
            there is one class only, or a class without train clips.
    """
    name, layout = layout_of(source, root)
    listed = None if source.class_list is None else root / source.class_list
    names = None if listed is None else read_lines(listed)
    entries, classes = name_labels(layout.entries(source, root), names, str(listed))
    return _manifest(entries, classes, source.split, f"{root / source.path} (read as {name})", root, on_fault)


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
    return _manifest(table_entries(source, path.parent), class_list, None, str(path), path.parent)


def build_manifest(
    clips: Sequence[Clip],
    *,
    class_list: Sequence[str] | None = None,
    where: str = "clips",
    on_fault: OnFault | None = None,
) -> Manifest:
    """Make a checked manifest of clips that all have a label and a split.

    Args:
        clips: N clips.
        class_list: The classes in the order to use; sorted names by default.
        where: What an error calls the source.
        on_fault: See ``read_clips``.

    Raises:
        DataError: No clips, repeated ids, labels outside ``class_list``, one class only, or a class
            without train clips.
    """
    if not clips:
        raise DataError(f"{where}: expected at least one clip, got none; add rows")
    refuse_duplicates(where, [clip.id for clip in clips], "clip ids")
    found = {clip.label for clip in clips if clip.label is not None}
    classes = tuple(sorted(found) if class_list is None else class_list)
    _check_classes(where, clips, found, classes, on_fault or _refuse)
    return Manifest(clips=tuple(clips), classes=classes)


def _manifest(
    entries: Sequence[Entry],
    classes: Sequence[str] | None,
    rule: SplitRule | None,
    where: str,
    root: Path,
    on_fault: OnFault | None = None,
) -> Manifest:
    if rule is None:
        entries = _with_parts(entries, where)
    good = [entry for entry in entries if entry.wrong is None]
    bad = tuple(Drop(ROWS, name_from(root, Path(one.where)), one.wrong) for one in entries if one.wrong is not None)
    if bad and not good:
        raise DataError(f"{entries[0].where}: {entries[0].wrong}")
    clips = _split(good) if rule is None else split_clips([_clip(entry, None) for entry in good], rule, where)
    drops = tuple(Drop("clips", clip.id, "validation clip") for clip in clips if clip.split is None)
    kept = [clip for clip in clips if clip.split is not None]
    place = f"{where}, without {counted(len(bad), 'entry')} ({bad[0].item}: {bad[0].reason})" if bad else where
    manifest = build_manifest(kept, class_list=classes, where=place, on_fault=on_fault)
    return replace(manifest, drops=(*bad, *drops))


def _with_parts(entries: Sequence[Entry], where: str) -> list[Entry]:
    """The entries, of which those without a part cannot be used."""
    good = [entry for entry in entries if entry.wrong is None]
    if good and all(entry.part is None for entry in good):
        raise DataError(
            f"{where}: expected the split of every clip (a column 'split', folders train and test, or test_path), got "
            f'none; add it, or a section [data.clips.split] with by = "stratified" or by = "subject"'
            f"{preset_hint([str(entry.path) for entry in good])}"
        )
    wrong = "expected the part (train, val or test), got none; add it"
    return [replace(one, wrong=wrong) if one.wrong is None and one.part is None else one for one in entries]


def _split(entries: Sequence[Entry]) -> tuple[Clip, ...]:
    """The clips by their parts; those for validation have no split where there are test clips."""
    val: Split | None = None if any(entry.part == "test" for entry in entries) else "test"
    split_of: dict[Part | None, Split | None] = {"train": "train", "test": "test", "val": val}
    return tuple(_clip(entry, split_of[entry.part]) for entry in entries)


def _refuse(error: DataError) -> None:
    raise error


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


def _check_classes(
    where: str, clips: Sequence[Clip], found: set[str], classes: tuple[str, ...], on_fault: OnFault
) -> None:
    refuse_duplicates(f"{where}: class list", classes, "classes")
    if unknown := sorted(found - set(classes)):
        raise DataError(
            f"{where}: expected labels of the class list, got {some(unknown)} besides; add them to the list"
        )
    if len(classes) < 2:
        message = f"expected at least two classes, got {some(classes) or 'none'} only; add clips of others"
        on_fault(DataError(f"{where}: {message}"))
    trained = {clip.label for clip in clips if clip.split == "train"}
    if untrained := [name for name in classes if name not in trained]:
        message = f"expected train clips of every class, got none of {some(untrained)}; add some or drop the class"
        on_fault(DataError(f"{where}: {message}"))
